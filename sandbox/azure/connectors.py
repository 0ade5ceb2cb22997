"""Access connectors, and the functions that look things up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sandbox.azure import ids
from sandbox.azure.values import at, one_of
from sandbox.rules import Refusal, check, function, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Invocation, Request

CONNECTORS = "https://learn.microsoft.com/azure/databricks/connect/unity-catalog/cloud-storage/azure-managed-identities"
IDENTITIES = (
    "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview"
)
_WITH_IDENTITY = (ids.CONNECTOR, ids.STORAGE, ids.LOG_ANALYTICS)


@check(*_WITH_IDENTITY, source=IDENTITIES)
def identity_is_complete(request: Request) -> None:
    """A user-assigned identity names its identities; a system-assigned one names none."""
    kind, users = (
        at(request.inputs, f"identity.{part}") for part in ("type", "userAssignedIdentities")
    )
    kinds = ("None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned")
    one_of(kind, kinds, prop="identity.type")
    if isinstance(kind, str) and "UserAssigned" in kind and users is None:
        raise Refusal(
            "InvalidIdentityValues",
            f"identity.type {kind} needs userAssignedIdentities: the ids of user-assigned "
            "identities.",
            prop="identity.userAssignedIdentities",
        )
    if kind in {"None", "SystemAssigned"} and users:
        raise Refusal(
            "InvalidIdentityValues",
            f"identity.userAssignedIdentities is not allowed with identity.type {kind}.",
            prop="identity.userAssignedIdentities",
        )


@outputs(*_WITH_IDENTITY, source=IDENTITIES)
def identity_principal(request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """Principal and tenant of a system-assigned identity, the same as long as it lives."""
    identity = request.inputs.get("identity")
    if not isinstance(identity, dict):
        return {}
    answer = dict(cast("dict[str, Any]", identity))
    users = answer.get("userAssignedIdentities")
    if isinstance(users, list):
        answer["userAssignedIdentities"] = {
            user: {"principalId": ids.seeded_uuid(user.lower(), "principal"),
                   "clientId": ids.seeded_uuid(user.lower(), "client")}
            for user in cast("list[str]", users)
        }  # fmt: skip
    if "SystemAssigned" in str(answer.get("type")):
        answer["principalId"] = ids.seeded_uuid(request.seed, "principal")
        answer["tenantId"] = ids.tenant(request.provider)
    return {"identity": answer}


@outputs(ids.CONNECTOR, source=CONNECTORS)
def connector_state(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """A connector nests its state and the workspaces that use it."""
    own = ids.compose(request.token, request.inputs, request.provider) or ""
    users = [
        w.id for w in cloud.all(ids.WORKSPACE) if ids.same(at(w.inputs, "accessConnector.id"), own)
    ]
    return {"properties": {"provisioningState": "Succeeded", "referedBy": users}}


@release(
    ids.CONNECTOR,
    source="https://learn.microsoft.com/azure/databricks/security/network/storage/firewall-support",
)
def connector_in_use_is_not_deleted(request: Request, cloud: Cloud) -> None:
    """The connector that a workspace's storage firewall relies on stays."""
    for workspace in cloud.all(ids.WORKSPACE):
        if request.old and ids.same(at(workspace.inputs, "accessConnector.id"), request.old.id):
            raise Refusal(
                "AccessConnectorInUse",
                f"Access connector {request.old.id} cannot be deleted: workspace {workspace.id} "
                "refers to it.",
                status=409,
            )


@function(
    "azure-native:databricks:getWorkspace",
    source="https://learn.microsoft.com/rest/api/databricks/workspaces/get",
)
def get_workspace(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """A workspace's properties; not found names the group or the workspace, as ARM does."""
    group, name = (
        str(invocation.args.get(arg, "")) for arg in ("resourceGroupName", "workspaceName")
    )
    group_id = ids.resource_group_id(invocation.provider, group)
    record = cloud.get(f"{group_id}/providers/Microsoft.Databricks/workspaces/{name}")
    if record is not None:
        answer = {key: value for key, value in {**record.inputs, **record.outputs}.items()
                  if key not in {"resourceGroupName", "workspaceName"}}  # fmt: skip
        return {**answer, "id": record.id}
    if cloud.get(group_id) is None:
        raise Refusal(
            "ResourceGroupNotFound", f"Resource group '{group}' could not be found.", status=404
        )
    raise Refusal(
        "ResourceNotFound",
        f"The Resource 'Microsoft.Databricks/workspaces/{name}' under resource group '{group}' was "
        "not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        status=404,
    )


@function(
    "azure-native:authorization:getClientConfig",
    source="https://www.pulumi.com/registry/packages/azure-native/api-docs/authorization/getclientconfig/",
)
def get_client_config(invocation: Invocation, _cloud: Cloud) -> Mapping[str, Any]:
    """Who the provider is signed in as: tenant, subscription, client and object id."""
    client = invocation.provider.get("clientId")
    return {
        "clientId": client if isinstance(client, str) and client else ids.CLIENT_ID,
        "objectId": ids.OBJECT_ID,
        "subscriptionId": ids.subscription(invocation.provider),
        "tenantId": ids.tenant(invocation.provider),
    }
