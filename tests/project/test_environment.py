"""Every environment variable is listed, and nothing else."""

import re
from pathlib import Path

from api.settings import Settings
from streamlit_app.settings import Settings as AppSettings

PROJECT = Path(__file__).resolve().parents[2]


def test_env_example_lists_every_variable_and_no_value():
    lines = (PROJECT / ".env.example").read_text().splitlines()
    listed = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert all(line.startswith("#") or line.endswith("=") for line in lines if line)
    used = {
        "MLFLOW_TRACKING_URI",
        "MLFLOW_TRACKING_USERNAME",
        "MLFLOW_TRACKING_PASSWORD",
        "PORT",
        "DASK_SCHEDULER_ADDRESS",
    }
    used |= {f"GPU_KEDRO_{name.upper()}" for name in Settings.model_fields} - {"GPU_KEDRO_PORT"}
    used |= {f"GPU_KEDRO_APP_{name.upper()}" for name in AppSettings.model_fields} - {
        "GPU_KEDRO_APP_API_URL",
        "GPU_KEDRO_APP_BUNDLES",
        "GPU_KEDRO_APP_SERVICE_PORT",
    }
    used |= {"API_URL"}
    for source in [*PROJECT.glob("src/**/*.py"), *PROJECT.glob("conf/**/*.yml")]:
        used |= set(re.findall(r"GPU_KEDRO_[A-Z_]+", source.read_text()))
    assert listed == used
