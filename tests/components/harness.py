"""Runs a program against recorded registrations and hands back the finished graph.

Outputs are unknown-free stand-ins: inputs echoed, an id and a name for everything, and the few
computed properties that components read. A type or invoke that is not expected is an error.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import mocks, settings, stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ANSWERS: dict[str, dict[str, Any]] = {
    "azure-native:databricks:Workspace": {
        "workspaceId": "1001",
        "workspaceUrl": "adb-1.azure.test",
    },
    "azure-native:databricks:AccessConnector": {
        "identity": {
            "type": "SystemAssigned",
            "principalId": "11111111-0000-0000-0000-000000000000",
        }
    },
    "databricks:index/mwsNetworkConnectivityConfig:MwsNetworkConnectivityConfig": {
        "networkConnectivityConfigId": "ncc-1"
    },
    "databricks:index/budget:Budget": {"budgetConfigurationId": "budget-1"},
    "databricks:index/budgetPolicy:BudgetPolicy": {"policyId": "policy-1"},
    "databricks:index/servicePrincipal:ServicePrincipal": {"applicationId": "application-1"},
    "databricks:index/volume:Volume": {"volumePath": "/Volumes/catalog/schema/volume"},
    "databricks:index/modelServing:ModelServing": {"servingEndpointId": "endpoint-1"},
    "databricks:index/directory:Directory": {"workspacePath": "/Workspace/folder"},
    "databricks:index/qualityMonitor:QualityMonitor": {
        "profileMetricsTableName": "catalog.schema.table_profile_metrics"
    },
}
OWN_NAMES = (
    "virtualNetworkName",
    "subnetName",
    "networkSecurityGroupName",
    "natGatewayName",
    "publicIpAddressName",
    "routeTableName",
    "privateZoneName",
    "virtualNetworkLinkName",
    "resourceGroupName",
    "vaultName",
    "accountName",
    "containerName",
    "workspaceName",
    "connectorName",
    "privateEndpointName",
)


@dataclass(frozen=True)
class Registered:
    """One resource as the program registered it."""

    token: str
    name: str
    inputs: Mapping[str, Any]
    parent: str
    provider: str
    protect: bool
    depends_on: tuple[str, ...]
    retain_on_delete: bool
    aliases: int
    ignore_changes: tuple[str, ...]


@dataclass
class Graph:
    """Everything a program registered, once nothing is pending any more."""

    resources: list[Registered] = field(default_factory=list["Registered"])
    outputs: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def all(self, token: str) -> list[Registered]:
        """Every resource of a type."""
        return [r for r in self.resources if r.token == token]

    def one(self, token: str, name: str) -> Registered:
        """The resource of this type and logical name."""
        found = [r for r in self.all(token) if r.name == name]
        assert len(found) == 1, (
            f"{len(found)} of {token} {name}: {[r.name for r in self.all(token)]}"
        )
        return found[0]


class _Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        inputs: dict[str, Any] = {**args.inputs}  # pyright: ignore[reportUnknownMemberType] - the SDK says dict, no more
        own = next((inputs[n] for n in reversed(OWN_NAMES) if n in inputs), args.name)
        specific = {n: inputs[n] for n in OWN_NAMES if n in inputs and n != "resourceGroupName"}
        named = {"name": next(iter(specific.values()), inputs.get("name", own))}
        return f"{args.name}-id", {**named, **inputs, **ANSWERS.get(args.typ, {})}

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        raise AssertionError(f"unexpected invoke of {args.token}")


class _Monitor(mocks.MockMonitor):
    def __init__(self, graph: Graph) -> None:
        super().__init__(_Mocks())
        self._graph = graph

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        from google.protobuf import json_format

        self._graph.resources.append(
            Registered(
                token=request.type,
                name=request.name,
                inputs=json_format.MessageToDict(request.object),
                parent=request.parent.rsplit("::", 1)[-1],
                provider=request.provider,
                protect=request.protect,
                depends_on=tuple(urn.rsplit("::", 1)[-1] for urn in request.dependencies),
                retain_on_delete=request.retainOnDelete,
                aliases=len(request.aliases),
                ignore_changes=tuple(request.ignoreChanges),
            )
        )
        return super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        self._graph.outputs[request.urn.rsplit("::", 1)[-1]] = set(request.outputs)
        return super().RegisterResourceOutputs(request)  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK


def deploy(program: Callable[[], object]) -> Graph:
    """Run a program until every registration has landed; its errors are the test's errors."""
    graph = Graph()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        pulumi.runtime.set_mocks(_Mocks(), preview=False, monitor=_Monitor(graph))

        async def run() -> None:
            program()

        loop.run_until_complete(stack.run_pulumi_func(run))
    finally:
        settings.reset_options()
        loop.close()
        asyncio.set_event_loop(None)
    return graph
