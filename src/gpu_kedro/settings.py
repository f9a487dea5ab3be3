"""How Kedro loads this project."""

from rich.console import Console

from gpu_kedro.configuration import CONFIG_LOADER_ARGS as CONFIG_LOADER_ARGS
from gpu_kedro.hooks.drift_alarm import DriftHook
from gpu_kedro.hooks.parameters import ParametersHook
from gpu_kedro.hooks.progress import ProgressHook
from gpu_kedro.hooks.repeatability import RepeatabilityHook
from gpu_kedro.hooks.run_lock import RunLockHook
from gpu_kedro.promotion.hook import PromotionHook
from gpu_kedro.resolvers import read_env_file
from gpu_kedro.tracking.hook import SendingHook, TrackingHook
from gpu_kedro.tracking.notes import RunNotes, Stopwatch
from gpu_kedro.tracking.server.outbox import Outbox

read_env_file()
_CONSOLE = Console(stderr=True)
_STOPWATCH = Stopwatch()
_NOTES = RunNotes()
_OUTBOX = Outbox(_CONSOLE)
#: Called in reverse order: what is recorded comes before what is printed, then the run is sent, alarms come last.
HOOKS = (
    DriftHook(),
    SendingHook(_OUTBOX),
    ProgressHook(_CONSOLE, _STOPWATCH, _NOTES),
    RepeatabilityHook(),
    TrackingHook(_STOPWATCH, _OUTBOX, _NOTES),
    PromotionHook(_NOTES),
    ParametersHook(),
    RunLockHook(),
)
#: `gpu_kedro.tracking.hook.TrackingHook` reads kedro-mlflow's settings and stands in for its hook.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-mlflow", "kedro_mlflow")
