import json
import subprocess
import sys

import pytest

FOREIGN = [
    "mlflow",
    "kedro_mlflow",
    "kedro_viz",
    "kedro.runner",
    "streamlit",
    "matplotlib",
    "pandas",
    "catboost",
    "sklearn",
    "pyarrow",
]
SCRIPT = """
import json, sys
from pathlib import Path
import api.server
{then}
print(json.dumps([name for name in {foreign} if name in sys.modules]))
"""
PREDICT = """
import tempfile
from gpu_kedro.serving.prediction_log import PredictionLog, record_runtime
from gpu_kedro.serving.runtime import RuntimeStore
store = RuntimeStore(Path({bundles!r}))
store.reload_if_changed()
with tempfile.TemporaryDirectory() as folder:
    log = PredictionLog(Path(folder))
    log.start()
    record_runtime(store.current(), log).predict([{{"name": "RTX 3070"}}])
    log.stop()
    assert log.written == 1
"""


def import_in_a_fresh_interpreter(then):
    script = SCRIPT.format(then=then, foreign=FOREIGN)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_the_service_imports_nothing_it_does_not_need():
    assert import_in_a_fresh_interpreter("") == []


def test_a_single_prediction_imports_nothing_more(bundles):
    assert import_in_a_fresh_interpreter(PREDICT.format(bundles=str(bundles))) == []


@pytest.mark.parametrize("module", ["api.settings", "api.main"])
def test_importing_reads_no_settings(module, tmp_path):
    script = f"import {module}"
    environment = {"GPU_KEDRO_MAX_JSON_BYTES": "nonsense", "PYTHONPATH": "."}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True, timeout=60)
