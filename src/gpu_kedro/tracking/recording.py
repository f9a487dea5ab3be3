"""What a run records: its parameters, the tables it read, figures, files, the model, and where it all comes from."""

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from mlflow.data.pandas_dataset import from_pandas
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT, MLFLOW_GIT_COMMIT, MLFLOW_SOURCE_NAME
from mlflow.utils.validation import MAX_PARAM_VAL_LENGTH
from pydantic import BaseModel

from gpu_kedro.modelling.bundle.files import MANIFEST
from gpu_kedro.pipelines.packaging.nodes import hash_table
from gpu_kedro.provenance import describe_commit, describe_environment, hash_lock
from gpu_kedro.tracking.model import save_mlflow_model
from gpu_kedro.tracking.naming import PROCESS_TAG, describe_command, flatten, list_pipelines, name_process, name_runner
from gpu_kedro.tracking.notes import RunNotes

MODEL = "model"
#: Every figure of a run, one row each, with the name that a metric of it has.
METRICS_TABLE = "metrics.json"
#: MLflow's pages show an experiment without a kind as one of language models.
EXPERIMENT_TAGS = {"mlflow.experimentKind": "custom_model_development"}
_TABLE = "raw_gpus"
_LONGEST_DIGEST = 36
#: Of a table that a run reads: rows that tell the types of its columns.
_TYPED_ROWS = 10_000
#: A dataset of so few figures has them all as metrics.
_FEW = 20
#: Which of many figures are metrics of the run: a run with thousands hides the ones that people compare.
_HEADLINES = re.compile(
    r"\w+/grouped/\w+/ours/all/(median_error|r2_log|coverage_90|width_90|exact|macro_f1)"
    r"|drift/\w+"
    r"|benchmark/targets/\w+/comparison/features/\w+/same_split/(median_error|exact)"
    r"|seconds/all"
)


def describe_run(run_params: Mapping[str, Any]) -> dict[str, str]:
    """Tags that a run starts with: what runs, commit, lock file and process."""
    commit = describe_commit()
    command = describe_command(run_params)
    return {
        "env": str(run_params.get("env") or "local"),
        "git_commit": commit["git_commit"] or "unknown",
        "git_dirty": str(commit["git_dirty"]).lower(),
        "kedro_command": command,
        "kedro_version": str(run_params.get("kedro_version", "")),
        "lock_sha256": hash_lock() or "unknown",
        "pipeline": "+".join(list_pipelines(run_params)),
        "runner": name_runner(run_params),
        MLFLOW_GIT_COMMIT: commit["git_commit"] or "",
        MLFLOW_SOURCE_NAME: command,
        PROCESS_TAG: name_process(),
    }


def record_parameters(pipeline: Pipeline, catalog: DataCatalog) -> None:
    """Log every parameter that a pipeline reads, options flattened into one parameter per value."""
    values = {}
    for name in sorted(pipeline.inputs()):
        if name.startswith("params:"):
            value = catalog.load(name)
            values[name.removeprefix("params:")] = (
                value.model_dump(mode="json") if isinstance(value, BaseModel) else value
            )
    mlflow.log_params({name: str(value)[:MAX_PARAM_VAL_LENGTH] for name, value in flatten(values)})


def record_input(run_id: str, name: str, table: Any, dataset: Any) -> None:
    """Log a table that a run read, with its digest; the run is tagged with the whole hash of the raw table.

    Anything but a table is left out. Any thread may ask, and MLflow's open run is that of one thread: so it is named.
    """
    if not isinstance(table, pd.DataFrame) or table.empty:
        return
    client, digest = mlflow.MlflowClient(), None
    if name == _TABLE:
        digest = hash_table(table)
        client.set_tag(run_id, "data_sha256", digest)
    source = getattr(dataset, "_filepath", None) or dataset._describe().get("package", name)
    # MLflow looks at every cell to tell the types of columns: half a minute for a million rows
    shown = table.head(_TYPED_ROWS)
    entry = from_pandas(shown, source=str(source), name=name, digest=digest and digest[:_LONGEST_DIGEST])
    profile = json.dumps({"num_rows": len(table), "num_elements": table.size})
    tags = [InputTag(MLFLOW_DATASET_CONTEXT, "input")]
    client.log_inputs(run_id, [DatasetInput(Dataset(**{**entry.to_dict(), "profile": profile}), tags)])


def record_surroundings(notes: RunNotes) -> None:
    """Log Python, machine and libraries as `environment.json`, and what other hooks have to say."""
    mlflow.log_dict(describe_environment(), "environment.json")
    mlflow.set_tags(notes.tags)
    for path, text in notes.texts.items():
        mlflow.log_text(text, path)


def record_figures(figures: Mapping[str, float]) -> None:
    """Log every figure in one table, and those that people compare as metrics of the run."""
    if figures:
        rows = {"name": list(figures), "value": list(figures.values())}
        mlflow.log_table(rows, METRICS_TABLE)
        mlflow.log_metrics(select_headlines(figures))


def select_headlines(figures: Mapping[str, float]) -> dict[str, float]:
    """Figures that are metrics of the run."""
    sizes = Counter(name.partition("/")[0] for name in figures)
    return {
        name: value
        for name, value in figures.items()
        if _HEADLINES.fullmatch(name) or (sizes[name.partition("/")[0]] <= _FEW and not name.startswith("seconds/"))
    }


def record_output(name: str, catalog: DataCatalog) -> dict[str, float]:
    """Log what a dataset wrote, as `metadata: {tracking: …}` of its catalog entry says, and give its figures.

    One of `metrics`, `artifact`, `model` and `trials`.
    """
    dataset: Any = catalog.get(name)
    match (getattr(dataset, "metadata", None) or {}).get("tracking"):
        case "metrics":
            return dict(list_figures(name, catalog.load(name)))
        case "artifact":
            path = Path(os.fspath(dataset._filepath))
            if path.is_file():
                mlflow.log_artifact(str(path), artifact_path=path.parent.name)
        case "model":
            record_model(dataset.saved_folder())
        case "trials":
            return record_trials(catalog.load(name))
    return {}


def record_model(bundle: Path) -> None:
    """Log a bundle as an MLflow model (`model`) with its manifest, and tag the run with its version."""
    with tempfile.TemporaryDirectory(prefix="gpu_kedro_model_") as folder:
        path = Path(folder) / MODEL
        save_mlflow_model(bundle, path)
        mlflow.log_artifacts(str(path), artifact_path=MODEL)
    mlflow.log_artifact(str(bundle / MANIFEST), artifact_path="bundle")
    mlflow.set_tag("bundle_version", bundle.name)


def record_trials(tuning: Mapping[str, Any]) -> dict[str, float]:
    """Log every trial of a search as a child run, and what was chosen in each outer fold with its score there.

    Args:
        tuning: target → `folds` and `outer`, as `gpu_kedro.modelling.experiments.tuning.tune_target` gives them.

    Returns:
        Figures of the search as a whole.
    """
    figures: dict[str, float] = {}
    for target, found in tuning.items():
        for fold in found["folds"]:
            place = f"{target} fold {fold['fold']}"
            tags = {"target": target, "outer_fold": str(fold["fold"])}
            for number, trial in enumerate(fold["trials"]):
                _record_child(f"{place} trial {number}", tags, trial["values"], {"inner_rmsle": trial["rmsle"]})
            outer = {f"outer_{metric}": value for metric, value in fold["outer"]["chosen"].items()}
            _record_child(f"{place} chosen", {**tags, "chosen": "true"}, fold["chosen"], outer)
        figures |= dict(list_figures(f"tuning/{target}", found["outer"]))
    return figures


def _record_child(name: str, tags: Mapping[str, str], params: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
    with mlflow.start_run(run_name=name, tags=dict(tags), nested=True):
        mlflow.log_params(dict(params))
        mlflow.log_metrics(dict(metrics))


def list_figures(name: str, results: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
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
