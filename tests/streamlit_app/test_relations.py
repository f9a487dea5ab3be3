import pandas as pd
import pytest

from streamlit_app.charts.relations import pair_siblings, select_gpus, split_groups, yearly_medians


@pytest.fixture
def known():
    """Two pairs of siblings, a Max-Q, a workstation card, and one below the floor."""
    rows = [
        # name, model, mobile, max-q, points, source, price, year, segment, vendor, architecture
        ("RTX 3070", "rtx 3070", False, False, 20000, "measured", 500, 2020, "Desktop", "nvidia", "Ampere"),
        ("RTX 3070 Laptop", "rtx 3070", True, False, 15000, "measured", 600, 2021, "Mobile", "nvidia", "Ampere"),
        ("RTX 3070 Max-Q", "rtx 3070", True, True, 9000, "measured", 600, 2021, "Mobile", "nvidia", "Ampere"),
        ("RX 580", "rx 580", False, False, 8000, "measured", 200, 2017, "Desktop", "amd", "GCN 4.0"),
        ("RX 580M", "rx 580", True, False, 4000, "predicted", 200, 2017, "Mobile", "amd", "GCN 4.0"),
        ("P5000", "p5000", False, False, 12000, "measured", 900, 2016, "Mobile, Workstation", "nvidia", "Pascal"),
        ("Old", "old 1", False, False, 4, "measured", 10, 2005, "Desktop", "amd", "X"),
        ("No year", "no 1", False, False, 900, "measured", 10, None, "Desktop", "amd", None),
    ]
    names = "name model is_mobile is_max_q g3d_mark g3d_mark_source price_usd release_year segment vendor architecture"
    return pd.DataFrame(rows, columns=names.split()).assign(kind="discrete", price_usd_source="measured")


def test_the_mobile_penalty_counts_pairs_of_the_same_number_without_max_q(known):
    pairs = pair_siblings(known, measured_only=False).set_index("model")
    assert pairs["share"].to_dict() == {"rtx 3070": 0.75, "rx 580": 0.5}
    assert pairs.loc["rtx 3070", "release_year"] == 2020


def test_predicted_siblings_can_be_left_out(known):
    assert pair_siblings(known, measured_only=True)["model"].tolist() == ["rtx 3070"]


def test_no_pairs_give_an_empty_table(known):
    assert pair_siblings(known[~known["is_mobile"]], measured_only=True).empty


def test_ratios_need_a_year_and_a_score_worth_the_name(known):
    gpus = select_gpus(known, "price_usd", measured_only=False)
    assert set(known["name"]) - set(gpus["name"]) == {"Old", "No year"}
    assert gpus.set_index("name").loc["RTX 3070", "ratio"] == 40.0
    assert "RX 580M" not in set(select_gpus(known, "price_usd", measured_only=True)["name"])


def test_a_card_of_two_segments_counts_in_both(known):
    groups = split_groups(select_gpus(known, "price_usd", measured_only=False), "segment")
    assert "P5000" in set(groups["Mobile"]["name"])
    assert "P5000" in set(groups["Workstation"]["name"])


def test_architectures_stand_in_the_order_of_their_years(known):
    groups = split_groups(select_gpus(known, "price_usd", measured_only=False), "architecture")
    assert list(groups) == ["Pascal", "GCN 4.0", "Ampere"]


def test_a_median_needs_three_cards():
    gpus = pd.DataFrame({"release_year": [2020, 2020, 2020, 2021], "ratio": [1.0, 3.0, 2.0, 9.0]})
    assert yearly_medians(gpus).to_dict("records") == [{"release_year": 2020, "ratio": 2.0, "rows": 3}]
