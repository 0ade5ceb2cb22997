"""gRPC over :mod:`runtime.rpc.http2`: messages in and out, statuses, methods that wait.

Protocol: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
import threading
from select import select
from socket import IPPROTO_TCP, TCP_NODELAY, create_server, socketpair
from typing import TYPE_CHECKING, Any

from runtime.rpc import hpack
from runtime.rpc.http2 import Connection, Stream
from runtime.rpc.status import INTERNAL, UNIMPLEMENTED, CallError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# Generated messages have no static types worth the name; ``Any`` is a message.
Message = Any

_PREFIX = struct.Struct(">BI")  # compressed or not, length
_HEADERS = hpack.encode((":status", "200"), ("content-type", "application/grpc"))
_OK = hpack.encode(("grpc-status", "0"))
_LOOK_FOR_PARENT = 0.5  # seconds between looks at whether the engine still lives


def never(_request: Message) -> bool:
    """For methods that answer at once."""
    return False


def always(_request: Message) -> bool:
    """For methods that may take as long as they like."""
    return True


class Method:
    """A method of a service.

    Args:
        request: The type of its request message.
        answer: Gets the request and the call; returns the response message, or yields several.
        waits: Whether answering a request may take long. Such a call gets a thread of its own; any
            other is answered by the thread that reads, and those after it wait their turn.
        streams: Whether ``answer`` yields.
    """

    def __init__(
        self,
        request: Message,
        answer: Callable[[Message, Stream], Message | Iterable[Message]],
        *,
        waits: Callable[[Message], bool] = never,
        streams: bool = False,
    ) -> None:
        self.request = request
        self.answer = answer
        self.waits = waits
        self.streams = streams


def serve(service: str, methods: Mapping[str, Method], parent: int) -> bool:
    """Print the port, as plugins do, and serve until told to stop or the engine is gone.

    Args:
        service: Its full gRPC name.
        methods: By their name in the protocol; any other answers "unimplemented".
        parent: The engine's process, looked up before anything else: it may be killed while this
            process is starting.

    Returns:
        Whether a signal ended it; otherwise the engine was killed and could not say goodbye.
    """
    by_path = {f"/{service}/{name}": method for name, method in methods.items()}
    listener = create_server(("127.0.0.1", 0), backlog=64)
    # Ctrl-C does not come here: each plugin has a process group of its own, and the engine cancels
    # its work before it stops a plugin with SIGINT. Who is stopped may be told so again.
    told, telling = socketpair()
    telling.settimeout(0)
    signal.set_wakeup_fd(telling.fileno())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _told)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    try:
        while os.getppid() == parent:
            ready, _, _ = select((listener, told), (), (), _LOOK_FOR_PARENT)
            if told in ready:
                return True
            if listener in ready:
                peer, _ = listener.accept()
                peer.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
                connection = Connection(peer, lambda c, stream: _take(by_path, c, stream))
                threading.Thread(target=connection.serve, daemon=True).start()
        return False
    finally:
        signal.set_wakeup_fd(-1)  # nobody listens any more


def _told(_signal: int, _frame: object) -> None:
    """Without a handler a signal would end the process; the wake-up above tells of it."""


def _take(methods: Mapping[str, Method], connection: Connection, stream: Stream) -> None:
    """Answer a request that has come in whole."""
    method = methods.get(stream.path)
    if method is None:
        _fail(connection, stream, CallError(f"no method {stream.path} here", UNIMPLEMENTED))
        return
    try:
        request = method.request.FromString(_unframed(stream.body))
    except (CallError, ValueError) as error:  # protobuf's DecodeError is a ValueError
        _fail(connection, stream, CallError(f"{stream.path}: {error}", INTERNAL))
        return
    if method.waits(request):
        arguments = (method, request, connection, stream)
        threading.Thread(target=_answer, args=arguments, daemon=True).start()
    else:
        _answer(method, request, connection, stream)


def _answer(method: Method, request: Message, connection: Connection, stream: Stream) -> None:
    try:
        if method.streams:
            connection.send(stream, headers=_HEADERS)
            for response in method.answer(request, stream):
                connection.send(stream, data=_framed(response))
            connection.send(stream, trailers=_OK)
        else:
            response = method.answer(request, stream)
            connection.send(stream, headers=_HEADERS, data=_framed(response), trailers=_OK)
    except CallError as error:
        _fail(connection, stream, error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told
        from traceback import format_exc  # a fault of ours is rare

        told = f"{stream.path} failed ({type(error).__name__}: {error})\n{format_exc()}"
        _fail(connection, stream, CallError(told, INTERNAL))


def _fail(connection: Connection, stream: Stream, error: CallError) -> None:
    trailers = hpack.encode(
        ("grpc-status", str(error.status)), ("grpc-message", _escaped(str(error)))
    )
    connection.send(stream, trailers=_HEADERS + trailers if not stream.answering else trailers)


def _framed(message: Message) -> bytes:
    raw = message.SerializeToString()
    return _PREFIX.pack(0, len(raw)) + raw


def _unframed(body: bytearray) -> bytes:
    if len(body) < _PREFIX.size:
        raise CallError("a request without a message")
    compressed, length = _PREFIX.unpack_from(body)
    if compressed or length != len(body) - _PREFIX.size:
        raise CallError("a compressed request, or more than one message")
    return bytes(body[_PREFIX.size :])


def _escaped(text: str) -> str:
    """A status message as the protocol carries it: percent-encoded UTF-8."""
    return "".join(
        chr(byte) if 0x20 <= byte <= 0x7E and byte != 0x25 else f"%{byte:02X}"  # noqa: PLR2004 - printable ASCII but "%"
        for byte in text.encode()
    )
