import math

import numpy as np
import pandas as pd
import pytest

from gpu_kedro.domain.feature_functions import DUAL_ISSUE_DISCOUNT
from gpu_kedro.domain.features import FEATURE_NAMES, FEATURES, build_features
from gpu_kedro.domain.identify import GpuRow, identify_gpu
from gpu_kedro.domain.specs.matching import SpecIndex
from gpu_kedro.pipelines.data_processing.nodes import GpuRows


def _features(row: GpuRow) -> dict[str, float]:
    return dict(zip(FEATURE_NAMES, build_features([row]).values[0], strict=True))


def test_features_of_a_known_card_are_these(index: SpecIndex):
    features = _features(identify_gpu("NVIDIA GeForce RTX 3070", index, {"price_usd": 500.0, "test_year": 2021}))
    expected = {
        "is_nvidia": 1, "is_amd": 0, "series_rtx": 1, "is_mobile": 0, "generation": 30, "tier": 70,
        "is_strict_match": 1, "release_year": 2020, "log_shading_units": math.log(5888),
        "log_memory_bandwidth_gb_s": math.log(448), "log_sheet_tdp_w": math.log(220), "memory_rank": 6,
        "log_effective_fp32_gflops": math.log(20310 * DUAL_ISSUE_DISCOUNT), "pcie_generation": 4, "pcie_lanes": 16,
        "log_price_usd": math.log(500), "test_year": 2021, "years_since_release": 1, "architecture_ampere": 1,
    }  # fmt: skip
    assert {name: features[name] for name in expected} == pytest.approx(expected, rel=1e-6)
    assert math.isnan(features["log_tdp_w"])


def test_given_specifications_win_over_the_matched_ones(index: SpecIndex):
    row = identify_gpu("GeForce RTX 3070", index, specs={"shading_units": 6000.0})
    assert row["spec_shading_units"] == 6000
    assert row["spec_tmus"] == 184


def test_a_specification_sheet_without_a_known_name_is_enough(index: SpecIndex):
    row = identify_gpu("", index, specs={"shading_units": 6000.0, "boost_clock_mhz": 2000.0})
    assert _features(row)["log_effective_fp32_gflops"] == pytest.approx(math.log(24000))
    assert row["match_kind"] == "sheet"


def test_features_of_a_gpu_do_not_depend_on_its_neighbours(primary_gpus: pd.DataFrame):
    rows = list(GpuRows(primary_gpus))
    whole = build_features(rows).values
    for position in (0, 3, 700, len(rows) - 1):
        np.testing.assert_array_equal(build_features([rows[position]]).values[0], whole[position])


def test_the_table_round_trips_to_the_rows_that_inference_makes(primary_gpus: pd.DataFrame, index: SpecIndex):
    rows = GpuRows(primary_gpus)
    known = ("g3d_mark", "g2d_mark", "price_usd", "tdp_w", "test_year")
    asked = [identify_gpu(row["name"], index, {field: row[field] for field in known}) for row in rows]
    np.testing.assert_array_equal(build_features(asked).values, build_features(rows).values)


def test_values_have_float32_precision_and_none_is_infinite(primary_gpus: pd.DataFrame):
    values = build_features(GpuRows(primary_gpus)).values
    np.testing.assert_array_equal(values, values.astype(np.float32).astype(np.float64))
    assert not np.isinf(values).any()


def test_every_feature_says_what_it_is():
    assert len(set(FEATURE_NAMES)) == len(FEATURES)
    for feature in FEATURES:
        assert feature.unit
        assert feature.source
        assert feature.name.startswith("log_") == feature.unit.startswith("log ")


def test_every_feature_tells_gpus_apart_somewhere(primary_gpus: pd.DataFrame):
    values = build_features(GpuRows(primary_gpus)).values
    constant = [name for name, column in zip(FEATURE_NAMES, values.T, strict=True) if len(np.unique(column)) < 2]
    assert constant == []


def test_no_row_gives_an_empty_matrix():
    assert build_features([]).values.shape == (0, len(FEATURES))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RTX 3070", "geforce rtx 3070"),
        ("NVIDIA GeForce RTX 3070", "geforce rtx 3070"),
        ("rx 6600 xt", "radeon rx 6600 xt"),
        ("4070 ti super", "geforce rtx 4070 ti super"),
        ("GeForce RTX 3070 Laptop GPU", "geforce rtx 3070 laptop"),
        ("Mobility Radeon HD 4550", "mobility radeon hd 4550"),
        ("Intel UHD Graphics 620", "intel uhd graphics 620"),
    ],
)
def test_names_are_completed_by_their_series(index: SpecIndex, name: str, text: str):
    assert build_features([identify_gpu(name, index)]).texts == [text]


@pytest.mark.parametrize("value", [5e-324, 1e-300, 1e300, 0.0, -1.0])
def test_absurd_figures_give_features_all_the_same(index: SpecIndex, value: float):
    sheet = {"fp64_gflops": value, "fp32_gflops": 1.0, "memory_bandwidth_gb_s": value, "tdp_w": value}
    values = build_features([identify_gpu("GeForce RTX 3070", index, {"g3d_mark": value}, sheet)]).values
    assert values.shape == (1, len(FEATURES))
