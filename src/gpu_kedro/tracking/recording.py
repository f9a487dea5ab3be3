"""What a run records beside its parameters: metrics, files, the model, and where it all comes from."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mlflow
from kedro.io import DataCatalog

from gpu_kedro.modelling.bundle.files import MANIFEST
from gpu_kedro.provenance import describe_commit, describe_environment, hash_lock
from gpu_kedro.tracking.children import record_child
from gpu_kedro.tracking.model import save_mlflow_model
from gpu_kedro.tracking.sync import PROCESS_TAG, name_process

MODEL = "model"
_METRICS_PER_CALL = 900


def describe_run(pipelines: list[str]) -> dict[str, str]:
    """Tags that a run starts with: pipeline, commit, lock file and process."""
    commit = describe_commit()
    return {
        "pipeline": "+".join(pipelines),
        "git_commit": commit["git_commit"] or "unknown",
        "git_dirty": str(commit["git_dirty"]).lower(),
        "lock_sha256": hash_lock() or "unknown",
        PROCESS_TAG: name_process(),
    }


def record_environment() -> None:
    """Log Python, machine and libraries as `environment.json`."""
    mlflow.log_dict(describe_environment(), "environment.json")


def record_seconds(seconds: Mapping[str, float]) -> None:
    """Log how long each node took, and all of them, as `seconds/<node>` and `seconds/all`."""
    record_metrics(
        {**{f"seconds/{name}": value for name, value in seconds.items()}, "seconds/all": sum(seconds.values())}
    )


def record_metrics(metrics: Mapping[str, float]) -> None:
    """Log any number of metrics."""
    names = list(metrics)
    for start in range(0, len(names), _METRICS_PER_CALL):
        mlflow.log_metrics({name: metrics[name] for name in names[start : start + _METRICS_PER_CALL]})


def record_output(name: str, catalog: DataCatalog) -> None:
    """Log what a dataset wrote, as `metadata: {tracking: …}` of its catalog entry says.

    One of `metrics`, `artifact`, `model` and `trials`.
    """
    dataset: Any = catalog.get(name)
    match (getattr(dataset, "metadata", None) or {}).get("tracking"):
        case "metrics":
            record_metrics(dict(flatten_metrics(name, catalog.load(name))))
        case "artifact":
            path = Path(os.fspath(dataset._filepath))
            if path.is_file():
                mlflow.log_artifact(str(path), artifact_path=path.parent.name)
        case "model":
            record_model(dataset.saved_folder())
        case "trials":
            record_trials(catalog.load(name))


def record_model(bundle: Path) -> None:
    """Log a bundle as an MLflow model (`model`) with its manifest, and tag the run with its version."""
    with tempfile.TemporaryDirectory(prefix="gpu_kedro_model_") as folder:
        path = Path(folder) / MODEL
        save_mlflow_model(bundle, path)
        mlflow.log_artifacts(str(path), artifact_path=MODEL)
    mlflow.log_artifact(str(bundle / MANIFEST), artifact_path="bundle")
    mlflow.set_tag("bundle_version", bundle.name)


def record_trials(tuning: Mapping[str, Any]) -> None:
    """Log every trial of a search as a child run, and what was chosen in each outer fold with its score there.

    Args:
        tuning: target → `folds` and `outer`, as `gpu_kedro.modelling.experiments.tuning.tune_target` gives them.
    """
    run = mlflow.active_run()
    if run is None:
        return
    store, parent = mlflow.get_tracking_uri(), run.info.run_id
    for target, found in tuning.items():
        for fold in found["folds"]:
            place = f"{target} fold {fold['fold']}"
            tags = {"target": target, "outer_fold": str(fold["fold"])}
            for number, trial in enumerate(fold["trials"]):
                metrics = {"inner_rmsle": trial["rmsle"]}
                record_child(store, parent, f"{place} trial {number}", trial["values"], metrics, tags)
            outer = {f"outer_{metric}": value for metric, value in fold["outer"]["chosen"].items()}
            record_child(store, parent, f"{place} chosen", fold["chosen"], outer, {**tags, "chosen": "true"})
        record_metrics(dict(flatten_metrics(f"tuning/{target}", found["outer"])))


def flatten_metrics(name: str, results: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Name every figure of a results dictionary.

    Results of a target are named `target/split/level/model/stratum/metric`, others `name/key/key`.
    """

    def walk(prefix: str, value: Any) -> Iterator[tuple[str, float]]:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                yield from walk(f"{prefix}/{key}", inner)
        elif isinstance(value, int | float) and value == value:
            yield prefix, float(value)

    if "splits" in results:
        yield from walk(str(results["target"]), results["splits"])
    else:
        yield from walk(name, results)


def number_lists(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn lists of dictionaries into dictionaries by position, so that they flatten too."""
    plain: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            value = {str(position): item for position, item in enumerate(value)}
        plain[key] = number_lists(value) if isinstance(value, Mapping) else value
    return plain
