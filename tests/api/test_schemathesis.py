"""Requests made up from the service's own description, against the real service with a real bundle."""

import os
import re
import subprocess
import sys
from pathlib import Path

from promises import promise

HERE = Path(__file__).parent / "schemathesis"


@promise("input.schemathesis", "made-up requests that the running service answers other than it says", at_most=0)
def test_the_service_keeps_to_its_description(start_server, tmp_path, measured):
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
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)
    generated = re.search(r"([\d,]+) generated(?:, [\d,]+ found (\d+) unique failures?)?", done.stdout)
    assert generated, done.stdout[-8000:] + done.stderr
    phases = re.findall(r"✅ (Examples|Coverage|Fuzzing|Stateful)", done.stdout.partition("Test Phases")[2])
    measured("input.schemathesis", int(generated[2] or 0), f"{generated[1]} requests in {len(phases)} phases")
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    assert "Tested: 17" in done.stdout
    assert phases == ["Examples", "Coverage", "Fuzzing", "Stateful"]
