import math

import numpy as np
import pytest
from scipy.stats import norm

from gpu_kedro.serving import answers
from gpu_kedro.serving.buying.minimum import find_minimum
from gpu_kedro.serving.buying.spreads import Spreads, add_up, compare
from gpu_kedro.serving.cards.forms import list_forms
from gpu_kedro.serving.errors import UnknownGpuError
from gpu_kedro.serving.runtime import Runtime

Z80, Z90 = norm.ppf([0.9, 0.95])


def predicted(middle, spread):
    """A figure whose logarithm is normal."""
    ends = {
        f"interval_{percent}": [middle * math.exp(-z * spread), middle * math.exp(z * spread)]
        for percent, z in ((80, Z80), (90, Z90))
    }
    return {"value": middle, "source": "predicted", **ends}


def known(value):
    return {"value": value, "source": "measured", "interval_80": None, "interval_90": None}


def test_chances_of_a_normal_spread_are_those_of_the_normal_distribution():
    spreads = Spreads.of_figures([predicted(1000, 0.2), predicted(2000, 0.1), known(1500)])
    for value in (600, 1000, 1490, 1510, 2600):
        expected = [norm.sf(math.log(value / 1000) / 0.2), norm.sf(math.log(value / 2000) / 0.1), float(value <= 1500)]
        assert spreads.chance_at_least(math.log(value)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (predicted(20_000, 0.15), predicted(17_000, 0.25)),
        (predicted(400, 0.5), known(330)),
        ({**predicted(150, 0.2), "interval_90": [80, 260]}, {**predicted(140, 0.1), "interval_80": [110, 150]}),
        (known(220), known(200)),
    ],
)
def test_a_comparison_agrees_with_simulation(first, second):
    draws = np.random.default_rng(1).standard_normal((2, 400_000))
    values = [
        np.exp(Spreads.of_figures([one]).at_scores(scores)[0])
        for one, scores in zip((first, second), draws, strict=True)
    ]
    told = compare(*(Spreads.of_figures([one]) for one in (first, second)))
    assert told["ratio"] == pytest.approx(first["value"] / second["value"])
    assert told["difference"] == pytest.approx(first["value"] - second["value"])
    for percent in (80, 90):
        at = [0.5 - percent / 200, 0.5 + percent / 200]
        scale = np.std(values[0] - values[1]) + 1e-6
        assert told[f"ratio_{percent}"] == pytest.approx(np.quantile(values[0] / values[1], at), rel=0.02)
        assert told[f"difference_{percent}"] == pytest.approx(np.quantile(values[0] - values[1], at), abs=0.03 * scale)
    assert told["chance_higher"] == pytest.approx(np.mean(values[0] > values[1]), abs=0.005)


def test_a_sum_has_the_spread_of_its_parts():
    figures = [predicted(300, 0.2), predicted(500, 0.3), known(200)]
    counts = np.array([40.0, 3.0, 10.0])
    told = add_up(Spreads.of_figures(figures), counts)
    draws = np.random.default_rng(5).standard_normal((2, 400_000))
    sums = 40 * 300 * np.exp(0.2 * draws[0]) + 3 * 500 * np.exp(0.3 * draws[1]) + 2000
    assert told["value"] == pytest.approx(np.median(sums), rel=0.01)
    for percent in (80, 90):
        at = [0.5 - percent / 200, 0.5 + percent / 200]
        assert told[f"interval_{percent}"] == pytest.approx(np.quantile(sums, at), rel=0.02)
    exact = add_up(Spreads.of_figures([known(200), known(30)]), np.array([2.0, 3.0]))
    assert [exact["value"], *exact["interval_90"]] == pytest.approx([490] * 3)


def test_a_gpu_ties_with_itself(runtime: Runtime):
    (pair,) = answers.compare_gpus(runtime, ["RTX 3070", "GeForce RTX 3070"])["pairs"]
    assert (pair["first"], pair["second"]) == (0, 1)
    for figure in ("g3d_mark", "price_usd", "tdp_w"):
        assert (pair[figure]["ratio"], pair[figure]["difference"]) == (1.0, 0.0)
        assert pair[figure]["chance_higher"] == 0.5


def test_every_pair_is_told_and_what_is_not_known_is_none(runtime: Runtime):
    pairs = answers.compare_gpus(runtime, ["RTX 3070", "GTX 970", "Apple M2 Pro"])["pairs"]
    assert [(pair["first"], pair["second"]) for pair in pairs] == [(0, 1), (0, 2), (1, 2)]
    assert pairs[0]["g3d_mark"]["chance_higher"] > 0.9
    assert pairs[1]["g3d_mark"] is pairs[2]["price_usd"] is None


def test_the_least_gpus_reach_and_no_lesser_one_of_them_does(runtime: Runtime):
    told = find_minimum(runtime, {"name": "GeForce GTX 970"}, 0.8)
    needed = told["reference"]["g3d_mark"]
    assert [(one["form"], one["vendor"]) for one in told["least"]] == [
        (form, vendor) for form in ("desktop", "laptop") for vendor in ("nvidia", "amd", "intel")
    ]
    catalogue, forms = runtime.catalogue, list_forms(runtime)
    measured = catalogue.is_measured("g3d_mark")
    for one in told["least"]:
        marks = [gpu["g3d_mark"] for gpu in one["gpus"]]
        assert marks == sorted(marks)
        for gpu in one["gpus"]:
            assert gpu["chance"] >= 0.8
            assert gpu["g3d_mark"] >= needed
            assert forms[catalogue.names.index(gpu["name"])] == one["form"]
        if one["gpus"]:
            between = [
                place
                for place, (parsed, match) in enumerate(runtime.identities)
                if parsed.vendor == one["vendor"]
                and forms[place] == one["form"]
                and match.is_strict
                and not parsed.qualifiers
                and measured[place]
                and needed <= catalogue.g3d_mark[place] < marks[0]
            ]
            assert between == []
    own = next(one for one in told["least"] if (one["form"], one["vendor"]) == ("desktop", "nvidia"))["gpus"][0]
    assert (own["name"], own["chance"]) == ("GeForce GTX 970", 1.0)


def test_a_surer_answer_needs_a_faster_gpu(runtime: Runtime):
    least = [find_minimum(runtime, {"g3d_mark": 9000}, chance)["least"] for chance in (0.5, 0.95)]
    for bold, careful in zip(*least, strict=True):
        if careful["gpus"]:
            assert bold["gpus"][0]["g3d_mark"] <= careful["gpus"][0]["g3d_mark"]


def test_the_share_of_a_population_is_that_of_its_parts(runtime: Runtime):
    marks = np.where(runtime.catalogue.is_measured("g3d_mark"), runtime.catalogue.g3d_mark, np.nan)
    fastest, slowest = (runtime.catalogue.names[find(marks)] for find in (np.nanargmax, np.nanargmin))
    population = [
        {"name": fastest, "count": 30},
        {"name": slowest, "count": 50},
        {"name": "rtx 4070 laptop", "count": 20},
        {"name": "Apple M2 Pro", "count": 7},
    ]
    mark = runtime.predict([{"name": "rtx 4070 laptop"}])[0]["g3d_mark"]["value"]
    told = find_minimum(runtime, {"g3d_mark": mark}, 0.8, None, population)["population"]
    assert (told["count"], told["unknown_count"]) == (107, 7)
    assert [(one["name"], one["reason"]) for one in told["unknown"]] == [("Apple M2 Pro", "not_covered")]
    # the one is sure, the other is out, and the laptop's mark is as likely above its middle as below
    assert told["share"] == pytest.approx(0.3 + 0.2 * 0.5)
    assert told["interval_80"] == told["interval_90"] == pytest.approx([0.3, 0.5])


def test_a_share_lies_in_its_intervals(runtime: Runtime):
    """Also where one of few models qualifies with a chance that an interval leaves out."""
    population = [{"name": "rtx 4070 laptop", "count": 3}, {"name": "GeForce GT 710", "count": 4}]
    middle = runtime.predict([{"name": "rtx 4070 laptop"}])[0]["g3d_mark"]["value"]
    for factor in np.geomspace(0.3, 3, 25):
        told = find_minimum(runtime, {"g3d_mark": middle * factor}, 0.8, None, population)["population"]
        for low, high in (told["interval_80"], told["interval_90"]):
            assert low <= told["share"] <= high


def test_who_just_misses_is_told(runtime: Runtime):
    marks = np.where(runtime.catalogue.is_measured("g3d_mark"), runtime.catalogue.g3d_mark, np.nan)
    others = [runtime.catalogue.names[find(marks)] for find in (np.nanargmin, np.nanargmax)]
    population = [{"name": name, "count": 1} for name in ("GeForce GTX 970", *others)]
    mark = runtime.catalogue.g3d_mark[runtime.catalogue.names.index("GeForce GTX 970")]
    told = find_minimum(runtime, {"g3d_mark": float(mark) + 1}, 0.8, None, population)["population"]
    assert [one["name"] for one in told["just_missing"]] == ["GeForce GTX 970"]
    assert told["share"] == pytest.approx(1 / 3)
    assert told["interval_90"] == pytest.approx([1 / 3, 1 / 3])


def test_what_is_no_gpu_cannot_be_reached(runtime: Runtime):
    with pytest.raises(UnknownGpuError, match="no such GPU"):
        find_minimum(runtime, {"name": "Apple M2 Pro"}, 0.8)
