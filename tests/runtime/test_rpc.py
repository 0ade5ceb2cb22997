"""The server against a gRPC client of another make, and frame by frame where no client goes."""

from __future__ import annotations

import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue

from runtime.rpc import hpack
from runtime.rpc.http2 import Connection, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 400 * 1024 * 1024  # bytes; the engine's own limit
DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY, WINDOW, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, PADDED, PRIORITY, ACK = 0x1, 0x4, 0x8, 0x20, 0x1


class Client:
    """Calls ``echo_server.py`` through grpcio."""

    def __init__(self, process: subprocess.Popen[str], port: int, note: Path) -> None:
        self.process = process
        self.port = port
        self.note = note
        options = [("grpc.max_receive_message_length", LARGEST)]
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", options)

    def call(self, method: str, value: str, **options: Any) -> str:
        """Call a method with a text, for its text."""
        return self.start(method)(StringValue(value=value), **options).value

    def start(self, method: str) -> Any:
        """A method as grpcio wants to call it."""
        kind = self.channel.unary_stream if method == "Count" else self.channel.unary_unary
        return kind(
            f"/test.Echo/{method}",
            request_serializer=StringValue.SerializeToString,
            response_deserializer=StringValue.FromString,
        )


@pytest.fixture(name="client")
def started(tmp_path: Path) -> Iterator[Client]:
    note = tmp_path / "note"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.runtime.echo_server", str(note)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        client = Client(process, int(process.stdout.readline()), note)
        try:
            yield client
        finally:
            client.channel.close()
            process.send_signal(signal.SIGTERM)


def test_a_message_comes_back_as_it_went_whatever_its_size(client: Client) -> None:
    for text in ("", "naïve ☃", "x" * 70_000, "y" * 20_000_000):
        assert client.call("Echo", text) == text


def test_a_refusal_reaches_the_caller_word_for_word(client: Client) -> None:
    words = "line 1\nline 2: 100 % of ☃, " + "long " * 1_000

    with pytest.raises(grpc.RpcError) as refused:
        client.call("Refuse", words)

    assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert refused.value.details() == words


def test_a_fault_of_the_server_is_told_with_its_place(client: Client) -> None:
    with pytest.raises(grpc.RpcError) as failed:
        client.call("Crash", "nowhere")

    assert failed.value.code() is grpc.StatusCode.INTERNAL
    told = failed.value.details() or ""
    assert "LookupError: nowhere" in told
    assert "echo_server.py" in told
    assert client.call("Echo", "still there") == "still there"


def test_a_method_that_is_not_there_is_unimplemented(client: Client) -> None:
    with pytest.raises(grpc.RpcError) as failed:
        client.call("Absent", "")

    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_calls_that_wait_hold_up_nobody(client: Client) -> None:
    with ThreadPoolExecutor(30) as pool:
        began = time.monotonic()
        sleeping = [pool.submit(client.call, "Sleep", "1") for _ in range(30)]
        assert client.call("Echo", "meanwhile") == "meanwhile"
        assert time.monotonic() - began < 1
        assert [each.result() for each in sleeping] == ["slept"] * 30
    assert time.monotonic() - began < 15  # one after another they would take 30


def test_who_gives_up_is_noticed(client: Client) -> None:
    call = client.start("Sleep").future(StringValue(value="60"))
    assert client.call("Echo", "the call before is under way") != ""

    call.cancel()

    for _ in range(200):
        if client.note.exists():
            break
        time.sleep(0.05)
    assert client.note.read_text() == "given up"


def test_a_stream_comes_in_order_and_ends(client: Client) -> None:
    answers = client.start("Count")(StringValue(value="20"))

    assert [answer.value for answer in answers] == [str(number) for number in range(20)]


def test_a_stream_that_fails_has_sent_what_came_before(client: Client) -> None:
    got: list[str] = []

    with pytest.raises(grpc.RpcError) as failed:
        got.extend(answer.value for answer in client.start("Count")(StringValue(value="3")))

    assert failed.value.details() == "three is where it ends"


def test_a_signal_ends_it_at_once(client: Client) -> None:
    client.process.send_signal(signal.SIGINT)

    assert client.process.wait(5) == 0


def test_who_is_told_to_end_again_and_again_still_ends_quietly(client: Client) -> None:
    for _ in range(20):
        client.process.send_signal(signal.SIGTERM)
        client.process.send_signal(signal.SIGINT)

    assert client.process.wait(5) == 0


def frame(kind: int, payload: bytes = b"", flags: int = 0, stream: int = 0) -> bytes:
    return (
        struct.pack(">I", len(payload))[1:]
        + bytes((kind, flags))
        + struct.pack(">I", stream)
        + payload
    )


class Peer:
    """The other end of a connection, frame by frame."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._file = sock.makefile("rb")

    def send(self, *frames: bytes) -> None:
        self._sock.sendall(b"".join(frames))

    def receive(self) -> tuple[int, int, int, bytes]:
        """Kind, flags, stream and payload of the next frame."""
        head = self._file.read(9)
        assert len(head) == 9, "the connection has ended"
        length = int.from_bytes(head[:3], "big")
        return head[3], head[4], int.from_bytes(head[5:], "big"), self._file.read(length)

    def until(self, kind: int) -> tuple[int, int, bytes]:
        """Flags, stream and payload of the next frame of a kind."""
        while True:
            found, flags, stream, payload = self.receive()
            if found == kind:
                return flags, stream, payload

    def ended(self) -> bool:
        return self._file.read(1) == b""


@contextmanager
def connected(answer: Callable[[Connection, Stream], None]) -> Generator[Peer]:
    ours, theirs = socket.socketpair()
    ours.settimeout(10)
    with ours:
        thread = threading.Thread(target=Connection(theirs, answer).serve, daemon=True)
        thread.start()
        peer = Peer(ours)
        peer.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", frame(SETTINGS))
        yield peer
        ours.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        assert not thread.is_alive()


PATH = hpack.encode((":path", "/a"))


def test_headers_in_pieces_with_padding_and_priority_are_one_request() -> None:
    asked: list[tuple[str, bytes]] = []

    def answer(connection: Connection, stream: Stream) -> None:
        asked.append((stream.path, bytes(stream.body)))
        connection.send(stream, headers=PATH, trailers=PATH)

    with connected(answer) as peer:
        first = b"\x03" + bytes(5) + PATH[:4] + bytes(3)
        peer.send(
            frame(HEADERS, first, PADDED | PRIORITY, 1),
            frame(CONTINUATION, PATH[4:], END_HEADERS, 1),
            frame(DATA, b"\x02he\0\0", PADDED, 1),
            frame(DATA, b"llo", END_STREAM, 1),
        )
        peer.until(HEADERS)

    assert asked == [("/a", b"hello")]


def test_an_answer_waits_for_the_room_that_the_peer_gives() -> None:
    def answer(connection: Connection, stream: Stream) -> None:
        connection.send(stream, headers=PATH, data=b"0123456789", trailers=PATH)

    with connected(answer) as peer:
        peer.send(
            frame(SETTINGS, struct.pack(">HI", 4, 4)),  # four bytes for each stream
            frame(HEADERS, PATH, END_HEADERS | END_STREAM, 1),
        )
        assert peer.until(DATA)[2] == b"0123"
        peer.send(frame(PING, b"12345678"))
        assert peer.until(PING) == (ACK, 0, b"12345678")  # and nothing of the answer before it
        peer.send(frame(WINDOW, struct.pack(">I", 2), 0, 1))
        assert peer.until(DATA)[2] == b"45"
        peer.send(frame(SETTINGS, struct.pack(">HI", 4, 8)))  # four more for those already open
        assert peer.until(DATA)[2] == b"6789"
        flags, _, _ = peer.until(HEADERS)
        assert flags & END_STREAM


def test_frames_are_no_longer_than_the_peer_takes() -> None:
    def answer(connection: Connection, stream: Stream) -> None:
        connection.send(stream, headers=PATH, data=b"x" * 40_000, trailers=b"\0\1a\1b" * 5_000)

    with connected(answer) as peer:
        peer.send(frame(HEADERS, PATH, END_HEADERS | END_STREAM, 1))
        assert [len(peer.until(DATA)[2]) for _ in range(3)] == [16_384, 16_384, 40_000 - 2 * 16_384]
        flags, _, block = peer.until(HEADERS)
        assert flags == END_STREAM
        flags, _, rest = peer.until(CONTINUATION)
        assert flags == END_HEADERS
        assert hpack.Decoder().decode(block + rest) == [("a", "b")] * 5_000


def test_an_answer_to_a_call_given_up_goes_nowhere() -> None:
    later: list[tuple[Connection, Stream]] = []

    with connected(lambda connection, stream: later.append((connection, stream))) as peer:
        peer.send(
            frame(HEADERS, PATH, END_HEADERS | END_STREAM, 1),
            frame(RESET, bytes(4), 0, 1),
            frame(PING, b"12345678"),
        )
        peer.until(PING)
        connection, stream = later[0]
        assert stream.cancelled
        connection.send(stream, headers=PATH, trailers=PATH)
        peer.send(frame(PING, b"87654321"))
        kinds = [peer.receive()[0]]
        assert kinds == [PING]


@pytest.mark.parametrize(
    "sent",
    [
        frame(DATA, bytes(16_385), 0, 1),
        frame(HEADERS, b"\x80", END_HEADERS, 1),
        frame(DATA, b"\xff", PADDED, 1),
        frame(SETTINGS, b"\0\4\0"),
        frame(WINDOW, b"\0"),
    ],
    ids=["too long", "headers of nothing", "padding beyond", "half a setting", "half a window"],
)
def test_a_peer_that_does_not_speak_http2_is_told_so(sent: bytes) -> None:
    with connected(lambda _connection, _stream: None) as peer:
        peer.send(frame(HEADERS, PATH, END_HEADERS, 1), sent)
        assert peer.until(GOAWAY)[2][-4:] == struct.pack(">I", 1)
        assert peer.ended()


def test_who_is_no_http2_client_is_sent_away() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        ours.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        Connection(theirs, lambda _connection, _stream: None).serve()
        flags, stream, reason = Peer(ours).until(GOAWAY)
        assert (flags, stream, reason[-4:]) == (0, 0, struct.pack(">I", 1))


def test_every_call_is_given_up_when_the_peer_goes() -> None:
    ours, theirs = socket.socketpair()
    streams: list[Stream] = []
    with ours:
        ours.sendall(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            + frame(HEADERS, PATH, END_HEADERS | END_STREAM, 1)
            + frame(HEADERS, PATH, END_HEADERS, 3)
        )
        ours.shutdown(socket.SHUT_WR)
        Connection(theirs, lambda _connection, stream: streams.append(stream)).serve()

    assert [stream.cancelled for stream in streams] == [True]
