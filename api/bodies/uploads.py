"""Takes an uploaded file out of a request, in memory: the service writes no file."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from fastapi import Request
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartState, parse_options_header

from api.answers.errors import MalformedBodyError, MediaTypeError, UnusableTableError
from api.bodies.json_body import check_encoding, read_body
from gpu_kedro.intake.source import Kind

CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET: Final = "application/vnd.apache.parquet"
FORM: Final = "multipart/form-data"
#: What a body of each type must be; a form may hold any of them.
KINDS: dict[str, Kind | None] = {CSV: None, TSV: None, EXCEL: "excel", PARQUET: "parquet", FORM: None}

_MAX_PARTS = 20
#: Of a form: the file of observed prices.
MARKET_PART: Final = "market"
#: What a form may say beside its files: of when, and of what, prices are wanted.
FORM_FIELDS: Final = ("as_of", "condition")
#: Of a file in memory: itself, or the form that it came in, and its cells.
_COPIES = 2


class Upload(NamedTuple):
    """What was uploaded.

    Args:
        kind: what the file is said to be; None where its own bytes tell.
        content: of the file.
        market: of a file of observed prices beside it; None without one.
        fields: texts of the form, by name.
    """

    kind: Kind | None
    content: bytes
    market: bytes | None = None
    fields: Mapping[str, str] = MappingProxyType({})


async def read_upload(request: Request) -> Upload:
    """The uploaded file, and of a form what stands beside it.

    The body is the file itself, or a form that holds it: browsers announce CSV under many names.

    Raises:
        MediaTypeError: the body is something else.
        MalformedBodyError: the form cannot be read.
        SlowBodyError: it did not arrive in time.
        UnusableTableError: there is no file, or an empty one.
    """
    check_encoding(request)
    declared = request.headers.getlist("content-type")
    media_type, options = parse_options_header(declared[0] if len(declared) == 1 else "")
    charset = options.get(b"charset", b"utf-8").lower()
    kind = media_type.decode("latin-1").lower()
    if kind not in KINDS or charset not in (b"utf-8", b"utf8"):
        raise MediaTypeError(f"send {CSV} in UTF-8, {TSV}, {EXCEL}, {PARQUET}, or {FORM} with one file")
    body = await read_body(request, request.app.state.settings.max_file_bytes, _COPIES)
    upload = _read_form(body, options.get(b"boundary", b"")) if kind == FORM else Upload(KINDS[kind], body)
    if not upload.content:
        raise UnusableTableError("the file is empty")
    return upload


def _read_form(body: bytes, boundary: bytes) -> Upload:
    if not 1 <= len(boundary) <= 70:
        raise MalformedBodyError("the form names no boundary, or one longer than 70 bytes")
    form = _Form()
    form.read(body, boundary)
    markets = [b"".join(parts) for name, parts in form.files if name == MARKET_PART]
    files = [parts for name, parts in form.files if name != MARKET_PART]
    if markets and not files:
        raise UnusableTableError(f"the form holds a {MARKET_PART} and no list of GPUs: add one")
    if len(files) != 1 or len(markets) > 1:
        many = f" and {len(markets)} named {MARKET_PART}" if markets else ""
        more = f", and at most one named {MARKET_PART}" if markets else ""
        raise UnusableTableError(f"the form holds {len(files) or 'no'} files{many}: send one{more}")
    if odd := sorted(form.fields.keys() - set(FORM_FIELDS)):
        told = f"{MARKET_PART} is a file" if odd == [MARKET_PART] else f"the form has a field {odd[0][:40]!r}"
        raise UnusableTableError(f"{told}: send files, and of fields {' and '.join(FORM_FIELDS)}")
    fields = {name: b"".join(parts).decode("utf-8", "replace") for name, parts in form.fields.items()}
    return Upload(None, b"".join(files[0]), markets[0] if markets else None, fields)


class _Form:
    """Collects the parts of a form: files with their names, and short texts by name."""

    def __init__(self) -> None:
        self.files: list[tuple[str, list[bytes]]] = []
        self.fields: dict[str, list[bytes]] = {}
        self._parts = 0
        self._name = b""
        self._value = b""
        self._part: list[bytes] | None = None

    def read(self, body: bytes, boundary: bytes) -> None:
        """Collect them; raises `MalformedBodyError` where the form cannot be read, or does not end."""
        try:
            parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._add_name,
                    "on_header_value": self._add_value,
                    "on_header_end": self._end_header,
                    "on_part_data": self._add_data,
                },
            )
            parser.write(body)
        except FormParserError as err:
            raise MalformedBodyError("the form cannot be read") from err
        if parser.state != MultipartState.END:
            raise MalformedBodyError("the form does not end")

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise MalformedBodyError(f"the form has more than {_MAX_PARTS} parts")
        self._part = None

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._name.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            name = options.get(b"name", b"").decode("utf-8", "replace")
            self._part = []
            if b"filename" in options:
                self.files.append((name, self._part))
            else:
                self.fields[name] = self._part
        self._name = self._value = b""

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._part is not None:
            self._part.append(data[start:end])
