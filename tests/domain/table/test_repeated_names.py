import pytest
from raw_rows import clean, row

from gpu_kedro.domain.table.repeated_names import make_slug


def test_exact_repetition_is_rejected_once():
    gpus, ledger = clean(row(), row(price_usd="$299.99"), row())
    assert gpus["source_row"].tolist() == [2]
    assert ledger.loc[ledger["action"] == "rejected", ["source_row", "rule"]].to_numpy().tolist() == [
        [3, "exact_duplicate"],
        [4, "exact_duplicate"],
    ]


def test_of_one_name_the_newest_then_fullest_row_stays():
    gpus, ledger = clean(
        row(test_year="2019", price_usd="250"),
        row(test_year="2021", price_usd=None),
        row(test_year="2021", price_usd="200"),
    )
    assert gpus[["source_row", "price_usd"]].to_numpy().tolist() == [[4, 200.0]]
    assert ledger["rule"].tolist() == ["superseded", "superseded"]
    assert ledger["detail"].iloc[0] == (
        "row 4 stays; rejected values: "
        "g3d_mark=10000, g2d_mark=700, price_usd=250, tdp_w=120, test_year=2019, segments=Desktop"
    )


def test_two_spellings_of_one_name_both_stay_and_are_flagged():
    gpus, ledger = clean(row(name="RADEON HD6370D", g3d_mark="320"), row(name="Radeon HD 6370D", g3d_mark="254"))
    assert gpus["gpu_id"].tolist() == ["radeon-hd-6370d--2", "radeon-hd-6370d"]
    twin = ledger[ledger["rule"] == "twin_name"]
    assert twin[["source_row", "action", "detail"]].to_numpy().tolist() == [
        [2, "flagged", "another observation of radeon-hd-6370d (row 3); both stay"]
    ]


def test_a_plus_makes_another_model():
    gpus, ledger = clean(row(name="GeForce 9800 GTX"), row(name="GeForce 9800 GTX+"))
    assert gpus["gpu_id"].tolist() == ["geforce-9800-gtx", "geforce-9800-gtx-plus"]
    assert ledger.empty


@pytest.mark.parametrize(
    ("name", "slug"),
    [("GeForce GTX 1060 (Mobile)", "geforce-gtx-1060-mobile"), ("Radéon 7/8", "radeon-7-8"), ("видео", "gpu")],
)
def test_slug_is_plain_ascii(name, slug):
    assert make_slug(name) == slug
