"""What `mlflow models serve` runs: MLflow's scoring server under Uvicorn, with the model that runs record."""

import tempfile
from pathlib import Path

import mlflow.pyfunc
import uvicorn
from mlflow.pyfunc import scoring_server

from bench.servers.arguments import read_arguments
from gpu_kedro.serving.runtime import read_version
from gpu_kedro.tracking.model import save_mlflow_model

if __name__ == "__main__":
    store, port = read_arguments()
    with tempfile.TemporaryDirectory(prefix="gpu_kedro_mlflow_") as folder:
        path = Path(folder) / "model"
        save_mlflow_model(store / read_version(store), path)
        app = scoring_server.init(mlflow.pyfunc.load_model(str(path)))
        uvicorn.run(app, port=port)
