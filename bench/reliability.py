"""`python -m bench.reliability`: keep what the README promises, and show every promise with its measured figure."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bench.results import describe_machine, write_figure, write_whole
from gpu_kedro.resolvers import PROJECT_PATH, absolute_path, read_environment

#: In the order of the table. A promise is called `<section>.<name>`.
SECTIONS = {
    "load": "Load",
    "change": "Change under load",
    "training": "Training under faults",
    "tracking": "Tracking faults",
    "input": "Hostile input",
    "data": "Data faults",
    "security": "Security",
    "score": "ML Test Score",
}
_COLOURS = {"pass": "green", "fail": "red", "not run": "yellow"}
#: Others need not be imported.
_MARK = "@promise("
_CALM = 0  # pytest: every test passed
_FAILED = 1  # pytest: all ran, some failed
_NONE = 5  # pytest: nothing was chosen
#: Have the machine to themselves, for they measure how fast the service is.
_ALONE = ("test_load.py", "test_load_budgets.py")
#: Run beside all others, for they take as long as those. A third process would slow the service's answers too much.
_BESIDE = ("test_training.py", "test_secrets.py", "test_bad_bundles.py", "test_sync.py")

Row = dict[str, Any]
Round = dict[str, Any]


def run_round(only: Sequence[str], number: int) -> Round:
    """Run the tests that promise something once, with pytest's own progress on the terminal.

    Those that need a quiet machine go first. Then the others run in two processes, and what pytest says of the second
    one's is shown when both are over.

    Returns:
        `rows`, `notes`, `seconds`, and the worst of pytest's `exit_code`s.
    """
    files = [path for path in sorted((PROJECT_PATH / "tests").rglob("test_*.py")) if _promises(path)]
    chosen = " or ".join(f"promise(section={section!r})" for section in only) or "promise"
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gpu_kedro_reliability_") as folder:
        quiet, beside, others = (_Part(Path(folder) / name, chosen) for name in ("quiet", "beside", "others"))
        quiet.start([path for path in files if path.name in _ALONE])
        quiet.wait()
        beside.start([path for path in files if path.name in _BESIDE], is_shown=False)
        others.start([path for path in files if path.name not in (*_ALONE, *_BESIDE)])
        others.wait()
        beside.wait()
        parts = [part.read() for part in (quiet, others, beside)]
    codes = [part["exit_code"] for part in parts if part["exit_code"] != _NONE]
    return {
        "rows": [row for part in parts for row in part["rows"]],
        "notes": {name: text for part in parts for name, text in part["notes"].items()},
        "round": number,
        "exit_code": max(codes, key=abs, default=_NONE),
        "seconds": time.perf_counter() - started,
    }


class _Part:
    """A run of pytest on some of the files.

    Args:
        path: without an ending, for what it says and finds.
        chosen: the tests, as pytest's `-m` takes it.
    """

    def __init__(self, path: Path, chosen: str) -> None:
        self._rows, self._log = path.with_suffix(".json"), path.with_suffix(".log")
        self._command = [sys.executable, "-m", "pytest", "-vv", "-o", "console_output_style=times", "-m", chosen]
        self._process: subprocess.Popen[bytes] | None = None
        self._is_shown = True

    def start(self, files: Sequence[Path], *, is_shown: bool = True) -> None:
        command = [*self._command, "--promises", str(self._rows), *map(str, files)]
        self._is_shown = is_shown
        with self._log.open("wb") as log:
            output = None if is_shown else log
            self._process = subprocess.Popen(command, cwd=PROJECT_PATH, stdout=output, stderr=output)  # noqa: S603

    def wait(self) -> None:
        assert self._process is not None  # noqa: S101
        self._process.wait()
        if not self._is_shown:
            sys.stdout.write(self._log.read_text(errors="replace"))

    def read(self) -> dict[str, Any]:
        assert self._process is not None  # noqa: S101
        content = json.loads(self._rows.read_text()) if self._rows.is_file() else {"notes": {}, "rows": []}
        return {**content, "exit_code": self._process.returncode}


def _promises(path: Path) -> bool:
    return _MARK.encode() in path.read_bytes()


def merge_rounds(rounds: Sequence[Round]) -> list[Row]:
    """One row a promise, in the order of the sections: its worst figure, and in how many rounds it was broken.

    A round in which a promise is missing, because pytest could not even begin, counts as broken.
    """
    places = {section: place for place, section in enumerate(SECTIONS)}
    by_round = [{row["id"]: row for row in one["rows"]} for one in rounds]
    merged = []
    for name in sorted(dict.fromkeys(name for rows in by_round for name in rows), key=lambda n: places[_section(n)]):
        found = [rows[name] for rows in by_round if name in rows]
        worst = max(found, key=_badness)
        broken = sum(name not in rows or rows[name]["status"] == "fail" for rows in by_round)
        status = "fail" if broken else worst["status"]
        told = {"section": _section(name), "title": SECTIONS[_section(name)], "status": status}
        shown = {"measured": _write(worst["value"], worst), "allowed": _write(worst["limit"], worst, "≥≤")}
        merged.append({**worst, **told, **shown, "rounds": len(rounds), "failures": broken})
    return merged


def _write(value: float | None, row: Row, signs: str = "") -> str:
    sign = signs and signs[not row["is_floor"]]
    return f"{sign} {write_figure(value)} {row['unit']}".strip()


def _section(name: str) -> str:
    return name.partition(".")[0]


def _badness(row: Row) -> tuple[bool, bool, float]:
    value = row["value"]
    distance = 0.0 if value is None else (-value if row["is_floor"] else value)
    return row["status"] == "fail", row["status"] == "not run", distance


def tabulate(rows: Sequence[Row], rounds: int) -> Table:
    """The table that the command ends with."""
    table = Table(title="Reliability", title_justify="left")
    table.add_column("section", no_wrap=True)
    table.add_column("what is promised")
    table.add_column("measured", justify="right")
    table.add_column("limit", justify="right", no_wrap=True)
    table.add_column("" if rounds == 1 else f"broken in {rounds}", justify="right")
    table.add_column("")
    last = ""
    for row in rows:
        colour = _COLOURS[row["status"]]
        told = f"[{colour}]{row['status']}[/]" + ("" if rounds == 1 else f", {row['failures']}")
        title = "" if row["section"] == last else row["title"]
        table.add_row(title, escape(row["text"]), row["measured"], row["allowed"], told, escape(row["detail"]))
        last = row["section"]
    return table


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", type=click.IntRange(min=1), default=1, show_default=True, help="how often to run it all")
@click.option("--only", type=click.Choice(list(SECTIONS)), multiple=True, help="a section; may be given several times")
def main(rounds: int, only: tuple[str, ...]) -> None:
    """Run every test that states a promise of the README, and print each with its figure and limit (half an hour)."""
    console = Console(width=max(Console().width, 140))
    machine = describe_machine()
    done: list[Round] = []
    for number in range(1, rounds + 1):
        console.rule(f"round {number} of {rounds}")
        done.append(run_round(only, number))
        if done[-1]["exit_code"] not in (_CALM, _FAILED):
            console.print(f"[red]pytest ended with status {done[-1]['exit_code']}: not every test could run[/]")
        if number < rounds:
            console.print(tabulate(merge_rounds(done[-1:]), 1))
    rows = merge_rounds(done)
    console.print(tabulate(rows, rounds))
    for name, text in (done[-1]["notes"] if done else {}).items():
        console.print(f"{name}: {text}", highlight=False, markup=False)
    path = Path(absolute_path(read_environment("GPU_KEDRO_DATA_DIR", "data"))) / "08_reporting" / "reliability.json"
    write_whole(
        path,
        {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine,
            "notes": done[-1]["notes"],
            "only": list(only),
            "rounds": [{key: one[key] for key in ("round", "exit_code", "seconds")} for one in done],
            "rows": rows,
        },
    )
    minutes = " + ".join(f"{one['seconds'] / 60:.1f}" for one in done)
    counted = {status: sum(row["status"] == status for row in rows) for status in _COLOURS}
    told = ", ".join(f"{count} {status}" for status, count in counted.items())
    console.print(f"{told}; {minutes} minutes; written to {path}", highlight=False, soft_wrap=True)
    sys.exit(any(one["exit_code"] != _CALM for one in done) or counted["fail"] > 0 or not rows)


if __name__ == "__main__":
    main()
