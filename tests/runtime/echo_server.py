"""A server of :mod:`runtime.rpc` as a process of its own; ``test_rpc.py`` calls it over gRPC."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.wrappers_pb2 import StringValue

from runtime.rpc.server import Method, serve
from runtime.rpc.status import FAILED_PRECONDITION, CallError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.rpc.http2 import Stream

Text = Any  # a StringValue; generated messages have no static types worth the name


def _echo(request: Text, call: Stream) -> Text:
    del call
    return StringValue(value=request.value)


def _refuse(request: Text, call: Stream) -> Text:
    del call
    raise CallError(request.value, FAILED_PRECONDITION)


def _crash(request: Text, call: Stream) -> Text:
    del call
    raise LookupError(request.value)


def _sleep(request: Text, call: Stream) -> Text:
    """Wait so many seconds, or until the caller gives up, and note which."""
    gave_up = threading.Event()
    call.on_cancel(gave_up.set)
    if gave_up.wait(float(request.value)):
        Path(sys.argv[1]).write_text("given up")
    return StringValue(value="slept")


def _count(request: Text, call: Stream) -> Iterator[Text]:
    del call
    for number in range(int(request.value)):
        time.sleep(0.01)
        yield StringValue(value=str(number))
    if int(request.value) == 3:
        raise CallError("three is where it ends", FAILED_PRECONDITION)


def _waits(request: Text) -> bool:
    del request
    return True


METHODS = {
    "Echo": Method(StringValue, _echo),
    "Refuse": Method(StringValue, _refuse),
    "Crash": Method(StringValue, _crash),
    "Sleep": Method(StringValue, _sleep, waits=_waits),
    "Count": Method(StringValue, _count, waits=_waits, streams=True),
}

if __name__ == "__main__":
    sys.exit(0 if serve("test.Echo", METHODS, os.getppid()) else 1)
