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
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, plugin_pb2

from engine.language_host import programs
from engine.language_host.children import Children
from engine.language_host.toolchain import Toolchain, ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

VERSION = "1.0.0"
_LARGEST_MESSAGE = 400 * 1024 * 1024  # bytes; the engine's own limit, gRPC's is 4 MB
_CALLS_AT_ONCE = 64  # each running program and policy pack holds one thread until it ends
_LOOK_FOR_PARENT = 1.0  # seconds between looks whether the engine is still there


class LanguageHost:
    """The calls. Each method is the gRPC method of its name in ``_METHODS``."""

    def __init__(self, engine_address: str) -> None:
        self.engine_address = engine_address
        self.children = Children()

    def handshake(
        self, request: language_pb2.LanguageHandshakeRequest, _: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        self.engine_address = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def get_plugin_info(self, _: Any, __: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def runtime_options_prompts(
        self, _: language_pb2.RuntimeOptionsRequest, __: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        # Only `pulumi new` asks; there is one toolchain here, so there is nothing to choose.
        return language_pb2.RuntimeOptionsResponse()

    def get_required_packages(
        self, request: language_pb2.GetRequiredPackagesRequest, _: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        plugins = Toolchain.of(request.info).plugins()
        return language_pb2.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(
                    name=each.name, version=each.version, server=each.server, kind="resource"
                )
                for each in plugins
            ]
        )

    def get_program_dependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, _: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        packages = Toolchain.of(request.info).packages(transitive=request.transitiveDependencies)
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=each.name, version=each.version)
                for each in packages
            ]
        )

    def install_dependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        for name, data in programs.install(request, self.children, context.add_callback):
            yield language_pb2.InstallDependenciesResponse(**{name: data})

    def about(
        self, request: language_pb2.AboutRequest, _: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        python = Toolchain.of(request.info).python()
        toolchain = Toolchain.of(request.info)
        return language_pb2.AboutResponse(
            executable=toolchain.python(), version=toolchain.version()
        )

    def run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        error, bail = programs.run(
            request, self.engine_address, self.children, context.add_callback
        )
        return language_pb2.RunResponse(error=error, bail=bail)

    def run_plugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        for name, data in programs.run_plugin(request, self.children, context.add_callback):
            yield language_pb2.RunPluginResponse(**{name: data})

    def cancel(self, _: Any, __: grpc.ServicerContext) -> empty_pb2.Empty:
        self.children.end(signum=signal.SIGINT)
        return empty_pb2.Empty()


_pb = language_pb2
_METHODS: dict[str, tuple[Callable[..., Any], Any, bool]] = {
    # gRPC name: method, request message, whether the answer is a stream
    "Handshake": (LanguageHost.handshake, _pb.LanguageHandshakeRequest, False),
    "GetPluginInfo": (LanguageHost.get_plugin_info, empty_pb2.Empty, False),
    "RuntimeOptionsPrompts": (
        LanguageHost.runtime_options_prompts, _pb.RuntimeOptionsRequest, False,
    ),
    "GetRequiredPackages": (
        LanguageHost.get_required_packages, _pb.GetRequiredPackagesRequest, False,
    ),
    "GetProgramDependencies": (
        LanguageHost.get_program_dependencies, _pb.GetProgramDependenciesRequest, False,
    ),
    "InstallDependencies": (
        LanguageHost.install_dependencies, _pb.InstallDependenciesRequest, True,
    ),
    "About": (LanguageHost.about, _pb.AboutRequest, False),
    "Run": (LanguageHost.run, _pb.RunRequest, False),
    "RunPlugin": (LanguageHost.run_plugin, _pb.RunPluginRequest, True),
    "Cancel": (LanguageHost.cancel, empty_pb2.Empty, False),
}  # fmt: skip


def _explaining(method: Callable[..., Any], *, stream: bool) -> Callable[..., Any]:
    """Turn an unusable toolchain into an answer the engine prints as it is."""

    def unary(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(request, context)
        except ToolchainError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    def streaming(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        try:
            yield from method(request, context)
        except ToolchainError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    return streaming if stream else unary


def _handlers(host: LanguageHost) -> grpc.GenericRpcHandler:
    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {}
    for name, (method, message, stream) in _METHODS.items():
        kind = grpc.unary_stream_rpc_method_handler if stream else grpc.unary_unary_rpc_method_handler
        handlers[name] = kind(
            _explaining(method.__get__(host), stream=stream),
            request_deserializer=message.FromString,
            response_serializer=lambda response: response.SerializeToString(),
        )
    return grpc.method_handlers_generic_handler("pulumirpc.LanguageRuntime", handlers)


def serve(argv: Sequence[str]) -> int:
    """Serve until SIGINT, SIGTERM or the engine's end; print the port first, as plugins do.

    Args:
        argv: The engine's address comes last; flags before it are old engines' and ignored.
    """
    positional = [each for each in argv if not each.startswith("-")]
    host = LanguageHost(positional[-1] if positional else "")
    ending = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ending.set())

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
    # clean-up saves 50 ms of each command.
    os._exit(0)
