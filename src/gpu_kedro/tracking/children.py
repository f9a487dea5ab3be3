"""Child runs: the trials of a tuning run, one below the other in MLflow's table."""

from collections.abc import Mapping
from typing import Any

from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID
from mlflow.utils.time import get_current_time_millis


def record_child(
    store: str,
    parent: str,
    name: str,
    params: Mapping[str, Any],
    metrics: Mapping[str, float],
    tags: Mapping[str, str] | None = None,
) -> str:
    """Record one finished child of a run; it is sent with its parent.

    Args:
        store: address of the store that the parent is recorded in.
        parent: its run id.
        name: of the child.
        params: logged as text.
        metrics: by name.
        tags: more tags.

    Returns:
        The child's run id.
    """
    client = MlflowClient(store)
    experiment = client.get_run(parent).info.experiment_id
    child: str = client.create_run(experiment, run_name=name, tags={MLFLOW_PARENT_RUN_ID: parent}).info.run_id
    now = get_current_time_millis()
    client.log_batch(
        child,
        metrics=[Metric(key, value, now, 0) for key, value in metrics.items()],
        params=[Param(key, str(value)) for key, value in params.items()],
        tags=[RunTag(key, value) for key, value in (tags or {}).items()],
    )
    client.set_terminated(child)
    return child
