"""The contract of every request and answer, version 1: fields, units, bounds, descriptions and examples.

Requests are validated against these models. Answers are written by `gpu_kedro.serving` in these shapes and not
validated again: a test holds them to it.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator
from pydantic.config import JsonDict

from gpu_kedro.modelling.targets import ADDED_TARGETS, TARGETS

Segment = Literal["Desktop", "Mobile", "Workstation"]
Source = Literal["measured", "predicted"]
MAX_BATCH_ROWS = 10_000
MAX_NAME = 300
#: At least one visible character, no control character; surrogates never pass as a string.
_VISIBLE = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"

GpuName = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=_VISIBLE)]
SpecText = Annotated[str, Field(min_length=1, max_length=100, pattern=_VISIBLE)]
#: Far outside of what exists on both sides, so that ratios and logarithms of what passes are finite.
Score = Annotated[float, Field(ge=0.01, le=1_000_000)]
PriceUsd = Annotated[float, Field(ge=0.01, le=1_000_000)]
PowerW = Annotated[float, Field(ge=0.01, le=10_000)]
Year = Annotated[float, Field(ge=1980, le=2100, multiple_of=1)]
Amount = Annotated[float, Field(ge=0.0001, le=100_000_000)]
Count = Annotated[float, Field(ge=0, le=10_000_000)]
Ends = Annotated[list[float], Field(min_length=2, max_length=2)]


def _about(description: str, example: Any, default: Any = ...) -> Any:
    return Field(default, description=description, examples=[example])


def _optional(description: str, example: Any) -> Any:
    return Field(default=None, description=description, examples=[example])


class Request(BaseModel):
    """Takes what it names and nothing else; a text is not a number and infinity is none."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class Answer(BaseModel):
    """Documents an answer; fields may be added in later versions, never renamed."""

    model_config = ConfigDict(extra="allow", json_schema_serialization_defaults_required=True)


#: No property, or only nulls, says nothing.
_SAYS_SOMETHING: JsonDict = {"not": {"additionalProperties": {"type": "null"}}}


class GpuSpecs(Request):
    """A specification sheet; what it leaves out is taken from the matched GPU, if there is one."""

    model_config = ConfigDict(json_schema_extra=_SAYS_SOMETHING)

    manufacturer: SpecText | None = _optional("maker of the chip", "NVIDIA")
    chip: SpecText | None = _optional("code name of the chip", "AD106")
    generation: SpecText | None = _optional("product generation", "GeForce 40 Mobile")
    architecture: SpecText | None = _optional("microarchitecture", "Ada Lovelace")
    release_year: Year | None = _optional("year of release", 2023)
    process_nm: Amount | None = _optional("manufacturing process in nanometres", 5)
    transistor_count_m: Amount | None = _optional("transistors in millions", 22900)
    die_size_mm2: Amount | None = _optional("die area in square millimetres", 188)
    base_clock_mhz: Amount | None = _optional("base clock in MHz", 1395)
    boost_clock_mhz: Amount | None = _optional("boost clock in MHz", 1695)
    shading_units: Amount | None = _optional("shader cores", 4608)
    tmus: Amount | None = _optional("texture mapping units", 144)
    rops: Amount | None = _optional("render output units", 48)
    tensor_cores: Count | None = _optional("tensor cores", 144)
    rt_cores: Count | None = _optional("ray-tracing cores", 36)
    l2_cache_mb: Amount | None = _optional("level-2 cache in MB", 32)
    memory_type: SpecText | None = _optional("memory technology", "GDDR6")
    memory_size_gb: Amount | None = _optional("memory in GB", 8)
    memory_bus_bits: Amount | None = _optional("memory bus width in bits", 128)
    memory_clock_mhz: Amount | None = _optional("memory clock in MHz", 2000)
    memory_bandwidth_gb_s: Amount | None = _optional("memory bandwidth in GB/s", 256)
    pixel_rate_gpixel_s: Amount | None = _optional("pixel fill rate in Gpixel/s", 81.4)
    texture_rate_gtexel_s: Amount | None = _optional("texture fill rate in Gtexel/s", 244.1)
    fp32_gflops: Amount | None = _optional("single-precision GFLOP/s", 15620)
    fp64_gflops: Amount | None = _optional("double-precision GFLOP/s", 244.1)
    tdp_w: PowerW | None = _optional("thermal design power in watts", 115)
    bus_interface: SpecText | None = _optional("host interface", "PCIe 4.0 x8")
    slot_width: SpecText | None = _optional("width of the board in slots, IGP or MXM", "IGP")
    directx_major: Annotated[float, Field(ge=1, le=100)] | None = _optional("highest DirectX major version", 12)
    is_mobile: bool | None = _optional("made for laptops; overrides what the name says", True)


class GpuQuery(Request):
    """What somebody knows of a GPU: at least its `name` or one of its `specs`."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["name"], "properties": {"name": {"type": "string"}}},
                {"required": ["specs"], "properties": {"specs": {"type": "object"}}},
            ]
        }
    )

    name: GpuName | None = _optional("any spelling of the GPU's name", "GeForce RTX 4070 Laptop GPU")
    g3d_mark: Score | None = _optional("PassMark G3D Mark, in points, when it is known", 19000)
    g2d_mark: Score | None = _optional("PassMark G2D Mark, in points, when it is known", 950)
    price_usd: PriceUsd | None = _optional("price in US dollars, when it is known", 450)
    tdp_w: PowerW | None = _optional("thermal design power in watts, when it is known", 115)
    test_year: Year | None = _optional("year of the benchmark (not of the release), when it is known", 2022)
    specs: GpuSpecs | None = _optional(
        "a specification sheet, as for a GPU nobody has benchmarked yet", {"shading_units": 4608, "tdp_w": 115}
    )

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        # a sheet that was given as null or left out is None here; an empty one has only None in it
        if self.name is None and self.specs is None:
            raise ValueError("give at least `name` or `specs`")
        if self.specs is not None and not any(value is not None for _, value in self.specs):
            raise ValueError("`specs` holds no value: leave it out or fill one in")
        return self


class ValueQuery(GpuQuery):
    """A GPU and the price asked for it."""

    price_usd: PriceUsd = _about("the price asked, in US dollars", 450)
    max_tdp_w: PowerW | None = _optional(
        "highest power of the alternatives, in watts; without it, a tenth more than the GPU's own", 200
    )


class CompareQuery(Request):
    """Which GPUs to set side by side."""

    names: Annotated[list[GpuName], Field(min_length=2, max_length=10)] = _about(
        "two to ten names, any spelling", ["GeForce RTX 3070", "Radeon RX 6700 XT"]
    )


class FromAddress(Request):
    """Parameters of an address: everything is text there, so numbers are read from text."""

    model_config = ConfigDict(strict=False)


class SearchQuery(FromAddress):
    """Which of the known GPUs to list."""

    q: Annotated[str, Field(max_length=MAX_NAME, pattern=r"^[^\u0000-\u001f\u007f-\u009f]*$")] = _about(
        "words that the name should hold; empty lists all", "rtx 3070", ""
    )
    segment: Segment | None = _optional("only this market segment", "Desktop")
    limit: Annotated[int, Field(ge=1, le=100)] = _about("how many at the most", 20, 20)
    offset: Annotated[int, Field(ge=0, le=100_000)] = _about("how many to pass over", 0, 0)


class FrontierQuery(FromAddress):
    """What the GPUs of the frontier have to keep to."""

    budget_usd: PriceUsd | None = _optional("highest price in US dollars", 500)
    max_tdp_w: PowerW | None = _optional("highest power in watts", 200)
    segment: Segment | None = _optional("only this market segment", "Desktop")
    min_g3d_mark: Score | None = _optional("least performance in points of G3D Mark", 5000)


def _column_fields() -> dict[str, Any]:
    """A list for every field of a query; the fields of its sheet as `spec_<field>`."""
    fields: dict[str, Any] = {}
    for prefix, model in (("", GpuQuery), ("spec_", GpuSpecs)):
        for name, field in model.model_fields.items():
            if name == "specs":
                continue
            about = f"{field.description}; one entry a row, null where not known"
            rows = Annotated[list[field.annotation], Field(max_length=MAX_BATCH_ROWS)]  # type: ignore[name-defined]
            fields[prefix + name] = (rows | None, _optional(about, list(field.examples or [])))
    return fields


class Columns(Request):
    """Columns of queries, all of one length up to 10,000 rows; every row has a name or a specification."""

    @model_validator(mode="after")
    def _is_a_table(self) -> Self:
        columns = {name: values for name, values in self if values is not None}
        lengths = {len(values) for values in columns.values()}
        if not columns:
            raise ValueError("give at least the column `name` or one column `spec_…`")
        if len(lengths) > 1:
            raise ValueError("every column must have the same number of rows")
        (rows,) = lengths
        telling = [values for name, values in columns.items() if name == "name" or name.startswith("spec_")]
        if rows == 0:
            raise ValueError("there are no rows")
        for place, cells in enumerate(zip(*telling, strict=True)) if telling else [(0, ())]:
            if all(cell is None for cell in cells):
                raise ValueError(f"row {place} (counted from 0) has neither a name nor a specification")
        return self

    def queries(self) -> list[dict[str, Any]]:
        """One query a row, as the run time takes them."""
        columns = {name: values for name, values in self if values is not None}
        plain = {name: values for name, values in columns.items() if not name.startswith("spec_")}
        sheets = {name.removeprefix("spec_"): values for name, values in columns.items() if name.startswith("spec_")}
        queries = [dict(zip(plain, cells, strict=True)) for cells in zip(*plain.values(), strict=True)]
        if not sheets:
            return queries
        specs = [
            {name: cell for name, cell in zip(sheets, cells, strict=True) if cell is not None}
            for cells in zip(*sheets.values(), strict=True)
        ]
        if not plain:
            return [{"specs": sheet} for sheet in specs]
        return [{**query, "specs": sheet or None} for query, sheet in zip(queries, specs, strict=True)]


BatchQuery: type[Columns] = create_model("BatchQuery", __base__=Columns, __doc__=Columns.__doc__, **_column_fields())


class ParsedGpu(Answer):
    """What the name says; null where it says nothing."""

    vendor: str | None = _about("maker, in lower case", "nvidia")
    series: str | None = _about("product line", "geforce rtx")
    model: str | None = _about("model number", "4070")
    suffix: str | None = _about("what follows the number", "ti super")
    is_mobile: bool = _about("made for laptops", True)
    memory_gb: float | None = _about("memory in GB, where the name tells it", 8)


class SpecMatchAnswer(Answer):
    """The specification sheet that the name was matched with."""

    spec: str | None = _about("name of the sheet, null without one", "GeForce RTX 4070 Mobile")
    kind: str = _about("how it was found", "direct")
    confidence: float = _about(
        "how far a match of this kind is trusted, 0 to 1; an order by judgement, not a measured share", 0.99
    )
    did_you_mean: list[str] = _about("known names that come close, best first", ["GeForce RTX 4070 Ti"])


class Probabilities(Answer):
    """Calibrated probability of each market segment; a GPU may belong to two, so they need not add up to 1."""

    desktop: float = Field(alias="Desktop", description="probability of Desktop, 0 to 1", examples=[0.01])
    mobile: float = Field(alias="Mobile", description="probability of Mobile, 0 to 1", examples=[0.98])
    workstation: float = Field(alias="Workstation", description="probability of Workstation, 0 to 1", examples=[0.02])


class SegmentAnswer(Answer):
    """The market segment."""

    labels: list[Segment] = _about("measured labels where the table has them, else predicted; may abstain", ["Mobile"])
    predicted: list[Segment] = _about("the model's labels, always", ["Mobile"])
    probabilities: Probabilities = _about(
        "calibrated probabilities", {"Desktop": 0.01, "Mobile": 0.98, "Workstation": 0.02}
    )
    source: Source = _about("where `labels` come from", "predicted")


class Figure(Answer):
    """One figure with its intervals."""

    value: float = _about("the measured figure where the table has one, else `predicted`", 115)
    predicted: float = _about("the model's figure, always", 112)
    interval_80: Ends = _about("lower and upper end; covers 80 % of unseen GPUs", [100, 130])
    interval_90: Ends = _about("lower and upper end; covers 90 % of unseen GPUs", [95, 140])
    source: Source = _about("where `value` comes from", "measured")


class Price(Figure):
    """A price with its intervals."""

    note: str = _about("what these prices are", "observations of 2022, in US dollars of that year")


class Warn(Answer):
    """Something to know before relying on an answer."""

    code: str = _about("kind of warning, for programs", "extrapolation")
    field: str | None = _about("the field it is about", "release_year")
    detail: str = _about("the warning in words", "newer than any GPU in the training table (2022)")


def _added_figures() -> dict[str, Any]:
    """A field for every target that was added to those of the contract."""
    return {
        name: (Figure, _about(f"{TARGETS[name].title}, {TARGETS[name].unit}", {"value": 1})) for name in ADDED_TARGETS
    }


_WithAddedFigures: Any = create_model("_WithAddedFigures", __base__=Answer, **_added_figures())


class Prediction(_WithAddedFigures):  # type: ignore[misc]  # its fields are those of the targets that were added
    """Everything that is known or predicted of one GPU."""

    name: str | None = _about("the name as it was given", "GeForce RTX 4070 Laptop GPU")
    model_version: str = _about("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    parsed: ParsedGpu = _about("what the name says", {"vendor": "nvidia", "model": "4070", "is_mobile": True})
    match: SpecMatchAnswer = _about("the matched sheet", {"spec": "GeForce RTX 4070 Mobile", "kind": "direct"})
    segment: SegmentAnswer = _about("market segment", {"labels": ["Mobile"], "source": "predicted"})
    g3d_mark: Figure = _about("PassMark G3D Mark in points", {"value": 19000, "predicted": 19000})
    price_usd: Price = _about("price in US dollars", {"value": 450, "predicted": 450})
    tdp_w: Figure = _about("thermal design power in watts", {"value": 115, "predicted": 112})
    warnings: list[Warn] = _about("what to know before relying on it", [{"code": "extrapolation"}])


def _figure_columns(target: str, unit: str, example: float) -> dict[str, Any]:
    numbers = {
        "value": f"{unit}: measured where the table has it, else predicted",
        "predicted": f"{unit}: the model's figure",
        "low_80": f"{unit}: lower end of the 80 % interval",
        "high_80": f"{unit}: upper end of the 80 % interval",
        "low_90": f"{unit}: lower end of the 90 % interval",
        "high_90": f"{unit}: upper end of the 90 % interval",
    }
    columns: dict[str, Any] = {
        f"{target}_{name}": (list[float], _about(about, [example])) for name, about in numbers.items()
    }
    columns[f"{target}_source"] = (list[Source], _about(f"where `{target}_value` comes from", ["predicted"]))
    return columns


class _PredictionColumns(Answer):
    """Predictions as columns, one entry a row in the order of the request."""

    model_version: str = _about("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    rows: int = _about("number of rows", 1)
    name: list[str | None] = _about("names as they were given", ["GeForce RTX 4070 Laptop GPU"])
    match_spec: list[str | None] = _about("name of the matched sheet", ["GeForce RTX 4070 Mobile"])
    match_kind: list[str] = _about("how the sheet was found", ["direct"])
    match_confidence: list[float] = _about("how far a match of this kind is trusted, 0 to 1", [0.99])
    segment: list[str] = _about("labels, separated by a comma; empty where the model abstains", ["Mobile"])
    segment_source: list[Source] = _about("where `segment` comes from", ["predicted"])
    p_desktop: list[float] = _about("probability of Desktop, 0 to 1", [0.01])
    p_mobile: list[float] = _about("probability of Mobile, 0 to 1", [0.98])
    p_workstation: list[float] = _about("probability of Workstation, 0 to 1", [0.02])
    warnings: list[str] = _about("codes of warnings, separated by spaces", ["extrapolation"])


PredictionColumns: type[_PredictionColumns] = create_model(
    "PredictionColumns",
    __base__=_PredictionColumns,
    __doc__=_PredictionColumns.__doc__,
    **_figure_columns("g3d_mark", "points", 19000),
    **_figure_columns("price_usd", "US dollars", 450),
    **_figure_columns("tdp_w", "watts", 112),
    **{
        column: field
        for name in ADDED_TARGETS
        for column, field in _figure_columns(name, TARGETS[name].unit, 1).items()
    },
)


class KnownGpu(Answer):
    """One GPU of the table or of the specifications: measured figures where there are any, else predicted ones."""

    name: str = _about("its name", "GeForce RTX 3070")
    origin: Literal["table", "specifications"] = _about("where it is known from", "table")
    segment: str = _about("market segments, separated by a comma; empty where the model abstains", "Desktop")
    segment_source: Source = _about("where `segment` comes from", "measured")
    g3d_mark: float = _about("PassMark G3D Mark in points", 22093)
    g3d_mark_source: Source = _about("where `g3d_mark` comes from", "measured")
    price_usd: float = _about("price of 2022 in US dollars", 670)
    price_usd_source: Source = _about("where `price_usd` comes from", "measured")
    tdp_w: float = _about("thermal design power in watts", 220)
    tdp_w_source: Source = _about("where `tdp_w` comes from", "measured")


_GPU = {"name": "GeForce RTX 3070", "segment": "Desktop", "g3d_mark": 22093, "price_usd": 670, "tdp_w": 220}


class ComparableGpu(KnownGpu):
    """A GPU like another."""

    distance: float = _about("how far apart, in logarithms of performance, power and price; 0 is the same", 0.035)


class GpuList(Answer):
    """A page of the known GPUs."""

    model_version: str = _about("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    total: int = _about("how many were found", 3)
    limit: int = _about("how many a page holds", 20)
    offset: int = _about("how many were passed over", 0)
    gpus: list[KnownGpu] = _about("the GPUs of this page, best match first; without words the fastest first", [_GPU])


class Measured(Answer):
    """What the table has of a GPU; null where it has nothing."""

    name: str = _about("its name in the table", "GeForce RTX 3070")
    segment: str | None = _about("market segments, separated by a comma", "Desktop")
    g3d_mark: float | None = _about("PassMark G3D Mark in points", 22093)
    g2d_mark: float | None = _about("PassMark G2D Mark in points", 970)
    price_usd: float | None = _about("price of 2022 in US dollars", 670)
    tdp_w: float | None = _about("thermal design power in watts", 220)
    test_year: float | None = _about("year of the benchmark", 2020)


class GpuCard(Answer):
    """Everything about one known GPU."""

    model_version: str = _about("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    name: str = _about("its name in the table, else in the specifications", "GeForce RTX 3070")
    prediction: Prediction = _about("what is predicted of it", {"name": "GeForce RTX 3070"})
    specs: dict[str, str | float | None] = _about(
        "its specification sheet, in the fields of a query's `specs`; empty without one", {"shading_units": 5888}
    )
    field_sources: dict[str, str] = _about(
        "for each of `specs`, whether the sheet has it (`spec`) or it was worked out (`derived`)",
        {"shading_units": "spec"},
    )
    measured: Measured | None = _about("its row of the table, null without one", {"name": "GeForce RTX 3070"})
    comparable: list[ComparableGpu] = _about("GPUs like it, the most alike first", [_GPU])


class AnyGpuCard(GpuCard):
    """Everything about one GPU, known or not."""

    name: str | None = _about(  # type: ignore[assignment]
        "its name in the table, else in the specifications; null where neither knows it", "GeForce RTX 3070"
    )


class Verdict(Answer):
    """Whether a price is worth paying."""

    model_version: str = _about("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    verdict: Literal["good_deal", "fair", "overpriced", "cannot_say"] = _about(
        "judged by the interval of fair prices; `cannot_say` where it is too wide", "good_deal"
    )
    reason: str = _about("the verdict in words", "$300 is below the fair range, $358 to $1,478")
    asked_usd: float = _about("the price asked, in US dollars", 300)
    fair_price: Price = _about("what would be fair", {"value": 727, "predicted": 727, "interval_80": [358, 1478]})
    prediction: Prediction = _about("what is predicted of it", {"name": "GeForce RTX 3070"})
    alternatives: list[KnownGpu] = _about(
        "faster GPUs of the segment that cost no more and draw at most a tenth more power", [_GPU]
    )


class Ratios(Answer):
    """What a GPU gives for its price and its power."""

    name: str = _about("the name as it was given", "GeForce RTX 3070")
    g3d_per_usd: float = _about("points of G3D Mark for a US dollar", 33.0)
    g3d_per_watt: float = _about("points of G3D Mark for a watt", 100.4)
    g3d_per_usd_interval_80: Ends = _about(
        "lower and upper end of points for a US dollar: widths of both intervals in logarithms, added in quadrature; "
        "a measured figure counts as exact",
        [24.1, 45.2],
    )
    g3d_per_usd_interval_90: Ends = _about("the same of the 90 % intervals", [21.7, 50.2])
    g3d_per_watt_interval_80: Ends = _about("lower and upper end of points for a watt", [92.3, 109.2])
    g3d_per_watt_interval_90: Ends = _about("the same of the 90 % intervals", [90.0, 112.0])


class Comparison(Answer):
    """GPUs side by side."""

    model_version: str = _about("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    predictions: list[Prediction] = _about("one for each name, in the order asked", [{"name": "GeForce RTX 3070"}])
    ratios: list[Ratios] = _about("one for each name, in the order asked", [{"g3d_per_usd": 33.0}])


class Frontier(Answer):
    """The GPUs that no other beats in both price and performance."""

    model_version: str = _about("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    gpus: list[KnownGpu] = _about("cheapest first", [_GPU])
    considered: int = _about("how many GPUs with a measured price keep to the limits", 412)
    note: str = _about("what these prices are", "measured prices only: observations of 2022")


class KnownTable(Answer):
    """Columns of all known GPUs: measured figures where there are any, else predicted ones."""

    model_version: str = _about("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    rows: int = _about("number of GPUs", 1)
    name: list[str] = _about("names", ["GeForce RTX 3070"])
    origin: list[Literal["table", "specifications"]] = _about("where each is known from", ["table"])
    vendor: list[str | None] = _about("makers, in lower case", ["nvidia"])
    architecture: list[str | None] = _about("microarchitectures of the matched sheets", ["Ampere"])
    model: list[str | None] = _about("product line, number and suffix; laptop siblings share it", ["geforce rtx 3070"])
    kind: list[str] = _about("discrete, integrated, dual, vgpu or unknown", ["discrete"])
    is_mobile: list[bool] = _about("made for laptops, as the name says", [False])
    is_max_q: list[bool] = _about("slower low-power variants of laptops", [False])
    release_year: list[float | None] = _about("years of release of the matched sheets", [2020])
    test_year: list[float | None] = _about("years of the benchmarks", [2020])
    match_kind: list[str] = _about("how each sheet was found", ["direct"])
    match_confidence: list[float] = _about("how far a match of this kind is trusted, 0 to 1", [0.99])
    segment: list[str] = _about("market segments, separated by a comma", ["Desktop"])
    segment_source: list[Source] = _about("where `segment` comes from", ["measured"])
    g3d_mark: list[float] = _about("PassMark G3D Mark in points", [22093])
    g3d_mark_source: list[Source] = _about("where `g3d_mark` comes from", ["measured"])
    price_usd: list[float] = _about("prices of 2022 in US dollars", [670])
    price_usd_source: list[Source] = _about("where `price_usd` comes from", ["measured"])
    tdp_w: list[float] = _about("thermal design power in watts", [220])
    tdp_w_source: list[Source] = _about("where `tdp_w` comes from", ["measured"])


class MissingMap(Answer):
    """Which figures and fields the GPUs of the table lack, by segment."""

    model_version: str = _about("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    groups: list[str] = _about("all GPUs, each segment, and those of unknown segment", ["all", "Desktop"])
    rows: list[int] = _about("GPUs in each group", [2307, 400])
    fields: list[str] = _about("figures of the table, then fields of the matched sheets as `spec_…`", ["price_usd"])
    missing: list[list[float]] = _about("one list a field: the share without a value in each group", [[0.77, 0.31]])


class Bin(Answer):
    """Answers of about the same probability, and how many of them came true."""

    middle: float = _about("middle of the bin, which is a tenth wide", 0.95)
    rows: float = _about("answers in the bin", 120)
    probability: float = _about("mean probability", 0.97)
    share: float = _about("share that came true", 0.96)
    lower: float = _about("lower end of its 95 % interval", 0.91)
    upper: float = _about("upper end of its 95 % interval", 0.98)


class Weight(Answer):
    """How much the answers to one question rest on one input."""

    input: str = _about("group of fields that are known together, for programs", "memory")
    title: str = _about("words for it", "memory and cache")
    weight: float = _about(
        "typical factor by which it moves a figure up or down; of the segment, typical percentage points", 1.23
    )


class TargetCard(Answer):
    """How good the answers to one question are, on GPUs that the model had not seen."""

    unit: str = _about("unit of the answer", "points")
    metrics: dict[str, dict[str, dict[str, float | None]]] = _about(
        "split → inputs given → metric → value", {"grouped": {"name": {"r2_log": 0.91, "rows": 2307}}}
    )
    strata: dict[str, dict[str, dict[str, dict[str, float | None]]]] = _about(
        "split → inputs given → stratum of GPUs → metric → value",
        {"grouped": {"name": {"vendor_amd": {"r2_log": 0.91, "rows": 800}}}},
    )
    reliability: dict[str, dict[str, dict[str, list[Bin]]]] = _about(
        "of the segment: split → inputs given → segment → bins of probabilities; empty for figures and older bundles",
        {"grouped": {"name": {"Mobile": [{"middle": 0.95, "rows": 120, "probability": 0.97, "share": 0.96}]}}},
    )
    importance: list[Weight] = _about(
        "what the answers rest on where name and sheet are known, the weightiest first; empty for older bundles",
        [{"input": "memory", "title": "memory and cache", "weight": 1.23}],
    )
    interval_coverage: dict[str, dict[str, float]] = _about(
        "share of GPUs inside the 80 % and the 90 % interval, per stratum", {"all": {"80": 0.801, "90": 0.899}}
    )
    input_ranges: dict[str, list[float]] = _about(
        "smallest and largest value of each input in training; outside, the answer carries a warning",
        {"tdp_w": [10, 450]},
    )


class ModelCard(Answer):
    """What is being served, and how good it is."""

    model_version: str = _about("version of the bundle", "20261123T191426Z-bed6eb00a7bd")
    trained_at: str | None = _about("when it was trained, ISO 8601 in UTC", "2026-11-23T19:14:26+00:00")
    data_sha256: str | None = _about("SHA-256 of the training table", "19e71b3627fc")
    git_commit: str | None = _about("commit of the code that trained it", "85e1bcc")
    rows: int | None = _about("GPUs in the training table", 2307)
    libraries: dict[str, str] = _about("versions of the libraries it was trained with", {"catboost": "1.2.10"})
    targets: dict[str, TargetCard] = _about("one entry for each question", {"g3d_mark": {"unit": "points"}})


class Health(Answer):
    """The state of the service."""

    status: str = _about("`live` or `ready`", "ready")


class Readiness(Health):
    """The state of the service and of its models."""

    model_version: str = _about("version of the bundle in service", "20261123T191426Z-bed6eb00a7bd")


class FieldProblem(Answer):
    """One field that cannot be taken; its value is not repeated."""

    loc: list[str | int] = _about("where the field is", ["body", "tdp_w"])
    msg: str = _about("what is wrong with it", "Input should be greater than 0")


class Problem(Answer):
    """An error, as RFC 9457 has it; the lists are there where they hold something."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    type: str = _about("kind of problem, for programs", "urn:gpu_kedro:problem:invalid-request")
    title: str = _about("the status in words", "Unprocessable Content")
    status: int = _about("HTTP status", 422)
    detail: str = _about("what happened and what to do", "1 field cannot be taken")
    errors: list[FieldProblem] = _about(
        "with 422: what is wrong, field by field", [{"loc": ["body", "tdp_w"], "msg": "must be above 0"}], []
    )
    did_you_mean: list[str] = _about("with 404: known names that come close", ["GeForce RTX 3070"], [])
    missing: list[str] = _about("with 503 of readiness: what is missing", ["bundle: none was trained"], [])
