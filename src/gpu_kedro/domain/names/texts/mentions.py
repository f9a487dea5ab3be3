"""Find the GPUs that a text names, whatever stands around them.

A mention is a line word ("rtx", "radeon", "hd graphics") with a model number of the shape which that line has, or a
model that no other product is called by. What makes another product of the number ("ti super", "xt") goes along.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gpu_kedro.domain.names.patterns import word_set
from gpu_kedro.domain.names.texts.lines import (
    BEFORE_LINE,
    BUILT_IN,
    KEPT_LINKS,
    LINE_WORDS,
    LINKS,
    ROOTS,
    SHAPES,
    find_line_of_bare_model,
)
from gpu_kedro.domain.names.tokens import find_model
from gpu_kedro.domain.names.vocabulary import (
    BOARD_WORDS,
    CHIP_EDITIONS,
    CHIP_SUFFIXES_BY_BRAND,
    DATA_CENTER_MODELS,
    JETSON_WORDS,
    MOBILE_WORDS,
    NOISE_WORDS,
    NOT_A_CHIPS_SUFFIX,
    SERIES_WORDS,
    SUFFIX_WORDS,
)

_TITAN_LETTERS = word_set("x xp v rtx z black")
_SKIPPED = frozenset({"gen", "lhr", "of", "max", "q"})
_DATA_CENTER_FORM = re.compile(r"sxm\d?|pcie|nvl|cnx|hbm\d?e?")
_GAP = "|"  # stands where a shop's word was: what follows it does not follow the model number
_MOST_WORDS = 8  # between a line's first word and its number
_TELLING_DIGITS = 4  # of a Radeon HD; Intel's HD numbers have three, and some four
_LEAST_VEGA_CARD = 50  # Vega 56 and 64 are cards, Vega 3 to 20 are built in


class Mention(NamedTuple):
    """A GPU as a text names it.

    Args:
        words: its line, number and suffixes, nothing else.
        place: of the model number among the words of the text.
        last: place of the last word that belongs to it.
        is_built_in: graphics of a processor, no card.
    """

    words: tuple[str, ...]
    place: int
    last: int
    is_built_in: bool


def find_mentions(words: Sequence[str]) -> list[Mention]:
    """Every GPU that the words name, in their order; one that is named twice stands once, as it is named most fully."""
    found: list[Mention] = []
    taken = -1
    for at, word in enumerate(words):
        if at <= taken:
            continue
        line = _find_line(words, at, taken)
        if line is None:
            continue
        name, taken = _complete(words, at, line)
        found.append(Mention(tuple(name), at, taken, _is_built_in(name, word)))
    return [*_merge(found)] or [*_find_rare(words)]


def _find_rare(words: Sequence[str]) -> Iterator[Mention]:
    """A GPU of a line without a shape here, in a shop's text: its series words and what looks like its number."""
    if BOARD_WORDS.isdisjoint(words):
        return
    said = [_GAP if word in BOARD_WORDS else word for word in words]
    at = find_model(said)
    line = [word for word in said[:at] if word in SERIES_WORDS or word in KEPT_LINKS]
    if at is None and line:
        own = [word for word in said if word not in (_GAP, "+")]
        yield Mention(tuple(own), len(said), len(said), is_built_in=False)
    elif at is not None and (line or said[at] in DATA_CENTER_MODELS):
        name, last = _complete(said, at, line)
        form = ["go"] if "go" in said[at:] else []
        yield Mention((*name, *form), at, last, _is_built_in(name, said[at]))


def _find_line(words: Sequence[str], at: int, taken: int) -> list[str] | None:
    """The line that the word at this place is a model of, as the words before it say; None where it is no model."""
    word = words[at]
    if word == "titan":
        following = words[at + 1] if at + 1 < len(words) else ""
        is_card = following in _TITAN_LETTERS or following[:2] not in ("gt", "18")
        return (["gtx"] if "gtx" in words[max(0, at - 1) : at] else []) if is_card else None
    if word in ("vii", "fury", "nano") and at and words[at - 1] in ("radeon", "r9", "fury", "pro", "/"):
        return ["radeon", "r9"] if word != "vii" else ["radeon", *(["pro"] if words[at - 1] == "pro" else [])]
    if word == "jetson" or (word == "agx" and "nvidia" not in words[at + 1 : at + 2]):
        return ["jetson"]
    if not any(letter.isdecimal() for letter in word):
        return None
    line: list[str] = []
    for place in range(at - 1, max(taken, at - 1 - _MOST_WORDS), -1):
        before = words[place]
        if before in LINE_WORDS and before not in line and (not line or line[0] not in ROOTS):
            line.insert(0, before)
        elif before not in LINKS or (line and before not in BEFORE_LINE and not _goes_on(words, place)):
            break
        elif before in KEPT_LINKS:
            line.insert(0, before)
    if line == ["hd"] and "intel" in words:
        line = ["intel", "hd"]
    heads = [head for head in line if head in LINE_WORDS]
    if heads and heads != ["pro"] and any(SHAPES[head].fullmatch(word) for head in heads[-2:] if head in SHAPES):
        return line
    return find_line_of_bare_model(words, at)


def _goes_on(words: Sequence[str], place: int) -> bool:
    """Whether a line word stands before this link ("radeon graphics rx 6600")."""
    return place > 0 and words[place - 1] in LINE_WORDS


def _complete(words: Sequence[str], at: int, line: list[str]) -> tuple[list[str], int]:
    """The mention's own words, and the place of the last of them."""
    if line == ["jetson"]:
        own = [word for word in words[at : at + 4] if word in JETSON_WORDS]
        return ["jetson", *(word for word in own if word != "jetson")], at + len(own) - 1
    name = [*line, words[at]]
    last = at
    if words[at] == "titan":
        letter = words[at + 1 : at + 2]
        name += letter if letter and letter[0] in _TITAN_LETTERS else []
    suffixes = next(
        (known for brand, known in CHIP_SUFFIXES_BY_BRAND.items() if brand in line), SUFFIX_WORDS - NOT_A_CHIPS_SUFFIX
    )
    allowed = suffixes | CHIP_EDITIONS | {"agp"}
    for place in range(at + 1, len(words)):
        word = words[place]
        if word in allowed or _counts_units(word) or (_DATA_CENTER_FORM.fullmatch(word) and "tesla" in line):
            name.append(word)
            last = place
        elif word not in NOISE_WORDS and word not in MOBILE_WORDS and word not in _SKIPPED:
            break
    return name, last


def _counts_units(word: str) -> bool:
    """Whether the word tells variants of a number apart by what they have: "512" of MB, "2048sp" of shaders."""
    return word.removesuffix("sp").isdecimal() and (word.endswith("sp") or len(word) == 3)


def _is_built_in(name: Sequence[str], model: str) -> bool:
    """Whether these are graphics of a processor."""
    if "radeon" in name and BUILT_IN.fullmatch(model):
        return True
    if "hd" in name:
        return "intel" in name or len(model) < _TELLING_DIGITS
    if "vega" in name:
        return model.isdecimal() and int(model) < _LEAST_VEGA_CARD
    return not {"uhd", "iris", "gma"}.isdisjoint(name) or ("arc" in name and model[-1] in "tv")


def _merge(found: Sequence[Mention]) -> Iterator[Mention]:
    for place, mention in enumerate(found):
        own = set(mention.words)
        others = [(at, set(other.words)) for at, other in enumerate(found) if at != place]
        if not any(own < other or (own == other and at < place) for at, other in others):
            yield mention
