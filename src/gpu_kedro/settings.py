"""How Kedro loads this project."""

from gpu_kedro.configuration import CONFIG_LOADER_ARGS as CONFIG_LOADER_ARGS
from gpu_kedro.hooks import HOOKS as PROJECT_HOOKS
from gpu_kedro.resolvers import read_env_file

read_env_file()
HOOKS = PROJECT_HOOKS
#: `gpu_kedro.tracking.hook.TrackingHook` extends kedro-mlflow's hook and stands in for it.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-mlflow", "kedro_mlflow")
