"""Settings of the tracking server, read from `conf/*/tracking.yml`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from gpu_kedro.configuration import check_settings
from gpu_kedro.resolvers import is_server
from gpu_kedro.tracking.errors import TrackingError


class TrackingOptions(BaseModel):
    """Where finished runs are sent, and what an outage may cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    artifact_stores: tuple[str, ...] = Field(
        description="beginnings of addresses where the server may have files put beside its own, e.g. s3://bucket/"
    )
    remote: str = Field(description="HTTP address of the server; empty: runs stay here")
    is_required: bool = Field(description="no run starts without the server")
    probe_seconds: float = Field(gt=0, le=10)
    send_seconds: float = Field(gt=0, description="for sending at the end of a run, plus one for each 100 kB sent")
    registry_model: str = Field(description="name of the registered model that promotions are mirrored to, or empty")

    def check_place(self, place: str | None) -> None:
        """See that the files of a run go to the server they are sent to, and nowhere else that it names.

        Raises:
            TrackingError: they would go elsewhere: into a folder of this machine, to another host, to an object store.
        """
        if not place:
            # MLflow would take an empty address for the folder that the process was started in
            raise TrackingError("no place for the files of a run, as a server does that is not MLflow's")
        url, own = urlsplit(place), urlsplit(self.remote)
        is_here = (url.hostname, url.port) == (own.hostname, own.port) or not url.netloc
        is_own = is_here and (url.scheme == "mlflow-artifacts" or (url.scheme == own.scheme and bool(url.netloc)))
        if not is_own and not any(store and place.startswith(store) for store in self.artifact_stores):
            raise TrackingError(
                f"the server has files put at {place[:60]!r}, not with itself; none was sent. Where that is right, "
                "allow it: `artifact_stores` in conf/local/tracking.yml"
            )


def read_tracking_options(config: Mapping[str, Any], remote: str | None = None) -> TrackingOptions:
    """Check the settings; `remote` is used instead of the configured address.

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
