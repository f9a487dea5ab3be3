"""A copy of the project in a folder of its own, changed and used as a page of the documentation says."""

import json
import os
import re
import shutil
import subprocess
import sys

from workspace import PROJECT, Workspace

_COPIED = ("api", "conf", "src", "streamlit_app", "tests/data", "pyproject.toml", "requirements.lock")
#: One process for all commands: importing Kedro and MLflow anew would take longer than most of them.
_COMMANDS = """
import json, shlex, sys
from kedro.framework.cli.cli import main as kedro
from gpu_kedro.command_line import main as gpu_kedro

for line in json.load(sys.stdin):
    sys.argv = shlex.split(line)
    try:
        kedro() if sys.argv[0] == "kedro" else gpu_kedro()
    except SystemExit as end:
        if end.code: raise
"""


def read_blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)


class FreshCopy:
    """The project's code and configuration, with data of a workspace's own.

    Args:
        workspace: an empty folder; the copy lies in `project` there.
        trained: a run whose data is copied first.
    """

    def __init__(self, workspace: Workspace, trained: Workspace) -> None:
        self.workspace = workspace
        self.project = workspace.folder / "project"
        for name in _COPIED:
            source, copy = PROJECT / name, self.project / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy)
        shutil.copytree(trained.data, workspace.data)

    def insert(self, path: str, before: str, text: str) -> None:
        """Write text into a file of the copy, before a line that stands there once."""
        file = self.project / path
        content = file.read_text()
        assert content.count(before) == 1, (path, before)
        file.write_text(content.replace(before, text + before))

    def run(self, commands: list[str], then: str = "") -> subprocess.CompletedProcess[str]:
        """Run `kedro` (in the `test` environment) and `gpu-kedro` commands, then a piece of Python, in one process."""
        lines = [line + (" --env test" if line.startswith("kedro run") else "") for line in commands]
        paths = f"{self.project / 'src'}{os.pathsep}{self.project}"
        return subprocess.run(
            [sys.executable, "-c", _COMMANDS + then], cwd=self.project, input=json.dumps(lines), text=True,
            env=os.environ | self.workspace.environment() | {"PYTHONPATH": paths}, capture_output=True, timeout=600,
        )  # fmt: skip
