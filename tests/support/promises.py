"""Promises of the product, each a row with a figure and a limit, stated by the test that measures it (a pytest plugin).

A test is marked with `promise(...)` for every row it states, and says what it found through the fixture `measured`.
Rows are known before anything runs: a test that breaks, or is left out, leaves a row that says so, never a gap.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.reliability import SECTIONS


@dataclass
class Row:
    """One promise, and what was measured of it.

    Args:
        id: `<section>.<name>`, unique.
        text: what is promised.
        limit: the largest value, or with `is_floor` the smallest.
        unit: of value and limit.
        is_floor: whether more is better.
        value: the worst that was stated, None before.
        status: `pass`, `fail` or `not run`.
        detail: why it is not `pass`, else what belongs to the figure.
        seconds: how long its tests took.
    """

    id: str
    text: str
    limit: float
    unit: str
    is_floor: bool
    value: float | None = None
    status: str = "not run"
    detail: str = "was not reached"
    seconds: float = 0.0

    @property
    def is_kept(self) -> bool:
        """Whether a figure was stated, and keeps the limit."""
        if self.value is None:
            return False
        return self.value >= self.limit if self.is_floor else self.value <= self.limit

    def state(self, value: float, detail: str) -> None:
        """Keep the worst of the figures that are stated."""
        if self.value is None or (value <= self.value if self.is_floor else value >= self.value):
            self.value, told = value, detail
        else:
            told = self.detail
        if self.status != "fail":
            self.status, self.detail = ("pass", told) if self.is_kept else ("fail", told or "over its limit")

    def fail(self, why: str) -> None:
        """Fail whatever was stated; the first reason is kept."""
        if self.status != "fail":
            self.status, self.detail = "fail", why

    def leave_out(self, why: str) -> None:
        """Say why there is no figure, unless there is one."""
        if self.value is None and self.status != "fail":
            self.detail = why


class LimitError(AssertionError):
    """A figure is over its limit."""


class Measured:
    """States the figures of one test.

    Args:
        rows: those that the test promised.
        notes: facts that hold for the whole table.
    """

    def __init__(self, rows: dict[str, Row], notes: dict[str, str]) -> None:
        self._rows = rows
        self._notes = notes

    def __call__(self, name: str, value: float, detail: str = "") -> None:
        """State a figure; said several times, the worst counts.

        Args:
            name: the id of a promise that the test is marked with.
            value: in the unit of the promise.
            detail: what belongs to it, in a few words.
        """
        assert name in self._rows, f"the test is not marked with promise({name!r}, …)"
        self._rows[name].state(float(value), detail)

    def note(self, name: str, text: str) -> None:
        """Say what the figures depend on, e.g. which bundle was served."""
        self._notes[name] = text


def promise(
    name: str, text: str, *, at_most: float | None = None, at_least: float | None = None, unit: str = ""
) -> pytest.MarkDecorator:
    """Mark a test that states a row of the table.

    Args:
        name: `<section>.<name>`; tests that share it share the row, and the worst figure counts.
        text: what is promised, in the reader's words.
        at_most: the limit, or
        at_least: the limit where more is better.
        unit: of the figure.
    """
    section = name.partition(".")[0]
    assert section in SECTIONS, f"{name!r} does not begin with one of {', '.join(SECTIONS)}"
    assert (at_most is None) != (at_least is None), f"{name}: give at_most or at_least"
    limit = at_most if at_most is not None else at_least
    return pytest.mark.promise(section=section, name=name, text=text, limit=limit, unit=unit, floor=at_most is None)


class Table:
    """Gathers the rows of a session, and writes them after every test.

    Args:
        path: of the JSON file; None: the rows are written nowhere, and hold nobody to a limit but `reliability` tests.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.rows: dict[str, Row] = {}
        self.notes: dict[str, str] = {}

    def rows_of(self, item: pytest.Item) -> dict[str, Row]:
        """The rows that a test states, added to the table where they are new."""
        own = {}
        for mark in reversed(list(item.iter_markers("promise"))):
            given = mark.kwargs
            row = Row(given["name"], given["text"], given["limit"], given["unit"], given["floor"])
            own[row.id] = self.rows.setdefault(row.id, row)
            assert (own[row.id].text, own[row.id].limit) == (row.text, row.limit), f"{row.id} is promised in two ways"
        return own

    def holds(self, item: pytest.Item) -> bool:
        """Whether the test fails over its limits: the ordinary suite never judges a measured time."""
        return self.path is not None or item.get_closest_marker("reliability") is not None

    def write(self) -> None:
        """Write what is known so far."""
        if self.path is not None:
            content = {"notes": self.notes, "rows": [asdict(row) for row in self.rows.values()]}
            self.path.write_text(json.dumps(content, indent=1))


_TABLE = pytest.StashKey[Table]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--promises", metavar="FILE", type=Path, help="write the figures of the promises into FILE")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_TABLE] = Table(config.getoption("--promises"))
    config.addinivalue_line("markers", "promise: states rows of the reliability table; see tests/support/promises.py")


def pytest_collection_finish(session: pytest.Session) -> None:
    table = session.config.stash[_TABLE]
    for item in session.items:
        if not table.rows_of(item) and item.get_closest_marker("reliability"):
            raise pytest.UsageError(f"{item.nodeid} is marked `reliability` but promises nothing")
    table.write()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """States figures: `measured("load.errors", 0)`, where the test is marked `@promise("load.errors", …)`."""
    table = request.config.stash[_TABLE]
    return Measured(table.rows_of(request.node), table.notes)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    yield
    table = item.config.stash[_TABLE]
    rows = table.rows_of(item).values()
    silent = [row.id for row in rows if row.value is None]
    assert not silent, f"promised, but never stated: {', '.join(silent)}"
    broken = [row for row in rows if not row.is_kept]
    if broken and table.holds(item):
        told = [f"{row.id}: {row.value:g} {row.unit}, limit {row.limit:g} ({row.detail})" for row in broken]
        raise LimitError("; ".join(told))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[Any]:
    report = yield
    table = item.config.stash[_TABLE]
    for row in table.rows_of(item).values():
        row.seconds += report.duration
        if report.failed and not (call.excinfo and call.excinfo.errisinstance(LimitError)):
            row.fail(_first_line(call.excinfo))
        elif report.skipped and isinstance(report.longrepr, tuple):
            row.leave_out(report.longrepr[2].removeprefix("Skipped: "))
    table.write()
    return report


def _first_line(excinfo: pytest.ExceptionInfo[BaseException] | None) -> str:
    if excinfo is None:
        return "failed"
    told = str(excinfo.value).strip().splitlines()
    return f"{excinfo.typename}: {told[0] if told else ''}"[:200]
