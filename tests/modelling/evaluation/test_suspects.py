"""Each kind of evidence on a table small enough to read, and what the real table's known errors give."""

import numpy as np
import pandas as pd
import pytest

from gpu_kedro.modelling.evaluation.suspects import COLUMNS, KIND_TITLES, find_suspects, summarise_suspects

LEDGER = pd.DataFrame(
    {"source_row": [9], "name": ["MIRRORV3"], "action": ["rejected"], "rule": ["not_a_gpu"], "detail": ["a driver"]}
)
NOTHING = {target: pd.DataFrame() for target in ("g3d_mark", "price_usd", "tdp_w", "segment")}


def gpu(gpu_id: str, **fields) -> dict:
    plain = {
        "gpu_id": gpu_id, "name": gpu_id.upper(), "series": gpu_id, "is_mobile": False, "kind": "discrete",
        "is_strict": True, "spec_name": gpu_id, "spec_tdp_w": np.nan, "segment": None, "g3d_mark": 1000.0,
        "price_usd": np.nan, "tdp_w": np.nan,
    }  # fmt: skip
    return {**plain, **fields}


def find(*gpus: dict, ledger: pd.DataFrame = LEDGER.iloc[:0], **unseen: pd.DataFrame) -> pd.DataFrame:
    primary = pd.DataFrame(gpus or [gpu("a")])
    clean = primary[["gpu_id"]].assign(source_row=range(2, 2 + len(primary)))
    raw = pd.DataFrame({"source_row": [9], "g3d_mark": [1081.0]})
    return find_suspects(raw, clean, primary, ledger, {**NOTHING, **unseen})


def predictions(gpu_id: str, level: str, **columns) -> pd.DataFrame:
    return pd.DataFrame({"gpu_id": [gpu_id], "split": "grouped", "level": level, **columns})


def test_a_clean_table_has_no_suspects():
    found = find()
    assert found.empty
    assert list(found.columns) == list(COLUMNS)
    assert summarise_suspects(found)["by_kind"] == dict.fromkeys(KIND_TITLES, 0)


@pytest.mark.parametrize(("power", "told"), [(49.0, 0), (51.0, 1), (100.0, 1), (31.0, 1)])
def test_power_is_held_against_the_sheet(power: float, told: int):
    found = find(gpu("a", tdp_w=power, spec_tdp_w=40.0))
    assert len(found) == told


def test_a_suspect_says_where_it_is_and_why():
    (row,) = find(gpu("a"), gpu("hd 8350", tdp_w=4.4, spec_tdp_w=19.0)).to_dict("records")
    assert row == {
        "gpu_id": "hd 8350",
        "name": "HD 8350",
        "row_in_raw": 3,
        "field": "tdp_w",
        "value": "4.4",
        "expected": "19",
        "kinds": "against_sheet",
        "strength": "strong",
        "evidence": "the sheet of hd 8350 says 19 W, the table 4.4 W: 4.3 times less",
    }


def test_a_sheet_of_a_relative_is_no_evidence_of_power():
    assert find(gpu("a", tdp_w=4.4, spec_tdp_w=19.0, is_strict=False)).empty


@pytest.mark.parametrize(("true", "is_strict", "strength"), [(7.5, True, []), (8.6, True, ["fair"]), (9.6, True, ["strong"]), (8.6, False, []), (9.2, False, ["weak"])])  # fmt: skip  # noqa: E501
def test_a_score_far_outside_its_interval_is_told(true: float, is_strict: bool, strength: list[str]):
    errors = predictions("a", "specs", true=true, predicted=7.0, lower_90=6.0, upper_90=8.0)
    found = find(gpu("a", is_strict=is_strict, g3d_mark=float(np.exp(true))), g3d_mark=errors)
    assert found["strength"].tolist() == strength


def test_a_segment_that_models_find_most_unlikely_is_told():
    shares = {"p_Desktop": 0.09, "p_Workstation": 0.9, "p_Mobile": 0.01}
    (row,) = find(gpu("a", segment="Desktop"), segment=predictions("a", "specs", true=0, **shares)).to_dict("records")
    assert (row["value"], row["expected"], row["strength"]) == ("Desktop", "Workstation", "fair")
    assert find(gpu("a"), segment=predictions("a", "specs", true=1, **shares)).empty
    unsure = {"p_Desktop": 0.4, "p_Workstation": 0.6, "p_Mobile": 0.0}
    assert find(gpu("a"), segment=predictions("a", "specs", true=0, **unsure)).empty


def test_a_label_that_the_line_has_and_one_card_lacks_is_told():
    line = [gpu(f"q{place}", series="quadro", is_mobile=True, segment="Mobile, Workstation") for place in range(4)]
    odd = gpu("q9", series="quadro", is_mobile=True, segment="Mobile")
    (row,) = find(*line, odd).to_dict("records")
    assert (row["gpu_id"], row["expected"]) == ("q9", "Mobile, Workstation")
    assert row["evidence"] == "of 4 other laptop cards of the line quadro it alone lacks Workstation (4)"


def test_of_two_twins_the_one_that_models_expect_less_is_told():
    twins = [gpu("a", spec_name="GT 430", g3d_mark=600.0), gpu("b", spec_name="GT 430", g3d_mark=220.0)]
    errors = pd.concat(
        predictions(one, "specs", true=true, predicted=6.3, lower_90=5.3, upper_90=7.3)
        for one, true in (("a", 6.4), ("b", 5.4))
    )
    (row,) = find(*twins, g3d_mark=errors).to_dict("records")
    assert (row["gpu_id"], row["value"], row["expected"]) == ("b", "220", "600")


def test_what_cleaning_left_out_is_told_with_its_score():
    (row,) = find(ledger=LEDGER).to_dict("records")
    assert (row["name"], row["row_in_raw"], row["kinds"]) == ("MIRRORV3", 9, "not_a_gpu")
    assert row["evidence"] == "a driver; the table has a score of 1,081 points"


def test_two_pieces_of_evidence_make_one_row_and_a_stronger_one():
    shares = {"p_Desktop": 0.09, "p_Workstation": 0.9, "p_Mobile": 0.01}
    line = [gpu(f"q{place}", series="wx", segment="Workstation") for place in range(4)]
    found = find(*line, gpu("q9", series="wx", segment="Desktop"), segment=predictions("q9", "specs", true=0, **shares))
    (row,) = found.to_dict("records")
    assert row["kinds"] == "against_line against_model"
    assert row["strength"] == "strong"


def test_nothing_is_changed():
    primary = pd.DataFrame([gpu("a", tdp_w=4.4, spec_tdp_w=19.0)])
    before = primary.copy()
    clean = pd.DataFrame({"gpu_id": ["a"], "source_row": [2]})
    find_suspects(pd.DataFrame({"source_row": [2], "g3d_mark": [1.0]}), clean, primary, LEDGER.iloc[:0], NOTHING)
    pd.testing.assert_frame_equal(primary, before)


def test_known_errors_of_the_real_table_are_found(primary_gpus: pd.DataFrame):
    clean = primary_gpus[["gpu_id"]].assign(source_row=range(2, 2 + len(primary_gpus)))
    raw = pd.DataFrame({"source_row": [], "g3d_mark": []})
    found = find_suspects(raw, clean, primary_gpus, LEDGER.iloc[:0], NOTHING).set_index(["name", "field"])
    for name in ("Radeon HD 8350", "Radeon HD 3850 X2"):
        assert found.loc[(name, "tdp_w"), "strength"] == "strong"
    assert found.loc[("Quadro RTX 4000 with Max-Q Design", "segment"), "expected"] == "Mobile, Workstation"
