"""The GPU in a shop's listing: what its board's maker adds to the chip's name is taken off.

"ASUS Dual GeForce RTX 3060 OC 12GB GDDR6" is a GeForce RTX 3060 with 12 GB. In such names "Dual", "X2", "Black" or "GS"
are editions of a board, while elsewhere they make another chip.
"""

from collections.abc import Iterator, Sequence

from gpu_kedro.domain.names.tokens import find_memory_words, find_model, is_series_word
from gpu_kedro.domain.names.vocabulary import (
    BOARD_WORDS,
    CHIP_EDITIONS,
    CHIP_SUFFIXES_BY_BRAND,
    LEADING_VENDOR_WORDS,
    MOBILE_WORDS,
    NOISE_WORDS,
    NOT_A_CHIPS_SUFFIX,
    SUFFIX_WORDS,
)

#: Stands where a shop's word was: what follows it does not follow the model number.
_GAP = "|"
_FORM_WORDS = MOBILE_WORDS | {"agp"}
#: How Linux names laptop cards of both forms ("RTX 3060 Mobile / Max-Q"); the first one is meant.
_OR_MAX_Q = ["/", "max", "q"]
_MAX_Q = ("with", "max", "q", "design")
_KEPT_BEFORE = (LEADING_VENDOR_WORDS | {"3d"}) - {"/"}


def find_listed_words(words: Sequence[str]) -> list[str] | None:
    """The words of a listing that say which GPU it is; None when the name is no listing, or one of several GPUs."""
    if list(words[-3:]) == _OR_MAX_Q:
        return [*words[:-3]]
    if BOARD_WORDS.isdisjoint(words) or any(_joins_models(words, mark) for mark in ("+", "/")):
        return None
    said = [_GAP if word in BOARD_WORDS else word for word in words]
    at = find_model(said)
    if at is None:
        return [word for word in said if word not in (_GAP, "+")]
    before = [word for word in said[:at] if is_series_word(word) or word in _KEPT_BEFORE]
    suffixes = (known for brand, known in CHIP_SUFFIXES_BY_BRAND.items() if brand in before)
    allowed = next(suffixes, SUFFIX_WORDS - NOT_A_CHIPS_SUFFIX) | CHIP_EDITIONS
    memory = find_memory_words(said, at)
    after = [word for place, word in enumerate(said) if place > at and place not in memory]
    form = [word for word in said if word in _FORM_WORDS and word not in before]
    form += _MAX_Q if {"max", "q"} <= set(after) else ()
    return [*before, said[at], *_take_suffixes(after, allowed), *form, *(said[place] for place in sorted(memory))]


def _joins_models(words: Sequence[str], mark: str) -> bool:
    """Whether the mark stands between two model numbers."""
    if mark not in words:
        return False
    place = list(words).index(mark)
    return find_model(words[:place]) is not None and find_model(words[place + 1 :]) is not None


def _take_suffixes(after: Sequence[str], allowed: frozenset[str]) -> Iterator[str]:
    """The suffixes that follow the model number at once; those behind an edition's name belong to the edition."""
    for word in after:
        if word in allowed or _counts_units(word):
            yield word
        elif word not in NOISE_WORDS and word not in _FORM_WORDS and word not in _MAX_Q:
            return


def _counts_units(word: str) -> bool:
    """Whether the word tells variants of a number apart by what they have: "512" of MB, "2048sp" of shaders."""
    return word.removesuffix("sp").isdecimal() and (word.endswith("sp") or len(word) == 3)
