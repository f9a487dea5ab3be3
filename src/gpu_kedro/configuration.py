"""How the configuration in `conf/` is read, by Kedro and by the commands that run without it."""

import warnings
from collections.abc import Mapping
from typing import Any, TypeVar

from kedro.config import OmegaConfigLoader
from pydantic import BaseModel, ValidationError

from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.resolvers import PROJECT_PATH, absolute_path, read_environment, tracking_remote, tracking_store

CONFIG_LOADER_ARGS: dict[str, Any] = {
    "base_env": "base",
    "default_run_env": "local",
    "config_patterns": {
        "mlflow": ["mlflow*", "mlflow*/**", "**/mlflow*"],
        "promotion": ["promotion*"],
        "tracking": ["tracking*"],
    },
    "custom_resolvers": {
        "env": read_environment,
        "project": absolute_path,
        "tracking_remote": tracking_remote,
        "tracking_store": tracking_store,
    },
    # without "soft" an environment that overrides one key drops its siblings
    "merge_strategy": dict.fromkeys(("globals", "mlflow", "parameters", "promotion", "tracking"), "soft"),
}


Settings = TypeVar("Settings", bound=BaseModel)


class SettingsError(GpuKedroError):
    """A file in `conf/` holds what it may not."""


def check_settings(model: type[Settings], values: Mapping[str, Any], file: str) -> Settings:
    """Check the values of a file in `conf/`.

    Args:
        model: what they must be.
        values: as the configuration has them.
        file: name of the file without its ending.

    Raises:
        SettingsError: names the first setting that is wrong.
    """
    try:
        return model.model_validate(values)
    except ValidationError as err:
        first = err.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"conf/*/{file}.yml: {place}: {first['msg']}") from err


def open_configuration(env: str) -> OmegaConfigLoader:
    """The project's configuration as `kedro run --env` sees it."""
    # Kedro registers resolvers as OmegaConf no longer likes it; nothing that a user could act on
    warnings.filterwarnings("ignore", category=UserWarning, module=r"kedro\.config\.")
    return OmegaConfigLoader(conf_source=str(PROJECT_PATH / "conf"), env=env, **CONFIG_LOADER_ARGS)
