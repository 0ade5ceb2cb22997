"""Starts one stand-in provider: prints its port, serves until the engine is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent import futures
from importlib import import_module
from typing import TYPE_CHECKING

from runtime.protobufs import prepare

prepare()

import grpc  # noqa: E402 - only cheap after prepare()

from sandbox.provider import Provider  # noqa: E402
from sandbox.schema import SchemaMissingError, open_schema  # noqa: E402
from sandbox.service import Service, handlers  # noqa: E402
from sandbox.state import Cloud, OutdatedStateError  # noqa: E402

if TYPE_CHECKING:
    from sandbox.flavours import Flavour

_LARGEST_MESSAGE = 400 * 1024 * 1024  # the engine's own limit
_PARENT_CHECK = 0.5  # seconds between looks at whether the engine still lives


def serve(package: str) -> int:
    """Serve ``azure-native`` or ``databricks`` until stopped."""
    engine = os.getppid()  # looked up first: it may be killed while this process is starting
    try:
        provider = Provider(_flavour(package), open_schema(package), Cloud())
    except (SchemaMissingError, OutdatedStateError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    server.add_generic_rpc_handlers((handlers(Service(provider)),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    if not _stopped(engine):
        # An operation under way ends with its engine, wholly undone; otherwise it would surprise
        # the run that recovers this one.
        os._exit(1)
    server.stop(grace=None)
    return 0


def _flavour(package: str) -> Flavour:
    """What is particular to a package, with its rules registered; the other one is not loaded."""
    if package == "azure-native":
        from sandbox.azure_native import AzureNative

        import_module("sandbox.azure")
        return AzureNative()
    from sandbox.databricks_provider import Databricks

    import_module("sandbox.databricks")
    return Databricks()


def _stopped(engine: int) -> bool:
    """Wait for a signal; False when the engine has died without one (kill -9)."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: object) -> None:
        stopped.set()

    # The engine stops a plugin with SIGINT and waits seconds for it. Ctrl-C does not come here:
    # each plugin has a process group of its own, and the engine cancels its work first.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    while not stopped.wait(_PARENT_CHECK):
        if os.getppid() != engine:
            return False
    return True


if __name__ == "__main__":
    sys.exit(serve(sys.argv[1]))
