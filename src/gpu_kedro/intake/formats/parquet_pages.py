"""What the pages of a Parquet file unpack to, read from their own headers: the file's index may claim anything.

Source: the format's Thrift definition, https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from collections.abc import Iterator
from typing import IO, Any, NamedTuple

#: Statistics included; writers keep those short.
_HEADER_BYTES = 20_000
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_DEEPEST = 8
#: Fields of `PageHeader`, and of the header inside that tells a page's encoding.
_UNCOMPRESSED_SIZE, _COMPRESSED_SIZE = 2, 3
_DATA_PAGE, _DICTIONARY_PAGE, _DATA_PAGE_V2 = 5, 7, 8
_ENCODING = {_DATA_PAGE: 2, _DICTIONARY_PAGE: 2, _DATA_PAGE_V2: 4}


class Page(NamedTuple):
    """One page of a column: the bytes that it unpacks to, and the encoding of its values as the format numbers them."""

    size: int
    encoding: int | None


def read_pages(file: IO[bytes], start: int, size: int) -> Iterator[Page]:
    """The pages of a column chunk that starts at a byte of the whole file and is so many bytes long.

    Raises:
        ValueError: it does not consist of pages.
    """
    end = start + size
    while start < end:
        file.seek(start)
        header = _Header(file.read(_HEADER_BYTES))
        fields = header.read_struct()
        packed, unpacked = fields.get(_COMPRESSED_SIZE), fields.get(_UNCOMPRESSED_SIZE)
        if not isinstance(packed, int) or not isinstance(unpacked, int) or packed < 0 or unpacked < 0:
            raise ValueError("a page without a size")
        encodings = (fields[kind].get(place) for kind, place in _ENCODING.items() if isinstance(fields.get(kind), dict))
        yield Page(unpacked, next(encodings, None))
        start += header.place + packed


class _Header:
    """Reads Thrift's compact protocol, as far as a page's header needs it."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.place = 0

    def read_struct(self, depth: int = 0) -> dict[int, Any]:
        """Numbers and structures by the number of their field; all else is passed over."""
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        fields: dict[int, Any] = {}
        field = 0
        while head := self._byte():
            field = field + (head >> 4) if head >> 4 else self._number()
            fields[field] = self._value(head & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return None
        if kind in (_I16, _I32, _I64):
            return self._number()
        if kind == _STRUCT:
            return self.read_struct(depth + 1)
        if kind == _BINARY:
            return self._pass_over(self._varint())
        if kind in (_BYTE, _DOUBLE):
            return self._pass_over(1 if kind == _BYTE else 8)
        if kind in (_LIST, _SET):
            return self._pass_list(depth)
        raise ValueError("not a page's header")

    def _pass_list(self, depth: int) -> None:
        head = self._byte()
        count = head >> 4 if head >> 4 != 15 else self._varint()
        for _ in range(count):
            # in a list, yes and no take a byte
            self._value(_BYTE if head & 15 in (_TRUE, _FALSE) else head & 15, depth + 1)

    def _pass_over(self, size: int) -> None:
        self.place += size

    def _byte(self) -> int:
        if self.place >= len(self._content):
            raise ValueError("a page's header that does not end")
        self.place += 1
        return self._content[self.place - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("a number that does not end")

    def _number(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
