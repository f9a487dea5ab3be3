"""Fold a GPU's name to lower-case words: trademark signs, accents and glued words undone.

`RTX4090` and `NVIDIA GeForce RTX™ 4090` must end in the same words where they can; nothing is interpreted here.
"""

import re
import unicodedata
from functools import lru_cache

#: Names are made of a few thousand words, which come again and again.
_KEPT_WORDS = 8192
_TRADEMARKS = str.maketrans(dict.fromkeys("™®©℠", " "))
_TRADEMARK_WORDS = re.compile(r"\((?:tm|r|c)\)|\btm\b")
#: Scripts that are written without spaces between their words and a Latin name.
_OTHER_SCRIPT = re.compile(
    "([\u0400-\u052f\u0590-\u06ff\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af]+)"
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_COMPUTE_CORES = re.compile(r"\b(\d{1,2})c ?\+ ?(\d{1,2})g\b")
_GLUED_PLUS = re.compile(r"(?<=gtx)\+")
_LOW_PROFILE = re.compile(r"\blow profile\b")
#: How Linux names laptop cards of both forms; the ordinary one is meant.
_EITHER_FORM = re.compile(r"mobile */ *max-q|max-q */ *mobile")
#: French and Russian sizes, "12 Go" and "12 ГБ"; a GeForce Go has another number before it.
_FRENCH_SIZE = re.compile(r"\b(1|2|3|4|6|8|10|11|12|16|20|24|32|48) ?(?:go|гб)\b")
_WITH = re.compile(r"\bw/ ?")
#: "8xH100"
_GLUED_COUNT = re.compile(r"^(\d{1,2})x(?=[a-z]{1,3}\d{2})")
_SEPARATORS = re.compile(r"[^\w+/.]|_")
_FREE_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_WORD = re.compile(r"[+/]|[^\s+/]+")

_SERIES_THEN_NUMBER = re.compile(
    r"(geforce|radeon|quadro|firepro|gtx|gts|gt|rtx|rx|hdg|hd|r[3579](?=[am]?[234]\d{2})|go|mx|fx|intel|vega|nvs|uhd|ti|pcx|wx|agp)"
    r"([a-z]?\d{1,5}[a-z]{0,5})"
)
_NUMBER_THEN_SUFFIX = re.compile(
    r"([a-z]?\d{3,5})(ti|xtx|xt|se|super|le|gtx|gts|gt|ve|zt|pro|gto|gso|gs|ultra|xl|pcie|agp)(super)?"
)
#: "1660S" is what sellers call a GTX 1660 SUPER; an RX 6800S is another product.
_SHORT_SUPER = re.compile(r"(16[56]0|20[678]0|40[78]0)s")
_MOBILE_NUMBER_THEN_SUFFIX = re.compile(r"(\d{3,4}m)(gs|gt|gts|gtx|xt)")
_EMBEDDED_MODEL = re.compile(r"eah(\d{4})(x2)?")

_NUMBERED = ("geforce", "quadro")
#: Lines whose numbers begin with a letter.
_PROFESSIONAL = (["quadro"], ["rtx"], ["pro"], ["tesla"], ["firepro"])
_SPELLINGS = {
    "radeont": "radeon",
    "hdg": "hd",
    "zxcvintel": "intel",
    "incredible": "intel",
    "gtx+": "gtx plus",
    "millenium": "millennium",
    "supertm": "super",
    "maxq": "max q",
    "agp8x": "8x",
    "sandybridge": "sandy bridge",
    "titanx": "titan x",
    "radeonr4": "radeon r4",
    "9300ge": "9300 ge",
    "geforcertx": "geforce rtx",
    "geforcegtx": "geforce gtx",
    "radeonrx": "radeon rx",
    "geforcegt": "geforce gt",
}


def fold_text(text: str) -> str:
    """Lower case, without trademark signs and accents; full-width characters as usual ones, scripts apart."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_TRADEMARKS)))
        text = _OTHER_SCRIPT.sub(r" \1 ", unicodedata.normalize("NFC", text))
    text = text.lower()
    return _TRADEMARK_WORDS.sub(" ", text) if "(" in text or "tm" in text else text


def split_words(text: str) -> list[str]:
    """Split a folded text into words; `+` and `/` are words of their own, `2C+4G` becomes `2c4g`."""
    if "+" in text:
        text = _COMPUTE_CORES.sub(r"\1c\2g", _GLUED_PLUS.sub(" plus", text))
    if "/" in text:
        text = _WITH.sub("with ", _EITHER_FORM.sub("mobile", text))
    if text[:1].isdecimal():
        text = _GLUED_COUNT.sub(r"\1x ", text)
    text = _SEPARATORS.sub(" ", text)
    if "." in text:
        text = _FREE_DOT.sub(" ", text)
    if "go" in text or "гб" in text:
        text = _FRENCH_SIZE.sub(r"\1gb", text)
    if "low" in text:
        text = _LOW_PROFILE.sub("lp", text)
    words: list[str] = []
    for word in _WORD.findall(text):
        words.extend(unglue(word))
    return _join_series_digits(words)


@lru_cache(maxsize=_KEPT_WORDS)
def unglue(word: str) -> tuple[str, ...]:
    """Split words written together: `rx6600xt` → `rx 6600 xt`, `eah4870x2` → `hd 4870 x2`."""
    if word in _SPELLINGS:
        return tuple(_SPELLINGS[word].split())
    if word.isalpha() or word.isdecimal() or len(word) < 3:
        return (word,)
    embedded = _EMBEDDED_MODEL.fullmatch(word)
    if embedded:
        return ("radeon", "hd", *(part for part in embedded.groups() if part))
    glued = _SERIES_THEN_NUMBER.fullmatch(word)
    if glued:
        return (_SPELLINGS.get(glued[1], glued[1]), *_unglue_suffix(glued[2]))
    return _unglue_suffix(word)


def _unglue_suffix(word: str) -> tuple[str, ...]:
    if short := _SHORT_SUPER.fullmatch(word):
        return (short[1], "super")
    glued = _NUMBER_THEN_SUFFIX.fullmatch(word) or _MOBILE_NUMBER_THEN_SUFFIX.fullmatch(word)
    return tuple(part for part in glued.groups() if part) if glued else (word,)


def _join_series_digits(words: list[str]) -> list[str]:
    """Write `geforce 4` as `geforce4`, `g 103m` as `g103m`, `quadro p 2000` as `quadro p2000`."""
    joined: list[str] = []
    previous = ""
    for word in words:
        if previous and (len(previous) == 1 or previous in _NUMBERED) and _goes_with(joined, word):
            previous = joined[-1] = previous + word
        else:
            joined.append(word)
            previous = word
    return joined


def _goes_with(before: list[str], word: str) -> bool:
    """Whether the word belongs to the one before it."""
    previous = before[-1]
    if previous in _NUMBERED:
        return word in ("2", "3", "4")
    if previous == "g":
        return len(word) == 4 and word[:3].isdecimal() and word[3] == "m"
    if previous == "r":
        return word in ("5", "7", "9")
    return previous in "aktpmvw" and word.isdecimal() and len(word) in (3, 4) and before[-2:-1] in _PROFESSIONAL
