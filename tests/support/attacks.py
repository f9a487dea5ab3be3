"""Requests that somebody might send to do harm, written by hand, each with the answers that are fine."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

#: Marks a value, so that an answer that repeats it is found out.
MARK = "zq7secret"
BODIES = {
    "not json": (b"name=RTX " + MARK.encode(), 400),
    "cut off": (b'{"name": "' + MARK.encode(), 400),
    "NaN": (b'{"name": "RTX", "tdp_w": NaN}', 400),
    "Infinity": (b'{"name": "RTX", "tdp_w": -Infinity}', 400),
    "too large a number": (b'{"name": "RTX", "tdp_w": 1e400}', 422),
    "too many digits": (b'{"name": "RTX", "tdp_w": ' + b"7" * 5000 + b"}", 400),
    "digits just readable": (b'{"name": "RTX", "tdp_w": ' + b"7" * 350 + b"}", 422),
    "deep list": (b"[" * 100_000, 400),
    "deep object": (b'{"name":' * 100_000, 400),
    "deep and closed": (b'{"name": ' + b"[" * 900 + b"]" * 900 + b"}", 422),
    "key twice": (b'{"name": "RTX", "name": "GTX"}', 400),
    "key twice inside": (b'{"name": "RTX", "specs": {"tdp_w": 1, "tdp_w": 2}}', 400),
    "lone surrogate": (b'{"name": "\\ud800 zq7secret"}', 422),
    "lone surrogate as key": (b'{"name": "RTX", "\\udfff": 1}', 422),
    "control character": (b'{"name": "RTX\\u0007 zq7secret"}', 422),
    "raw control character": (b'{"name": "RTX\x07 zq7secret"}', 400),
    "null character": (b'{"name": "RTX\\u0000"}', 422),
    "unknown field": (b'{"name": "RTX", "zq7secret": "zq7secret"}', 422),
    "long unknown field": (b'{"name": "RTX", "' + MARK.encode() * 50_000 + b'": 1}', 422),
    "many unknown fields": (json.dumps({f"{MARK}{place}": 1 for place in range(20_000)}).encode(), 422),
    "wrong types": (json.dumps({"name": [MARK] * 1000, "tdp_w": {MARK: MARK}, "specs": MARK}).encode(), 422),
    "long name": (json.dumps({"name": MARK * 50_000}).encode(), 422),
    "UTF-16": ('{"name": "RTX"}'.encode("utf-16"), 400),
    "Latin-1": ('{"name": "RTX é"}'.encode("latin-1"), 400),
    "byte order mark": (b'\xef\xbb\xbf{"name": "RTX"}', 400),
    "null": (b"null", 422),
    "text": (b'"zq7secret"', 422),
    "nothing": (b"", 422),
}

JSON = {"Content-Type": "application/json"}
CSV = {"Content-Type": "text/csv"}
PARQUET = {"Content-Type": "application/vnd.apache.parquet"}
BOUNDARY = "0123456789"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
FILE = "/v1/predict/file"
_REFUSED = frozenset({400, 404, 405, 413, 415, 422})
_ANY = _REFUSED | {200}


@dataclass(frozen=True)
class Attack:
    """One request.

    Args:
        name: what it tries.
        path: of the service; methods are POST with a body, else GET.
        body: its bytes, None for a GET.
        headers: beside those that HTTP needs.
        fine: statuses that are no failure.
    """

    name: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    fine: frozenset[int] = _REFUSED


def list_attacks() -> Iterator[Attack]:
    """All of them: some hundred requests."""
    for name, (body, status) in BODIES.items():
        yield Attack(name, "/v1/predict", body, fine=frozenset({status}))
    for address in ("/v1/predict/batch", "/v1/value", "/v1/compare", "/v1/card"):
        for name in ("deep object", "key twice", "lone surrogate", "too many digits", "many unknown fields"):
            yield Attack(f"{name} at {address}", address, BODIES[name][0])
    yield from _numbers_and_texts()
    yield from _encodings()
    yield from _names()
    yield from _files()
    yield from _addresses()


def _query(**members: object) -> bytes:
    return json.dumps(members).encode()


def _numbers_and_texts() -> Iterator[Attack]:
    for text in ("1e-400", "-0.0", "0", "1e15", "0.1e1", "1E+2"):
        yield Attack(f"power {text}", "/v1/predict", b'{"name": "RTX 3070", "tdp_w": %b}' % text.encode(), fine=_ANY)
    for text in ("+1", "01", "1.", ".5", "0x10", "1_000", "1e", "--1"):
        yield Attack(f"power {text}", "/v1/predict", b'{"name": "RTX 3070", "tdp_w": %b}' % text.encode())
    yield Attack("true as a number", "/v1/predict", b'{"name": "RTX 3070", "tdp_w": true}')
    yield Attack("a year of the future", "/v1/predict", b'{"name": "RTX 3070", "test_year": 99999}')
    yield Attack("prototype", "/v1/predict", b'{"name": "RTX 3070", "__proto__": {"admin": true}}')
    yield Attack("comment", "/v1/predict", b'{"name": "RTX 3070" /* x */}')
    yield Attack("two documents", "/v1/predict", b'{"name": "RTX 3070"}{"name": "RTX 3070"}')
    yield Attack("trailing comma", "/v1/predict", b'{"name": "RTX 3070",}')
    yield Attack("10,001 rows", "/v1/predict/batch", _query(name=["RTX 3070"] * 10_001))
    yield Attack("columns of two lengths", "/v1/predict/batch", _query(name=["a", "b"], tdp_w=[1]))
    yield Attack("eleven names", "/v1/compare", _query(names=["RTX 3070"] * 11))
    yield Attack("10 MB", "/v1/predict", _query(name="x" * 10_000_000), fine=frozenset({413}))


def _names() -> Iterator[Attack]:
    for name in (
        "../../../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "file:///etc/passwd",
        "${jndi:ldap://127.0.0.1/a}",
        "{{7*7}}${7*7}#{7*7}",
        "'; DROP TABLE predictions; --",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "=cmd|'/C calc'!A0",
        "@SUM(1+1)*cmd|'/C calc'!A0",
        "\u202egpu\u202c",
        "a\u0301" * 100,
        "\ufdfa" * 300,
        "𝕽𝕿𝖃 𝟑𝟎𝟕𝟎",
        "🖥️" * 60,
        "%00%0d%0aSet-Cookie: a=b",
        "%s%s%s%n",
        "radeon / " * 33,
        "ANGLE (" * 42,
    ):
        yield Attack(f"name {name[:24]!r}", "/v1/predict", _query(name=name), fine=_ANY)


def _encodings() -> Iterator[Attack]:
    bomb = gzip.compress(b" " * 50_000_000)
    body = _query(name="RTX 3070")
    for encoding, content in (
        ("gzip", bomb),
        ("deflate", zlib.compress(b" " * 50_000_000)),
        ("br", body),
        ("zstd", body),
        ("gzip, gzip", gzip.compress(bomb)),
        ("identity, gzip", bomb),
        ("x-gzip", bomb),
    ):
        yield Attack(f"body in {encoding}", "/v1/predict", content, JSON | {"Content-Encoding": encoding})
        yield Attack(f"file in {encoding}", FILE, content, CSV | {"Content-Encoding": encoding})
    yield Attack("gzip that says nothing", "/v1/predict", bomb)
    yield Attack("gzip as CSV", FILE, bomb, CSV)
    for charset in ("utf-7", "utf-16", "latin-1", "cp037"):
        headers = {"Content-Type": f"application/json; charset={charset}"}
        yield Attack(f"charset {charset}", "/v1/predict", body, headers)


def _pack(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def _form(content: bytes, filename: str) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def _files() -> Iterator[Attack]:
    table = b"name,tdp_w\nRTX 3070,220\n"
    digits = b"1" * 100_000
    yield Attack("cells of 100,000 digits", FILE, b"name,tdp_w\n" + b"RTX 3070,%be\n" % digits * 150, CSV, _ANY)
    yield Attack("names of 100,000 digits", FILE, b"name\n" + b"+%be\n" % digits * 150, CSV, _ANY)
    yield Attack("one cell of 19 MB", FILE, b"name\n" + b"x" * 19_000_000, CSV)
    yield Attack("19 MB of quotes", FILE, b"name\n" + b'"' * 19_000_000, CSV, _ANY)
    yield Attack("19 MB of commas", FILE, b"name" + b"," * 19_000_000, CSV)
    yield Attack("19 MB of blank lines", FILE, b"name\n" + b"\n" * 19_000_000, CSV)
    yield Attack("as many blank lines as are read", FILE, b"name\nRTX 3070" + b"\n" * 1_999_000, CSV, frozenset({200}))
    yield Attack("a million short rows", FILE, b"name\n" + b"a\n" * 1_000_000, CSV)
    yield Attack("2,000 columns", FILE, b",".join([b"name", *(b"c%d" % n for n in range(2000))]) + b"\na\n", CSV)
    yield Attack("NUL in CSV", FILE, b"name\n\x00\n", CSV, _ANY)
    yield Attack("21 MB", FILE, b"x" * 21_000_000, CSV, frozenset({413}))
    yield Attack("Excel", FILE, b"PK\x03\x04" + b"\x00" * 1000, CSV)
    for name in ("../../x.csv", "/etc/cron.d/x", "x.csv\x00.exe", "C:\\x.csv", "a" * 10_000, "\u202evsc.x"):
        yield Attack(f"file called {name[:16]!r}", FILE, _form(table, name), FORM, _ANY)
    yield Attack("a form of 10,000 parts", FILE, _form(table, "a.csv")[: -len(BOUNDARY) - 8] * 10_000, FORM)
    # as a file, its lines are titles above a table
    yield Attack("a form in a form", FILE, _form(_form(table, "a.csv"), "b.csv"), FORM, frozenset({200}))
    yield Attack("a header without an end", FILE, f"--{BOUNDARY}\r\nX: ".encode() + b"x" * 5_000_000, FORM)
    nulls = pa.array([None] * 499_999 + ["a"], pa.string())
    yield Attack("Parquet, half a million rows of nothing", FILE, _pack(pa.table({"name": nulls})), PARQUET, _ANY)
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 1_000_000]))
    yield Attack("Parquet bomb", FILE, _pack(pa.table({"name": long})), PARQUET)
    twice = pa.table({"name": ["x" * 1_000_000] * 2000})
    yield Attack("Parquet bomb, packed twice", FILE, _pack(twice, compression="gzip"), PARQUET)
    wide = pa.table({"name": ["a"], **{f"c{n}": ["a"] for n in range(5000)}})
    yield Attack("Parquet, 5,000 columns", FILE, _pack(wide), PARQUET)
    deep: pa.DataType = pa.string()
    for _ in range(50):
        deep = pa.list_(deep)
    nested = pa.table({"name": pa.array(["a"]), "deep": pa.nulls(1, deep)})
    yield Attack("Parquet, 50 lists in lists", FILE, _pack(nested), PARQUET)
    whole = _pack(pa.table({"name": ["RTX 3070"] * 1000}))
    yield Attack("Parquet, cut", FILE, whole[: len(whole) // 2], PARQUET)
    yield Attack("Parquet, foot alone", FILE, b"PAR1" + whole[-200:], PARQUET)
    yield Attack("Parquet, foot of 4 GB", FILE, whole[:-8] + b"\xff\xff\xff\x7fPAR1", PARQUET)
    yield Attack("Parquet of times and decimals", FILE, _pack(_odd_types()), PARQUET, _ANY)


def _odd_types() -> pa.Table:
    from datetime import UTC, datetime
    from decimal import Decimal

    return pa.table(
        {
            "name": pa.array([b"\xff\xfe", b"RTX 3070"], pa.binary()),
            "tdp_w": pa.array([Decimal("1e30"), Decimal(2)], pa.decimal256(60, 5)),
            "test_year": pa.array([datetime(2020, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("ns", "UTC")),
            "price_usd": pa.array([float("nan"), float("inf")]),
            "g3d_mark": pa.array([2**63 - 1, -1]),
            "own": pa.array([None, None], pa.null()),
        }
    )


def _addresses() -> Iterator[Attack]:
    for path in (
        "/v1/gpus/..%2f..%2f..%2fetc%2fpasswd",
        "/v1/gpus/../../../../etc/passwd",
        "/docs/..%2f..%2fpyproject.toml",
        "/docs/%2e%2e/%2e%2e/api/settings.py",
        "/v1/gpus/%00",
        "/v1/gpus/" + "x" * 5000,
        "/v1/gpus?q=" + "%F0%9F%96%A5" * 1000,
        "/v1/gpus?q=%ff%fe",
        "/v1/gpus?limit=-1",
        "/v1/gpus?limit=1e9",
        "/v1/gpus?offset=99999999999999999999",
        "/v1/gpus?" + "&".join(f"q={n}" for n in range(2000)),
        "/v1/frontier?budget_usd=inf",
        "/v1/frontier?segment=<script>",
        "//evil.example/%2f..",
        "/v1/predict",
        "/.env",
        "/.git/config",
        "/metrics",
        "/v1/model?x=../../x",
    ):
        yield Attack(f"GET {path[:40]}", path, None, {}, _ANY)
