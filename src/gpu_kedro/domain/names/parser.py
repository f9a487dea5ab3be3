"""Read a GPU's name: from any string to its vendor, series, model number, suffix and form.

A name is folded to lower-case words first (`canonical`), then read word by word; the specification table plays no part.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gpu_kedro.domain.names.listings import find_listed_words
from gpu_kedro.domain.names.normalise import drop_leading_vendor, split_words
from gpu_kedro.domain.names.tokens import (
    find_kind,
    find_memory_words,
    find_model,
    find_series,
    find_suffix,
    find_vendor,
    find_wordy_model,
    group_chip,
    has_mobile_mark,
    is_mobile_only,
    split_number,
    strip_mobile_mark,
    take_memory,
)
from gpu_kedro.domain.names.vocabulary import (
    BRAND_WORDS,
    DESKTOP_B_PROCESSORS,
    FAMILY_WORDS,
    MOBILE_WORDS,
    NOISE_WORDS,
    QUALIFIER_WORDS,
    SUFFIX_WORDS,
    VENDOR_BY_WORD,
    VIRTUAL_WORDS,
    WORKSTATION_SERIES,
)

MAX_NAME_LENGTH = 200  # longer than any GPU name; bounds the work a hostile string can cause
_RAW_LENGTH = 4000
_CACHE_SIZE = 8192  # every name of the table and of the specifications

_DIGITS = re.compile(r"\d+")
_SAYS_NOTHING_MORE = (BRAND_WORDS | NOISE_WORDS) - {"igp"}
_NEVER_LEFT_OVER = MOBILE_WORDS | FAMILY_WORDS | SUFFIX_WORDS
_VGPU = re.compile(r"(?:grid )?(?:gtx )?(?:rtx (\d{4})p?|([a-z]{1,3}\d{1,4}[a-z]?)) \d{1,2}[qabc]?")
_KEPLER_VGPU = re.compile(r"grid k\d{3}q")
_RYZEN = re.compile(
    r"\bryzen (?:embedded (v\d{4}[a-z]?)|ai (?:max plus |max |z2 )?(?:\d )?(?:hx )?(?:pro )?(\d{3})|"
    r"(\d) (pro )?(\d{4}[a-z]{0,3}|microsoft surface edition|extreme edition)|(z[12](?: extreme| go)?))(?: (mobile))?"
)
_MOBILE_RYZEN = re.compile(r"(?:u|h|hs|hss|hx|edition)$")
_A_SERIES = re.compile(r"\b(?:(a\d{1,2}|fx|e[12]|opteron|athlon) (?:pro |micro )?(x?\d{4}[a-z]{0,2})|(x3\d{3}))\b")
_COMPUTE_CORES = re.compile(r"\b(\d{1,2})c(\d{1,2})g\b")


class ParsedName(NamedTuple):
    """What a GPU's name says, without looking anything up.

    Args:
        canonical: the name folded: lower case, no trademark signs, no leading vendor, single spaces. The key of a name.
        vendor: maker of the chip (`nvidia`, `amd`, `intel`, …) or None.
        series: product line, e.g. `geforce rtx`, `radeon hd`, `quadro`; mobile and desktop share it.
        model: model number without the mobile M, e.g. `4070`, `p4000`, `7640g`, `vega 8`.
        model_token: the same as written: `680m` where `model` is `680`.
        number: digits of the model (4070), or None.
        generation: 40 of a 4070, 10 of a 1060, 9 of a 970, 7 of an HD 7970.
        tier: place within the generation: 70 of a 4070, 700 of an RX 5700.
        suffix: what else tells products of one number apart, e.g. `ti super`, `xt`, `max`; None without.
        is_mobile: a notebook part, by a mark in the name or because the model exists in notebooks only.
        is_max_q: NVIDIA's low-power variant (a notebook part too).
        is_workstation: a professional or data-centre product line.
        memory_gb: memory stated in the name, in GB.
        kind: `discrete`, `integrated`, `apu`, `dual`, `vgpu`, `combined`, `virtual` or `unknown`.
        components: names of the parts of a dual or combined row; the card behind a vGPU.
        compute_cores: GPU compute units of an APU where the name states them ("2C+4G" → 4).
        cpu_model: processor an APU is named by, e.g. `ryzen 7 4800hs`, `a10-9600p`.
        qualifiers: words that tell editions of one model apart, e.g. `oem`, `agp`, `ddr4`.
        leftovers: words not understood.
        is_family: the name is a driver's label for a whole family ("Radeon HD 7800-serie").
        chip_group: key for grouped cross-validation: series and model digits, equal for all variants of one number.
        listing_of: of a shop's listing the canonical name of the GPU alone, None for names that hold nothing else.
    """

    canonical: str
    vendor: str | None = None
    series: str | None = None
    model: str | None = None
    model_token: str | None = None
    number: int | None = None
    generation: int | None = None
    tier: int | None = None
    suffix: str | None = None
    is_mobile: bool = False
    is_max_q: bool = False
    is_workstation: bool = False
    memory_gb: float | None = None
    kind: str = "unknown"
    components: tuple[str, ...] = ()
    compute_cores: int | None = None
    cpu_model: str | None = None
    qualifiers: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    is_family: bool = False
    chip_group: str = ""
    listing_of: str | None = None


def parse_name(name: str) -> ParsedName:
    """Read a GPU's name; any string gives an answer, the same one each time.

    Only the first 200 characters after whitespace folding count.
    """
    return _parse_folded(" ".join(name[:_RAW_LENGTH].split())[:MAX_NAME_LENGTH])


def canonicalise(name: str) -> str:
    """Fold a name to the text under which two spellings of one name are equal."""
    return parse_name(name).canonical


def name_gpu(name: str) -> str:
    """The text to look a GPU up by: as `canonicalise`, of a shop's listing the GPU alone."""
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
    words = split_words(text)
    prefix = next((VENDOR_BY_WORD[word] for word in words[:3] if word in ("nvidia", "amd", "ati", "intel")), None)
    words = drop_leading_vendor(words)
    canonical = " ".join(words)
    if not VIRTUAL_WORDS.isdisjoint(words):
        vendor = next((VENDOR_BY_WORD[word] for word in words if word in VENDOR_BY_WORD), prefix)
        return ParsedName(canonical, vendor=vendor, kind="virtual", chip_group=canonical)
    return (
        _parse_vgpu(canonical)
        or _parse_processor(canonical, words)
        or _parse_listing(canonical, words)
        or _parse_several(canonical, words)
        or _parse_single(canonical, words, prefix)
    )


def _parse_listing(canonical: str, words: Sequence[str]) -> ParsedName | None:
    """Read `ASUS Dual GeForce RTX 3060 OC 12GB` as its GPU; the shop's words are left over."""
    listed = find_listed_words(words)
    parsed = _parse_folded(" ".join(listed)) if listed else None
    if parsed is None or parsed.vendor is None:
        return None
    kept = {*parsed.canonical.split()}
    return parsed._replace(
        canonical=canonical,
        leftovers=(*parsed.leftovers, *(word for word in words if word not in kept)),
        listing_of=parsed.canonical,
    )


def forget_memory(parsed: ParsedName) -> ParsedName:
    """The same name without its size and type of memory."""
    words = parsed.canonical.split()
    places = find_memory_words(words, find_model(words))
    return _parse_folded(" ".join(word for place, word in enumerate(words) if place not in places))


def _parse_vgpu(canonical: str) -> ParsedName | None:
    """Read a slice of a card: `GRID P40-24Q`, `A40-12Q`, `Radeon Instinct MI25 MxGPU`."""
    if canonical.endswith(" mxgpu"):
        base = canonical.removesuffix(" mxgpu")
    elif canonical.startswith("grid ") or canonical[-1:] in ("q", "a", "b"):
        sliced = _VGPU.fullmatch(canonical)
        if sliced is None and not _KEPLER_VGPU.fullmatch(canonical):
            return None
        if sliced is not None:
            base = sliced[2] or f"quadro rtx {sliced[1]}"
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


def _parse_processor(canonical: str, words: Sequence[str]) -> ParsedName | None:
    """Read an APU named by its processor: `Ryzen 7 4800HS with Radeon Graphics`, `Radeon R5 A10-9600P 4C+6G`."""
    compute = _COMPUTE_CORES.search(canonical)
    cores = int(compute[2]) if compute else None
    if "ryzen" in words:
        ryzen = _RYZEN.search(canonical)
        if ryzen is None:
            return None
        model = ryzen[1] or ryzen[2] or ryzen[5] or ryzen[6]
        tier = f"{ryzen[3]} " if ryzen[3] else "embedded " if ryzen[1] else "ai " if ryzen[2] else ""
        cpu_model = f"ryzen {tier}{ryzen[4] or ''}{model}"
        is_mobile = bool(ryzen[7] or ryzen[2] or ryzen[6]) or _MOBILE_RYZEN.search(model) is not None
        series = "ryzen apu"
    elif "radeon" in words or "carrizo" in words or words[:1] in (["a4"], ["a6"], ["a8"], ["a10"], ["a12"]):
        named = _A_SERIES.search(canonical)
        if named is None:
            return None
        model = named[2] or named[3]
        cpu_model = f"{named[1] or 'opteron'}-{model}"
        is_mobile = model[-1] in ("p", "m", "t") or (model[-1] == "b" and model not in DESKTOP_B_PROCESSORS)
        series = next((f"radeon {word}" for word in words if word in ("r2", "r3", "r4", "r5", "r6", "r7")), "radeon")
    else:
        return None
    digits = _DIGITS.search(model)
    return ParsedName(
        canonical,
        vendor="amd",
        series=series,
        model=model,
        model_token=model,
        number=int(digits[0]) if digits else None,
        generation=(int(digits[0]) // 1000 or None) if digits else None,
        is_mobile=is_mobile,
        kind="apu",
        compute_cores=cores,
        cpu_model=cpu_model,
        chip_group=f"apu {digits[0]}" if digits else f"apu {model}",
    )


def _parse_several(canonical: str, words: list[str]) -> ParsedName | None:
    """Read a row that names two or more GPUs: `… + … Dual`, `Radeon HD 7970 / R9 280X`."""
    if "+" in words and "radeon" in words and not _is_memory_note(words):
        parts = [part for part in _split_at(words, "+") if part]
        is_combined = "fury" in words
    elif "/" in words and "nforce" not in words and ("intel" not in words or "hd" in words):
        parts = [part for part in _split_at(words, "/") if part]
        is_combined = True
        if parts and find_model(parts[0]) is None and parts[0][-1] not in BRAND_WORDS - {"mobility"}:
            return _parse_several_retry(canonical, [word for word in words if word != "/"])
    else:
        return None
    if len(parts) < 2:
        return None
    names = _complete_parts(parts)
    if len(names) < 2:
        return None
    first = _parse_folded(names[0])
    return first._replace(
        canonical=canonical,
        kind="combined" if is_combined else "dual",
        components=tuple(names),
        leftovers=(),
    )


def _parse_several_retry(canonical: str, words: list[str]) -> ParsedName:
    """Read `MOBILITY/RADEON 9000`, where the slash joins words of one name."""
    return _parse_single(" ".join(words), words, None)._replace(canonical=canonical)


def _is_memory_note(words: Sequence[str]) -> bool:
    rest = words[list(words).index("+") + 1 :]
    return len(rest) == 1 and rest[0].rstrip("gb").isdecimal()


def _split_at(words: Sequence[str], mark: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == mark:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _complete_parts(parts: Sequence[list[str]]) -> list[str]:
    """Give each part the words it leaves out: `HD 8600/8700M` → `radeon hd 8600m`, `radeon hd 8700m`."""
    first = _until_n(parts[0])
    model_at = find_model(first)
    brand_end = next((at + 1 for at, word in enumerate(first) if word in VENDOR_BY_WORD and word != "mobility"), 0)
    names = [first]
    for part in parts[1:]:
        rest = [word for word in _until_n(part) if word not in ("dual", "d") or len(part) == 1]
        if not rest:
            continue
        if rest[0] in VENDOR_BY_WORD and rest[0] not in ("gt", "gtx", "gts", "rx"):
            names.append(rest)
        elif find_model(rest) == 0:
            names.append(first[: len(first) if model_at is None else model_at] + rest)
        elif find_model(rest) is None and rest[0] in SUFFIX_WORDS and rest[0] != "hd" and model_at is not None:
            names.append(first[: model_at + 1] + rest)
        elif find_model(rest) is not None or rest[0] in BRAND_WORDS:
            names.append(first[:brand_end] + rest)
    if len(names) == 2 and model_at == len(first) - 1 and first[model_at].isdecimal():
        last = find_model(names[-1])
        if (
            last is not None
            and names[-1][last] == names[-1][last].rstrip("m") + "m"
            and names[-1][:last] == first[:model_at]
        ):
            first[model_at] += "m"
    return [" ".join(words) for words in names]


def _until_n(words: list[str]) -> list[str]:
    """Cut `HD 7640G N HD 7640G` (a doubled name with "N" for "and") after the first."""
    return words[: words.index("n")] if "n" in words[1:] else list(words)


def _parse_single(canonical: str, words: list[str], prefix: str | None) -> ParsedName:
    at = find_model(words)
    token = words[at] if at is not None else find_wordy_model(words)
    series = find_series(words, at, token)
    vendor = find_vendor(words, prefix, series)
    if at is not None and at > 0 and words[at - 1] == "vega" and token:
        token = f"vega {token}"
    memory_gb, rest = take_memory(words, at)
    unread = [word for word in rest if word not in _SAYS_NOTHING_MORE]
    suffix_from = words[at + 1 :] if at is not None else [word for word in rest if word not in (series or "").split()]
    before = words[:at] if at is not None else []
    suffix = find_suffix(before, suffix_from, series, token)
    qualifiers = tuple(word for word in unread if word in QUALIFIER_WORDS or (word[:1].isdecimal() and word != token))
    marks = MOBILE_WORDS.intersection(words)
    is_max_q = "max" in words and "q" in words
    known = {*qualifiers, *(suffix or "").split(), *(token or "").split(), *(("max", "q") if is_max_q else ())}
    leftovers = tuple(word for word in unread if word not in known and word not in _NEVER_LEFT_OVER)
    model = strip_mobile_mark(token, series)
    digits = _DIGITS.search(model) if model else None
    number = int(digits[0]) if digits else None
    generation, tier = split_number(number, series)
    is_mobile = series != "tesla" and (
        bool(marks) or is_max_q or has_mobile_mark(token, series) or is_mobile_only(series, token, words)
    )
    return ParsedName(
        canonical,
        vendor=vendor,
        series=series,
        model=model,
        model_token=token,
        number=number,
        generation=generation,
        tier=tier,
        suffix=suffix,
        is_mobile=is_mobile,
        is_max_q=is_max_q,
        is_workstation=series in WORKSTATION_SERIES or (vendor == "intel" and bool(model) and str(model)[0] == "p"),
        memory_gb=memory_gb,
        kind=find_kind(words, vendor, series, token),
        qualifiers=qualifiers,
        leftovers=leftovers,
        is_family=not FAMILY_WORDS.isdisjoint(words),
        chip_group=group_chip(canonical, vendor, series, model, number),
    )
