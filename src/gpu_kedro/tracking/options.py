"""Settings of the tracking server, read from `conf/*/tracking.yml`."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gpu_kedro.configuration import check_settings
from gpu_kedro.resolvers import is_server
from gpu_kedro.tracking.errors import TrackingError


class TrackingOptions(BaseModel):
    """Where finished runs are sent, and what an outage may cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    remote: str = Field(description="HTTP address of the server; empty: runs stay here")
    is_required: bool = Field(description="no run starts without the server")
    probe_seconds: float = Field(gt=0, le=10)
    send_seconds: float = Field(gt=0, description="for sending at the end of a run, plus one for each 100 kB sent")
    registry_model: str = Field(description="name of the registered model that promotions are mirrored to, or empty")


def read_tracking_options(config: Mapping[str, Any], remote: str | None = None) -> TrackingOptions:
    """Check the settings.

    Args:
        config: the configuration, by kind.
        remote: an address that is used instead of the configured one.

    Raises:
        SettingsError: names the setting that is wrong.
        TrackingError: there is no such server, or none where one is needed.
    """
    values = {**config["tracking"]} | ({} if remote is None else {"remote": remote.rstrip("/")})
    options = check_settings(TrackingOptions, values, "tracking")
    if options.remote and not is_server(options.remote):
        raise TrackingError(
            f"{options.remote!r} is not the address of a server: it must start with http:// or https://"
        )
    if options.is_required and not options.remote:
        raise TrackingError(
            "this environment needs a tracking server: set MLFLOW_TRACKING_URI, for DagsHub "
            "https://dagshub.com/<user>/<repo>.mlflow, in the environment or in .env"
        )
    return options
