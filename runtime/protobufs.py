"""Pulumi's protobuf messages without the start-up cost of the SDK around them.

``import pulumi`` takes 0.4 s of CPU, and the engine starts the language host and each provider
anew for every command. The generated ``*_pb2`` modules need nothing of the SDK but their folder.
"""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec
from types import ModuleType

_PACKAGES = (
    "pulumi",
    "pulumi.runtime",
    "pulumi.runtime.proto",
    "pulumi.runtime.proto.codegen",  # its own code imports all of gRPC, which takes 25 ms
)


def prepare() -> None:
    """Make ``from pulumi.runtime.proto import x_pb2`` cheap in this process.

    Call it first thing in a process that only serves protobufs; afterwards the Pulumi SDK itself
    cannot be used in that process. Does nothing when the SDK is loaded already.
    The garbage collector stays off: such a process lives for seconds and keeps what it imports.

    Raises:
        ModuleNotFoundError: The Pulumi SDK is not installed beside this interpreter.
    """
    if "pulumi" in sys.modules:
        return
    gc.disable()
    _bare_packages()
    if find_spec("google._upb._message"):
        # Beside the compiled messages, protobuf imports its pure Python ones (20 ms) for nothing.
        unused = "google.protobuf.internal.python_message"
        sys.modules.setdefault(unused, ModuleType(unused))


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
