"""What a table looks like at each boundary: pandera schemas, which the catalog names as validators."""

import pandera.pandas as pa

SEGMENT_COMBINATIONS: tuple[str, ...] = (
    "Desktop",
    "Mobile",
    "Workstation",
    "Desktop, Mobile",
    "Desktop, Workstation",
    "Mobile, Workstation",
    "Desktop, Mobile, Workstation",
)
#: Less is a clock in GHz (the slowest memory ran at 5 MHz, the fastest runs at 3.1 GHz), or a power in kW.
_LEAST_MHZ, _LEAST_W = 4, 1


class _Exact(pa.DataFrameModel):
    """A table of exactly these columns."""

    class Config:
        """Nothing else."""

        strict = True


class RawGpus(_Exact):
    """The benchmark table as read: text cells, one row a GPU as the file lists it."""

    source_row: int = pa.Field(ge=1, unique=True)
    name: str = pa.Field(nullable=True)
    g3d_mark: str = pa.Field(nullable=True)
    g2d_mark: str = pa.Field(nullable=True)
    price_usd: str = pa.Field(nullable=True)
    tdp_w: str = pa.Field(nullable=True)
    test_year: str = pa.Field(nullable=True)
    category: str = pa.Field(nullable=True)
    reported_g3d_per_dollar: str | None = pa.Field(nullable=True)
    reported_g3d_per_watt: str | None = pa.Field(nullable=True)


class _Gpus(_Exact):
    """What the tables after cleaning have in common."""

    name: str = pa.Field(str_matches=r"\S")
    reported_name: str
    g3d_mark: float = pa.Field(nullable=True, gt=0)
    g2d_mark: float = pa.Field(nullable=True, gt=0)
    price_usd: float = pa.Field(nullable=True, gt=0)
    tdp_w: float = pa.Field(nullable=True, gt=0)
    test_year: float = pa.Field(nullable=True, ge=1980, le=2100)
    segments: str = pa.Field(nullable=True, isin=SEGMENT_COMBINATIONS)


class CleanGpus(_Gpus):
    """The benchmark table after cleaning: one row a GPU as listed; `name` may repeat, `gpu_id` does not."""

    gpu_id: str = pa.Field(unique=True, str_matches=r"^[a-z0-9]+(-[a-z0-9]+)*(--[0-9]+)?$")
    source_row: int = pa.Field(ge=1, unique=True)


class MeasuredGpus(_Gpus):
    """The clean table with newer observations; GPUs that only those know have no `source_row`."""

    gpu_id: str = pa.Field(unique=True, str_matches=r"^[a-z0-9]+(-[a-z0-9]+)*(--[0-9]+|--observed)?$")
    source_row: float = pa.Field(ge=1, nullable=True)
    g3d_mark_date: str = pa.Field(nullable=True)
    g2d_mark_date: str = pa.Field(nullable=True)
    tdp_w_date: str = pa.Field(nullable=True)


class Specs(_Exact):
    """The specification table: one row a GPU model, `SPEC_COLUMNS`; zero only where zero is an answer."""

    spec_name: str = pa.Field(unique=True, str_matches=r"\S")
    manufacturer: str = pa.Field(nullable=True)
    chip: str = pa.Field(nullable=True)
    generation: str = pa.Field(nullable=True)
    architecture: str = pa.Field(nullable=True)
    release_year: float = pa.Field(nullable=True, ge=1980, le=2100)
    process_nm: float = pa.Field(nullable=True, gt=0)
    transistor_count_m: float = pa.Field(nullable=True, gt=0)
    die_size_mm2: float = pa.Field(nullable=True, gt=0)
    base_clock_mhz: float = pa.Field(nullable=True, ge=_LEAST_MHZ)
    boost_clock_mhz: float = pa.Field(nullable=True, ge=_LEAST_MHZ)
    shading_units: float = pa.Field(nullable=True, gt=0)
    tmus: float = pa.Field(nullable=True, gt=0)
    rops: float = pa.Field(nullable=True, gt=0)
    tensor_cores: float = pa.Field(nullable=True, ge=0)
    rt_cores: float = pa.Field(nullable=True, ge=0)
    l2_cache_mb: float = pa.Field(nullable=True, gt=0)
    memory_type: str = pa.Field(nullable=True)
    memory_size_gb: float = pa.Field(nullable=True, gt=0)
    memory_bus_bits: float = pa.Field(nullable=True, gt=0)
    memory_clock_mhz: float = pa.Field(nullable=True, ge=_LEAST_MHZ)
    memory_bandwidth_gb_s: float = pa.Field(nullable=True, gt=0)
    pixel_rate_gpixel_s: float = pa.Field(nullable=True, gt=0)
    texture_rate_gtexel_s: float = pa.Field(nullable=True, gt=0)
    fp32_gflops: float = pa.Field(nullable=True, gt=0)
    fp64_gflops: float = pa.Field(nullable=True, gt=0)
    tdp_w: float = pa.Field(nullable=True, ge=_LEAST_W)
    bus_interface: str = pa.Field(nullable=True)
    slot_width: str = pa.Field(nullable=True)
    directx_major: float = pa.Field(nullable=True, ge=0)


class PrimaryGpus(pa.DataFrameModel):
    """One row a GPU: parsed name, matched specification (`spec_…`), known figures. Further columns are allowed."""

    gpu_id: str = pa.Field(unique=True)
    name: str = pa.Field(str_matches=r"\S")
    segment: str = pa.Field(nullable=True, isin=SEGMENT_COMBINATIONS)
    canonical: str
    chip_group: str
    vendor: str = pa.Field(nullable=True)
    kind: str
    is_mobile: bool
    is_max_q: bool
    is_workstation: bool
    spec_name: str = pa.Field(nullable=True)
    match_kind: str
    match_confidence: float = pa.Field(ge=0, le=1)
    is_strict: bool
    g3d_mark: float = pa.Field(nullable=True, gt=0)
    g2d_mark: float = pa.Field(nullable=True, gt=0)
    price_usd: float = pa.Field(nullable=True, gt=0)
    tdp_w: float = pa.Field(nullable=True, gt=0)
    test_year: float = pa.Field(nullable=True, ge=1980, le=2100)
