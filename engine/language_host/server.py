"""The gRPC service ``LanguageRuntime``, as far as running programs needs it.

Left out are code generation and packing: ``pulumi convert``, ``package gen-sdk`` and ``package
add`` need the official CLI and say so through gRPC's UNIMPLEMENTED.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import plugin_pb2

from engine.language_host import programs
from engine.language_host.children import Children
from engine.language_host.toolchain import Toolchain
from runtime.rpc.server import Method, always, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from google.protobuf.message import Message

    from runtime.rpc.http2 import Stream

VERSION = "1.0.0"


class LanguageHost:
    """The calls of the service; ``methods`` says under which names."""

    def __init__(self, engine_address: str) -> None:
        self.engine_address = engine_address
        self.children = Children()

    def methods(self) -> dict[str, Method]:
        """The methods by their name in the protocol."""
        quick: dict[str, tuple[Any, Callable[..., Message]]] = {
            "Handshake": (pb.LanguageHandshakeRequest, self._handshake),
            "GetPluginInfo": (empty_pb2.Empty, self._plugin_info),
            "RuntimeOptionsPrompts": (pb.RuntimeOptionsRequest, self._prompts),
            "GetRequiredPackages": (pb.GetRequiredPackagesRequest, self._required),
            "GetProgramDependencies": (pb.GetProgramDependenciesRequest, self._dependencies),
            "About": (pb.AboutRequest, self._about),
        }
        streams: dict[str, tuple[Any, Callable[..., Iterator[Message]]]] = {
            "InstallDependencies": (pb.InstallDependenciesRequest, self._install),
            "RunPlugin": (pb.RunPluginRequest, self._run_plugin),
        }
        return {
            **{name: Method(request, answer) for name, (request, answer) in quick.items()},
            "Run": Method(pb.RunRequest, self._run, waits=always),
            "Cancel": Method(empty_pb2.Empty, self._cancel, waits=always),
            **{
                name: Method(request, answer, waits=always, streams=True)
                for name, (request, answer) in streams.items()
            },
        }

    def _handshake(self, request: pb.LanguageHandshakeRequest, _: Stream) -> Message:
        self.engine_address = request.engine_address
        return pb.LanguageHandshakeResponse()

    def _plugin_info(self, _: Message, __: Stream) -> Message:
        return plugin_pb2.PluginInfo(version=VERSION)

    def _prompts(self, _: Message, __: Stream) -> Message:
        # Only `pulumi new` asks; there is one toolchain here, so there is nothing to choose.
        return pb.RuntimeOptionsResponse()

    def _required(self, request: pb.GetRequiredPackagesRequest, _: Stream) -> Message:
        packages = [
            plugin_pb2.PackageDependency(
                name=each.name, version=each.version, server=each.server, kind="resource"
            )
            for each in Toolchain.of(request.info).plugins()
        ]
        return pb.GetRequiredPackagesResponse(packages=packages)

    def _dependencies(self, request: pb.GetProgramDependenciesRequest, _: Stream) -> Message:
        packages = Toolchain.of(request.info).packages(transitive=request.transitiveDependencies)
        dependencies = [
            pb.DependencyInfo(name=each.name, version=each.version) for each in packages
        ]
        return pb.GetProgramDependenciesResponse(dependencies=dependencies)

    def _about(self, request: pb.AboutRequest, _: Stream) -> Message:
        toolchain = Toolchain.of(request.info)
        return pb.AboutResponse(executable=toolchain.python(), version=toolchain.version())

    def _run(self, request: pb.RunRequest, call: Stream) -> Message:
        error, bail = programs.run(request, self.engine_address, self.children, call.on_cancel)
        return pb.RunResponse(error=error, bail=bail)

    def _install(self, request: pb.InstallDependenciesRequest, call: Stream) -> Iterator[Message]:
        yield from programs.install(request, self.children, call.on_cancel)

    def _run_plugin(self, request: pb.RunPluginRequest, call: Stream) -> Iterator[Message]:
        yield from programs.run_plugin(request, self.children, call.on_cancel)

    def _cancel(self, _: Message, __: Stream) -> Message:
        self.children.end(signum=signal.SIGINT)
        return empty_pb2.Empty()


def main(argv: Sequence[str]) -> NoReturn:
    """Serve until SIGINT, SIGTERM or the engine's end.

    Args:
        argv: The engine's address comes last; flags before it are old engines' and ignored.
    """
    engine = os.getppid()
    positional = [each for each in argv if not each.startswith("-")]
    host = LanguageHost(positional[-1] if positional else "")
    # An engine that is killed cannot say goodbye; its host must not stay behind as an orphan.
    serve("pulumirpc.LanguageRuntime", host.methods(), engine)
    host.children.end()
    sys.stdout.flush()
    # The children are gone and nothing is left to write: skipping the interpreter's own
    # clean-up saves 35 ms of each start.
    os._exit(0)
