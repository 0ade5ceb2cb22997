"""The stand-in providers as the engine meets them: separate processes, spoken to over gRPC."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox import wire
from sandbox.rules import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

BIN = Path(__file__).resolve().parents[2] / "sandbox" / "bin"
VNET = "azure-native:network:VirtualNetwork"
GROUP = "azure-native:resources:ResourceGroup"
SUBNET = "azure-native:network:Subnet"


def urn(token: str, name: str) -> str:
    """The URN of a resource of the stack ``dev``."""
    return f"urn:pulumi:dev::mlops::{token}::{name}"


@dataclass
class Answer:
    """A provider's answer in plain values, with the paths that it marked secret."""

    id: str = ""
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    inputs: dict[str, Any] = field(default_factory=dict[str, Any])
    secrets: set[wire.Path] = field(default_factory=set["wire.Path"])
    failures: dict[str, str] = field(default_factory=dict[str, str])


class Client:
    """One provider process, called with plain values."""

    def __init__(self, process: subprocess.Popen[str], port: str) -> None:
        self.process = process
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        # The generated stub has no types of its own.
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def configure(self, **args: Any) -> None:
        """Configure the provider, after the engine's handshake."""
        self.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
        request = provider_pb2.ConfigureRequest(acceptSecrets=True, acceptResources=True)
        wire.encode(args, request.args)
        self.stub.Configure(request)

    def check_config(self, token: str, /, **args: Any) -> dict[str, str]:
        """What is wrong with the arguments of a provider resource, by argument."""
        request = provider_pb2.CheckRequest(urn=urn(token, "provider"))
        wire.encode(args, request.news)
        return {f.property: f.reason for f in self.stub.CheckConfig(request).failures}

    def check(
        self,
        token: str,
        name: str,
        news: Mapping[str, Any],
        olds: Mapping[str, Any] | None = None,
        secrets: set[wire.Path] | None = None,
    ) -> Answer:
        """Check inputs."""
        request = provider_pb2.CheckRequest(urn=urn(token, name))
        wire.encode(news, request.news, secrets or set())
        wire.encode(olds or {}, request.olds)
        response = self.stub.Check(request)
        values, marked = wire.decode(response.inputs)
        failures = {failure.property: failure.reason for failure in response.failures}
        return Answer("", values, values, marked, failures)

    def create(
        self,
        token: str,
        name: str,
        inputs: Mapping[str, Any],
        *,
        preview: bool = False,
        secrets: set[wire.Path] | None = None,
    ) -> Answer:
        """Check inputs, which must be in order, and create or preview."""
        checked = self.check(token, name, inputs, secrets=secrets)
        assert not checked.failures
        request = provider_pb2.CreateRequest(urn=urn(token, name), preview=preview)
        wire.encode(checked.values, request.properties, checked.secrets)
        response = self.stub.Create(request)
        values, marked = wire.decode(response.properties)
        return Answer(response.id, values, checked.values, marked)

    def update(
        self, token: str, name: str, old: Answer, news: Mapping[str, Any], *, preview: bool = False
    ) -> Answer:
        """Check inputs and update or preview."""
        checked = self.check(token, name, news, old.inputs)
        assert not checked.failures
        request = provider_pb2.UpdateRequest(urn=urn(token, name), id=old.id, preview=preview)
        wire.encode(old.values, request.olds)
        wire.encode(old.inputs, request.old_inputs)
        wire.encode(checked.values, request.news)
        values, marked = wire.decode(self.stub.Update(request).properties)
        return Answer(old.id, values, checked.values, marked)

    def diff(
        self,
        token: str,
        name: str,
        old: Answer,
        news: Mapping[str, Any],
        ignored: Sequence[str] = (),
    ) -> Any:
        """Check inputs and compare them with the old ones."""
        checked = self.check(token, name, news, old.inputs)
        request = provider_pb2.DiffRequest(urn=urn(token, name), id=old.id, ignoreChanges=ignored)
        wire.encode(old.values, request.olds)
        wire.encode(old.inputs, request.old_inputs)
        wire.encode(checked.values, request.news)
        return self.stub.Diff(request)

    def read(self, token: str, name: str, resource_id: str, old: Answer | None = None) -> Answer:
        """Refresh, or import where there is nothing old."""
        request = provider_pb2.ReadRequest(urn=urn(token, name), id=resource_id)
        if old is not None:
            wire.encode(old.values, request.properties, old.secrets)
            wire.encode(old.inputs, request.inputs, old.secrets)
        response = self.stub.Read(request)
        values, marked = wire.decode(response.properties)
        inputs, _ = wire.decode(response.inputs)
        return Answer(response.id, values, inputs, marked)

    def delete(self, token: str, name: str, resource_id: str) -> None:
        """Delete."""
        self.stub.Delete(provider_pb2.DeleteRequest(urn=urn(token, name), id=resource_id))

    def invoke(self, token: str, /, **args: Any) -> Answer:
        """Call a function."""
        request = provider_pb2.InvokeRequest(tok=token)
        wire.encode(args, request.args)
        response = self.stub.Invoke(request)
        values, _ = wire.decode(getattr(response, "return"))
        return Answer("", values, failures={f.property: f.reason for f in response.failures})

    def version(self) -> str:
        """The version the provider gives itself."""
        return self.stub.GetPluginInfo(empty_pb2.Empty()).version


@contextmanager
def started(package: str, **config: Any) -> Generator[Client]:
    """A provider process, configured; ``$SANDBOX_STATE`` says where its cloud is."""
    process = subprocess.Popen(
        [BIN / f"pulumi-resource-{package}"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    client = Client(process, process.stdout.readline().strip())
    try:
        client.configure(**config)
        yield client
    finally:
        client.channel.close()
        process.terminate()
        process.wait(10)
        process.stdout.close()


def error_of(error: grpc.RpcError) -> str:
    """The words of a refused call."""
    call: Any = error  # every error of a call is a call too, which its static type does not say
    return str(call.details())


__all__ = ["GROUP", "SUBNET", "UNKNOWN", "VNET", "Answer", "Client", "error_of", "started", "urn"]
