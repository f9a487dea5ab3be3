"""What a run is called, the command that repeats it, and the process that records it."""

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from mlflow.entities import Run

PROCESS_TAG = "gpu_kedro.process"
#: Longer names are cut off by the table of MLflow's pages.
_LONGEST = 120
#: Option of `kedro run` → what Kedro calls it among the parameters of a run.
_CHOICES = {
    "namespaces": "namespaces",
    "tags": "tags",
    "nodes": "node_names",
    "from-nodes": "from_nodes",
    "to-nodes": "to_nodes",
    "from-inputs": "from_inputs",
    "to-outputs": "to_outputs",
}


def name_run(run_params: Mapping[str, Any]) -> str:
    """Pipelines, the part of them that ran, and the parameters that were given: `everything splits.seed=99`."""
    names = list_pipelines(run_params)
    parts = ["everything" if names == ["__default__"] else "+".join(names)]
    for option, name in _CHOICES.items():
        if chosen := ",".join(run_params.get(name) or ()):
            parts.append(f"{option} {chosen}" if "-" in option else chosen)
    parts.extend(_list_given(run_params.get("runtime_params") or {}))
    return " ".join(parts)[:_LONGEST]


def describe_command(run_params: Mapping[str, Any]) -> str:
    """The `kedro run` that does the same, as one types it into a shell."""
    words = ["kedro", "run"]
    if env := run_params.get("env"):
        words += ["--env", env]
    if (names := list_pipelines(run_params)) != ["__default__"]:
        words += ["--pipelines", ",".join(names)]
    for option, name in _CHOICES.items():
        if chosen := run_params.get(name):
            words += [f"--{option}", ",".join(chosen)]
    if versions := run_params.get("load_versions"):
        words += ["--load-versions", ",".join(f"{name}:{version}" for name, version in versions.items())]
    if (runner := name_runner(run_params)) != "SequentialRunner":
        words += ["--runner", runner]
    if run_params.get("only_missing_outputs"):
        words.append("--only-missing-outputs")
    if given := list(_list_given(run_params.get("runtime_params") or {})):
        words += ["--params", ",".join(given)]
    return shlex.join(words)


def list_pipelines(run_params: Mapping[str, Any]) -> list[str]:
    """Names of the pipelines that run; `__default__` when none was named."""
    return list(run_params.get("pipeline_names") or ["__default__"])


def name_runner(run_params: Mapping[str, Any]) -> str:
    """Class of the runner, which Kedro gives as the text of its object."""
    found = re.search(r"\w*Runner\b", str(run_params.get("runner")))
    return found[0] if found else "SequentialRunner"


def _list_given(params: Mapping[str, Any]) -> Iterator[str]:
    for name, value in flatten(params):
        yield f"{name}={value}"


def flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Name every single value in nested dictionaries and lists of dictionaries: `model.members.1.kind`."""
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from flatten(value, f"{name}.")
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            yield from flatten({str(place): item for place, item in enumerate(value)}, f"{name}.")
        else:
            yield name, value


def is_running(run: Run) -> bool:
    """Whether the process that records the run is still there; one that was killed leaves its run open."""
    if run.info.status != "RUNNING":
        return False
    host, _, process = run.data.tags.get(PROCESS_TAG, "").rpartition(":")
    if host != os.uname().nodename or not process.isdigit():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def name_process() -> str:
    """This process, as `is_running` looks it up."""
    return f"{os.uname().nodename}:{os.getpid()}"
