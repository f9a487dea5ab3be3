"""Read the parts of a folded name: which word is the model number, what the others say about it.

Each function answers one question from the words alone.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from gpu_kedro.domain.names.vocabulary import (
    APU_MODELS,
    BRAND_WORDS,
    CHIPSET_MODELS,
    DATA_CENTER_MODELS,
    JETSON_WORDS,
    MEMORY_TYPES,
    MOBILE_ONLY_MODELS,
    NOT_A_MODEL,
    SERIES_BY_WORDS,
    SERIES_WORDS,
    SUFFIX_WORDS,
    VENDOR_BY_WORD,
)

_MODEL = re.compile(r"[a-z]{0,3}\d{2,5}[a-z]{0,4}|[a-z]?\d{3,4}x2|r[1-7]e")
_SHORT_MODEL = re.compile(r"(?:mi|[a-z])\d{1,3}[a-z]{0,2}")
_SHORT_MODEL_BRANDS = frozenset({"tesla", "grid", "firegl", "arc", "apple", "instinct"})
_AI_PRO = re.compile(r"r9[67]00[ds]?")
_NUMBERED_VERSION = re.compile(r"v?\d{1,4}")
_MEMORY = re.compile(r"(\d{1,4})(gb|mb)")
_MOBILE_TOKEN = re.compile(r"[a-z]?\d{3,4}m(?:x|s)?")
#: Names are made of a few thousand words, which come again and again.
_KEPT_WORDS = 8192


def find_model(words: Sequence[str]) -> int | None:
    """Find the word that is the model number: the first one that looks so after the first brand word."""
    if "jetson" in words:
        return None
    start = next((at for at, word in enumerate(words) if word in BRAND_WORDS), 0)
    for at in range(start, len(words)):
        word = words[at]
        if _is_no_model(word) or words[at + 1 : at + 2] in (["gb"], ["mb"]):
            continue
        if _looks_like_model(word) or (word in DATA_CENTER_MODELS and len(words) <= at + 4):
            return at
        if not _SHORT_MODEL_BRANDS.isdisjoint(words) and _SHORT_MODEL.fullmatch(word):
            return at
        if word == "vega" and words[at + 1 : at + 2] and words[at + 1].rstrip("x").isdecimal():
            return at + 1
        if word in ("fury", "nano", "vii") and (words[start] in ("radeon", "r9") or at == 0):
            return at
        if words[start] in ("voodoo", "volari") and _NUMBERED_VERSION.fullmatch(word):
            return at
    return None


@lru_cache(maxsize=_KEPT_WORDS)
def _is_no_model(word: str) -> bool:
    return word in NOT_A_MODEL or _MEMORY.fullmatch(word) is not None


@lru_cache(maxsize=_KEPT_WORDS)
def _looks_like_model(word: str) -> bool:
    return _MODEL.fullmatch(word) is not None


def find_wordy_model(words: Sequence[str]) -> str | None:
    """Read models without a number: `Titan Xp`, `R9 Fury`, `Radeon VII`, `Iris Xe`."""
    if "jetson" in words:
        return " ".join(word for word in words if word in JETSON_WORDS and word != "jetson") or None
    if "titan" in words:
        following = words[words.index("titan") + 1 :]
        letter = following[0] if following and following[0] in ("x", "xp", "v", "rtx", "z", "black") else ""
        return f"titan {letter}".strip()
    if "vega" in words and "m" in words:
        return "vega m " + ("gh" if "gh" in words else "gl")
    if "vega" in words and "ii" in words:
        return "vega ii"
    numbered = next((word for word in words if word in ("geforce2", "geforce3", "quadro2", "ion", "parhelia")), None)
    return numbered or next((word for word in words if word in ("duo", "ssg", "cx", "frontier")), None)


def find_series(words: Sequence[str], at: int | None, token: str | None) -> str | None:
    """Find the product line: the words before the model number decide, a bare number is guessed."""
    present = set(words) if at is None else {*words[:at], *(word for word in words[at:] if word in BRAND_WORDS)}
    if at is not None:
        present -= {word for word in words[at + 1 :] if word in ("gt", "gtx", "gts", "pro", "xe", "mx", "hd", "igp")}
    if token and token.startswith("titan") and "gtx" in words:
        return "geforce gtx"
    series = _series_of_words(SERIES_WORDS.intersection(present))
    return _refine_series(series, token, set(words)) if series else _series_of_bare_number(words, at, token)


@lru_cache(maxsize=_KEPT_WORDS)
def _series_of_words(present: frozenset[str]) -> str | None:
    return next((series for required, series in SERIES_BY_WORDS if required <= present), None)


def find_vendor(words: Sequence[str], prefix: str | None, series: str | None) -> str | None:
    """Find the chip's maker, from the product line first, then from any telling word."""
    if series:
        head = series.split()[0]
        if head in VENDOR_BY_WORD and head != "igp":
            return VENDOR_BY_WORD[head]
    return next((VENDOR_BY_WORD[word] for word in words if word in VENDOR_BY_WORD), prefix)


def take_memory(words: Sequence[str], at: int | None) -> tuple[float | None, list[str]]:
    """Separate a stated memory size ("6GB", "512 MB", a Go's "64M") from the other words; `at` is the model's place."""
    sizes = _find_sizes(words, at)
    rest = [word for place, word in enumerate(words) if place != at and place not in sizes]
    return next(reversed(sizes.values()), None), rest


def find_memory_words(words: Sequence[str], at: int | None) -> set[int]:
    """Places of the words that state a size or type of memory ("6GB", "512 MB", "GDDR6")."""
    types = {place for place, word in enumerate(words) if word in MEMORY_TYPES and place != at}
    return types.union(_find_sizes(words, at))


def _find_sizes(words: Sequence[str], at: int | None) -> dict[int, float]:
    """Place of each word that states a memory size, and the size in GB."""
    sizes: dict[int, float] = {}
    for place, word in enumerate(words):
        if place == at:
            continue
        size_gb = _read_memory(word, at is not None and place > at)
        if size_gb is not None:
            sizes[place] = size_gb
        elif word in ("gb", "mb") and place - 1 not in (at, -1, *sizes):
            number = words[place - 1]
            if number.isdecimal() and len(number) <= 4:
                sizes[place - 1] = sizes[place] = int(number) / (1 if word == "gb" else 1024)
    return sizes


@lru_cache(maxsize=_KEPT_WORDS)
def _read_memory(word: str, after_model: bool) -> float | None:
    """Read "6gb" and "512mb", behind the model also "6g"; in GB."""
    size = _MEMORY.fullmatch(word) or (_MEMORY.fullmatch(f"{word}b") if after_model else None)
    return int(size[1]) / (1 if size[2] == "gb" else 1024) if size else None


def find_suffix(before: Sequence[str], after: Sequence[str], series: str | None, token: str | None) -> str | None:
    """Collect the words that tell products of one number apart, in their order: `ti super`, `xt`."""
    found = [word for word in before if word == "ti"]
    skip = {*(token or "").split(), *(series or "").split()} - {"ti", "gt", "gtx", "gts"}
    previous = ""
    for word in after:
        is_max_q = word == "max" and "q" in after
        if word in SUFFIX_WORDS and not is_max_q and word not in skip and previous not in ("r9", "radeon", "geforce"):
            found.append(word)
        previous = word
    if series == "geforce gtx" and token and token.isdecimal() and "gtx" in found:
        found.remove("gtx")
    return " ".join(found) or None


def strip_mobile_mark(token: str | None, series: str | None) -> str | None:
    """Drop the notebook M of a model number: 680M → 680; the M of M2000 stays."""
    if token and token.endswith("m") and has_mobile_mark(token, series):
        return token[:-1]
    return token


def has_mobile_mark(token: str | None, series: str | None) -> bool:
    """Whether the model number itself says notebook: 680M, M290X, 7640G, MX150, 6700S, 920MX, 265DX."""
    if token is None or series is None:
        return False
    if series in ("geforce mx", "geforce go"):
        return True
    if _MOBILE_TOKEN.fullmatch(token) and not (token[-1] == "s" and series != "radeon rx"):
        return True
    if series in ("radeon r5", "radeon r6", "radeon r7", "radeon r8", "radeon r9", "firepro") and token[0] == "m":
        return True
    if series == "radeon rx" and re.fullmatch(r"\d{4}s", token):
        return True
    if series == "intel arc" and re.fullmatch(r"1[34]0[tv]", token):
        return True
    return series == "radeon hd" and re.fullmatch(r"\d{4}g", token) is not None


def is_mobile_only(series: str | None, token: str | None, words: Sequence[str]) -> bool:
    """Tell whether the model exists in notebooks only, though its name does not say so."""
    if (series, token) in (("geforce gtx", "1650"), ("geforce rtx", "3050")) and "ti" in words:
        return True  # the GTX 1650 Ti and the RTX 3050 Ti were never sold as desktop cards
    if series is None or token is None:
        return series == "intel iris xe" and "max" not in words
    if series == "quadro" and token[0] == "t" and "quadro" not in words:
        return token in ("t500", "t550", "t1200")
    return token in MOBILE_ONLY_MODELS.get(series, ())


def split_number(number: int | None, series: str | None) -> tuple[int | None, int | None]:
    """Split a model number into generation and tier: 4070 → (40, 70), 7970 → (7, 970), 970 → (9, 70)."""
    if number is None or series is None:
        return None, None
    if series[:8] in ("geforce2", "geforce3", "geforce4"):
        return int(series[7]), number % (1000 if number >= 1000 else 100) if number > 4 else None
    if (series, number) == ("geforce", 256):
        return 1, None
    if number < 100:
        return None, number
    if number < 1000:
        return number // 100, number % 100
    if series in ("geforce rtx", "geforce gtx", "geforce gt") and number < 10_000:
        return number // 100, number % 100
    return number // 1000, number % 1000


def find_kind(words: Sequence[str], vendor: str | None, series: str | None, token: str | None) -> str:
    """Tell a discrete card from chipset graphics and from an APU named by its graphics."""
    if (
        vendor == "intel"
        and not (series or "").startswith("intel arc")
        and "max" not in words
        and token not in ("i740", "i752")
    ):
        return "integrated"
    if vendor in ("qualcomm", "apple", "arm", "via"):
        return "integrated"
    if not {"igp", "xpress", "nforce", "ion", "mirage", "mirage3", "unichrome"}.isdisjoint(words):
        return "integrated"
    if words[-1:] == [token] and token in CHIPSET_MODELS.get(series or "", ()):
        return "integrated"
    if series == "radeon hd" and token and (token in APU_MODELS or re.fullmatch(r"\d{4}[dge]", token)):
        return "apu"
    if (
        series in ("radeon vega", "radeon rx vega")
        and token
        and token not in ("vega 56", "vega 64", "frontier")
        and " m " not in token
    ):
        return "apu"
    if series in ("radeon r2", "radeon r3", "radeon r4", "radeon r5", "radeon r6", "radeon r7") and token is None:
        return "apu"
    if series == "radeon" and token and re.fullmatch(r"[678]\d0m|r\de|80\d0s", token):
        return "apu"
    if series == "matrox" and token and token.startswith("g200e"):
        return "integrated"
    if series is not None and token is not None:
        return "discrete"
    return "unknown"


def group_chip(canonical: str, vendor: str | None, series: str | None, model: str | None, number: int | None) -> str:
    """Name the group of a chip: series and model digits; the canonical text where there is no number."""
    if series and model and (model in series or model.startswith(series)):
        return max(series, model, key=len)
    if number is None or model is None:
        return f"{series} {model}".replace("vega vega", "vega") if series and model else canonical
    letters = model[: len(model) - len(model.lstrip("abcdefghijklmnopqrstuvwxyz"))]
    is_mobile_letter = letters == "m" and vendor == "amd"
    prefix = "" if is_mobile_letter or letters.startswith("vega") else letters
    return f"{series or vendor or 'gpu'} {prefix}{number}"


def _refine_series(series: str, token: str | None, present: set[str]) -> str:
    """Tell apart the lines that share their words: RTX A4000, RTX 4000 Ada, Radeon Pro W6800."""
    if token is None:
        return series
    if series == "geforce rtx" and "geforce" not in present:
        if token[0] == "a":
            return "rtx a"
        if "ada" in present:
            return "rtx ada"
        if "pro" in present:
            return "rtx pro"
        if token.isdecimal() and len(token) == 4 and token.endswith("000"):
            return "quadro rtx"
    if series == "quadro rtx" and token[0] == "a":
        return "rtx a"
    if series == "radeon pro" and re.fullmatch(r"[wv]\d{3,4}x?m?", token):
        return f"radeon pro {token[0]}"
    if series == "geforce" and token.isdecimal():
        return _series_of_modern_number(int(token)) or series
    if series == "radeon" and token.isdecimal() and present & {"xt", "xtx", "gre"}:
        return "radeon rx" if _is_rx(int(token)) else series
    if series == "radeon vega" and token in ("56", "64"):
        return "radeon rx vega"
    if series == "radeon" and token.startswith("mi"):
        return "radeon instinct"
    if series == "radeon" and _AI_PRO.fullmatch(token):
        return "radeon ai pro"
    return series


def _is_rx(number: int) -> bool:
    return 5000 <= number < 8000 or number in (9060, 9070)


def _series_of_bare_number(words: Sequence[str], at: int | None, token: str | None) -> str | None:
    """Guess the series of a number typed without one: `4070 ti super`, `1080ti`, `7900 xtx`, `T1000`."""
    if token is None or at is None:
        return None
    if token in DATA_CENTER_MODELS:
        return "tesla"
    if re.fullmatch(r"t(?:[456]00|550|1[02]00|2000)m?", token):
        return "quadro"
    if at == 0 and (professional := _series_of_professional(token)):
        return professional
    if re.fullmatch(r"p10[246]", token):
        return "nvidia mining"
    if re.fullmatch(r"mi\d{2,3}x?", token):
        return "radeon instinct"
    if _AI_PRO.fullmatch(token):
        return "radeon ai pro"
    if at != 0 or not re.fullmatch(r"\d{3,4}m?", token):
        return None
    number, following = int(token.rstrip("m")), set(words[1:])
    if following & {"xt", "xtx", "gre"} and _is_rx(number):
        return "radeon rx"
    if not following <= {"ti", "super", "laptop", "mobile", "gpu", "max", "q", "d", "gb"} | {
        w for w in following if w[0].isdecimal()
    }:
        return None
    return "geforce gtx" if number in (750, 950, 960, 970, 980) else _series_of_modern_number(number)


def _series_of_professional(token: str) -> str | None:
    """The line of a workstation card that is called by its model alone: `A2000`, `P2200`, `W6800`."""
    if re.fullmatch(r"a[2-6][05]00", token):
        return "rtx a"
    if re.fullmatch(r"[kmp](?:[46]\d0|[1-6][02]00)", token):
        return "quadro"
    return "radeon pro w" if re.fullmatch(r"w[5-7][5-9]00x?", token) else None


def _series_of_modern_number(number: int) -> str | None:
    if 2050 <= number <= 5999 and number % 10 == 0 and 50 <= number % 100 <= 90:
        return "geforce rtx"
    return "geforce gtx" if number in (1050, 1060, 1070, 1080, 1630, 1650, 1660) else None
