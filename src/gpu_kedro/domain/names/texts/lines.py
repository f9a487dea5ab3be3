"""How each product line writes its model numbers, and the models that are called by their number alone."""

import re
from collections.abc import Sequence

from gpu_kedro.domain.names.patterns import word_set
from gpu_kedro.domain.names.vocabulary import BOARD_WORDS

#: The model numbers of each line, by the word that stands before them.
SHAPES = {
    word: re.compile(shape)
    for words, shape in (
        ("rtx", r"[1-9]\d{2,3}[dms]?|a\d{1,4}[a-z]?|[2-5]0[5-9]0x?"),
        ("gtx", r"[2-9]\d{2}[amx]{0,2}|1[06][0-9]0[m]?|8800|9800"),
        ("gts gt", r"[1-9]\d{2}[amx]{0,2}|10[13]0|[67][36]\d\d|[89][4-8]\d0m?"),
        ("geforce", r"\d{3,4}[amx]{0,2}|mx\d{3}[a-z]?"),
        ("mx", r"[1-3][1-7]0[a-z]?|450|5[57]0[a-z]?"),
        ("fx", r"[1-5][1-9]\d{1,2}[a-z]{0,2}|\d{3,4}m"),
        ("quadro", r"[kmptvxg]{0,2}\d{3,4}[adm]?|rtx"),
        ("tesla", r"[ckmpstv]\d{1,4}[a-z]{0,2}|a\d{2,3}"),
        ("grid", r"[kmpvtk]\d{1,3}q?"),
        ("nvs", r"\d{2,4}m?"),
        ("cmp", r"\d{2,3}hx"),
        ("rx", r"[4-9]\d{2,3}[a-z]{0,2}"),
        ("r9 r7 r5", r"[m]?[2-4]\d{2}[a-z]{0,2}|[a]\d{3}"),
        ("radeon", r"[mx]?\d{3,4}[a-z]{0,2}|[wv]\d{3,4}[a-z]{0,2}|r9[67]00[ds]?|96\d0d|mi\d{1,3}[a-z]?"),
        ("hd", r"[2-9]\d{3}[a-z]{0,2}|[2456]\d{2,3}|p[2-6]\d{2,3}"),
        ("pro", r"[wv]?\d{3,4}[a-z]{0,2}|wx\d{4}|vii"),
        ("wx", r"\d{4}"),
        ("vega", r"\d{1,2}|vii|ii|frontier"),
        ("firepro firegl firemv firestream", r"[a-z]{0,2}\d{3,5}[a-z]?"),
        ("instinct", r"mi\d{1,3}[a-z]?"),
        ("arc", r"[ab]\d{2,3}m?|1[34]0[tv]"),
        ("uhd", r"p?[67]\d{2}"),
        ("iris", r"p?[56]\d{2,3}"),
        ("gma", r"x?\d{3,4}[a-z]{0,3}"),
    )
    for word in words.split()
}
#: Words that may stand between a line and its number.
LINKS = word_set(
    """graphics graphic gpu nvidia amd ati intel mobility wonder media accelerator go pcx ai plus xe series graphique
    igp 3d"""
)
#: Those that belong to the name.
KEPT_LINKS = word_set("mobility mobile wonder go ai plus pcx 3d intel")
#: Those that may stand before the line.
BEFORE_LINE = word_set("mobility nvidia amd ati intel mobile wonder")
#: Words that begin a name; before them only a maker and a form may stand.
ROOTS = word_set("radeon geforce quadro tesla firepro firegl firemv firestream instinct grid")
LINE_WORDS = frozenset(SHAPES) | {"titan", "jetson", "vii", "fury"}
#: Models that are called by nothing more, and the line that they belong to.
_BARE = tuple(
    (re.compile(shape), line.split())
    for shape, line in (
        (r"[hb][128]00|a[18]00|a100x|l40[gs]?|gh200|v100s?|p100|h20", "tesla"),
        (r"mi\d{2,3}[ax]?", "radeon instinct"),
        (r"r9[67]00[ds]?", "radeon ai pro"),
        (r"w[5-7][5-9]00x?", "radeon pro"),
        (r"t[456]00|t550|t1[02]00|t2000", ""),
    )
)
_NVIDIA_NUMBER = re.compile(r"(?:[2-5]0[5-9]0)m?")
_GTX_NUMBER = re.compile(r"(?:10[5-8]0|16[356]0)m?")
_RTX_A_NUMBER = re.compile(r"a[2-6][05]00")
_PROFESSIONAL_WORDS = word_set("nvidia pny quadro rtx workstation precision")
#: Words of a shop's text that make a bare number a card's; those of older cards are numbers of screens as well.
_BOARDS = BOARD_WORDS - word_set("dell hp hpe lenovo fujitsu acer supermicro his elsa")
_OLDER_BOARDS = _BOARDS - word_set("asus asustek msi gigabyte asrock gaming tuf rog strix aorus")
_COMPUTERS = word_set("optiplex precision latitude monitor 1080p display")
_UNITS = word_set("mhz rpm mm w hz mb cuda cores shaders")
_RX_NUMBER = re.compile(r"[5-7][3-9][05]0|9060|9070")
BUILT_IN = re.compile(r"6[168]0m|7[468]0m|8[4689]0m|80[456]0s")


def find_line_of_bare_model(words: Sequence[str], at: int) -> list[str] | None:
    """The line of a model that stands without it ("3060 Ti", "H100"); None where the number could be anything."""
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    for shape, line in _BARE:
        if shape.fullmatch(word) and "thinkpad" not in words:
            return list(line)
    if _RTX_A_NUMBER.fullmatch(word) and not _PROFESSIONAL_WORDS.isdisjoint(words):
        return ["rtx"]
    if _RX_NUMBER.fullmatch(word) and following in ("xt", "xtx", "gre"):
        return ["radeon", "rx"]
    is_called = following in ("ti", "super", "laptop") or (at and words[at - 1] in ("nvidia", "geforce"))
    is_sold = following not in _UNITS and _COMPUTERS.isdisjoint(words)
    for shape, brand, boards in ((_NVIDIA_NUMBER, "rtx", _BOARDS), (_GTX_NUMBER, "gtx", _OLDER_BOARDS)):
        if shape.fullmatch(word) and (is_called or (is_sold and not boards.isdisjoint(words))):
            return ["geforce", brand]
    if BUILT_IN.fullmatch(word) and not {"radeon", "amd", "ryzen"}.isdisjoint(words):
        return ["radeon"]
    return None
