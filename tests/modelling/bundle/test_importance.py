from typing import Any

import pytest
from workspace import Workspace

from gpu_kedro.datasets.bundles import BundleStoreDataset
from gpu_kedro.domain.features import build_features
from gpu_kedro.modelling.bundle.importance import measure_importance
from gpu_kedro.modelling.bundle.predictor import ServedBundle
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.pipelines.inference.nodes import identify_queries
from gpu_kedro.reports.importance import draw_importance, importance_table

NAMES = ("GeForce RTX 3070", "Radeon RX 580", "Quadro P2000", "GeForce GTX 960M")


@pytest.fixture(scope="module")
def importance(trained: Workspace) -> dict[str, Any]:
    served = ServedBundle(BundleStoreDataset(str(trained.bundles)).load())
    rows, _ = identify_queries([{"name": name} for name in NAMES], served)
    return measure_importance(rows, build_features(rows), served)


def test_every_target_rests_on_something_and_on_nothing_it_may_not_see(importance: dict[str, Any]):
    assert set(importance) == set(TARGETS)
    for found in importance.values():
        assert found["rows"] == 4
        weights = list(found["inputs"].values())
        assert weights == sorted(weights, reverse=True)
        # names and sheets were asked for, so no measured figure can have weight
        assert set(found["inputs"]) <= {"name", "compute", "memory", "chip", "release_year", "sheet_power", "form"}
    assert all(weight > 1 for weight in importance["g3d_mark"]["inputs"].values())


def test_the_sheets_power_is_what_power_rests_on(importance: dict[str, Any]):
    assert next(iter(importance["tdp_w"]["inputs"])) == "sheet_power"


def test_weights_are_drawn_and_tabulated():
    told = {"tdp_w": {"rows": 4, "inputs": {"sheet_power": 1.5, "memory": 1.1}}}
    figure = draw_importance(told, "tdp_w")
    assert list(figure.data[0].y) == ["power of the sheet", "memory and cache"]
    assert list(figure.data[0].text) == ["×/÷ 1.50", "×/÷ 1.10"]
    assert draw_importance({}, "tdp_w").data == ()
    assert importance_table(told).rows == (("memory and cache", "1.10"), ("power of the sheet", "1.50"))
