import numpy as np
import pytest

from gpu_kedro.serving import answers
from gpu_kedro.serving.errors import UnknownGpuError
from gpu_kedro.serving.runtime import Runtime


def test_search_puts_names_that_hold_every_word_first(runtime: Runtime):
    found = answers.search_gpus(runtime, "rtx 4070", None, 5, 0)
    names = [gpu["name"] for gpu in found["gpus"]]
    assert all("RTX 4070" in name for name in names)
    assert found["total"] >= 5
    assert found["model_version"] == runtime.version


@pytest.mark.parametrize("asked", ["rtx 3070", "RTX 3070", "3070", "MSI RTX 3070 Gaming X Trio", "GeForce RTX 3070"])
def test_search_puts_the_very_gpu_first(runtime: Runtime, asked: str):
    assert answers.search_gpus(runtime, asked, None, 5, 0)["gpus"][0]["name"] == "GeForce RTX 3070"


def test_search_pages_without_overlap_and_forgives_typos(runtime: Runtime):
    pages = [answers.search_gpus(runtime, "radeon rx", None, 10, offset) for offset in (0, 10)]
    first, second = ({gpu["name"] for gpu in page["gpus"]} for page in pages)
    assert len(first) == len(second) == 10
    assert not first & second
    assert "GeForce RTX 3070" in {
        gpu["name"] for gpu in answers.search_gpus(runtime, "gefroce rtx 3070", None, 5, 0)["gpus"]
    }


def test_search_by_segment_alone_gives_the_fastest_first(runtime: Runtime):
    found = answers.search_gpus(runtime, None, "Workstation", 8, 0)["gpus"]
    assert all("Workstation" in gpu["segment"] for gpu in found)
    scores = [gpu["g3d_mark"] for gpu in found]
    assert scores == sorted(scores, reverse=True)


def test_the_card_of_a_gpu_has_its_sheet_and_its_likes(runtime: Runtime):
    card = answers.describe_gpu(runtime, "rx 6600")
    assert card["name"] == "Radeon RX 6600"
    assert card["specs"]["shading_units"] == 1792
    assert len(card["comparable"]) == 6
    assert "Radeon RX 6600" not in {gpu["name"] for gpu in card["comparable"]}
    distances = [gpu["distance"] for gpu in card["comparable"]]
    assert distances == sorted(distances)


def test_a_card_stands_between_well_known_cards(runtime: Runtime):
    standing = answers.describe_gpu(runtime, "GeForce GTX 970")["standing"]
    marks = [gpu["g3d_mark"] for gpu in standing["landmarks"]]
    assert marks == sorted(marks)
    assert all(gpu["g3d_mark_source"] == "measured" for gpu in standing["landmarks"])
    own = runtime.catalogue.g3d_mark[runtime.catalogue.names.index("GeForce GTX 970")]
    assert marks[0] < own < marks[-1]
    measured = runtime.catalogue.g3d_mark[runtime.catalogue.is_measured("g3d_mark")]
    assert standing["of"] == len(measured)
    assert standing["percentile"] == pytest.approx(100 * np.mean(measured < own), abs=0.06)
    assert standing["percentile_80"] is None


def test_a_predicted_card_stands_in_a_range(runtime: Runtime):
    standing = answers.describe_gpu(runtime, "rtx 4070 laptop")["standing"]
    low, high = standing["percentile_80"]
    assert low < standing["percentile"] < high
    assert answers.describe_query(runtime, {"name": "Apple M2 Pro"})["standing"] is None


@pytest.mark.parametrize(
    ("name", "sibling", "successor"),
    [
        ("GeForce RTX 3070", "GeForce RTX 3070 Laptop GPU", "GeForce RTX 4070"),
        ("rtx 4070 laptop", "GeForce RTX 4070", "GeForce RTX 5070 Mobile"),
        ("GTX 1660 Ti", "GeForce GTX 1660 Ti (Mobile)", "GeForce RTX 3060 Ti"),
        ("GeForce GTX 970M", "GeForce GTX 970", "GeForce GTX 1070 Mobile"),
        ("Radeon RX 6700 XT", None, "Radeon RX 7700 XT"),
        ("Quadro P2000", "Quadro P2000 Mobile", None),
        ("Intel UHD 620", None, None),
    ],
)
def test_siblings_and_successors_are_told_by_their_names(runtime: Runtime, name, sibling, successor):
    card = answers.describe_query(runtime, {"name": name})
    assert [card[kind] and card[kind]["name"] for kind in ("sibling", "successor")] == [sibling, successor]


def test_an_unknown_gpu_is_refused_with_the_closest_names(runtime: Runtime):
    with pytest.raises(UnknownGpuError) as caught:
        answers.describe_gpu(runtime, "GeForce RTX 3071")
    assert any("RTX 30" in name for name in caught.value.did_you_mean)


def test_nobody_on_the_frontier_is_beaten(runtime: Runtime):
    found = answers.find_frontier(runtime, 400.0, 250.0, "Desktop")
    prices = [gpu["price_usd"] for gpu in found["gpus"]]
    scores = [gpu["g3d_mark"] for gpu in found["gpus"]]
    assert prices == sorted(prices)
    assert scores == sorted(scores)
    assert max(prices) <= 400
    assert all(gpu["tdp_w"] <= 250 and "Desktop" in gpu["segment"] for gpu in found["gpus"])
    catalogue = runtime.catalogue
    for gpu in found["gpus"]:
        beats = catalogue.has_price & (catalogue.price_usd <= gpu["price_usd"]) & (catalogue.g3d_mark > gpu["g3d_mark"])
        beats &= catalogue.tdp_w <= 250
        assert not beats[np.intersect1d(np.flatnonzero(beats), catalogue.in_segment("Desktop"))].any()


def test_a_budget_that_buys_nothing_gives_an_empty_frontier(runtime: Runtime):
    assert answers.find_frontier(runtime, 0.01, None, None)["gpus"] == []


def test_comparison_keeps_the_order_of_the_names(runtime: Runtime):
    compared = answers.compare_gpus(runtime, ["RX 6600", "RTX 3070"])
    assert [prediction["match"]["spec"] for prediction in compared["predictions"]] == [
        "Radeon RX 6600",
        "GeForce RTX 3070",
    ]
    first = compared["predictions"][0]
    assert compared["ratios"][0]["g3d_per_usd"] == pytest.approx(
        first["g3d_mark"]["value"] / first["price_usd"]["value"]
    )


def test_a_gpu_without_figures_is_compared_by_nothing(runtime: Runtime):
    compared = answers.compare_gpus(runtime, ["Apple M2 Pro", "RTX 3060"])
    nothing, known = compared["ratios"]
    assert set(nothing.values()) == {"Apple M2 Pro", None}
    assert known["g3d_per_usd"] == pytest.approx(16958 / 329)
    assert known["g3d_per_usd_interval_90"] == pytest.approx([16958 / 329] * 2)
    card = answers.describe_query(runtime, {"name": "Apple M2 Pro"})
    assert (card["name"], card["comparable"]) == (None, [])


def test_a_gpu_is_compared_by_the_figures_that_are_known(runtime: Runtime):
    card = answers.describe_query(runtime, {"name": "GeForce GPU", "tdp_w": 107})
    powers = [gpu["tdp_w"] for gpu in card["comparable"]]
    assert powers[0] == pytest.approx(107, rel=0.1)
    assert all(107 / 1.5 < power < 107 * 1.5 for power in powers)


def test_the_catalogue_lists_the_power_of_sheets(runtime: Runtime):
    (gpu,) = answers.search_gpus(runtime, "Radeon RX 6500 XT", "Desktop", 1, 0)["gpus"]
    assert (gpu["name"], gpu["tdp_w"], gpu["tdp_w_source"]) == ("Radeon RX 6500 XT", 107.0, "listed")


def test_a_card_that_is_refused_says_why(runtime: Runtime):
    with pytest.raises(UnknownGpuError, match="no such GPU: GPUs of Apple are not covered"):
        answers.describe_gpu(runtime, "Apple M2 Pro")
