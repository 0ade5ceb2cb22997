"""One HTTP/2 connection (RFC 9113) from the server's side, as far as gRPC goes.

Left out, since a gRPC client on the same machine has no use for it: TLS, server push, priorities,
limits on concurrent streams, and starting from HTTP/1.1.
"""

from __future__ import annotations

import struct
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from runtime.rpc import hpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEAD = struct.Struct(">BHBBI")  # length (24 bits), kind, flags, stream
_SETTING = struct.Struct(">HI")
_NUMBER = struct.Struct(">I")
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _GOAWAY, _WINDOW, _CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
_END_STREAM, _ACK, _END_HEADERS, _PADDED, _PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
_INITIAL_WINDOW, _MAX_FRAME = 4, 5  # settings, by their number
_DEFAULT_WINDOW = 65_535  # bytes that may be under way before the receiver has to ask for more
_LARGEST_WINDOW = 2**31 - 1
_DEFAULT_FRAME = 16_384
_LARGEST_FRAME = 16_384  # bytes; what a peer may send that was told nothing else
_RECEIVED_AT_ONCE = 2**16  # bytes
_REPORT_AFTER = 2**20  # bytes received before the connection's window is opened again
_PROTOCOL_ERROR = 1


class ProtocolError(Exception):
    """The peer does not speak HTTP/2; the connection ends."""


class Stream:
    """One call: what has come in, and what waits until the peer has room for it."""

    def __init__(self, number: int, path: str, window: int) -> None:
        self.number = number
        self.path = path
        self.body = bytearray()
        self.window = window
        self.waiting: deque[tuple[int, bytes | memoryview]] = deque()
        self.answering = False
        self.cancelled = False
        self._on_cancel: list[Callable[[], object]] = []

    def on_cancel(self, action: Callable[[], object]) -> None:
        """Do something when the peer gives the call up; at once when it has already."""
        self._on_cancel.append(action)
        if self.cancelled:
            action()

    def cancel(self) -> None:
        """The peer has given the call up, or has gone."""
        self.cancelled = True
        for action in self._on_cancel:
            action()


class Connection:
    """A connected peer, served by the thread that calls :meth:`serve`.

    Args:
        peer: The connected socket.
        answer: Called in that thread with each request that has come in whole. Whoever answers
            may do so from any thread.
    """

    def __init__(self, peer: socket, answer: Callable[[Connection, Stream], None]) -> None:
        self._peer = peer
        self._answer = answer
        self._headers = hpack.Decoder()
        self._streams: dict[int, Stream] = {}
        self._block = bytearray()
        self._block_ends_stream = False
        self._unreported = 0
        self._window = _DEFAULT_WINDOW
        self._initial_window = _DEFAULT_WINDOW
        self._frame_size = _DEFAULT_FRAME
        self._received = bytearray()
        self._unsent = bytearray()
        self._reader = 0  # the thread that serves
        self._sending = threading.RLock()
        self._takers: dict[int, Callable[[int, int, bytes], None]] = {
            _DATA: self._take_data,
            _HEADERS: self._take_headers,
            _CONTINUATION: self._take_continuation,
            _RESET: self._take_reset,
            _SETTINGS: self._take_settings,
            _PING: self._take_ping,
            _WINDOW: self._take_window,
        }

    def serve(self) -> None:
        """Read and answer until the peer leaves; every call still open is then cancelled."""
        self._reader = threading.get_ident()
        try:
            if self._read(len(_PREFACE)) != _PREFACE:
                raise ProtocolError("not a connection preface")  # noqa: TRY301 - one way out
            self._write(_SETTINGS, _SETTING.pack(_INITIAL_WINDOW, _LARGEST_WINDOW))
            self._write(_WINDOW, _NUMBER.pack(_LARGEST_WINDOW - _DEFAULT_WINDOW))
            while True:
                high, low, kind, flags, number = _HEAD.unpack(self._read(_HEAD.size))
                if (length := high << 16 | low) > _LARGEST_FRAME:
                    raise ProtocolError(f"a frame of {length} bytes")  # noqa: TRY301 - one way out
                payload = self._read(length)
                if take := self._takers.get(kind):
                    take(flags, number, payload)
        except (ProtocolError, hpack.HeadersError, struct.error, IndexError):
            last = max(self._streams, default=0)
            self._write(_GOAWAY, _NUMBER.pack(last) + _NUMBER.pack(_PROTOCOL_ERROR))
            self._push()
        except (EOFError, OSError):
            pass  # the peer has gone
        finally:
            for stream in list(self._streams.values()):
                stream.cancel()
            self._peer.close()

    def _read(self, length: int) -> bytes:
        """Take so many bytes; what has been answered meanwhile is sent before waiting for more."""
        while len(self._received) < length:
            self._push()
            more = self._peer.recv(_RECEIVED_AT_ONCE)
            if not more:
                raise EOFError
            self._received += more
        taken = bytes(self._received[:length])
        del self._received[:length]
        return taken

    def send(
        self,
        stream: Stream,
        *,
        headers: bytes = b"",
        data: bytes = b"",
        trailers: bytes = b"",
    ) -> None:
        """Send parts of an answer, in this order; trailers end it. Never waits for the peer.

        A call that the peer has given up is answered into nothing.
        """
        with self._sending:
            if stream.number not in self._streams:
                return
            if headers:
                stream.answering = True
                stream.waiting.append((_HEADERS, headers))
            if data:
                stream.waiting.append((_DATA, memoryview(data)))  # cut without a copy
            if trailers:
                stream.waiting.append((_END_STREAM << 8 | _HEADERS, trailers))
            self._flush(stream)

    def _flush(self, stream: Stream) -> None:
        """Send what the peer has room for, in one piece."""
        frames = bytearray()
        while stream.waiting:
            kind, payload = stream.waiting[0]
            if kind == _DATA:
                room = min(self._window, stream.window)
                if room <= 0:
                    break
                sent, rest = payload[:room], payload[room:]
                self._window -= len(sent)
                stream.window -= len(sent)
                self._frame_data(frames, stream.number, sent)
                if rest:
                    stream.waiting[0] = (_DATA, rest)
                    break
            else:
                self._frame_headers(frames, stream.number, payload, kind >> 8)
                if kind >> 8:
                    del self._streams[stream.number]
            stream.waiting.popleft()
        if frames:
            self._send(bytes(frames))

    def _frame_data(self, frames: bytearray, number: int, payload: bytes | memoryview) -> None:
        for start in range(0, len(payload), self._frame_size):
            frames += _framed(_DATA, payload[start : start + self._frame_size], 0, number)

    def _frame_headers(
        self, frames: bytearray, number: int, block: bytes | memoryview, flags: int
    ) -> None:
        for start in range(0, len(block), self._frame_size):
            part = block[start : start + self._frame_size]
            kind = _CONTINUATION if start else _HEADERS
            last = _END_HEADERS if start + len(part) == len(block) else 0
            frames += _framed(kind, part, last | (0 if start else flags), number)

    def _write(self, kind: int, payload: bytes = b"", flags: int = 0) -> None:
        """Send a frame that belongs to the connection as a whole."""
        with self._sending:
            self._send(_framed(kind, payload, flags, 0))

    def _send(self, frames: bytes) -> None:
        """Send now, or, in the thread that reads, with what else it answers before it waits."""
        self._unsent += frames
        if threading.get_ident() != self._reader:
            self._push()

    def _push(self) -> None:
        with self._sending:
            if self._unsent:
                frames, self._unsent = self._unsent, bytearray()
                # A peer that is gone: the thread that reads finds out and cancels what is open.
                with suppress(OSError):
                    self._peer.sendall(frames)

    def _take_data(self, flags: int, number: int, payload: bytes) -> None:
        self._unreported += len(payload)
        if self._unreported > _REPORT_AFTER:
            self._write(_WINDOW, _NUMBER.pack(self._unreported))
            self._unreported = 0
        stream = self._streams.get(number)
        if stream is None:
            return  # given up while its data was under way
        stream.body += _unpadded(flags, payload)
        if flags & _END_STREAM:
            self._answer(self, stream)

    def _take_headers(self, flags: int, number: int, payload: bytes) -> None:
        payload = _unpadded(flags, payload)
        if flags & _PRIORITY:
            payload = payload[5:]
        self._block = bytearray(payload)
        self._block_ends_stream = bool(flags & _END_STREAM)
        if flags & _END_HEADERS:
            self._open(number)

    def _take_continuation(self, flags: int, number: int, payload: bytes) -> None:
        self._block += payload
        if flags & _END_HEADERS:
            self._open(number)

    def _open(self, number: int) -> None:
        fields = dict(self._headers.decode(bytes(self._block)))
        with self._sending:
            stream = self._streams.get(number)
            if stream is None:  # otherwise these are the trailers of a request
                stream = Stream(number, fields.get(":path", ""), self._initial_window)
                self._streams[number] = stream
        if self._block_ends_stream:
            self._answer(self, stream)

    def _take_reset(self, _flags: int, number: int, _payload: bytes) -> None:
        with self._sending:
            stream = self._streams.pop(number, None)
        if stream is not None:
            stream.cancel()

    def _take_settings(self, flags: int, _number: int, payload: bytes) -> None:
        if flags & _ACK:
            return
        with self._sending:
            for name, value in _SETTING.iter_unpack(payload):
                if name == _INITIAL_WINDOW:
                    for stream in self._streams.values():
                        stream.window += value - self._initial_window
                    self._initial_window = value
                elif name == _MAX_FRAME:
                    self._frame_size = value
            self._write(_SETTINGS, flags=_ACK)
            self._flush_all()

    def _take_ping(self, flags: int, _number: int, payload: bytes) -> None:
        if not flags & _ACK:
            self._write(_PING, payload, _ACK)

    def _take_window(self, _flags: int, number: int, payload: bytes) -> None:
        (more,) = _NUMBER.unpack(payload)
        with self._sending:
            if number == 0:
                self._window += more
                self._flush_all()
            elif stream := self._streams.get(number):
                stream.window += more
                self._flush(stream)

    def _flush_all(self) -> None:
        for stream in list(self._streams.values()):
            self._flush(stream)


def _framed(kind: int, payload: bytes | memoryview, flags: int, number: int) -> bytes:
    length = len(payload)
    return _HEAD.pack(length >> 16, length & 0xFFFF, kind, flags, number) + payload


def _unpadded(flags: int, payload: bytes) -> bytes:
    if not flags & _PADDED:
        return payload
    padding = payload[0]
    if padding >= len(payload):
        raise ProtocolError("padding longer than the frame")
    return payload[1 : len(payload) - padding]
