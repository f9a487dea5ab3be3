"""From what somebody knows of a GPU to one flat row: parsed name, matched specification, known figures.

Training and inference both make their rows here, so a name means the same in both.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from gpu_kedro.domain.accessories import PART_ONLY, is_part
from gpu_kedro.domain.coverage import Refusal, find_refusal
from gpu_kedro.domain.names.parser import ParsedName, parse_name
from gpu_kedro.domain.specs.matching import SpecIndex
from gpu_kedro.domain.specs.sheets import COLUMN_BY_FIELD, NUMERIC_SPEC_FIELDS
from gpu_kedro.domain.specs.spec_match import NO_MATCH, SpecMatch

#: Figures that the benchmark table, or the person who asks, may know about a GPU, with their unit.
KNOWN_FIELDS: tuple[str, ...] = ("g3d_mark", "g2d_mark", "price_usd", "tdp_w", "test_year")
PARSED_FIELDS: tuple[str, ...] = (
    "canonical",
    "chip_group",
    "vendor",
    "series",
    "model",
    "number",
    "generation",
    "tier",
    "suffix",
    "is_mobile",
    "is_max_q",
    "is_workstation",
    "memory_gb",
    "kind",
    "compute_cores",
)

GpuRow = dict[str, Any]
_PARSED_VALUES = attrgetter(*PARSED_FIELDS)


class Reading(NamedTuple):
    """What a name was read as.

    Args:
        parsed: all that the name says.
        plain: the same GPU by its plainest name (`SpecIndex.simplify`), which features are computed from.
        match: the row of the specifications that it joins.
        refusal: why no figure can be given from the name, None where one can. Who asks for a GPU by its specification
            sheet, or one that the table has measured, need not mind it.
        others: further GPUs that the same text names, as the text calls them ("UHD Graphics 630" beside a GTX 1650).
    """

    parsed: ParsedName
    plain: ParsedName
    match: SpecMatch
    refusal: Refusal | None = None
    others: tuple[str, ...] = ()


def read_gpu(name: str, index: SpecIndex) -> Reading:
    """Read a name and join it; never raises on a strange one."""
    parsed = parse_name(name)
    if parsed.device is not None:
        parsed = index.consult_device(parsed)
    plain = index.simplify(parsed)
    match = index.match(plain)
    if is_part(parsed):
        nothing = ParsedName(parsed.canonical, chip_group=parsed.canonical)
        card = () if match.spec_name is None else (match.spec_name,)
        return Reading(nothing, nothing, NO_MATCH, Refusal("not_a_gpu", PART_ONLY, card))
    if match.kind == "other_line":
        plain = index.rename(plain, match)
    refusal = find_refusal(parsed, match, lambda: index.suggest(plain, match))
    others = [index.match(other).spec_name or other for other in parsed.others]
    return Reading(parsed, plain, match, refusal, tuple(others))


def recognise_names(texts: Sequence[str], index: SpecIndex) -> list[float]:
    """How sure it is that each text names a GPU, 0 to 1: that of its match, 0 where there is none."""
    readings = (read_gpu(text, index) for text in texts)
    return [0.0 if reading.refusal is not None else reading.match.confidence for reading in readings]


def identify_gpu(
    name: str,
    index: SpecIndex,
    known: Mapping[str, float | None] | None = None,
    specs: Mapping[str, Any] | None = None,
) -> GpuRow:
    """Describe one GPU as a flat row: `PARSED_FIELDS`, those of its match, `spec_…` and `KNOWN_FIELDS`.

    Args:
        name: any spelling of the GPU's name; may be empty when `specs` are given.
        index: the specification table, ready for look-ups.
        known: figures in the units of `KNOWN_FIELDS`; absent or None where not known.
        specs: fields of a specification sheet (`SPEC_FIELDS`) that override the matched ones.

    Returns:
        One entry per column, None where nothing is known. Never raises on a strange name.
    """
    return assemble_row(name, read_gpu(name, index), known or {}, specs or {})


def assemble_row(
    name: str,
    reading: Reading,
    known: Mapping[str, float | None],
    specs: Mapping[str, Any],
) -> GpuRow:
    """Put the parts of one GPU side by side; given `specs` win over the matched ones."""
    row: GpuRow = {"name": name}
    row.update(zip(PARSED_FIELDS, _PARSED_VALUES(reading.plain), strict=True))
    match = reading.match
    row["spec_name"] = match.spec_name
    row["match_kind"] = match.kind
    row["match_confidence"] = match.confidence
    row["is_strict"] = match.is_strict
    if specs:
        row["match_kind"], row["match_confidence"], row["is_strict"] = "sheet", 1.0, True
    row.update(match.columns)
    for field, value in specs.items():
        column = COLUMN_BY_FIELD.get(field)
        if column is not None and value is not None:
            row[column] = value
    for field in KNOWN_FIELDS:
        row[field] = known.get(field)
    return row


NUMERIC_ROW_FIELDS: tuple[str, ...] = (
    "number",
    "generation",
    "tier",
    "memory_gb",
    "compute_cores",
    "match_confidence",
    *(COLUMN_BY_FIELD[field] for field in NUMERIC_SPEC_FIELDS),
    *KNOWN_FIELDS,
)
