"""Requests about one GPU, or about GPUs to find."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from gpu_kedro.contracts.v1.fields import (
    MAX_NAME,
    Amount,
    Count,
    GpuName,
    PowerW,
    PriceUsd,
    Request,
    Score,
    Segment,
    SpecText,
    Year,
    described,
    optional,
)
from gpu_kedro.contracts.v1.observations import Market

#: No property, or only nulls, says nothing.
_SAYS_SOMETHING: JsonDict = {"not": {"additionalProperties": {"type": "null"}}}
#: A name or a sheet; said by what may not be, since generators of clients take `anyOf` for several kinds of object.
_SAYS_WHICH: JsonDict = {"not": {"properties": {"name": {"type": "null"}, "specs": {"type": "null"}}}}


class GpuSpecs(Request):
    """A specification sheet; what it leaves out is taken from the matched GPU, if there is one."""

    model_config = ConfigDict(json_schema_extra=_SAYS_SOMETHING)

    manufacturer: SpecText | None = optional("maker of the chip", "NVIDIA")
    chip: SpecText | None = optional("code name of the chip", "AD106")
    generation: SpecText | None = optional("product generation", "GeForce 40 Mobile")
    architecture: SpecText | None = optional("microarchitecture", "Ada Lovelace")
    release_year: Year | None = optional("year of release", 2023)
    process_nm: Amount | None = optional("manufacturing process in nanometres", 5)
    transistor_count_m: Amount | None = optional("transistors in millions", 22900)
    die_size_mm2: Amount | None = optional("die area in square millimetres", 188)
    base_clock_mhz: Amount | None = optional("base clock in MHz", 1395)
    boost_clock_mhz: Amount | None = optional("boost clock in MHz", 1695)
    shading_units: Amount | None = optional("shader cores", 4608)
    tmus: Amount | None = optional("texture mapping units", 144)
    rops: Amount | None = optional("render output units", 48)
    tensor_cores: Count | None = optional("tensor cores", 144)
    rt_cores: Count | None = optional("ray-tracing cores", 36)
    l2_cache_mb: Amount | None = optional("level-2 cache in MB", 32)
    memory_type: SpecText | None = optional("memory technology", "GDDR6")
    memory_size_gb: Amount | None = optional("memory in GB", 8)
    memory_bus_bits: Amount | None = optional("memory bus width in bits", 128)
    memory_clock_mhz: Amount | None = optional("memory clock in MHz", 2000)
    memory_bandwidth_gb_s: Amount | None = optional("memory bandwidth in GB/s", 256)
    pixel_rate_gpixel_s: Amount | None = optional("pixel fill rate in Gpixel/s", 81.4)
    texture_rate_gtexel_s: Amount | None = optional("texture fill rate in Gtexel/s", 244.1)
    fp32_gflops: Amount | None = optional("single-precision GFLOP/s", 15620)
    fp64_gflops: Amount | None = optional("double-precision GFLOP/s", 244.1)
    tdp_w: PowerW | None = optional("thermal design power in watts", 115)
    bus_interface: SpecText | None = optional("host interface", "PCIe 4.0 x8")
    slot_width: SpecText | None = optional("width of the board in slots, IGP or MXM", "IGP")
    directx_major: Annotated[float, Field(ge=1, le=100)] | None = optional("highest DirectX major version", 12)
    is_mobile: bool | None = optional("made for laptops; overrides what the name says", True)


class GpuQuery(Request):
    """What somebody knows of a GPU: at least its `name` or one of its `specs`."""

    model_config = ConfigDict(json_schema_extra=_SAYS_WHICH)

    name: GpuName | None = optional("any spelling of the GPU's name", "GeForce RTX 4070 Laptop GPU")
    g3d_mark: Score | None = optional("PassMark G3D Mark, in points, when it is known", 19000)
    g2d_mark: Score | None = optional("PassMark G2D Mark, in points, when it is known", 950)
    price_usd: PriceUsd | None = optional("price in US dollars, when it is known", 450)
    tdp_w: PowerW | None = optional("thermal design power in watts, when it is known", 115)
    test_year: Year | None = optional("year of the benchmark (not of the release), when it is known", 2022)
    specs: GpuSpecs | None = optional(
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


_MARKET = described("prices that somebody saw: prices are then of that market, not of 2022", {"as_of": "2026-03"}, None)


class MarketQuery(GpuQuery):
    """What somebody knows of a GPU, and perhaps of its market."""

    market: Market | None = _MARKET


class ValueQuery(MarketQuery):
    """A GPU and the price asked for it."""

    price_usd: PriceUsd = described("the price asked, in US dollars", 450)
    max_tdp_w: PowerW | None = optional(
        "highest power of the alternatives, in watts; without it, a tenth more than the GPU's own", 200
    )


class CompareQuery(Request):
    """Which GPUs to set side by side."""

    names: Annotated[list[GpuName], Field(min_length=2, max_length=10)] = described(
        "two to ten names, any spelling", ["GeForce RTX 3070", "Radeon RX 6700 XT"]
    )
    market: Market | None = _MARKET


class FromAddress(Request):
    """Parameters of an address: everything is text there, so numbers are read from text."""

    model_config = ConfigDict(strict=False)


class SearchQuery(FromAddress):
    """Which of the known GPUs to list."""

    q: Annotated[str, Field(max_length=MAX_NAME, pattern=r"^[^\u0000-\u001f\u007f-\u009f]*$")] = described(
        "words that the name should hold; empty lists all", "rtx 3070", ""
    )
    segment: Segment | None = optional("only this market segment", "Desktop")
    limit: Annotated[int, Field(ge=1, le=100)] = described("how many at the most", 20, 20)
    offset: Annotated[int, Field(ge=0, le=100_000)] = described("how many to pass over", 0, 0)


class FrontierQuery(FromAddress):
    """What the GPUs of the frontier have to keep to."""

    budget_usd: PriceUsd | None = optional("highest price in US dollars", 500)
    max_tdp_w: PowerW | None = optional("highest power in watts", 200)
    segment: Segment | None = optional("only this market segment", "Desktop")
    min_g3d_mark: Score | None = optional("least performance in points of G3D Mark", 5000)


class MarketFrontierQuery(FrontierQuery):
    """What the GPUs of the frontier have to keep to, at the prices of a market."""

    model_config = ConfigDict(strict=True)

    market: Market | None = _MARKET
