"""Each image holds a part of what requirements.lock pins, at the same versions, and the service needs no more."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from workspace import PROJECT

LOCKS = PROJECT / "deploy" / "locks"
#: What would make the image of the service large; it reads bundles without any of it.
TRAINING = {"catboost", "kedro-mlflow", "kedro-viz", "matplotlib", "mlflow", "pandas", "scikit-learn", "streamlit"}
SERVE = """
import importlib.abc, sys
allowed = set({allowed!r})
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in {known!r} and name.partition(".")[0] not in allowed:
            raise ModuleNotFoundError(f"not in the image: {{name}}", name=name)
sys.meta_path.insert(0, Absent())
import io
from pathlib import Path
import api.server
import pyarrow as pa, pyarrow.parquet as pq
from api.bodies.score_file import answer_csv, answer_parquet, open_upload
from gpu_kedro.serving.runtime import Runtime
runtime = Runtime.load(Path({bundles!r}))
print(runtime.predict([{{"name": "RTX 3070"}}])[0]["match"]["spec"])
file = io.BytesIO()
pq.write_table(pa.table({{"name": ["RX 6600"]}}), file)
table = open_upload(file.getvalue(), "parquet", runtime, None, 9)
print(pq.read_table(io.BytesIO(answer_parquet(table, runtime, None, int))).column("match_spec")[0])
table = open_upload("显卡型号\\nGTX 1080\\n".encode("gb18030"), None, runtime, None, 9)
print(b"".join(answer_csv(table, runtime, None)).decode().count("GeForce GTX 1080"))
"""


def read_pins(lock: Path) -> set[str]:
    """`name==version` with its marker, of every package of a lock."""
    return {
        line.removesuffix(" \\").split(" ;")[0] for line in lock.read_text().splitlines() if re.match("[a-z0-9]", line)
    }


@pytest.mark.parametrize("target", ["api", "app", "train"])
def test_an_image_holds_versions_of_the_project_s_own_lock(target: str):
    pins = read_pins(LOCKS / f"{target}.lock")
    assert len(pins) > 30
    assert pins - read_pins(PROJECT / "requirements.lock") == set()


@pytest.mark.parametrize(
    "lock",
    [
        "requirements.lock",
        "requirements-uv.lock",
        "bench/autogluon/requirements.lock",
        *(f"deploy/locks/{t}.lock" for t in ("api", "app", "train")),
    ],
)
def test_a_lock_has_hashes_and_names_no_index(lock: str):
    text = (PROJECT / lock).read_text()
    assert text.count("--hash=sha256:") >= len(read_pins(PROJECT / lock))
    assert "://" not in text


def test_the_image_of_the_service_holds_nothing_of_training():
    names = {pin.partition("==")[0] for pin in read_pins(LOCKS / "api.lock")}
    assert names & TRAINING == set()


def test_no_image_of_the_service_or_the_app_holds_what_only_tuning_and_comparing_need():
    for image in ("api", "app"):
        names = {pin.partition("==")[0] for pin in read_pins(LOCKS / f"{image}.lock")}
        assert names & {"autogluon-tabular", "optuna", "lightgbm", "xgboost-cpu"} == set()


def test_the_service_answers_with_the_packages_of_its_image(trained):
    names = {pin.partition("==")[0].replace("-", "_") for pin in read_pins(LOCKS / "api.lock")}
    owners = {
        module: {owner.lower().replace("-", "_") for owner in who} for module, who in packages_distributions().items()
    }
    allowed = {module for module, who in owners.items() if who & (names | {"gpu_kedro"})}
    script = SERVE.format(allowed=allowed, known=set(owners), bundles=str(trained.bundles))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:3] == ["GeForce RTX 3070", "Radeon RX 6600", "1"]
