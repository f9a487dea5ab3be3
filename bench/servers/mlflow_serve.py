"""What `mlflow models serve` runs: MLflow's scoring server under Uvicorn, with the bundle as a pyfunc model."""

import tempfile
from pathlib import Path

import mlflow.pyfunc
import uvicorn
from mlflow.pyfunc import scoring_server

from bench.servers.arguments import read_arguments

if __name__ == "__main__":
    store, port = read_arguments()
    with tempfile.TemporaryDirectory(prefix="gpu_kedro_mlflow_") as folder:
        path = Path(folder) / "model"
        mlflow.pyfunc.save_model(
            str(path),
            python_model=str(Path(__file__).with_name("mlflow_pyfunc.py")),
            artifacts={"bundles": str(store)},
            pip_requirements=["gpu_kedro"],
        )
        app = scoring_server.init(mlflow.pyfunc.load_model(str(path)))
        uvicorn.run(app, port=port)
