"""Whatever is sent to the running service: an answer in time, none of it a failure, and little memory."""

import csv
import io
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attacks import BOUNDARY, CSV, FILE, FORM, MARK, PARQUET, Attack, list_attacks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from promises import Measured, promise

from bench.processes import Server

_ALLOWED_FILE = frozenset({200, 400, 408, 413, 415, 422})
_FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0")


class Target:
    """The service, and the worst that was seen of it.

    Args:
        server: the process.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self.memory_before_mb = server.memory_mb("VmRSS")
        self.failures: list[str] = []
        self.slowest_seconds = 0.0
        self.largest_error = 0
        self.requests = 0

    def send(self, attack: Attack) -> bytes:
        """Send one request and remember what came of it."""
        self.requests += 1
        connection = HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        started = time.perf_counter()
        try:
            connection.request("GET" if attack.body is None else "POST", attack.path, attack.body, attack.headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as err:
            self.failures.append(f"{attack.name}: {type(err).__name__}")
            return b""
        finally:
            connection.close()
        seconds = time.perf_counter() - started
        self.slowest_seconds = max(self.slowest_seconds, seconds)
        if answer.status not in attack.fine:
            self.failures.append(f"{attack.name}: {answer.status}")
        if answer.status >= 400:
            self.largest_error = max(self.largest_error, len(content))
            if MARK.encode() in content:
                self.failures.append(f"{attack.name}: repeats what was sent")
        return content

    def memory_more_mb(self) -> float:
        """How far memory has risen at any time since before."""
        return self._server.memory_mb("VmHWM") - self.memory_before_mb

    def state(self, measured: Measured, kind: str) -> None:
        """Say what was found."""
        told = f"{self.requests} {kind}"
        measured("input.failures", len(self.failures), "; ".join(self.failures[:3]) or told)
        measured("input.slowest", self.slowest_seconds, told)
        measured("input.memory", self.memory_more_mb(), told)
        measured("input.error_size", self.largest_error / 1000, told)


def promised(test):
    """The rows that every kind of input shares."""
    for mark in (
        promise("input.error_size", "largest answer that refuses something", at_most=20, unit="kB"),
        promise("input.memory", "memory that it takes more, at the most", at_most=200, unit="MB"),
        promise("input.slowest", "slowest answer to hostile input", at_most=5, unit="s"),
        promise("input.failures", "5xx, no answer, or another answer than due, to hostile input", at_most=0),
    ):
        test = mark(test)
    return pytest.mark.reliability(test)


@pytest.fixture
def target(start_service, store: Path) -> Target:
    server = start_service(store)
    started = Target(server)
    for _ in range(20):  # what is kept for good: the caches of names, PyArrow
        started.send(Attack("first", "/v1/predict", b'{"name": "RTX 3070"}', fine=frozenset({200})))
    started.send(Attack("first file", FILE, b"name\nRTX 3070\n", CSV, frozenset({200})))
    started.send(Attack("first Parquet", FILE, pack(pa.table({"name": ["RTX 3070"]})), PARQUET, frozenset({200})))
    return Target(server)


def pack(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


@promised
@promise("input.bodies", "hostile bodies that are sent, written by hand", at_least=60)
def test_hostile_requests_are_answered(target: Target, measured: Measured):
    attacks = list(list_attacks())
    for attack in attacks:
        target.send(attack)
    measured("input.bodies", sum(attack.body is not None for attack in attacks), f"{len(attacks)} requests in all")
    target.state(measured, "requests written by hand")
    assert target.failures == []


_CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["RTX 3070", "", "nan", "1e999", "-0", "220", "true", "=1+1", '"', "\x00", "\r\n", "é" * 200, "9" * 400]
    ),
    st.floats(width=64).map(str),
)
_HEADERS = st.lists(
    st.sampled_from(
        ["name", "tdp_w", "price_usd", "test_year", "spec_shading_units", "spec_is_mobile", "own", " name ", ""]
    )
    | st.text(max_size=10),
    min_size=1,
    max_size=6,
)


@st.composite
def csv_files(draw: st.DrawFn) -> bytes:
    """Files near CSV: other ends of lines, quotes and encodings, rows of any length, bytes that are changed."""
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=draw(st.sampled_from([",", ",", ",", ";", "\t"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    writer.writerow(draw(_HEADERS))
    writer.writerows(draw(st.lists(st.lists(_CELLS, max_size=7), max_size=8)) * draw(st.sampled_from([1, 1, 1, 700])))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    return damage(draw, out.getvalue().encode(encoding, "replace"))


_COLUMNS = st.one_of(
    st.lists(st.text(max_size=20) | st.none(), min_size=3, max_size=3).map(lambda cells: pa.array(cells, pa.string())),
    st.lists(st.floats() | st.none(), min_size=3, max_size=3).map(lambda cells: pa.array(cells, pa.float64())),
    st.lists(st.binary(max_size=10), min_size=3, max_size=3).map(lambda cells: pa.array(cells, pa.binary())),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3).map(lambda cells: pa.array(cells, pa.int64())),
    st.lists(st.booleans(), min_size=3, max_size=3).map(pa.array),
    st.lists(st.dates(), min_size=3, max_size=3).map(pa.array),
    st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=3, max_size=3).map(
        lambda cells: pa.array(cells, pa.decimal128(20, 2))
    ),
    st.lists(st.text(max_size=5), min_size=3, max_size=3).map(lambda cells: pa.array(cells).dictionary_encode()),
    st.just(pa.array([[1], None, [2, 3]])),
    st.just(pa.nulls(3)),
)


@st.composite
def parquet_files(draw: st.DrawFn) -> bytes:
    """Files near Parquet: columns of any type, bytes that are changed."""
    names = draw(_HEADERS)
    table = pa.table([draw(_COLUMNS) for _ in names], names=names)
    return damage(draw, pack(table))


def damage(draw: st.DrawFn, content: bytes) -> bytes:
    """Half of the files stay whole; of the others some bytes are changed, cut or doubled."""
    changed = bytearray(content)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 8]))):
        if changed:
            place = draw(st.integers(0, len(changed) - 1))
            match draw(st.sampled_from(["change", "cut", "double"])):
                case "change":
                    changed[place] = draw(st.integers(0, 255))
                case "cut":
                    del changed[place:]
                case _:
                    changed += changed[place:]
    return bytes(changed)


def as_form(content: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="gpus"\r\n\r\n'.encode()
    return head + content + f"\r\n--{BOUNDARY}--\r\n".encode()


@promised
@pytest.mark.parametrize(
    ("kind", "files"), [("CSV", csv_files()), ("Parquet", parquet_files())], ids=["CSV", "Parquet"]
)
def test_made_up_files_are_answered(target: Target, measured: Measured, kind: str, files: st.SearchStrategy[bytes]):
    headers = CSV if kind == "CSV" else PARQUET

    @settings(max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(files)
    def send(content: bytes) -> None:
        target.send(Attack(f"{kind} {content[:60]!r}", FILE, content, headers, _ALLOWED_FILE))
        target.send(Attack(f"{kind} in a form {content[:60]!r}", FILE, as_form(content), FORM, _ALLOWED_FILE))

    send()
    target.state(measured, f"files near {kind}")
    assert target.failures == []


@pytest.mark.reliability
@promise("input.formulas", "cells that a spreadsheet would run, of those that come back from an upload", at_most=0)
def test_no_cell_comes_back_as_a_formula(target: Target, measured: Measured):
    out = io.StringIO()
    csv.writer(out).writerows([["name", "=own"], *([one, one] for one in _FORMULAS)])
    content = target.send(Attack("formulas", FILE, out.getvalue().encode(), CSV, frozenset({200})))
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert len(rows) == 1 + len(_FORMULAS)
    assert rows[0][1] == "'=own"
    # behind a tab or an end of line another reader begins a cell, which gets an apostrophe too
    told = [f"'{one}".replace("\t=", "\t'=").replace("\r=", "\r'=") for one in _FORMULAS]
    assert [row[0] for row in rows[1:]] == told
    run = [cell for row in rows for cell in row if cell.startswith(("=", "+", "-1+", "@", "\t", "\r"))]
    measured("input.formulas", len(run), f"{2 * len(_FORMULAS)} cells of text")
    assert run == []
