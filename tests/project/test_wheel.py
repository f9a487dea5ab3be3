"""`kedro package` makes a wheel that runs where the project is not, with data in the working directory."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from workspace import PROJECT

PARTS = ("api", "conf", "src", "streamlit_app", "LICENSE", "README.md", "pyproject.toml")
IN_PYTHON = """
import gpu_kedro
from gpu_kedro.__main__ import main
written = main(["--conf-source", "conf", "--env", "test", "--pipelines", "data_processing"], standalone_mode=False)
print("WRITTEN", *sorted(written), gpu_kedro.__file__)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The Python of a fresh environment with the wheel in it, and a folder that holds the packed settings and a table.

    What the wheel depends on is that of the tests' own environment, where `.pth` files of this project do not count.
    """
    folder = tmp_path_factory.mktemp("wheel")
    source, home = folder / "source", folder / "home"
    for name in PARTS:
        path = PROJECT / name
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "local")
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=ignored)
        else:
            shutil.copy(path, source / name)
    sample = home / "tests" / "data" / "gpu_sample.csv"
    sample.parent.mkdir(parents=True)
    shutil.copy(PROJECT / "tests" / "data" / "gpu_sample.csv", sample)
    run([sys.executable, "-m", "kedro", "package"], source)
    (wheel,) = (source / "dist").glob("*.whl")
    run(["tar", "-xzf", str(source / "dist" / "conf-gpu_kedro.tar.gz")], home)
    uv, environment = str(Path(sys.executable).with_name("uv")), folder / "environment"
    run([uv, "venv", "--quiet", "--python", sys.executable, str(environment)], folder)
    python = environment / "bin" / "python"
    run([uv, "pip", "install", "--quiet", "--no-deps", "--python", str(python), str(wheel)], folder)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"])
    return python, home


def run(command: list[str], folder: Path) -> str:
    # Kedro tells processes of a project's own where its source is
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GPU_KEDRO_", "PYTHONPATH"))}
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def test_the_wheel_runs_with_settings_and_data_of_the_working_directory(installed: tuple[Path, Path]):
    python, home = installed
    arguments = ["--conf-source", "conf", "--env", "test", "--pipelines", "data_processing"]
    assert "[5/5] data_processing.measure_join" in run([str(python), "-m", "gpu_kedro", *arguments], home)
    told = run([str(python), "-c", IN_PYTHON], home)
    (line,) = [line for line in told.splitlines() if line.startswith("WRITTEN ")]
    written = line.split()
    assert {"ledger_summary", "join_reach"} <= set(written)
    assert written[-1].startswith(str(python.parents[1]))
    made = {path.relative_to(home).parts[0] for path in home.rglob("*") if path.is_file()}
    assert made == {"conf", "data", "mlruns", "tests"}
    assert (home / "data" / "test_run" / "03_primary" / "primary_gpus.parquet").is_file()
    assert not list(python.parents[1].rglob("*.parquet"))
