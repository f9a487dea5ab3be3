"""Each study on a small table whose answer is known."""

from typing import Any

import numpy as np
import pytest
from gpu_rows import make_gpus

from gpu_kedro.analysis.benchmark_years import measure_benchmark_years
from gpu_kedro.analysis.findings import NotAnswerableError, answer_question
from gpu_kedro.analysis.frontiers import find_frontier, measure_hypervolume, measure_price_frontier
from gpu_kedro.analysis.hedonic import measure_index, measure_premium
from gpu_kedro.analysis.label_noise import find_pairs
from gpu_kedro.analysis.leaks import measure_leaks
from gpu_kedro.analysis.missing import measure_missing
from gpu_kedro.analysis.mobile_penalty import find_siblings
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.power_architectures import measure_architectures
from gpu_kedro.analysis.power_matched import measure_matched
from gpu_kedro.analysis.power_performance import measure_segments
from gpu_kedro.analysis.price_performance import QUESTION, measure_price_performance
from gpu_kedro.analysis.saturation import fit_broken_line
from gpu_kedro.analysis.uplift import measure_uplift

OPTIONS = AnalysisOptions(min_gpus=3, min_score=50, replicates=100, seed=1)


def _by_year(**more: Any) -> list[dict[str, Any]]:
    """Three cards a year for ten years; points double every two years."""
    return [
        {"spec_release_year": 2000.0 + year, "g3d_mark": 100 * 2 ** (year / 2), "price_usd": 100.0, "tdp_w": 50.0}
        | more
        for year in range(10)
        for _ in range(3)
    ]


def test_performance_per_dollar_uses_the_release_year_of_a_strict_match_only():
    stranger = {"is_strict": False, "price_usd": 1.0, "g3d_mark": 1e6, "spec_release_year": 2001.0}
    study = measure_price_performance(make_gpus(*_by_year(), stranger), OPTIONS)
    assert study.rows == 30
    assert study.figures["doubling_years"] == pytest.approx(2.0)
    assert "faster than Epoch's 2.46 years [2.24, 2.72]" in study.answer


def test_a_table_that_holds_too_little_gets_a_reason_and_no_figure():
    study = answer_question(QUESTION, lambda: measure_price_performance(make_gpus({}), OPTIONS))
    assert study.rows == 0
    assert study.answer == (
        "This table cannot answer it: 0 GPUs with a price and a specification of their own, at least 12 are needed."
    )
    assert study.to_record()["figures"] == {}


def test_power_is_the_sheet_s_where_the_table_has_none():
    gpus = make_gpus(*_by_year(segment="Mobile", tdp_w=None, spec_tdp_w=50.0), *_by_year(segment="Mobile, Workstation"))
    study = measure_segments(gpus, OPTIONS)
    assert study.table["segment"].tolist() == ["Mobile", "Workstation"]
    assert study.table["rows"].tolist() == [60, 30]
    assert study.table["doubling_years"].tolist() == pytest.approx([2.0, 2.0])


def test_architectures_come_in_the_order_of_their_years_with_their_largest_step():
    rows = [{"spec_architecture": "Old", "spec_release_year": 2010.0, "tdp_w": 100.0, "g3d_mark": 1000.0}] * 6
    rows += [{"spec_architecture": "New", "spec_release_year": 2014.0, "tdp_w": 100.0, "g3d_mark": 3000.0}] * 6
    study = measure_architectures(make_gpus(*rows), OPTIONS)
    assert study.table["architecture"].tolist() == ["Old", "New"]
    assert "NVIDIA's largest step is from Old to New, × 3.00" in study.answer


def test_a_gap_that_turns_when_years_are_matched_is_called_a_paradox():
    # in each year the laptop chip does twice as well, but most laptop chips are of the weak year
    old, new = {"spec_release_year": 2010.0, "tdp_w": 100.0}, {"spec_release_year": 2020.0, "tdp_w": 100.0}
    rows = [old | {"segment": "Mobile", "g3d_mark": 1000.0}] * 30 + [
        new | {"segment": "Mobile", "g3d_mark": 8000.0}
    ] * 5
    rows += [old | {"segment": "Desktop", "g3d_mark": 500.0}] * 5 + [
        new | {"segment": "Desktop", "g3d_mark": 4000.0}
    ] * 30
    study = measure_matched(make_gpus(*rows), OPTIONS)
    assert study.figures["mobile_per_desktop_all"] == pytest.approx(0.25)
    assert study.figures["mobile_per_desktop_matched"] == pytest.approx(2.0)
    assert "the sign turns: Simpson's paradox" in study.answer


def test_the_frontier_is_what_none_beats_in_both():
    costs, points = np.array([1.0, 2.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 3.0, 5.0])
    order = np.lexsort((-points, costs))
    front = find_frontier(points, order)
    assert front.tolist() == [0, 1, 4]
    # 4 wide and 1 high, 3 wide and 2 high, 1 wide and 2 high, from the corner (5, 0)
    assert measure_hypervolume(costs[front], points[front], (5.0, 0.0)) == pytest.approx(12.0)


def test_the_hypervolume_grows_with_every_better_card():
    rows = [row | {"price_usd": 100.0 + place} for place, row in enumerate(_by_year())]
    study = measure_price_frontier(make_gpus(*rows), OPTIONS)
    assert study.table["hypervolume"].is_monotonic_increasing
    # the first card of each year is the cheapest that fast
    assert study.points.groupby("up_to").size().tolist() == list(range(1, 11))[-len(study.table) :]


def test_a_broken_line_is_found_where_it_bends():
    x = np.linspace(0, 10, 201)
    y = np.where(x < 4, 3 * x, 12 + 0.5 * (x - 4))
    line = fit_broken_line(x, y, np.ones((5, x.size), dtype=np.int64))
    assert line.bend.value == pytest.approx(4, abs=0.1)
    assert (line.below.value, line.above.value) == pytest.approx((3, 0.5), abs=0.05)


def test_siblings_carry_the_same_number_and_all_in_ones_are_none():
    gpus = make_gpus(
        {"name": "GTX 970", "model": "970", "number": 970.0, "g3d_mark": 9000.0},
        {"name": "GTX 970M", "model": "970", "number": 970.0, "g3d_mark": 5400.0, "is_mobile": True},
        {"name": "GTX 970 Ti", "model": "970", "number": 970.0, "suffix": "ti", "g3d_mark": 9900.0},
        {"name": "GTX 960A", "model": "960a", "number": 960.0, "g3d_mark": 2000.0},
        {"name": "GTX 960M", "model": "960", "number": 960.0, "g3d_mark": 2500.0, "is_mobile": True},
    )
    pairs = find_siblings(gpus, OPTIONS)
    assert pairs[["desktop", "laptop"]].to_numpy().tolist() == [["GTX 970", "GTX 970M"]]
    assert pairs["ratio"].tolist() == pytest.approx([0.6])


def test_uplift_is_the_factor_to_the_card_before_in_the_same_tier():
    cards = [
        {
            "name": f"GTX {number}",
            "number": float(number),
            "generation": float(number // 100),
            "tier": float(number % 100),
        }
        | {"g3d_mark": points, "spec_release_year": 2008.0 + number // 100, "spec_generation": "GeForce"}
        for number, points in ((460, 1000.0), (560, 2000.0), (660, 3000.0), (470, 2000.0), (570, 3000.0))
    ]
    study = measure_uplift(make_gpus(*cards), OPTIONS)
    steps = study.table[study.table["kind"] == "step"].set_index("card")["ratio"]
    assert steps.to_dict() == pytest.approx({"GTX 560": 2.0, "GTX 660": 1.5, "GTX 570": 1.5})
    assert study.figures["ratio"] == pytest.approx((2.0 * 1.5 * 1.5) ** (1 / 3))


def _priced() -> list[dict[str, Any]]:
    """Price = points / 10, half as much again for workstations, and 10 % less each release year."""
    generator = np.random.default_rng(5)
    rows = []
    for year in range(2010, 2016):
        for place in range(12):
            points, memory = float(generator.integers(500, 9000)), float(2 ** generator.integers(0, 4))
            is_workstation = place % 2 == 0
            price = (
                points / 10 * 0.9 ** (year - 2010) * (1.5 if is_workstation else 1.0) * generator.uniform(0.95, 1.05)
            )
            rows.append(
                {
                    "spec_release_year": float(year),
                    "g3d_mark": points,
                    "spec_memory_size_gb": memory,
                    "price_usd": price,
                }
                | {
                    "segment": "Workstation" if is_workstation else "Desktop",
                    "vendor": ("amd", "nvidia")[place % 3 == 0],
                }
                | {"tdp_w": float(generator.integers(30, 250))}
            )
    return rows


def test_the_workstation_premium_is_found_when_performance_is_held_equal():
    study = measure_premium(make_gpus(*_priced()), OPTIONS)
    last = study.table.iloc[-1]
    assert last["premium_low"] < 0.5 < last["premium_high"]
    assert last["premium"] == pytest.approx(0.5, abs=0.05)
    assert study.answer.endswith("a premium remains.")


def test_the_price_of_equal_quality_falls_by_a_tenth_each_release_year():
    study = measure_index(make_gpus(*_priced()), OPTIONS)
    assert study.figures["yearly_change"] == pytest.approx(-0.1, abs=0.01)
    assert study.table["index"].iloc[0] / study.table["index"].iloc[-1] == pytest.approx(0.9**-5, abs=0.1)


def test_gpus_without_a_price_are_compared_within_their_release_year():
    # of each year the priced GPUs are twice as fast, though the priced ones are of the slower year
    rows = [{"spec_release_year": 2010.0, "g3d_mark": 200.0, "price_usd": 9.0}] * 8
    rows += [{"spec_release_year": 2010.0, "g3d_mark": 100.0}] * 4
    rows += [{"spec_release_year": 2020.0, "g3d_mark": 2000.0, "price_usd": 9.0}] * 4
    rows += [{"spec_release_year": 2020.0, "g3d_mark": 1000.0}] * 8
    study = measure_missing(make_gpus(*rows), OPTIONS)
    assert study.figures["price_bias"] == pytest.approx(2.0)


def test_two_listings_of_one_sheet_make_a_pair():
    pairs = find_pairs(
        make_gpus(
            {"name": "HD 4670", "spec_name": "Radeon HD 4670", "g3d_mark": 300.0},
            {"name": "HDG 4670", "spec_name": "Radeon HD 4670", "g3d_mark": 400.0},
            {"name": "HD 4650", "spec_name": "Radeon HD 4650"},
        )
    )
    assert pairs["factor"].tolist() == pytest.approx([4 / 3])
    assert pairs["points"].tolist() == pytest.approx([(300 * 400) ** 0.5])


def test_a_test_year_is_compared_with_the_year_of_release():
    gpus = make_gpus(*(_by_year(test_year=2009.0)), *_by_year(test_year=2012.0))
    study = measure_benchmark_years(gpus, OPTIONS)
    assert study.figures["share_tested_in_release_year"] == pytest.approx(3 / 60)
    assert "21 GPUs of before 2007 stand under 2009." in study.answer


def test_leaks_are_told_by_target_and_need_trained_models():
    entries = [
        {"variant": "honest", "median_error": 0.4, "r2_log": 0.5, "rows": 9.0},
        {"variant": "leaky", "median_error": 0.1, "r2_log": 0.9, "rows": 9.0},
    ]
    study = measure_leaks({"price_usd": entries})
    assert study.answer.startswith("Median errors: Price 40.0 % honest, 10.0 % with the leak.")
    assert "by a factor of 4.0 or more" in study.answer
    with pytest.raises(NotAnswerableError, match="no model is trained yet"):
        measure_leaks({})
