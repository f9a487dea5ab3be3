"""How Kedro loads this project."""

from typing import Any

from gpu_kedro.hooks import HOOKS as PROJECT_HOOKS
from gpu_kedro.resolvers import absolute_path, read_environment, tracking_store

HOOKS = PROJECT_HOOKS
#: `gpu_kedro.hooks.TrackingHook` extends kedro-mlflow's hook and stands in for it.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-mlflow", "kedro_mlflow")
CONFIG_LOADER_ARGS: dict[str, Any] = {
    "base_env": "base",
    "default_run_env": "local",
    "config_patterns": {"mlflow": ["mlflow*", "mlflow*/**", "**/mlflow*"]},
    "custom_resolvers": {"env": read_environment, "project": absolute_path, "tracking_store": tracking_store},
    # without "soft" an environment that overrides one key drops its siblings
    "merge_strategy": {"globals": "soft", "mlflow": "soft", "parameters": "soft"},
}
