"""A bundle in MLflow's model format, saved as plain files: old servers take it as an artifact.

`log_model` would ask the server for endpoints that DagsHub's does not have. Signature and requirements are given, so
that MLflow does not load the model to find them out, which costs 5 to 9 seconds.
"""

import shutil
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import mlflow.pyfunc
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types.schema import AnyType, ColSpec, DataType, Schema

from gpu_kedro.domain.identify import KNOWN_FIELDS
from gpu_kedro.modelling.targets import REGRESSION_TARGETS

_PACKAGE = Path(__file__).resolve().parents[1]
#: What answering does not need; every file is a request to a server.
_LEFT_OUT = shutil.ignore_patterns(
    "__pycache__",
    *("datasets", "hooks", "promotion", "reports", "tracking"),
    *("batch_inference", "classification", "data_processing", "monitoring", "packaging", "regression", "reporting"),
    *("command_line.py", "configuration.py", "pipeline_registry.py", "settings.py"),
)
#: What `gpu_kedro.serving` imports, and what MLflow needs to load the model; a test installs exactly these.
_REQUIREMENTS = (
    "kedro",
    "mlflow",
    "numpy",
    "onnxruntime",
    "orjson",
    "pandas",
    "pydantic",
    "python-dotenv",
    "rapidfuzz",
    "threadpoolctl",
)


def save_mlflow_model(bundle: Path, path: Path) -> None:
    """Write the bundle in a folder as an MLflow model into a new folder, for `mlflow.pyfunc.load_model`."""
    with tempfile.TemporaryDirectory(prefix="gpu_kedro_model_") as name:
        staging = Path(name)
        archive = staging / "bundle.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            for member in sorted(item for item in bundle.rglob("*") if item.is_file()):
                file.write(member, member.relative_to(bundle).as_posix())
        code = shutil.copytree(_PACKAGE, staging / _PACKAGE.name, ignore=_LEFT_OUT)
        mlflow.pyfunc.save_model(
            str(path),
            python_model=str(Path(__file__).with_name("served_model.py")),
            artifacts={"bundle": str(archive)},
            code_paths=[str(code)],
            signature=_signature(),
            input_example=pd.DataFrame(
                {"name": ["GeForce RTX 3070", "Radeon RX 6600"], "tdp_w": [float("nan"), 132.0]}
            ),
            pip_requirements=[f"{library}=={version(library)}" for library in _REQUIREMENTS],
        )


def _signature() -> ModelSignature:
    figures = [
        *(ColSpec(DataType.double, f"{name}_{part}") for name in REGRESSION_TARGETS for part in ("value", "predicted")),
        *(ColSpec(DataType.string, f"{name}_source") for name in REGRESSION_TARGETS),
    ]
    texts = ("name", "model_version", "answer", "reason", "match_spec", "segment", "segment_source", "warnings")
    return ModelSignature(
        inputs=Schema(
            [
                ColSpec(DataType.string, "name"),
                # MLflow refuses whole numbers for doubles; the model itself refuses what is no number
                *(ColSpec(AnyType(), field, required=False) for field in KNOWN_FIELDS),
            ]
        ),
        outputs=Schema([*(ColSpec(DataType.string, name) for name in texts), *figures]),
    )
