"""Requests made up from the service's own description, against the real service with a real bundle."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent / "schemathesis"


def test_the_service_keeps_to_its_description(start_server, tmp_path):
    """Every check of Schemathesis, in every phase; the exceptions are in `schemathesis.toml` with their reasons."""
    _, port = start_server(log_level="WARNING")
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml"]
    command += [
        "run",
        f"http://127.0.0.1:{port}/openapi.json",
        "--checks",
        "all",
        "--continue-on-failure",
        "--no-color",
    ]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    assert "Tested: 14" in done.stdout
