"""Starts a pack's process; everything a pack directory's ``__main__.py`` has to call."""

from __future__ import annotations

import gc
import signal
import sys
from concurrent import futures
from datetime import UTC, datetime

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies import config, registry
from policies.adapter import Analyzer

# A stack is judged in one message; the engine's own limit is the same.
# https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/util/rpcutil/serve.go
_LARGEST_MESSAGE = 400 * 1024 * 1024


def start(pack: str) -> tuple[grpc.Server, int]:
    """Listen on a free local port.

    Args:
        pack: One of :data:`policies.registry.PACKS`.

    Returns:
        The running server and its port.

    Raises:
        KeyError: There is no such pack.
        config.ConfigError: A shipped configuration file names what does not exist.
    """
    today = datetime.now(UTC).date()
    config.check(today)
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
        ],
    )
    analyzer = Analyzer(pack, registry.pack(pack), today=today)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(pack: str) -> None:
    """Serve until the engine ends the process. The engine reads the port from standard output."""
    # A process of a few seconds: what is loaded now stays, and scanning it only costs time.
    gc.freeze()
    server, port = start(pack)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()

    def stop(*_: object) -> None:
        server.stop(grace=None)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    server.wait_for_termination()
