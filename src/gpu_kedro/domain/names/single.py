"""Read the name of one GPU word by word."""

import re

from gpu_kedro.domain.names.parsed_name import ParsedName
from gpu_kedro.domain.names.tokens import (
    find_kind,
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
    FAMILY_WORDS,
    MOBILE_WORDS,
    NEVER_MOBILE_SERIES,
    NOISE_WORDS,
    QUALIFIER_WORDS,
    SUFFIX_WORDS,
    WORKSTATION_SERIES,
)

_DIGITS = re.compile(r"\d+")
_SAYS_NOTHING_MORE = (BRAND_WORDS | NOISE_WORDS) - {"igp"}
_NEVER_LEFT_OVER = MOBILE_WORDS | FAMILY_WORDS | SUFFIX_WORDS


def parse_single(canonical: str, words: list[str], prefix: str | None) -> ParsedName:
    """Read words as one GPU's name; `prefix` is the maker that stood before them."""
    at = find_model(words)
    token = words[at] if at is not None else find_wordy_model(words)
    series = find_series(words, at, token)
    if series == "geforce rtx" and token and token[0].isalpha():
        at = token = None  # no GeForce RTX has a letter before its number
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
    leftovers: tuple[str, ...] = ()
    if unread := [word for word in unread if word not in _NEVER_LEFT_OVER]:
        known = {*qualifiers, *(suffix or "").split(), *(token or "").split(), *(("max", "q") if is_max_q else ())}
        leftovers = tuple(word for word in unread if word not in known)
    model = strip_mobile_mark(token, series)
    digits = _DIGITS.search(model) if model else None
    number = int(digits[0]) if digits else None
    generation, tier = split_number(number, series)
    is_mobile = series not in NEVER_MOBILE_SERIES and (
        bool(marks)
        or (is_max_q and series != "rtx pro")
        or has_mobile_mark(token, series)
        or is_mobile_only(series, token, words)
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
