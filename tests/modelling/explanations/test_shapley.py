import numpy as np
import pytest

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.explanations.input_groups import INPUT_NAMES, find_input
from gpu_kedro.modelling.explanations.shapley import (
    Shares,
    coalition_rows,
    explain_answer,
    find_players,
    logarithmic_mean,
    shapley_values,
    to_units,
)
from gpu_kedro.modelling.explanations.typical_gpu import TypicalGpu

COLUMNS = list(range(len(FEATURE_NAMES)))
DIMS = 3


def place(feature: str) -> int:
    return FEATURE_NAMES.index(feature)


def gpu(**features: float) -> np.ndarray:
    values = np.zeros(len(FEATURE_NAMES))
    for name, value in features.items():
        values[place(name)] = value
    return values


TYPICAL = TypicalGpu(gpu(), np.zeros(DIMS))


def test_shapley_values_are_those_worked_out_by_hand():
    # the glove game: players 0 and 1 have a left glove, player 2 a right one; only a pair is worth something
    worths = np.array([0, 0, 0, 0, 0, 1, 1, 1], dtype=float)[:, None]
    assert shapley_values(worths)[:, 0].tolist() == pytest.approx([1 / 6, 1 / 6, 4 / 6])


def test_a_player_that_changes_nothing_gets_nothing_and_equal_ones_get_the_same():
    # worth = x0 * x1, player 2 plays no part
    worths = np.array([0, 0, 0, 6, 0, 0, 0, 6], dtype=float)[:, None]
    assert shapley_values(worths)[:, 0].tolist() == [3, 3, 0]


def test_shapley_values_do_not_depend_on_the_order_of_the_players():
    worths = np.random.default_rng(4).normal(size=(16, 2))
    swapped = [sum((number >> bit & 1) << new for new, bit in enumerate((2, 0, 3, 1))) for number in range(16)]
    moved = np.empty_like(worths)
    moved[swapped] = worths
    np.testing.assert_allclose(shapley_values(moved), shapley_values(worths)[[2, 0, 3, 1]], rtol=1e-12)


def test_shapley_values_add_up_to_the_whole_less_nothing():
    worths = np.random.default_rng(5).normal(size=(2**11, 3))
    np.testing.assert_allclose(shapley_values(worths).sum(axis=0), worths[-1] - worths[0], rtol=1e-9)


def test_shares_in_units_add_up_to_the_figure():
    shares = Shares(np.log([700.0]), np.log([21000.0]), {"memory": np.log([10.0]), "compute": np.log([3.0])})
    typical, predicted, amounts = to_units(shares)
    assert (typical, predicted) == pytest.approx((700, 21000))
    assert typical + sum(amounts.values()) == pytest.approx(predicted, rel=1e-12)
    # (21000 - 700) * ln 10 / ln 30
    assert amounts["memory"] == pytest.approx(13742.95, abs=0.01)


def test_the_logarithmic_mean_of_equal_figures_is_the_figure():
    assert logarithmic_mean(5.0, 5.0) == 5.0
    assert logarithmic_mean(1.0, np.e) == pytest.approx(np.e - 1)


def test_every_feature_belongs_to_one_input():
    for feature in FEATURE_NAMES:
        find_input(feature)
    with pytest.raises(ValueError, match=r"'log_fans'.*none"):
        find_input("log_fans")


def test_an_input_takes_part_if_it_is_known_readable_and_not_as_usual():
    ours = gpu(log_memory_size_gb=2.0, log_shading_units=3.0, log_sheet_tdp_w=np.nan, log_g2d_mark=1.0)
    readable = [column for column in COLUMNS if FEATURE_NAMES[column] != "log_g2d_mark"]
    players = find_players(ours, np.zeros(DIMS), TYPICAL, readable)
    assert [INPUT_NAMES[one] for one in players] == ["compute", "memory"]
    assert [INPUT_NAMES[one] for one in find_players(gpu(), np.ones(DIMS), TYPICAL, COLUMNS)] == ["name"]


def test_differences_follow_the_input_of_each_part():
    ours = gpu(log_effective_fp32_gflops=5.0, log_memory_bandwidth_gb_s=3.0, log_fp32_per_bandwidth=2.0)
    compute, memory = INPUT_NAMES.index("compute"), INPUT_NAMES.index("memory")
    rows, _ = coalition_rows(ours, np.zeros(DIMS), TYPICAL, [compute, memory])
    # nothing, compute, memory, both
    assert rows[:, place("log_fp32_per_bandwidth")].tolist() == [0.0, 5.0, -3.0, 2.0]
    assert np.array_equal(rows[-1], ours)


def test_an_unknown_input_stays_unknown_in_the_typical_gpu():
    ours = gpu(log_memory_size_gb=2.0, log_sheet_tdp_w=np.nan)
    rows, _ = coalition_rows(ours, np.zeros(DIMS), TYPICAL, [INPUT_NAMES.index("memory")])
    assert np.isnan(rows[:, place("log_sheet_tdp_w")]).all()


def test_a_sum_of_features_is_credited_to_their_inputs():
    ours = gpu(log_memory_size_gb=2.0, log_memory_bus_bits=1.0, log_shading_units=4.0, release_year=2020)

    def answer(values: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        memory = values[:, place("log_memory_size_gb")] + values[:, place("log_memory_bus_bits")]
        return 1.0 + memory + 0.5 * values[:, place("log_shading_units")] + vectors.sum(axis=1)

    shares = explain_answer(answer, ours, np.full(DIMS, 2.0), TYPICAL, COLUMNS)
    told = {name: share.tolist() for name, share in shares.contributions.items()}
    assert told == {"name": [6.0], "compute": [2.0], "memory": [3.0], "release_year": [0.0]}
    assert (shares.typical.tolist(), shares.answer.tolist()) == ([1.0], [12.0])


def test_the_typical_gpu_is_the_median_and_comes_back_from_its_file():
    values = np.full((3, len(FEATURE_NAMES)), np.nan)
    values[:, place("log_memory_size_gb")] = [1, 2, 9]
    values[:, place("log_effective_fp32_gflops")] = [8, 6, np.nan]
    values[:, place("log_memory_bandwidth_gb_s")] = [5, 5, 5]
    values[:, place("log_fp32_per_bandwidth")] = [3, 9, 9]
    typical = TypicalGpu.of(values, np.array([[0.0], [1.0], [2.0]]))
    assert typical.values[place("log_memory_size_gb")] == 2
    # not the median of the differences, 9
    assert typical.values[place("log_fp32_per_bandwidth")] == 2
    assert np.isnan(typical.values[place("log_tdp_w")])
    assert typical.vector.tolist() == [1.0]
    again = TypicalGpu.from_file(typical.to_file())
    np.testing.assert_array_equal(again.values, typical.values)
    np.testing.assert_array_equal(again.vector, typical.vector)
