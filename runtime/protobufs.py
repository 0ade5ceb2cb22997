"""Pulumi's protobuf messages and gRPC without the start-up cost of the SDK around them.

``import pulumi`` takes 0.4 s of CPU, and the engine starts the language host and each provider
anew for every command. The generated ``*_pb2`` modules need nothing of the SDK but their folder.

Measured on two cores, CPU seconds until a server listens: SDK imported plainly 0.60, bare
packages 0.18, with the stand-ins of :func:`prepare` 0.10.
"""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec
from types import ModuleType

_PACKAGES = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")


def prepare() -> None:
    """Make ``from pulumi.runtime.proto import x_pb2`` and ``import grpc`` cheap in this process.

    Call it first thing in a process that only serves protobufs; afterwards the Pulumi SDK itself
    and asyncio cannot be used in that process. Does nothing when the SDK is loaded already.
    The garbage collector stays off: such a process lives for seconds and keeps what it imports.

    Raises:
        ModuleNotFoundError: The Pulumi SDK is not installed beside this interpreter.
    """
    if "pulumi" in sys.modules:
        return
    gc.disable()
    _bare_packages()
    _stand_in("grpc.aio", "asyncio")
    if find_spec("google._upb._message"):
        _stand_in("google.protobuf.internal.python_message")


def _stand_in(*unused: str) -> None:
    """Put empty modules in place of what a synchronous server on loopback never calls.

    gRPC's compiled module imports asyncio (22 ms) and its package ends with its asyncio half
    (14 ms); protobuf's builder imports the pure Python implementation of messages (20 ms) beside
    the compiled one.
    """
    for name in unused:
        sys.modules.setdefault(name, ModuleType(name))


def _bare_packages() -> None:
    """Stand packages in ``sys.modules`` that have the SDK's folders but never run its code."""
    spec = find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            f"The Pulumi SDK is not installed for {sys.executable}. Run: make setup", name="pulumi"
        )
    location = spec.submodule_search_locations[0]
    for name in _PACKAGES:
        package = ModuleType(name)
        package.__path__ = [location + name.removeprefix("pulumi").replace(".", "/")]
        sys.modules[name] = package
