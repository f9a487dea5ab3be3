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
import json, os, re, shlex, sys
from kedro.framework.cli.cli import main as kedro
from gpu_kedro.command_line import main as gpu_kedro

for line in json.load(sys.stdin):
    print(">", line, file=sys.stderr, flush=True)
    words, given = shlex.split(line, comments=True), {}
    while re.match(r"[A-Z_]+=", words[0]):
        name, _, value = words.pop(0).partition("=")
        given[name] = value
    sys.argv = words
    os.environ.update(given)
    try:
        kedro() if words[0] == "kedro" else gpu_kedro()
    except SystemExit as end:
        if end.code: raise
    for name in given:
        del os.environ[name]
"""


#: What a page says that needs another machine, or that another test does: how the line begins → which.
ELSEWHERE = {
    "git clone ": "an address of the repository",
    "cd ": "follows git clone",
    "source ": "every test is run with these programs",
    "make ": "a target of the Makefile (tests/project/test_readme.py); what it starts has tests of its own",
    "kedro package": "tests/project/test_wheel.py",
    "python -m ": "tests/project/test_wheel.py",
    "tar ": "tests/project/test_wheel.py",
    "docker ": "tests/deploy/test_compose.py",
    "curl ": "tests/api/test_clients.py and the routes' own tests",
    "MLFLOW_TRACKING_": "an account; tests/tracking/test_real_servers.py",
    "kedro run --env dagshub": "tests/tracking/test_real_servers.py",
    "gpu-kedro tracking sync": "tests/tracking/test_sync.py",
    "kedro run --pipeline monitoring": "tests/e2e/test_monitoring.py",
}


def read_commands(page: str) -> list[str]:
    """The commands of a page in their order, without remarks and what may be left out in brackets.

    Answers that stand below a `$ command` are none.
    """
    commands: list[str] = []
    for block in read_blocks(page, "console"):
        lines = [re.split(r"  #| +\[", line)[0].rstrip() for line in block.splitlines()]
        asked = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        commands += asked or lines
    return commands


def is_run_here(command: str) -> bool:
    """Whether the tests of pages run it."""
    return not command.startswith(tuple(ELSEWHERE))


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

    @staticmethod
    def _fit(line: str) -> str:
        """A command of a page as it is run here: on the sample."""
        return line if "--env" in line else line.replace("kedro run", "kedro run --env test")

    def insert(self, path: str, before: str, text: str) -> None:
        """Write text into a file of the copy, before a line that stands there once."""
        file = self.project / path
        content = file.read_text()
        assert content.count(before) == 1, (path, before)
        file.write_text(content.replace(before, text + before))

    def run(self, commands: list[str], then: str = "") -> subprocess.CompletedProcess[str]:
        """Run `kedro` (in the `test` environment) and `gpu-kedro` commands, then a piece of Python, in one process."""
        table = self.project / "your_table.csv"
        lines = [self._fit(line).replace("/path/to/your_table.csv", str(table)) for line in commands]
        paths = f"{self.project / 'src'}{os.pathsep}{self.project}"
        return subprocess.run(
            [sys.executable, "-c", _COMMANDS + then], cwd=self.project, input=json.dumps(lines), text=True,
            env=os.environ | self.workspace.environment() | {"PYTHONPATH": paths}, capture_output=True, timeout=600,
        )  # fmt: skip
