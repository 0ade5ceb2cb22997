"""Header compression of HTTP/2 (RFC 7541): whole decoding, and encoding in its plainest form."""

from __future__ import annotations

from collections import deque
from functools import cache, lru_cache

Field = tuple[str, str]

# Appendix A, from index 1 on: first what has a usual value, then names in alphabetical order.
_NAMES = """
accept-language accept-ranges accept access-control-allow-origin age allow authorization
cache-control content-disposition content-encoding content-language content-length content-location
content-range content-type cookie date etag expect expires from host if-match if-modified-since
if-none-match if-range if-unmodified-since last-modified link location max-forwards
proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie
strict-transport-security transfer-encoding user-agent vary via www-authenticate
"""
_STATIC: tuple[Field, ...] = (
    (":authority", ""),
    *((":method", value) for value in ("GET", "POST")),
    *((":path", value) for value in ("/", "/index.html")),
    *((":scheme", value) for value in ("http", "https")),
    *((":status", value) for value in ("200", "204", "206", "304", "400", "404", "500")),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    *((name, "") for name in _NAMES.split()),
)

# Appendix B: bits of each byte's code, and of the end-of-string mark. The code is canonical, so the
# lengths tell it: codes of one length follow each other in the order of the bytes.
_LENGTHS = """
    13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28
    28 28 28 28 28 28 28 28 6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6
    5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10 13 6 7 7 7 7 7 7
    7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
    15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7
    7 7 7 15 11 14 13 28 20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23
    24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24 22 21 20 22 22 23 23 21
    23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
    26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24
    21 21 26 26 28 27 27 27 20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23
    26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26 30
"""
_TABLE_SIZE = 4096  # bytes; what a peer assumes before it hears otherwise (RFC 9113, 6.5.2)
_FULL = 0x7F  # all seven bits of a length: more of it follows
_MORE = 0x80  # set in each byte of an integer but the last, and in front of coded text
_ENTRY_OVERHEAD = 32  # bytes that each entry counts besides its text (4.1)


class HeadersError(ValueError):
    """A header block that no encoder would send; the connection cannot go on after it."""


class Decoder:
    """The peer's header blocks, in the order they came in: each may refer to fields before it."""

    def __init__(self) -> None:
        self._recent: deque[Field] = deque()  # newest first, as they are counted
        self._size = 0
        self._limit = _TABLE_SIZE
        self._read: dict[bytes, list[Field]] = {}  # valid until the table changes

    def decode(self, block: bytes) -> list[Field]:
        """The fields of one block.

        Raises:
            HeadersError: The block is cut off, or refers to what it cannot.
        """
        if (fields := self._read.get(block)) is None:
            try:
                fields = self._fields(block)
            except IndexError:
                raise HeadersError("a header block ends too early or refers to no field") from None
        return fields

    def _fields(self, block: bytes) -> list[Field]:
        fields: list[Field] = []
        lasting = True
        at = 0
        while at < len(block):
            first = block[at]
            if first & 0b1000_0000:  # a field known already
                index, at = _integer(block, at, 7)
                fields.append(self._field(index))
            elif first >> 5 == 0b001:  # from here on the table has another size
                self._limit, at = _integer(block, at, 5)
                self._evict()
                lasting = False
            else:  # a field in words, to be remembered or not
                remembered = first & 0b0100_0000
                index, at = _integer(block, at, 6 if remembered else 4)
                name, at = (self._field(index)[0], at) if index else _text(block, at)
                value, at = _text(block, at)
                fields.append((name, value))
                lasting = False
                if remembered:
                    self._recent.appendleft((name, value))
                    self._size += _entry_size((name, value))
                    self._evict()
        if lasting:
            self._read[block] = fields
        return fields

    def _field(self, index: int) -> Field:
        if index == 0:
            raise IndexError
        if index <= len(_STATIC):
            return _STATIC[index - 1]
        return self._recent[index - len(_STATIC) - 1]

    def _evict(self) -> None:
        """Make room, after each change of the table."""
        self._read.clear()
        while self._size > self._limit:
            self._size -= _entry_size(self._recent.pop())


def encode(*fields: Field) -> bytes:
    """A block that any decoder reads without having seen another: literal, never remembered."""
    block = bytearray()
    for field in fields:
        block.append(0)
        for text in field:
            raw = text.encode()
            block += _length(len(raw))
            block += raw
    return bytes(block)


def _length(value: int) -> bytes:
    """A length in front of text that is not Huffman-coded (5.1)."""
    if value < _FULL:
        return bytes((value,))
    value -= _FULL
    encoded = bytearray((_FULL,))
    while value >= _MORE:
        encoded.append(value % _MORE | _MORE)
        value //= _MORE
    encoded.append(value)
    return bytes(encoded)


def _integer(block: bytes, at: int, bits: int) -> tuple[int, int]:
    """An integer in the low bits of a byte and those after it, and where it ends (5.1)."""
    full = (1 << bits) - 1
    value = block[at] & full
    at += 1
    if value < full:
        return value, at
    shift = 0
    while True:
        byte = block[at]
        value += byte % _MORE << shift
        shift += 7
        at += 1
        if byte < _MORE:
            return value, at


def _text(block: bytes, at: int) -> tuple[str, int]:
    coded = block[at] & _MORE
    length, at = _integer(block, at, 7)
    end = at + length
    if end > len(block):
        raise IndexError
    raw = block[at:end]
    return (_huffman(raw) if coded else raw.decode("latin-1")), end


@lru_cache(256)  # the same few names and paths come again and again
def _huffman(raw: bytes) -> str:
    codes = _codes()
    text: list[str] = []
    code = length = 0
    for byte in raw:
        for bit in range(7, -1, -1):
            code = code << 1 | byte >> bit & 1
            length += 1
            if (symbol := codes.get((length, code))) is not None:
                text.append(symbol)
                code = length = 0
    if length > 7 or code != (1 << length) - 1:  # noqa: PLR2004 - padding is less than a byte of ones (5.2)
        raise HeadersError("a header's text is not Huffman-coded as RFC 7541 says")
    return "".join(text)


@cache
def _codes() -> dict[tuple[int, int], str]:
    """Each byte by the length and value of its code."""
    lengths = [int(length) for length in _LENGTHS.split()]
    codes: dict[tuple[int, int], str] = {}
    code = previous = 0
    for length, byte in sorted((length, byte) for byte, length in enumerate(lengths)):
        code <<= length - previous
        if byte < 0x100:  # noqa: PLR2004 - the last one marks the end and never stands in a text
            codes[length, code] = chr(byte)
        code += 1
        previous = length
    return codes


def _entry_size(field: Field) -> int:
    return len(field[0]) + len(field[1]) + _ENTRY_OVERHEAD
