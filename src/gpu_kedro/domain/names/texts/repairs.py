"""Mend the words of a text in which no GPU is named plainly: misspelt brands, letters for digits, part numbers."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from gpu_kedro.domain.names.normalise import unglue
from gpu_kedro.domain.names.vocabulary import BOARD_WORDS, UNDERSTOOD_WORDS

_BRANDS = ("geforce", "radeon", "quadro", "nvidia", "firepro", "instinct", "laptop")
#: Words that are no misspelling, though they look like one.
_KNOWN = UNDERSTOOD_WORDS | BOARD_WORDS | {"nvidia"}
_MISREAD = re.compile(r"((?:rtx|gtx|rx)?)([1-9][\doil]{3})((?:ti|xt|xtx|super|s)?)")
_LETTER_DIGITS = str.maketrans("oil", "011")
_GLUED = re.compile(r"(rtx|gtx|rx)?([1-9]\d{3})(ti|xtx|xt|super|gre|s)?(?:(\d{1,2})gb?|[a-z]{4,}\d?)?")

#: Part numbers that spell the chip: Gigabyte's GV-N3060…, GV-N308T…, GV-R66XT…, Zotac's ZT-A30710…, PNY's VCNRTXA6000.
_GIGABYTE_NVIDIA = re.compile(r"n(\d{3,4})(ts|t|s(?=oc|gaming|wf|d6|aorus|$))?(?:(d[3-6])|[a-z]\w*)?")
_GIGABYTE_AMD = re.compile(r"rx?(\d{2,4})(xtx|xt)?(?:[a-z]\w*)?")
_ZOTAC = re.compile(r"[a-z](\d{3})([01])0[a-z]?")
_PNY = re.compile(r"vc[gnq]((?:rtx|gtx)?[a-z]?\d{3,4})[a-z]*")
_SUFFIXES = {"t": ("ti",), "ts": ("ti", "super"), "s": ("super",), "1": ("ti",)}
_THOUSANDS = re.compile(r"(?:16|20|30|40|50)\d")
_TYPE_BY_SHORTHAND = {"d3": "ddr3", "d4": "ddr4", "d5": "gddr5", "d6": "gddr6", "d6x": "gddr6x"}


def repair(words: Sequence[str]) -> list[str]:
    """The words with what was misspelt or glued put right; others stay."""
    repaired: list[str] = []
    for word in words:
        previous = repaired[-1] if repaired else ""
        if previous in ("gv", "zt") and (part := _read_part_number(previous, word)):
            repaired[-1:] = part
        else:
            repaired += _mend(word)
    return repaired


@lru_cache(maxsize=8192)
def _mend(word: str) -> tuple[str, ...]:
    """One word put right; it may become several."""
    if word in _TYPE_BY_SHORTHAND:
        return (_TYPE_BY_SHORTHAND[word],)
    if word in _KNOWN or len(word) < 4 or word.isdecimal():
        return (word,)
    if word.isalpha():
        return (_respell(word),)
    if pny := _PNY.fullmatch(word):
        return unglue(pny[1])
    if misread := _MISREAD.fullmatch(word):
        word = misread[1] + misread[2].translate(_LETTER_DIGITS) + misread[3]
    if glued := _GLUED.fullmatch(word):
        line, number, suffix, size = glued.groups()
        return tuple(part for part in (line, *unglue(number + (suffix or "")), size and f"{size}gb") if part)
    return (word,)


def _respell(word: str) -> str:
    """The brand that this word misspells: one letter off, two in a long one."""
    most = 0 if len(word) < 5 else 1 if len(word) < 6 else 2
    near = [(OSA.distance(word, brand), brand) for brand in _BRANDS if brand[0] == word[0]]
    distance, brand = min(near, default=(most + 1, word))
    return brand if distance <= most else word


def _read_part_number(maker: str, word: str) -> list[str] | None:
    """The chip in a board's part number, behind the letters of its maker."""
    if maker == "zt":
        zotac = _ZOTAC.fullmatch(word)
        return ["geforce", "rtx", f"{zotac[1]}0", *_SUFFIXES.get(zotac[2], ())] if zotac else None
    if nvidia := _GIGABYTE_NVIDIA.fullmatch(word):
        number = f"{nvidia[1]}0" if _THOUSANDS.fullmatch(nvidia[1]) else nvidia[1]
        line = "rtx" if number > "2000" and len(number) == 4 else "gt" if number in ("1030", "710", "730") else "gtx"
        return [line, number, *_SUFFIXES.get(nvidia[2], ()), *filter(None, [_TYPE_BY_SHORTHAND.get(nvidia[3] or "")])]
    if amd := _GIGABYTE_AMD.fullmatch(word):
        return ["rx", amd[1].ljust(4, "0") if len(amd[1]) == 2 else amd[1], *filter(None, [amd[2]])]
    return None
