"""Read a GPU's name: from any string to its vendor, series, model number, suffix and form.

A name is folded to lower-case words first (`canonical`), then read word by word; the specification table plays no part.
What a plain name leaves unread is looked through for the GPUs that it names (`texts`).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import dropwhile
from operator import attrgetter

from gpu_kedro.domain.names.machine_lines import take_apart
from gpu_kedro.domain.names.normalise import fold_text, split_words
from gpu_kedro.domain.names.parsed_name import ParsedName
from gpu_kedro.domain.names.processors import parse_processor
from gpu_kedro.domain.names.several import find_components
from gpu_kedro.domain.names.single import parse_single
from gpu_kedro.domain.names.texts.reading import find_named
from gpu_kedro.domain.names.tokens import find_memory_words, find_model
from gpu_kedro.domain.names.vocabulary import (
    BOARD_WORDS,
    LEADING_VENDOR_WORDS,
    MEMORY_TYPES,
    UNDERSTOOD_WORDS,
    VENDOR_BY_WORD,
    VIRTUAL_WORDS,
)

__all__ = ["ParsedName", "canonicalise", "complete_name", "forget_memory", "name_gpu", "parse_listed", "parse_name"]

MAX_NAME_LENGTH = 300  # as long as a query's name may be; bounds the work a hostile string can cause
_RAW_LENGTH = 4000
_FOLDED_LENGTH = 2 * MAX_NAME_LENGTH  # some characters stand for many
_CACHE_SIZE = 8192  # every name of the table and of the specifications

_DIGITS = re.compile(r"\d+")
_VGPU = re.compile(r"(?:grid )?(?:gtx )?(?:rtx ?([3-8]000)p?( ada)?|([a-z]{1,3}\d{1,4}[a-z]?)) \d{1,2}[qabc]?")
_KEPLER_VGPU = re.compile(r"grid k\d{3}q")
#: As many strange words as an edition's name may have.
_FEW_WORDS = 2
_LEAST_DIGITS = 3  # of a model number
_SAID = attrgetter("series", "model_token", "suffix", "is_mobile", "is_max_q", "memory_gb", "cpu_model")
#: Words that a card beside the processor is named by.
_CARD_WORDS = frozenset({"rtx", "gtx", "geforce", "quadro", "gt", "rx", "nvidia", "firepro", "arc"})
#: Words that tell of more than two Radeons that work together.
_RIVAL_WORDS = BOARD_WORDS | _CARD_WORDS - {"rx"} | {"intel", "uhd", "ryzen"}


def parse_name(name: str) -> ParsedName:
    """Read a GPU's name; any string gives an answer, the same one each time.

    Only the first 300 characters after whitespace folding count.
    """
    return _parse_folded(" ".join(name[:_RAW_LENGTH].split())[:MAX_NAME_LENGTH])


def canonicalise(name: str) -> str:
    """Fold a name to the text under which two spellings of one name are equal."""
    return parse_name(name).canonical


def name_gpu(name: str) -> str:
    """The text to look a GPU up by: as `canonicalise`, of a longer text the GPU alone."""
    parsed = parse_name(name)
    return parsed.listing_of or parsed.canonical


@lru_cache(maxsize=_CACHE_SIZE)
def complete_name(canonical: str, series: str | None, kind: str) -> str:
    """The canonical name with its series in full: "geforce rtx 3070" for "RTX 3070", "intel hd 620" for "HD 620"."""
    words = [word for word in canonical.split() if word != "gpu"]
    lacking = (series or "").split()
    if kind in ("discrete", "integrated") and not set(lacking) <= set(words):
        words = [*lacking, *(word for word in words if word not in lacking)]
    return " ".join(words)


@lru_cache(maxsize=_CACHE_SIZE)
def _parse_folded(text: str) -> ParsedName:
    folded = fold_text(text)[:_FOLDED_LENGTH]
    line = take_apart(folded)
    words = split_words(line.text)
    prefix = next((VENDOR_BY_WORD[word] for word in words[:3] if word in ("nvidia", "amd", "ati", "intel")), None)
    # Intel's stays: its series have no other mark
    words = list(dropwhile(LEADING_VENDOR_WORDS.__contains__, words))
    canonical = " ".join(words)
    parsed = _parse_plain(canonical, words, prefix)
    if not _is_read_whole(parsed, words):
        parsed = _parse_text(parsed, words, prefix, folded)
    if line.device or line.chip:
        parsed = parsed._replace(device=line.device, chip=line.chip)
    return parsed


@lru_cache(maxsize=_CACHE_SIZE)
def parse_listed(canonical: str) -> ParsedName:
    """Read what a longer text was found to name (`ParsedName.listing_of`): a name and nothing else."""
    return _parse_plain(canonical, canonical.split(), None)


def _parse_plain(canonical: str, words: list[str], prefix: str | None) -> ParsedName:
    """Read words that are a GPU's name and nothing else."""
    return (
        _parse_vgpu(canonical)
        or parse_processor(canonical, words)
        or _parse_several(canonical, words)
        or parse_single(canonical, words, prefix)
    )


def _is_read_whole(parsed: ParsedName, words: Sequence[str]) -> bool:
    """Whether the words were a name and nothing else, so that nothing in them can say otherwise."""
    if parsed.cpu_model is not None:
        return _CARD_WORDS.isdisjoint(words)
    if parsed.kind == "dual":
        return _RIVAL_WORDS.isdisjoint(words)
    if parsed.components:
        return parsed.kind == "vgpu" or UNDERSTOOD_WORDS.issuperset(word for word in words if word.isalpha())
    if parsed.leftovers or parsed.model is None or len(set(words)) < len(words):
        return False
    if parsed.qualifiers and any(word.isdecimal() and len(word) >= _LEAST_DIGITS for word in parsed.qualifiers):
        return False  # another GPU's number, maybe
    return VIRTUAL_WORDS.isdisjoint(words)


def _parse_text(plain: ParsedName, words: list[str], prefix: str | None, folded: str) -> ParsedName:
    """Read `ASUS Dual GeForce RTX 3060 OC 12GB` as its GPU: what stands around it is left over."""
    canonical = plain.canonical
    named = find_named(words, folded)
    if named is None:
        if VIRTUAL_WORDS.isdisjoint(words):
            return plain
        vendor = next((VENDOR_BY_WORD[word] for word in words if word in VENDOR_BY_WORD), prefix)
        return ParsedName(canonical, vendor=vendor, kind="virtual", chip_group=canonical)
    listed = " ".join(named.words)
    parsed = parse_listed(listed)
    if len(plain.leftovers) <= _FEW_WORDS and BOARD_WORDS.isdisjoint(words) and _SAID(parsed) == _SAID(plain):
        return plain._replace(others=named.others)
    kept = {*named.words}
    return parsed._replace(
        canonical=canonical,
        leftovers=(*parsed.leftovers, *(word for word in words if word not in kept)),
        listing_of=listed,
        others=named.others,
    )


def forget_memory(parsed: ParsedName, *, keeps_type: bool = False) -> ParsedName:
    """The same name without its size of memory, and without its type."""
    words = parsed.canonical.split()
    places = find_memory_words(words, find_model(words))
    if keeps_type:
        places = {place for place in places if words[place] not in MEMORY_TYPES}
    return _parse_folded(" ".join(word for place, word in enumerate(words) if place not in places))


def _parse_vgpu(canonical: str) -> ParsedName | None:
    """Read a slice of a card: `GRID P40-24Q`, `A40-12Q`, `Radeon Instinct MI25 MxGPU`."""
    if canonical.endswith(" mxgpu"):
        base = canonical.removesuffix(" mxgpu")
    elif canonical.startswith("grid ") or canonical[-1:] in ("q", "a", "b", "c"):
        sliced = _VGPU.fullmatch(canonical)
        if sliced is None and not _KEPLER_VGPU.fullmatch(canonical):
            return None
        if sliced is not None:
            base = sliced[3] or (f"rtx {sliced[1]} ada" if sliced[2] else f"quadro rtx {sliced[1]}")
        else:
            base = "grid k1" if int(canonical[6:9]) < 200 else "grid k2"
    else:
        return None
    card = _parse_folded(base)
    number = _DIGITS.search(base)
    return card._replace(
        canonical=canonical,
        vendor="amd" if canonical.endswith("mxgpu") else "nvidia",
        series=card.series or "grid",
        number=int(number[0]) if number else None,
        is_workstation=True,
        is_mobile=False,
        kind="vgpu",
        components=(base,),
        chip_group=card.chip_group,
    )


def _parse_several(canonical: str, words: list[str]) -> ParsedName | None:
    """Read a row that names two or more GPUs: `… + … Dual`, `Radeon HD 7970 / R9 280X`."""
    several = find_components(words)
    if several is None:
        return None
    if several.kind == "one":
        return parse_single(several.names[0], several.names[0].split(), None)._replace(canonical=canonical)
    first = _parse_folded(several.names[0])
    return first._replace(canonical=canonical, kind=several.kind, components=several.names, leftovers=())
