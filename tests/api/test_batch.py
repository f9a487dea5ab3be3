import pytest

from gpu_kedro.contracts.v1.columns import PredictionColumns

NAMES = ["GeForce RTX 3070", "Radeon RX 6700 XT", "never heard of"]


def test_columns_come_back_in_the_order_asked(client, version):
    answer = client.post("/v1/predict/batch", json={"name": NAMES, "tdp_w": [220, None, 75]})
    assert answer.status_code == 200
    told = answer.json()
    PredictionColumns.model_validate(told)
    assert (told["name"], told["rows"], told["model_version"]) == (NAMES, 3, version)
    assert {name for name, field in PredictionColumns.model_fields.items() if field.is_required()} == set(told)


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
        ({"name": [None, None]}, "no row has a name or a specification"),
        ({"tdp_w": [100]}, "no row has a name or a specification"),
        ([], "a list holds 1 to 1,000 GPUs; columns hold more"),
        ([{"name": "a"}] * 1001, "a list holds 1 to 1,000 GPUs; columns hold more"),
        ([{"nam": "a"}], "unknown field; did you mean `name`?"),
        (7, "must be an object"),
        ({"name": ["a"] * 10_001}, "List should have at most 10000 items after validation, not 10001"),
        ({"name": ["a"], "specs": [{}]}, "unknown field"),
    ],
)
def test_columns_that_are_no_table_are_refused(client, problem, columns, message):
    told = problem(client.post("/v1/predict/batch", json=columns), 422)
    assert message in [error["msg"] for error in told["errors"]]


def test_a_bad_row_costs_that_row(client):
    columns = {"name": ["RTX 3070", "RTX 3080", None, "RTX 3090"], "tdp_w": [None, -1, 3, None]}
    told = client.post("/v1/predict/batch", json=columns).json()
    assert told["error"] == [
        None,
        "tdp_w: Input should be greater than or equal to 0.01",
        "has neither a name nor a specification",
        None,
    ]
    assert told["name"] == ["RTX 3070", None, None, "RTX 3090"]
    assert told["answer"] == ["full", "none", "none", "full"]
    PredictionColumns.model_validate(told)


def test_where_no_row_can_be_taken_each_is_named(client, problem):
    told = problem(client.post("/v1/predict/batch", json={"name": ["a", "b"], "tdp_w": [-1, "x"]}), 422)
    assert [error["loc"] for error in told["errors"]] == [["body", "tdp_w", 0], ["body", "tdp_w", 1]]


def test_a_list_is_answered_by_a_list(client):
    rows = [{"name": "RTX 3070"}, {"name": "x", "tdp_w": -1}, 7, {"specs": {"shading_units": 4000}}]
    first, second, third, fourth = client.post("/v1/predict/batch", json=rows).json()
    assert first == client.post("/v1/predict", json=rows[0]).json()
    assert fourth == client.post("/v1/predict", json=rows[3]).json()
    assert second == {"error": "tdp_w: Input should be greater than or equal to 0.01"}
    assert third == {"error": "must be an object"}


def test_ten_thousand_bad_cells_make_a_short_error(client, problem):
    columns = {"name": ["a"] * 10_000, "tdp_w": [-1] * 10_000}
    assert len(problem(client.post("/v1/predict/batch", json=columns), 422)["errors"]) == 20


def test_ten_thousand_rows_are_answered(client):
    told = client.post("/v1/predict/batch", json={"name": ["GeForce RTX 3070", "GTX 1060 6GB"] * 5000}).json()
    assert len(set(told["g3d_mark_value"])) == 2
    assert len(told["warnings"]) == 10_000
