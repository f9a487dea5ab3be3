import pytest

from gpu_kedro.contracts.v1 import PredictionColumns

NAMES = ["GeForce RTX 3070", "Radeon RX 6700 XT", "never heard of"]


def test_columns_come_back_in_the_order_asked(client, version):
    answer = client.post("/v1/predict/batch", json={"name": NAMES, "tdp_w": [220, None, 75]})
    assert answer.status_code == 200
    told = answer.json()
    PredictionColumns.model_validate(told)
    assert (told["name"], told["rows"], told["model_version"]) == (NAMES, 3, version)
    assert set(PredictionColumns.model_fields) == set(told)


def test_a_batch_says_what_single_predictions_say(client):
    batch = client.post("/v1/predict/batch", json={"name": NAMES, "spec_tdp_w": [None, 230, 75]}).json()
    for place, (name, watts) in enumerate(zip(NAMES, (None, 230, 75), strict=True)):
        specs = {"tdp_w": watts} if watts else None
        single = client.post("/v1/predict", json={"name": name, "specs": specs}).json()
        for target in ("g3d_mark", "price_usd", "tdp_w"):
            assert batch[f"{target}_value"][place] == pytest.approx(single[target]["value"], rel=1e-9)
            assert batch[f"{target}_low_90"][place] == pytest.approx(single[target]["interval_90"][0], rel=1e-9)


def test_sheets_need_no_names(client):
    told = client.post("/v1/predict/batch", json={"spec_shading_units": [4000, 8000], "spec_tdp_w": [100, None]}).json()
    assert told["name"] == [None, None]
    assert told["match_kind"] == ["sheet", "sheet"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({}, "give at least the column `name` or one column `spec_…`"),
        ({"name": []}, "there are no rows"),
        ({"name": ["a", "b"], "tdp_w": [1]}, "every column must have the same number of rows"),
        ({"name": ["a", None]}, "row 1 (counted from 0) has neither a name nor a specification"),
        ({"tdp_w": [100]}, "row 0 (counted from 0) has neither a name nor a specification"),
        ({"name": ["a"] * 10_001}, "List should have at most 10000 items after validation, not 10001"),
        ({"name": ["a"], "specs": [{}]}, "unknown field"),
    ],
)
def test_columns_that_are_no_table_are_refused(client, problem, columns, message):
    told = problem(client.post("/v1/predict/batch", json=columns), 422)
    assert message in [error["msg"] for error in told["errors"]]


def test_a_bad_cell_is_named_by_column_and_row(client, problem):
    told = problem(client.post("/v1/predict/batch", json={"name": ["a", "b"], "tdp_w": [1, -1]}), 422)
    assert told["errors"][0]["loc"] == ["body", "tdp_w", 1]


def test_ten_thousand_bad_cells_make_a_short_error(client, problem):
    columns = {"name": ["a"] * 10_000, "tdp_w": [-1] * 10_000}
    assert len(problem(client.post("/v1/predict/batch", json=columns), 422)["errors"]) == 20


def test_ten_thousand_rows_are_answered(client):
    told = client.post("/v1/predict/batch", json={"name": ["GeForce RTX 3070", "GTX 1060 6GB"] * 5000}).json()
    assert len(set(told["g3d_mark_value"])) == 2
    assert len(told["warnings"]) == 10_000
