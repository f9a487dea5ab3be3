"""Mirrors promotions into a server's model registry, where it has one; the project's own pointer decides."""

from collections.abc import Mapping
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from gpu_kedro.tracking.errors import explain_failure, hide_secrets
from gpu_kedro.tracking.options import read_tracking_options
from gpu_kedro.tracking.recording import MODEL
from gpu_kedro.tracking.server.probe import bound_requests, has_registry

ALIAS = "champion"
_REQUEST_SECONDS = 10
_VERSION_TAG = "bundle_version"


def mirror_promotion(config: Mapping[str, Any], version: str) -> str:
    """Point the registered model's alias `champion` at the sent run that holds a version of the bundle.

    Returns:
        What was done, or why nothing could be, in one line; a registry that fails never undoes a promotion.
    """
    options = read_tracking_options(config)
    place = hide_secrets(options.remote) or "no tracking server"
    bound_requests(_REQUEST_SECONDS)
    if not options.remote or not has_registry(options.remote, options.probe_seconds):
        return f"registry: {place} has none, nothing is mirrored"
    client = MlflowClient(options.remote)
    try:
        return f"registry: {_mirror(client, config, options.registry_model, version)} at {place}"
    except MlflowException as err:
        return f"registry: not mirrored: {explain_failure(err)}"


def _mirror(client: MlflowClient, config: Mapping[str, Any], model: str, version: str) -> str:
    experiment = client.get_experiment_by_name(config["mlflow"]["tracking"]["experiment"]["name"])
    searched = [experiment.experiment_id] if experiment else []
    runs = searched and client.search_runs(searched, f"tags.{_VERSION_TAG} = '{version}'", max_results=1)
    if not runs:
        return f"no run of {version} was sent yet (`gpu-kedro tracking sync`), nothing is mirrored"
    if not client.search_registered_models(filter_string=f"name = '{model}'"):
        client.create_registered_model(model)
    for registered in client.search_model_versions(f"name = '{model}'"):
        if (registered.tags or {}).get(_VERSION_TAG) == version:
            break
    else:
        registered = client.create_model_version(
            model, f"{runs[0].info.artifact_uri}/{MODEL}", run_id=runs[0].info.run_id, tags={_VERSION_TAG: version}
        )
    client.set_registered_model_alias(model, ALIAS, str(registered.version))
    return f"{model} version {registered.version} is {ALIAS}"
