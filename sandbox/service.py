"""The ResourceProvider gRPC service around a :class:`sandbox.provider.Provider`.

Protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from runtime.rpc.server import Method, never
from runtime.rpc.status import INTERNAL, CallError
from sandbox import differ, naming, wire
from sandbox.provider import Provider, ProviderError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sandbox.validate import Fault
    from sandbox.wire import Path

# Messages of generated modules have no static types worth the name here; ``Any`` is a message.
Message = Any
_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class Service:
    """One method for each remote procedure, named as the protocol names it."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def Handshake(self, request: Message) -> Message:  # noqa: N802 - the protocol's name, as below
        """Say what the engine may send."""
        del request
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Message) -> Message:  # noqa: N802
        """Serve an engine that found this process already running."""
        del request
        return empty_pb2.Empty()

    def Cancel(self, request: Message) -> Message:  # noqa: N802
        """Nothing runs long enough to be cancelled."""
        del request
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Message) -> Message:  # noqa: N802
        """The SDK's version, so that the engine takes this for the plugin the program wants."""
        del request
        return plugin_pb2.PluginInfo(version=self.provider.schema.version)

    def GetSchema(self, request: Message) -> Message:  # noqa: N802
        """The package's name: programs in Python never ask for more."""
        del request
        schema = self.provider.schema
        text = f'{{"name": "{schema.package}", "version": "{schema.version}"}}'
        return provider_pb2.GetSchemaResponse(schema=text)

    def CheckConfig(self, request: Message) -> Message:  # noqa: N802
        """Judge the provider resource's arguments."""
        values, _ = wire.decode(request.news)
        failures = _failures(self.provider.check_config(request.urn, values))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Message) -> Message:  # noqa: N802
        """A provider instance is never replaced for its arguments."""
        changed = request.old_inputs != request.news
        kind = (
            provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        )
        return provider_pb2.DiffResponse(changes=kind)

    def Configure(self, request: Message) -> Message:  # noqa: N802
        """Take the provider resource's arguments."""
        values, _ = wire.decode(request.args)
        self.provider.configure(values)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=False
        )

    def Check(self, request: Message) -> Message:  # noqa: N802
        """Judge inputs, with names and defaults filled in."""
        news, secrets = wire.decode(request.news)
        olds, _ = wire.decode(request.olds)
        inputs, faults = self.provider.check(request.urn, news, olds)
        response = provider_pb2.CheckResponse(failures=_failures(faults))
        self._encode(request.urn, inputs, response.inputs, secrets)
        return response

    def Diff(self, request: Message) -> Message:  # noqa: N802
        """Compare inputs with those of the last update."""
        old_inputs, _ = wire.decode(request.old_inputs)
        news, _ = wire.decode(request.news)
        changes = self.provider.diff(request.urn, old_inputs, news, request.ignoreChanges)
        shape = self.provider.shape(naming.type_token(request.urn))
        replaced = sorted({change.path for change in changes if change.replaces})
        response = provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME
            if changes
            else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=replaced,
            diffs=sorted({differ.root(change.path) for change in changes}),
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(replaced)
            and self.provider.flavour.deletes_first(shape, old_inputs, news),
        )
        for change in changes:
            response.detailedDiff[change.path].CopyFrom(
                provider_pb2.PropertyDiff(kind=_KINDS[change.kind, change.replaces], inputDiff=True)
            )
        return response

    def Create(self, request: Message) -> Message:  # noqa: N802
        """Create, or preview it."""
        inputs, secrets = wire.decode(request.properties)
        response = provider_pb2.CreateResponse()
        if request.preview:
            outputs = self.provider.preview(request.urn, inputs, None)
        else:
            response.id, outputs = self.provider.create(request.urn, inputs)
        self._encode(request.urn, outputs, response.properties, secrets)
        return response

    def Update(self, request: Message) -> Message:  # noqa: N802
        """Update in place, or preview it."""
        inputs, secrets = wire.decode(request.news)
        response = provider_pb2.UpdateResponse()
        if request.preview:
            old, _ = wire.decode(request.olds)
            outputs = self.provider.preview(request.urn, inputs, old)
        else:
            old_inputs, _ = wire.decode(request.old_inputs)
            outputs = self.provider.update(request.urn, request.id, inputs, old_inputs)
        self._encode(request.urn, outputs, response.properties, secrets)
        return response

    def Read(self, request: Message) -> Message:  # noqa: N802
        """Refresh, get or import."""
        old_inputs, input_secrets = wire.decode(request.inputs)
        old_outputs, output_secrets = wire.decode(request.properties)
        found = self.provider.read(request.urn, request.id, old_inputs, old_outputs)
        response = provider_pb2.ReadResponse()
        if found is not None:
            response.id, inputs, outputs = found
            secrets = input_secrets | output_secrets
            self._encode(request.urn, inputs, response.inputs, secrets)
            self._encode(request.urn, outputs, response.properties, secrets)
        return response

    def Delete(self, request: Message) -> Message:  # noqa: N802
        """Delete."""
        outputs, _ = wire.decode(request.properties)
        self.provider.delete(request.urn, request.id, outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Message) -> Message:  # noqa: N802
        """Call a function."""
        args, _ = wire.decode(request.args)
        answer, faults = self.provider.invoke(request.tok, args)
        response = provider_pb2.InvokeResponse(failures=_failures(faults))
        wire.encode(answer, getattr(response, "return"))
        return response

    def _encode(
        self, urn: str, values: dict[str, Any], into: Message, secrets: Collection[Path]
    ) -> None:
        shape = self.provider.shape(naming.type_token(urn))
        always = {(name,) for name in shape.secrets if name in values}
        # A secret inside a value that is secret as a whole would be marked twice.
        inner = {path for path in secrets if path[:1] not in always}
        wire.encode(values, into, always | inner)


def _failures(faults: Collection[Fault]) -> list[Message]:
    return [provider_pb2.CheckFailure(property=fault.path, reason=fault.reason) for fault in faults]


_REQUESTS = {
    "Handshake": provider_pb2.ProviderHandshakeRequest,
    "Attach": plugin_pb2.PluginAttach,
    "Cancel": empty_pb2.Empty,
    "GetPluginInfo": empty_pb2.Empty,
    "GetSchema": provider_pb2.GetSchemaRequest,
    "CheckConfig": provider_pb2.CheckRequest,
    "DiffConfig": provider_pb2.DiffRequest,
    "Configure": provider_pb2.ConfigureRequest,
    "Check": provider_pb2.CheckRequest,
    "Diff": provider_pb2.DiffRequest,
    "Create": provider_pb2.CreateRequest,
    "Update": provider_pb2.UpdateRequest,
    "Read": provider_pb2.ReadRequest,
    "Delete": provider_pb2.DeleteRequest,
    "Invoke": provider_pb2.InvokeRequest,
}
# What reaches the cloud may be throttled, slow or in conflict with what runs beside it.
_WAITING = {"Create", "Update", "Read", "Delete", "Invoke"}


def methods(service: Service) -> dict[str, Method]:
    """The protocol's methods; those not listed answer "unimplemented"."""
    return {
        name: Method(
            request,
            _explained(getattr(service, name)),
            waits=_waits if name in _WAITING else never,
        )
        for name, request in _REQUESTS.items()
    }


def _waits(request: Message) -> bool:
    return not getattr(request, "preview", False)


def _explained(method: Callable[[Message], Message]) -> Callable[[Message, object], Message]:
    def answer(request: Message, call: object) -> Message:
        del call
        try:
            return method(request)
        except ProviderError as error:
            raise CallError(str(error)) from error
        except Exception as error:
            raise CallError(_fault_of_ours(error), INTERNAL) from error

    return answer


def _fault_of_ours(error: Exception) -> str:
    import traceback  # a fault of the sandbox is rare

    lines = "".join(traceback.format_exception(error))
    return f"the sandbox itself failed, not the cloud ({type(error).__name__}: {error})\n{lines}"
