"""Catalog and registry hygiene: nothing undeclared, nothing left over, everything readable in Kedro-Viz."""

import re
from pathlib import Path
from typing import Any

import pytest
from kedro.config import OmegaConfigLoader
from kedro.pipeline import Pipeline

from gpu_kedro.pipeline_registry import register_pipelines
from gpu_kedro.settings import CONFIG_LOADER_ARGS

CONF = Path(__file__).resolve().parents[2] / "conf"
LAYERS = ("raw", "intermediate", "primary", "feature", "model_input", "models", "model_output", "reporting")


@pytest.fixture(scope="module")
def pipelines() -> dict[str, Pipeline]:
    return register_pipelines()


def _load(kind: str, env: str = "base") -> dict[str, Any]:
    loader = OmegaConfigLoader(conf_source=str(CONF), env=env, **CONFIG_LOADER_ARGS)
    return dict(loader[kind])


def _matches(name: str, entry: str) -> bool:
    """Whether a catalog entry, perhaps a pattern such as `{target}_results`, holds the dataset."""
    pattern = ".+".join(re.escape(part) for part in re.split(r"\{\w+\}", entry))
    return re.fullmatch(pattern, name) is not None


def test_these_pipelines_can_be_run_by_name(pipelines: dict[str, Pipeline]):
    expected = {"data_processing", "feature_engineering", "classification", "regression", "reporting", "monitoring"}
    expected |= {"packaging", "benchmark", "tuning", "market", "market_backtest"}
    assert expected | {"__default__"} <= set(pipelines)


def test_the_default_pipeline_is_all_that_train_and_report(pipelines: dict[str, Pipeline]):
    nodes = {node.name for node in pipelines["__default__"].nodes}
    assert nodes == {
        node.name
        for name, pipeline in pipelines.items()
        if name
        not in ("inference", "batch_inference", "market", "market_backtest", "monitoring", "benchmark", "tuning")
        for node in pipeline.nodes
    }


@pytest.mark.parametrize(
    "name", ["__default__", "data_processing", "feature_engineering", "classification", "regression"]
)
def test_a_pipeline_needs_sources_and_parameters_only(pipelines: dict[str, Pipeline], name: str):
    sources = {entry for entry in pipelines[name].inputs() if not entry.startswith("params:")}
    # the report tells of these when they were run, the bundle has the last one
    assert sources - {"benchmark", "tuning", "device_names"} == {"observations", "raw_gpus", "gpu_specs"}


def test_every_catalog_entry_is_used_by_a_pipeline(pipelines: dict[str, Pipeline]):
    used = set().union(*(pipeline.datasets() for pipeline in pipelines.values()))
    unused = [entry for entry in _load("catalog") if not any(_matches(name, entry) for name in used)]
    assert unused == []


def test_every_catalog_entry_has_a_layer_that_kedro_viz_can_draw():
    for name, entry in _load("catalog").items():
        assert entry["metadata"]["kedro-viz"]["layer"] in LAYERS, name


def test_every_dataset_has_a_layer(pipelines: dict[str, Pipeline]):
    entries = list(_load("catalog"))
    everything = set().union(*(pipeline.datasets() for pipeline in pipelines.values()))
    datasets = {name for name in everything if not name.startswith("params:")}
    assert [name for name in sorted(datasets) if not any(_matches(name, entry) for entry in entries)] == []


def test_catalog_files_lie_in_the_folder_of_their_layer():
    for name, entry in _load("catalog").items():
        path = entry.get("filepath") or entry.get("dataset", {}).get("filepath")
        if path is not None and name != "raw_gpus":
            assert f"_{entry['metadata']['kedro-viz']['layer']}/" in path, name


def test_no_pickle_is_written():
    for name, entry in _load("catalog").items():
        assert "pickle" not in str(entry).lower(), name


def test_every_parameter_is_used(pipelines: dict[str, Pipeline]):
    used = set().union(*(pipeline.inputs() for pipeline in pipelines.values()))

    def leaves(prefix: str, value: Any) -> list[str]:
        if f"params:{prefix}" in used or not isinstance(value, dict):
            return [prefix]
        return [leaf for key, inner in value.items() for leaf in leaves(f"{prefix}.{key}" if prefix else key, inner)]

    assert [name for name in leaves("", _load("parameters")) if f"params:{name}" not in used] == []


def test_every_parameter_that_is_asked_for_is_there(pipelines: dict[str, Pipeline]):
    parameters = _load("parameters")
    for pipeline in pipelines.values():
        for name in pipeline.inputs():
            if name.startswith("params:"):
                value: Any = parameters
                for key in name.removeprefix("params:").split("."):
                    assert key in value, name
                    value = value[key]


def test_every_node_and_pipeline_function_says_what_it_does(pipelines: dict[str, Pipeline]):
    for node in pipelines["__default__"].nodes:
        assert node.func.__doc__, node.name


def test_the_test_environment_changes_no_shape_of_the_models():
    base, small = _load("parameters"), _load("parameters", "test")
    for target in ("g3d_mark", "price_usd", "tdp_w"):
        kinds = [
            [member["kind"] for member in parameters["regression"][target]["model"]["members"]]
            for parameters in (base, small)
        ]
        assert kinds[0] == kinds[1]


def test_layers_follow_one_another_so_that_kedro_viz_can_draw_them(pipelines: dict[str, Pipeline]):
    catalog = _load("catalog")

    def layer_of(name: str) -> str | None:
        found = [entry for entry in catalog if _matches(name, entry)]
        exact = [entry for entry in found if entry == name] or found
        return catalog[exact[0]]["metadata"]["kedro-viz"]["layer"] if exact else None

    order = list(LAYERS)
    for node in {node for pipeline in pipelines.values() for node in pipeline.nodes}:
        for source in node.inputs:
            for result in node.outputs:
                before, after = layer_of(source), layer_of(result)
                if before and after:
                    assert order.index(before) <= order.index(after), f"{node.name}: {source} -> {result}"
