"""The gRPC service ``LanguageRuntime``, as far as running programs needs it.

Left out are code generation and packing: ``pulumi convert``, ``package gen-sdk`` and ``package
add`` need the official CLI and say so through gRPC's UNIMPLEMENTED.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import plugin_pb2

from engine.language_host import programs
from engine.language_host.children import Children
from engine.language_host.toolchain import Toolchain, ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from google.protobuf.message import Message

    Context = grpc.ServicerContext

VERSION = "1.0.0"
_LARGEST_MESSAGE = 400 * 1024 * 1024  # bytes; the engine's own limit, gRPC's is 4 MB
_CALLS_AT_ONCE = 64  # each running program and policy pack holds one thread until it ends
_LOOK_FOR_PARENT = 1.0  # seconds between looks whether the engine is still there


class LanguageHost:
    """The calls of the service; ``methods`` says under which names."""

    def __init__(self, engine_address: str) -> None:
        self.engine_address = engine_address
        self.children = Children()

    def methods(self) -> dict[str, tuple[Callable[..., Any], Any]]:
        """The unary methods by their gRPC name, with their request messages."""
        return {
            "Handshake": (self._handshake, pb.LanguageHandshakeRequest),
            "GetPluginInfo": (self._plugin_info, empty_pb2.Empty),
            "RuntimeOptionsPrompts": (self._prompts, pb.RuntimeOptionsRequest),
            "GetRequiredPackages": (self._required, pb.GetRequiredPackagesRequest),
            "GetProgramDependencies": (self._dependencies, pb.GetProgramDependenciesRequest),
            "About": (self._about, pb.AboutRequest),
            "Run": (self._run, pb.RunRequest),
            "Cancel": (self._cancel, empty_pb2.Empty),
        }

    def streams(self) -> dict[str, tuple[Callable[..., Any], Any]]:
        """The methods that answer with a stream of messages."""
        return {
            "InstallDependencies": (self._install, pb.InstallDependenciesRequest),
            "RunPlugin": (self._run_plugin, pb.RunPluginRequest),
        }

    def _handshake(self, request: pb.LanguageHandshakeRequest, _: Context) -> Message:
        self.engine_address = request.engine_address
        return pb.LanguageHandshakeResponse()

    def _plugin_info(self, _: Message, __: Context) -> Message:
        return plugin_pb2.PluginInfo(version=VERSION)

    def _prompts(self, _: Message, __: Context) -> Message:
        # Only `pulumi new` asks; there is one toolchain here, so there is nothing to choose.
        return pb.RuntimeOptionsResponse()

    def _required(self, request: pb.GetRequiredPackagesRequest, _: Context) -> Message:
        packages = [
            plugin_pb2.PackageDependency(
                name=each.name, version=each.version, server=each.server, kind="resource"
            )
            for each in Toolchain.of(request.info).plugins()
        ]
        return pb.GetRequiredPackagesResponse(packages=packages)

    def _dependencies(self, request: pb.GetProgramDependenciesRequest, _: Context) -> Message:
        packages = Toolchain.of(request.info).packages(transitive=request.transitiveDependencies)
        dependencies = [
            pb.DependencyInfo(name=each.name, version=each.version) for each in packages
        ]
        return pb.GetProgramDependenciesResponse(dependencies=dependencies)

    def _about(self, request: pb.AboutRequest, _: Context) -> Message:
        toolchain = Toolchain.of(request.info)
        return pb.AboutResponse(executable=toolchain.python(), version=toolchain.version())

    def _run(self, request: pb.RunRequest, context: Context) -> Message:
        error, bail = programs.run(
            request, self.engine_address, self.children, context.add_callback
        )
        return pb.RunResponse(error=error, bail=bail)

    def _install(
        self, request: pb.InstallDependenciesRequest, context: Context
    ) -> Iterator[Message]:
        yield from programs.install(request, self.children, context.add_callback)

    def _run_plugin(self, request: pb.RunPluginRequest, context: Context) -> Iterator[Message]:
        yield from programs.run_plugin(request, self.children, context.add_callback)

    def _cancel(self, _: Message, __: Context) -> Message:
        self.children.end(signum=signal.SIGINT)
        return empty_pb2.Empty()


def _explained(method: Callable[..., Message]) -> Callable[..., Message]:
    """Turn an unusable toolchain into an answer that the engine prints as it is."""

    def answer(request: Message, context: Context) -> Message:
        try:
            return method(request, context)
        except ToolchainError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    return answer


def _explained_stream(
    method: Callable[..., Iterator[Message]],
) -> Callable[..., Iterator[Message]]:
    def answer(request: Message, context: Context) -> Iterator[Message]:
        try:
            yield from method(request, context)
        except ToolchainError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    return answer


def _serialized(message: Message) -> bytes:
    return message.SerializeToString()


def _handlers(host: LanguageHost) -> grpc.GenericRpcHandler:
    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {}
    for name, (method, request) in host.methods().items():
        handlers[name] = grpc.unary_unary_rpc_method_handler(
            _explained(method), request.FromString, _serialized
        )
    for name, (method, request) in host.streams().items():
        handlers[name] = grpc.unary_stream_rpc_method_handler(
            _explained_stream(method), request.FromString, _serialized
        )
    return grpc.method_handlers_generic_handler("pulumirpc.LanguageRuntime", handlers)


def serve(argv: Sequence[str]) -> NoReturn:
    """Serve until SIGINT, SIGTERM or the engine's end; print the port first, as plugins do.

    Args:
        argv: The engine's address comes last; flags before it are old engines' and ignored.
    """
    positional = [each for each in argv if not each.startswith("-")]
    host = LanguageHost(positional[-1] if positional else "")
    ending = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _, __: ending.set())

    server = grpc.server(
        ThreadPoolExecutor(_CALLS_AT_ONCE),
        handlers=[_handlers(host)],
        options=[("grpc.max_receive_message_length", _LARGEST_MESSAGE)],
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)

    # An engine that is killed cannot say goodbye; its host must not stay behind as an orphan.
    engine = os.getppid()
    while not ending.wait(_LOOK_FOR_PARENT) and os.getppid() == engine:
        pass
    host.children.end()
    server.stop(None)
    sys.stdout.flush()
    # The children are gone and nothing is left to write: skipping the interpreter's own
    # clean-up saves 35 ms of each start.
    os._exit(0)
