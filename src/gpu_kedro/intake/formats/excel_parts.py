"""The parts of an Excel workbook, read as streams: no tree of elements is built, whatever a part claims to hold.

Well-kept readers build one, or a grid as large as the sheet says it is: 1.7 kB are enough to keep them busy for
minutes.
"""

import re
import struct
import zipfile
from array import array
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import IO
from xml.parsers import expat  # nosec B411: entities and document types are refused below

from gpu_kedro.intake.errors import DamagedFileError, TableFileError

_PART_BYTES = 1 << 16
#: A tag or a text longer than this is none; the parser would keep all of it in memory.
_LONGEST_TOKEN = 1 << 20
_DEEPEST = 32
#: Of one part; a sheet has two for each cell. More take longer than to score what stands there.
_MAX_ELEMENTS = 8_000_000
#: Excel's own is 32,767.
_LONGEST_CELL = 40_000
_MAX_DIRECTORY_BYTES = 1_000_000
_SMALL_PART_BYTES = 5_000_000
_MAX_TEXTS = 1_000_000
_MAX_TEXT_BYTES = 60_000_000
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_QUOTED = re.compile(r"\"[^\"]*\"|\[(?!h|m|s)[^\]]*\]|\\.|_.|\*.", re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[dmyhs]", re.IGNORECASE)

DAMAGED = ("is not Excel (.xlsx), or damaged", "save it again as .xlsx or .csv")

OnStart = Callable[[str, dict[str, str]], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]


def open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """The archive that a workbook is.

    Raises:
        DamagedFileError: it is none, or its directory would fill the memory.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22 or b"PK\x06\x07" in tail:
        raise DamagedFileError(*DAMAGED)
    (directory,) = struct.unpack_from("<L", tail, place + 12)
    if directory > _MAX_DIRECTORY_BYTES:
        raise TableFileError("holds far more parts than a workbook has", "save it again as .xlsx")
    file.seek(0)
    return zipfile.ZipFile(file)


def read_part(
    archive: zipfile.ZipFile,
    name: str,
    on_start: OnStart,
    on_end: OnEnd,
    on_text: OnText,
    *,
    most: int | None = None,
    most_elements: int | None = _MAX_ELEMENTS,
) -> Iterator[None]:
    """Call handlers for the elements of a part, and yield now and then, so that what they gathered can be taken.

    Elements are called by their names without prefix.

    Args:
        most: bytes that the part may unpack to; None where that of the whole workbook is enough.
        most_elements: that it may have; None for a file of one's own.

    Raises:
        KeyError: there is no such part.
        DamagedFileError: it is not XML, or not as a spreadsheet program writes it.
        TableFileError: it unpacks to too much.
    """
    if most is not None and archive.getinfo(name).file_size > most:
        raise TableFileError("unpacks to far more than its size", "split it, or save it as .csv")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = elements = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > _DEEPEST:
            raise DamagedFileError(*DAMAGED)
        if most_elements is not None and elements > most_elements:
            raise TableFileError("holds far too many cells", "split it, or save it as .csv")
        on_start(tag.rpartition(":")[2] if ":" in tag else tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        on_end(tag.rpartition(":")[2] if ":" in tag else tag)

    def refuse_doctype(*_: object) -> None:
        raise DamagedFileError(*DAMAGED)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = on_text
    parser.StartDoctypeDeclHandler = refuse_doctype
    fed = 0
    with archive.open(name) as part:
        while block := part.read(_PART_BYTES):
            parser.Parse(block)
            fed += len(block)
            if fed - parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise DamagedFileError(*DAMAGED)
            yield
        parser.Parse(b"", True)
    yield


def _read_elements(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a small part, each with its attributes, in the order in which they begin."""
    begun: list[tuple[str, dict[str, str]]] = []

    def pass_over(_: str) -> None:
        """Nothing is taken from texts and ends."""

    def start(tag: str, attributes: dict[str, str]) -> None:
        begun.append((tag, attributes))

    for _ in read_part(archive, name, start, pass_over, pass_over, most=_SMALL_PART_BYTES):
        yield from begun
        begun.clear()


def list_sheets(archive: zipfile.ZipFile) -> tuple[list[tuple[str, str]], bool]:
    """Name and part of each visible sheet of cells, and whether dates count from 1904."""
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}
    counts_from_1904 = False
    for tag, attributes in _read_elements(archive, "xl/_rels/workbook.xml.rels"):
        if tag == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    for tag, attributes in _read_elements(archive, "xl/workbook.xml"):
        if tag == "workbookPr":
            counts_from_1904 = attributes.get("date1904", "0").lower() in ("1", "true")
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            identity = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            part = targets.pop(identity, None)
            if part is not None:
                sheets.append((attributes.get("name", ""), part))
    return sheets, counts_from_1904


def find_date_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The styles, by their number as cells have it, that show a number as a date or time."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    inside = False
    has_styles = "xl/styles.xml" in archive.namelist()
    for tag, attributes in _read_elements(archive, "xl/styles.xml") if has_styles else ():
        if tag == "numFmt":
            codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            styles.append(int(attributes.get("numFmtId", "0")))
    return frozenset(str(number) for number, code in enumerate(styles) if _is_date(code, codes))


def _is_date(code: int, codes: Mapping[int, str]) -> bool:
    if code in codes:
        return codes[code] != "General" and _DATE_LETTERS.search(_QUOTED.sub("", codes[code])) is not None
    return code in _DATE_FORMATS


class SharedTexts:
    """The texts of a workbook's cells, one behind the other in one piece of memory.

    Raises:
        TableFileError: there are too many.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._bytes = bytearray()
        self._ends = array("L")
        self._text = Text()
        if "xl/sharedStrings.xml" in archive.namelist():
            handlers = self._start, self._end, self._text.add
            for _ in read_part(archive, "xl/sharedStrings.xml", *handlers, most=_MAX_TEXT_BYTES):
                pass

    @property
    def size_bytes(self) -> int:
        """What they take in memory."""
        return len(self._bytes) + self._ends.itemsize * len(self._ends)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sst":
            count = attributes.get("uniqueCount", "0")
            _check_texts(int(count) if count.isdigit() and len(count) < 12 else 0)
        elif tag == "si":
            self._text.clear()
        else:
            self._text.start(tag)

    def _end(self, tag: str) -> None:
        if tag == "si":
            self._bytes += self._text.take().encode("utf-8", "replace")
            self._ends.append(len(self._bytes))
            _check_texts(len(self._ends))
        else:
            self._text.end(tag)

    def __getitem__(self, place: int) -> str:
        """One text by its number.

        Raises:
            IndexError: there is none.
        """
        if not 0 <= place < len(self._ends):
            raise IndexError(place)
        return self._bytes[self._ends[place - 1] if place else 0 : self._ends[place]].decode()


def _check_texts(texts: int) -> None:
    if texts > _MAX_TEXTS:
        raise TableFileError(f"has more than {_MAX_TEXTS:,} different texts", "split it, or save it as .csv")


class Text:
    """Gathers what a cell says: its values and texts, without how they are pronounced."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._letters = 0
        self._is_open = False
        self._is_pronunciation = False

    def clear(self) -> None:
        """Forget all."""
        self._parts = []
        self._letters = 0

    def start(self, tag: str) -> None:
        """An element begins."""
        if tag in ("t", "v"):
            self._is_open = not self._is_pronunciation
        elif tag == "rPh":
            self._is_pronunciation = True

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in ("t", "v"):
            self._is_open = False
        elif tag == "rPh":
            self._is_pronunciation = False

    def add(self, text: str) -> None:
        """Text inside of an element.

        Raises:
            TableFileError: the cell is far too long.
        """
        if self._is_open:
            self._parts.append(text)
            self._letters += len(text)
            if self._letters > _LONGEST_CELL:
                raise TableFileError("has a cell that is far too long", "leave it out")

    def take(self) -> str:
        """What was gathered."""
        return self._parts[0] if len(self._parts) == 1 else "".join(self._parts)


def read_date(days: float, *, counts_from_1904: bool) -> date | datetime | float:
    """A number as the date that it is shown as; one that is none stays a number."""
    start = datetime(1904, 1, 1) if counts_from_1904 else datetime(1899, 12, 30)
    if not 1 <= days < 2_958_466:
        return days
    moment = start + timedelta(seconds=round(days * 86_400))
    return moment.date() if moment.time() == moment.min.time() else moment
