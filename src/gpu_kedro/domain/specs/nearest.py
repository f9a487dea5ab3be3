"""The nearest row of a name that has none of its own: another suffix, another line, a family's middle, a chip's."""

from collections.abc import Sequence
from itertools import pairwise

from gpu_kedro.domain.names.code_names import CHIP_BY_CODE_NAME
from gpu_kedro.domain.names.parser import ParsedName
from gpu_kedro.domain.specs.lineage import CHIPSETS, DEVICES, INTEL_GENERICS
from gpu_kedro.domain.specs.rows import SpecRow, choose_edition
from gpu_kedro.domain.specs.spec_table import FORMS, SpecTable, form_of

#: Lines that people mix up or leave out, and those whose numbers tell which one is meant.
_OFTEN_CONFUSED = frozenset({None, "geforce", "geforce gt", "geforce gtx", "geforce rtx", "radeon", "radeon rx"})
_NUMBERED_LINES = frozenset(
    {"geforce gt", "geforce gtx", "geforce rtx", "radeon rx", "intel hd", "intel uhd", "intel iris plus", "intel arc"}
)
_TELLING_DIGITS = 4  # shorter numbers were used by several makers
_UNUSUAL = 4  # an oddity from which a row is no usual member of its family
#: Rows of chips that were made for one device ("Ryzen Z1 GPU").
_OF_ONE_DEVICE = ("Embedded", " GPU")
#: Words that tell which part of a chip's cards is meant: "Hawaii XT" has all units, "Hawaii PRO" fewer.
_FULL_CHIP, _CUT_CHIP = frozenset({"xt", "xtx"}), frozenset({"pro", "xl", "le"})


def find_by_number(table: SpecTable, parsed: ParsedName) -> tuple[SpecRow, str] | None:
    """A row of the same number in another of today's lines: "GTX 3060" and "Radeon 6600" can only be one card each."""
    token = parsed.model_token
    if token is None or parsed.series not in _OFTEN_CONFUSED or (parsed.series == "radeon" and parsed.is_mobile):
        return None  # an HD of a laptop was written so too ("Radeon 6600M")
    if parsed.series is None and parsed.leftovers:
        return None  # a number in some text
    of_number = [row for form in FORMS for row in table.by_number.get((token, parsed.suffix, form), ())]
    is_makers_own = any(row.parsed.vendor == parsed.vendor for row in of_number)
    for form in dict.fromkeys((form_of(parsed, parsed.is_mobile), 1)):
        rows = table.by_number.get((token, parsed.suffix, form), ())
        rows = [row for row in rows if row.parsed.series in _NUMBERED_LINES]
        of_maker = [row for row in rows if row.parsed.vendor == parsed.vendor]
        rows = of_maker or ([] if is_makers_own or len(token) < _TELLING_DIGITS else rows)
        if rows:
            is_certain = len({row.parsed.series for row in rows}) == 1
            return choose_edition(parsed, rows), "other_line" if is_certain else "loose"
    return None


def find_chipset(table: SpecTable, parsed: ParsedName) -> SpecRow | None:
    """The graphics of a named chipset."""
    if parsed.kind != "integrated" and parsed.vendor != "matrox":
        return None
    words = parsed.canonical.split()
    for word in words:
        rows = CHIPSETS.get(word)
        if rows and (parsed.series is None or parsed.vendor != "intel"):
            return table.by_name.get(rows["mobile" in words])
    return None


def find_other_suffix(table: SpecTable, parsed: ParsedName) -> SpecRow | None:
    """A row of the same line, number and form whose suffix or letters differ."""
    if parsed.number is None or parsed.series is None:
        return None
    rows = [
        row
        for row in table.rows_of_lines(parsed)
        if row.parsed.number == parsed.number and row.is_workstation == parsed.is_workstation
    ]
    letters = _letters_of(parsed.model)
    candidates = [row for row in rows if _letters_of(row.parsed.model) in (letters, "")] or ([] if letters else rows)
    wanted = set((parsed.suffix or "").split())
    return min(
        candidates,
        key=lambda row: (
            _letters_of(row.parsed.model) != letters,
            len(wanted ^ set((row.parsed.suffix or "").split())),
            row.oddity,
            row.spec_name,
        ),
        default=None,
    )


def find_family(table: SpecTable, parsed: ParsedName) -> SpecRow | None:
    """The middle member of "Radeon HD 7800": same line and form, same leading digits."""
    number = parsed.number
    if number is None or parsed.series is None or parsed.suffix or number < 100 or number % 100:
        return None
    letters = _letters_of(parsed.model_token)
    if letters not in ("", "m", "v", "w"):
        return None
    span = 1000 if number >= 1000 and number % 1000 == 0 else 100
    candidates = [
        row
        for row in table.rows_of_lines(parsed)
        if row.parsed.number is not None
        and row.parsed.number // span == number // span
        and (number >= 1000) == (row.parsed.number >= 1000)
        and row.oddity < _UNUSUAL
        and not any(word.endswith("sp") for word in row.parsed.qualifiers)
        and (not letters or _letters_of(row.parsed.model_token) == letters)
    ]
    candidates = [row for row in candidates if row.parsed.suffix is None] or candidates
    ordered = sorted(candidates, key=lambda row: (row.values.get("fp32_gflops", 0.0), row.spec_name))
    return ordered[len(ordered) // 2] if ordered else None


def find_by_chip(table: SpecTable, parsed: ParsedName) -> SpecRow | None:
    """The card of a chip that a machine names by its code name only: "AMD Radeon Graphics (RADV NAVI22)"."""
    if parsed.number is not None and parsed.series is not None:
        return None
    words = f"{parsed.chip or ''} {parsed.canonical}".lower().replace("-", " ").replace("_", " ").split()
    for text in (*(f"{first}{second}" for first, second in pairwise(words)), *words):
        rows = table.by_chip.get(CHIP_BY_CODE_NAME.get(text, text)) if len(text) > 2 else None
        if rows:
            return _choose_card(rows, parsed, frozenset(words))
    return None


def find_device(table: SpecTable, parsed: ParsedName) -> SpecRow | None:
    """The chip of a handheld that is called by its own name: "ROG Ally", "Steam Deck"."""
    if parsed.number is not None and parsed.series is not None:
        return None
    words = set(parsed.canonical.split())
    return next((table.by_name.get(row) for label, row in DEVICES if words.issuperset(label.split())), None)


def find_intel_generic(table: SpecTable, parsed: ParsedName) -> SpecRow | None:
    """A typical member of what a generic Intel label covers."""
    if parsed.vendor != "intel" or parsed.number is not None:
        return None
    words = set(parsed.canonical.split())
    for label, rows in INTEL_GENERICS:
        if words.issuperset(label.split()):
            return table.by_name.get(rows["mobile" in words])
    return None


def _choose_card(rows: Sequence[SpecRow], parsed: ParsedName, words: frozenset[str]) -> SpecRow:
    """Of a chip's cards those of the stated line and form, the plainest of them, the first one made."""
    usual = [row for row in rows if not row.is_workstation] or list(rows)
    # graphics of a processor are called alike in laptops and desktops
    of_form = [
        row for row in usual if row.is_mobile == parsed.is_mobile or row.values.get("memory_type") == "System Shared"
    ] or usual
    of_line = [row for row in of_form if parsed.series and row.parsed.series == parsed.series] or of_form
    part = 1 if words & _CUT_CHIP else -1 if words & _FULL_CHIP else 0
    return min(
        of_line,
        key=lambda row: (
            row.oddity + any(mark in row.spec_name for mark in _OF_ONE_DEVICE),
            row.values.get("release_year", 0.0),
            part * row.values.get("shading_units", 0.0),
            len(row.spec_name),
            row.spec_name,
        ),
    )


def _letters_of(model: str | None) -> str:
    return "".join(letter for letter in model or "" if letter.isalpha())
