"""How the configuration in `conf/` is read, by Kedro and by the commands that run without it."""

import warnings
from typing import Any

from kedro.config import OmegaConfigLoader

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
    "merge_strategy": {
        "globals": "soft",
        "mlflow": "soft",
        "parameters": "soft",
        "promotion": "soft",
        "tracking": "soft",
    },
}


def open_configuration(env: str) -> OmegaConfigLoader:
    """The project's configuration as `kedro run --env` sees it."""
    # Kedro registers resolvers as OmegaConf no longer likes it; nothing that a user could act on
    warnings.filterwarnings("ignore", category=UserWarning, module=r"kedro\.config\.")
    return OmegaConfigLoader(conf_source=str(PROJECT_PATH / "conf"), env=env, **CONFIG_LOADER_ARGS)
