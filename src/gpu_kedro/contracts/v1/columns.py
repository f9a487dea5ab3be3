"""Answers about many GPUs at once, as columns."""

from typing import Any, Literal

from pydantic import create_model

from gpu_kedro.contracts.v1.fields import Answer, AnswerKind, Form, ReasonCode, Source, described
from gpu_kedro.contracts.v1.observations import Condition, FleetTotal, InMarket
from gpu_kedro.modelling.targets import ADDED_TARGETS, TARGETS


def _figure_columns(target: str, unit: str, example: float) -> dict[str, Any]:
    numbers = {
        "value": f"{unit}: by the ladder of knowledge; null where there is no honest figure",
        "predicted": f"{unit}: the model's figure",
        "low_80": f"{unit}: lower end of the 80 % interval",
        "high_80": f"{unit}: upper end of the 80 % interval",
        "low_90": f"{unit}: lower end of the 90 % interval",
        "high_90": f"{unit}: upper end of the 90 % interval",
    }
    columns: dict[str, Any] = {
        f"{target}_{name}": (list[float | None], described(about, [example])) for name, about in numbers.items()
    }
    columns[f"{target}_source"] = (list[Source], described(f"where `{target}_value` comes from", ["predicted"]))
    return columns


class _PredictionColumns(InMarket):
    """Predictions as columns, one entry a row in the order of the request."""

    price_usd_date: list[str | None] | None = described(
        "with a `market`: when this very card was lately seen, null where it was not", ["2026-03-06"], None
    )
    error: list[str | None] | None = described(
        "why a row could not be taken, null where it could; absent where all could", ["tdp_w: too large"], None
    )
    market_total: FleetTotal | None = described(
        "with a `market`: what all rows cost together; null without observations, and with over 1,000 different GPUs",
        {"value": 8400},
        None,
    )

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    rows: int = described("number of rows", 1)
    name: list[str | None] = described("names as they were given", ["GeForce RTX 4070 Laptop GPU"])
    answer: list[AnswerKind] = described("whether all figures have a value, some, or none", ["full"])
    reason: list[ReasonCode | None] = described("why the answer is not whole, null where it is", ["too_little_known"])
    match_spec: list[str | None] = described("name of the matched sheet", ["GeForce RTX 4070 Mobile"])
    match_kind: list[str] = described("how the sheet was found", ["direct"])
    match_confidence: list[float] = described("share of matches of this kind that is right, 0 to 1", [0.99])
    segment: list[str] = described("labels, separated by a comma; empty where none can be given", ["Mobile"])
    segment_source: list[Source] = described("where `segment` comes from", ["predicted"])
    p_desktop: list[float | None] = described("probability of Desktop, 0 to 1", [0.01])
    p_mobile: list[float | None] = described("probability of Mobile, 0 to 1", [0.98])
    p_workstation: list[float | None] = described("probability of Workstation, 0 to 1", [0.02])
    warnings: list[str] = described("codes of warnings, separated by spaces", ["extrapolation"])


PredictionColumns: type[_PredictionColumns] = create_model(
    "PredictionColumns",
    __base__=_PredictionColumns,
    __doc__=_PredictionColumns.__doc__,
    **_figure_columns("g3d_mark", "points", 19000),
    **_figure_columns("price_usd", "US dollars", 450),
    price_usd_as_of=(
        list[str | None],
        described("of when each price is: the table's year, or that of the market; null in a bad row", ["2022"]),
    ),
    price_usd_condition=(list[Condition | None], described("of what each is; null in a bad row", ["new"])),
    price_usd_basis=(list[str | None], described("what each rests on; null in a bad row", ["2022 table"])),
    **_figure_columns("tdp_w", "watts", 112),
    **{
        column: field
        for name in ADDED_TARGETS
        for column, field in _figure_columns(name, TARGETS[name].unit, 1).items()
    },
)


class BadRow(Answer):
    """Stands in a list of answers for a row that could not be taken."""

    error: str = described("the field, and what is wrong with it", "tdp_w: Input should be greater than 0")


class KnownTable(Answer):
    """Columns of all known GPUs, each figure by the ladder of knowledge."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    rows: int = described("number of GPUs", 1)
    name: list[str] = described("names", ["GeForce RTX 3070"])
    origin: list[Literal["table", "specifications"]] = described("where each is known from", ["table"])
    vendor: list[str | None] = described("makers, in lower case", ["nvidia"])
    architecture: list[str | None] = described("microarchitectures of the matched sheets", ["Ampere"])
    model: list[str | None] = described(
        "product line, number and suffix; laptop siblings share it", ["geforce rtx 3070"]
    )
    kind: list[str] = described("discrete, integrated, dual, vgpu or unknown", ["discrete"])
    is_mobile: list[bool] = described("made for laptops, as the name says", [False])
    is_max_q: list[bool] = described("slower low-power variants of laptops", [False])
    form: list[Form] = described(
        "as what each is sold; `other` are vGPUs, pairs and soldered chips that are no laptop's", ["desktop"]
    )
    memory_gb: list[float | None] = described("memory in GB, as the name or the sheet has it", [8])
    release_year: list[float | None] = described("years of release of the matched sheets", [2020])
    test_year: list[float | None] = described("years of the benchmarks", [2020])
    match_kind: list[str] = described("how each sheet was found", ["direct"])
    match_confidence: list[float] = described("share of matches of this kind that is right, 0 to 1", [0.99])
    segment: list[str] = described("market segments, separated by a comma", ["Desktop"])
    segment_source: list[Source] = described("where `segment` comes from", ["measured"])
    g3d_mark: list[float | None] = described("PassMark G3D Mark in points", [22093])
    g3d_mark_source: list[Source] = described("where `g3d_mark` comes from", ["measured"])
    price_usd: list[float | None] = described("prices of 2022 in US dollars", [670])
    price_usd_source: list[Source] = described("where `price_usd` comes from", ["measured"])
    tdp_w: list[float | None] = described("thermal design power in watts", [220])
    tdp_w_source: list[Source] = described("where `tdp_w` comes from", ["measured"])


class MissingMap(Answer):
    """Which figures and fields the GPUs of the table lack, by segment."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    groups: list[str] = described("all GPUs, each segment, and those of unknown segment", ["all", "Desktop"])
    rows: list[int] = described("GPUs in each group", [2307, 400])
    fields: list[str] = described("figures of the table, then fields of the matched sheets as `spec_…`", ["price_usd"])
    missing: list[list[float]] = described("one list a field: the share without a value in each group", [[0.77, 0.31]])
