"""Databricks workspaces in their surroundings: what must exist, what is kept, what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sandbox.azure import ids
from sandbox.azure.common import region
from sandbox.azure.groups import managed_group_owner
from sandbox.azure.targets import connection
from sandbox.azure.values import at, output
from sandbox.azure.workspaces import FIREWALL, MANAGED_GROUP, SECURITY, invalid
from sandbox.rules import Refusal, admit, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

RETIRED = "https://learn.microsoft.com/azure/databricks/admin/account-settings/account"


@admit(ids.WORKSPACE, source=RETIRED)
def standard_is_not_created_any_more(request: Request, _cloud: Cloud) -> None:
    """No new standard workspace since 2026-04-01."""
    if request.old is None and str(at(request.inputs, "sku.name")).lower() == "standard":
        raise invalid(
            "New workspaces of the standard tier cannot be created since 2026-04-01: set "
            "sku.name to premium.",
            "sku.name",
            "SkuNotAvailable",
        )


@admit(ids.WORKSPACE, source=MANAGED_GROUP)
def managed_group_is_new(request: Request, cloud: Cloud) -> None:
    """The workspace creates its managed group: it must not exist, nor belong to another one."""
    group = request.inputs.get("managedResourceGroupId")
    if (
        request.old is None
        and isinstance(group, str)
        and (cloud.get(group) or managed_group_owner(cloud, group))
    ):
        raise Refusal(
            "ApplianceProvisioningFailed",
            f"The managed resource group '{group}' already exists. Please specify a new "
            "non-existent "
            "managed resource group.",
            status=409,
            prop="managedResourceGroupId",
        )


@admit(ids.WORKSPACE, source=FIREWALL)
def connector_exists(request: Request, cloud: Cloud) -> None:
    """The access connector exists, in the workspace's region, with the identity that is named."""
    target = at(request.inputs, "accessConnector.id")
    if not isinstance(target, str):
        return
    record = cloud.get(target)
    if record is None or record.token != ids.CONNECTOR:
        raise invalid(
            f"The access connector '{target}' was not found.",
            "accessConnector.id",
            "AccessConnectorNotFound",
        )
    location = request.inputs.get("location")
    if location is not None and region(location) != region(output(record, "location")):
        raise invalid(
            f"The access connector '{target}' must be in the workspace's region {location}.",
            "accessConnector.id",
            "AccessConnectorRegionMismatch",
        )
    kind = str(at(request.inputs, "accessConnector.identityType"))
    has = str(at(record.inputs, "identity.type") or "None")
    if kind not in has.split(","):
        raise invalid(
            f"The access connector '{target}' has identity '{has}', not {kind}.",
            "accessConnector.identityType",
            "InvalidAccessConnectorIdentity",
        )


# Create-only properties that the provider does not replace for: the API's own refusals.
_KEPT = {
    "computeMode": "ComputeModeChangeNotAllowed",
    "managedResourceGroupId": "ApplianceManagedResourceGroupMismatch",
    "parameters.customVirtualNetworkId.value": "VirtualNetworkIdChangeNotAllowed",
    "parameters.customPublicSubnetName.value": "SubnetNameChangeNotAllowed",
    "parameters.customPrivateSubnetName.value": "SubnetNameChangeNotAllowed",
    "parameters.storageAccountName.value": "StorageAccountNameChangeNotAllowed",
    "parameters.requireInfrastructureEncryption.value": "InfrastructureEncryptionChangeNotAllowed",
}


@admit(ids.WORKSPACE, source="https://github.com/MicrosoftDocs/azure-docs/issues/111122")
def create_only_is_kept(request: Request, _cloud: Cloud) -> None:
    """Compute mode, managed group, network and root storage are chosen once.

    The network no longer is (see ``DIVERGENCES.md``); the program relies on neither.
    """
    for path, code in _KEPT.items() if request.old else ():
        old, new = at(request.old.inputs if request.old else {}, path), at(request.inputs, path)
        if new != old and not ids.same(new, old):
            raise invalid(
                f"Updating {path} from {old} to {new} is currently not allowed. Give the "
                "workspace another name, so that it is replaced.",
                path,
                code,
            )


@admit(ids.WORKSPACE, source=SECURITY)
def compliance_profile_stays_on(request: Request, _cloud: Cloud) -> None:
    """Once enabled, the compliance profile cannot be disabled."""
    path = "enhancedSecurityCompliance.complianceSecurityProfile.value"
    if request.old and at(request.old.inputs, path) == "Enabled" != at(request.inputs, path):
        raise invalid(
            "The compliance security profile cannot be disabled once it is enabled.",
            path,
            "ComplianceSecurityProfileCannotBeDisabled",
        )


@outputs(
    ids.WORKSPACE, source="https://learn.microsoft.com/azure/databricks/workspace/workspace-details"
)
def workspace_address(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """Id, URL, managed storage and the private endpoints there are."""
    number = ids.seeded_number(request.seed, "workspace", 16)
    answer: dict[str, Any] = {
        "workspaceId": str(number),
        "workspaceUrl": f"adb-{number}.{number % 20}.azuredatabricks.net",
        "isUcEnabled": True,
        "createdDateTime": "2026-01-01T00:00:00Z",
        "publicNetworkAccess": request.inputs.get("publicNetworkAccess", "Enabled"),
        "privateEndpointConnections": [],
    }
    if request.inputs.get("computeMode") != "Serverless":
        given = cast("dict[str, dict[str, Any]]", request.inputs.get("parameters") or {})
        storage = f"dbstorage{ids.seeded_uuid(request.seed, 'storage')[:8]}"
        defaults = {"enableNoPublicIp": {"value": True}, "storageAccountName": {"value": storage},
                    "storageAccountSkuName": {"value": "Standard_ZRS"}}  # fmt: skip
        answer["requiredNsgRules"] = request.inputs.get("requiredNsgRules", "AllRules")
        answer["parameters"] = {
            name: {"type": "Bool" if isinstance(entry.get("value"), bool) else "String", **entry}
            for name, entry in {**defaults, **given}.items()
        }
    if request.old:
        answer["privateEndpointConnections"] = _connections(request.old.id, cloud)
    return answer


def _connections(workspace_id: str, cloud: Cloud) -> list[dict[str, Any]]:
    return [
        {"name": endpoint.id.rsplit("/", 1)[-1], "id": f"{workspace_id}/privateEndpointConnections/"
         f"{endpoint.id.rsplit('/', 1)[-1]}", "properties": {"privateEndpoint": {"id": endpoint.id},
         "groupIds": [connection(endpoint.inputs)[1]], "provisioningState": "Succeeded"}}
        for endpoint in cloud.all(ids.ENDPOINT)
        if ids.same(connection(endpoint.inputs)[0], workspace_id)
    ]  # fmt: skip
