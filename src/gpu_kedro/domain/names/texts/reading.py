"""The GPU that a longer text is about: a shop's title, a laptop's, an inventory's line, a report of several GPUs.

A discrete card goes before graphics that are built in, since whoever names both means the card. A laptop around it
makes it the laptop's card, and of all sizes in the text only the card's own memory counts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gpu_kedro.domain.names.patterns import word_set
from gpu_kedro.domain.names.texts.mentions import Mention, find_mentions
from gpu_kedro.domain.names.texts.repairs import repair
from gpu_kedro.domain.names.texts.surroundings import is_about_laptop
from gpu_kedro.domain.names.vocabulary import MEMORY_TYPES, MOBILE_WORDS, NEVER_MOBILE_SERIES

_SIZE = re.compile(r"(\d{1,3})gb?")
#: What a size beside these words is of: the computer's memory, or its disk.
_OTHER_MEMORY = word_set(
    """ram ssd hdd nvme emmc disk storage rom memory speicher arbeitsspeicher ddr3 ddr4 ddr5 lpddr4 lpddr4x lpddr5
    lpddr5x sdram dimm sodimm m.2 s kit / 内存 硬盘 固态"""
)
_COMPUTER_WORDS = word_set("ram ssd hdd nvme ryzen core i3 i5 i7 i9 ultra 1tb 2tb 512gb 内存 固态")
_NEAR = 3  # words
_MOST_GB = 288  # the largest accelerators
_MAX_Q = ("with", "max", "q", "design")
_FORM_MARKS = MOBILE_WORDS - {"go", "portable"}
#: Numbers of cards that their maker calls "Laptop GPU"; earlier ones are "(Mobile)".
_CALLED_LAPTOP = re.compile(r"[3-9]0[5-9]0")
_NEVER_MOBILE = frozenset(word for series in NEVER_MOBILE_SERIES for word in series.split()) - {"radeon"}


class Named(NamedTuple):
    """What a text names: the GPU alone (line, number, suffix, form and memory), and the names of further GPUs."""

    words: tuple[str, ...]
    others: tuple[str, ...]


def find_named(words: Sequence[str], text: str) -> Named | None:
    """The GPU that the text is about, by its words and, folded, with its punctuation; None where it names none."""
    repaired = repair(words)
    mentions = find_mentions(repaired)
    if not mentions:
        return None
    chosen = min(mentions, key=lambda mention: (mention.is_built_in, mentions.index(mention)))
    details = [*_find_form(repaired, chosen, text), *_find_memory(repaired, chosen)]
    details.sort(key=lambda word: repaired.index(word) if word in repaired else len(repaired))
    others = tuple(" ".join(mention.words) for mention in mentions if mention is not chosen)
    return Named((*chosen.words, *details), others)


def _find_form(words: Sequence[str], chosen: Mention, text: str) -> list[str]:
    """Words that make it a laptop's card, those of the text where it has some."""
    if not _NEVER_MOBILE.isdisjoint(chosen.words):
        return []
    following = words[chosen.place + 1 : chosen.last + 1 + _NEAR]
    marks = [word for word in words if word in _FORM_MARKS]
    if "max" in following and "q" in following:
        return marks[:1] or [*_MAX_Q]
    if "mobility" in chosen.words or chosen.is_built_in:
        return []
    usual = "laptop" if any(map(_CALLED_LAPTOP.fullmatch, chosen.words)) else "mobile"
    return marks[:1] or ([usual] if is_about_laptop(text) else [])


def _find_memory(words: Sequence[str], chosen: Mention) -> list[str]:
    """The size and type of the card's own memory."""
    sizes = [(place, size) for place, size in _find_sizes(words) if place != chosen.place]
    is_of_computer = not _COMPUTER_WORDS.isdisjoint(words)
    own = [size for place, size in sizes if chosen.place < place <= chosen.last + _NEAR + 1]
    own += [size for place, size in sizes if _names_card_memory(words[place + 1 : place + _NEAR])]
    own += [] if is_of_computer else [size for _, size in sizes]
    types = [word for word in words if word in MEMORY_TYPES and (_names_card_memory([word]) or not is_of_computer)]
    return own[:1] + types[:1]


def _names_card_memory(words: Sequence[str]) -> bool:
    """Whether a type of memory is named that only cards have."""
    return any(word.startswith(("gddr", "hbm")) for word in words)


def _find_sizes(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Sizes that may be a card's, with their places: "12gb", "12g", "12 gb"."""
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        size = _SIZE.fullmatch(word) or (_SIZE.fullmatch(f"{before}{word}") if word == "gb" else None)
        if size is None or int(size[1]) > _MOST_GB:
            continue
        if _OTHER_MEMORY.isdisjoint((before, *words[place + 1 : place + 2])):
            yield place, f"{size[1]}gb"
