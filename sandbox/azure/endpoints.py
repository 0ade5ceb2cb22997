"""Private endpoints: targets, sub-resources, subnets and the order Databricks insists on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.common import region
from sandbox.azure.targets import GROUP_IDS, Target, connection, target_of
from sandbox.azure.usage import delegations, free_address
from sandbox.azure.values import at, items, need_id, output, texts
from sandbox.rules import Refusal, admit, check, exclusive, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

ENDPOINTS = "https://learn.microsoft.com/azure/private-link/private-endpoint-overview"
CONCURRENT = "https://github.com/databricks/terraform-databricks-examples/issues/177"
ORDER = "https://github.com/microsoft/terraform-provider-azuredevops/issues/106"
DELEGATED = "https://github.com/MicrosoftDocs/azure-docs/issues/94633"
DATABRICKS = "https://learn.microsoft.com/azure/databricks/security/network/classic/private-link"


@check(ids.ENDPOINT, source=ENDPOINTS)
def endpoint_has_one_connection(request: Request) -> None:
    """Exactly one connection, to one target, with one sub-resource of those the target has."""
    given = (
        request.inputs.get("privateLinkServiceConnections"),
        request.inputs.get("manualPrivateLinkServiceConnections"),
    )
    if not ids.known(*given):
        return
    connections = [*items(given[0]), *items(given[1])]
    if len(connections) != 1:
        raise Refusal(
            "InvalidPrivateEndpointConnections",
            f"A private endpoint has exactly one connection, not {len(connections)}: set one entry "
            "in privateLinkServiceConnections or in manualPrivateLinkServiceConnections.",
            prop="privateLinkServiceConnections",
        )
    target, groups = (
        at(connections[0], "privateLinkServiceId"),
        items(at(connections[0], "groupIds")),
    )
    parsed = ids.parse(target)
    if parsed is None:
        raise Refusal(
            "LinkedInvalidPropertyId",
            f"Property id '{target}' at path 'properties.privateLinkServiceId' is invalid.",
            prop="privateLinkServiceConnections[0].privateLinkServiceId",
        )
    allowed = GROUP_IDS.get(parsed.type.lower())
    if allowed and (len(groups) != 1 or groups[0] not in allowed):
        raise Refusal(
            "PrivateEndpointInvalidGroupIds",
            f"groupIds {groups} are not valid for {parsed.type}: give exactly one of "
            f"{', '.join(allowed)}.",
            prop="privateLinkServiceConnections[0].groupIds",
        )


@check(ids.ENDPOINT, source=ENDPOINTS)
def endpoint_names_its_subnet(request: Request) -> None:
    """The subnet is given by its ARM id."""
    need_id(request.inputs, "subnet", "Microsoft.Network/virtualNetworks/subnets", "subnet")


@admit(ids.ENDPOINT, source=DELEGATED)
def endpoint_subnet_suits(request: Request, cloud: Cloud) -> None:
    """The subnet exists, is not delegated, has room, and is in the endpoint's region."""
    subnet_id = str(at(request.inputs, "subnet.id"))
    subnet, vnet = cloud.get(subnet_id), cloud.get(ids.parent(subnet_id))
    if subnet is None or vnet is None:
        raise Refusal(
            "InvalidResourceReference",
            f"Resource {subnet_id} referenced by the private endpoint was not found. Please make "
            "sure that the referenced resource exists, and that both are in the same region.",
            prop="subnet.id",
        )
    services = delegations(subnet.inputs)
    if services:
        raise Refusal(
            "PrivateEndpointCannotBeCreatedInSubnetThatHasDelegation",
            f"Private endpoint cannot be created in subnet {subnet_id} since it is delegated to "
            f"{', '.join(services)}. Use a subnet without delegation.",
            prop="subnet.id",
        )
    location = request.inputs.get("location")
    if location is not None and region(location) != region(output(vnet, "location")):
        raise Refusal(
            "InvalidResourceReference",
            f"The private endpoint in {location} and its virtual network in "
            f"{output(vnet, 'location')} must be in the same region.",
            prop="location",
        )
    if request.old is None and free_address(cloud, subnet_id, request.seed) is None:
        raise Refusal(
            "SubnetIsFull", f"Subnet {subnet_id} does not have a free IP address.", prop="subnet.id"
        )


@admit(ids.ENDPOINT, source=ENDPOINTS)
def endpoint_target_exists(request: Request, cloud: Cloud) -> None:
    """The target exists, be it a resource of ours or the storage that a workspace manages."""
    target_id, _group = connection(request.inputs)
    if target_of(cloud, target_id) is None:
        raise Refusal(
            "InvalidResourceReference",
            f"Resource {target_id} referenced by privateLinkServiceId was not found. Please make "
            "sure that the referenced resource exists.",
            prop="privateLinkServiceConnections[0].privateLinkServiceId",
        )


@admit(
    ids.ENDPOINT, source="https://learn.microsoft.com/azure/private-link/manage-private-endpoint"
)
def endpoint_keeps_its_target(request: Request, _cloud: Cloud) -> None:
    """Target and sub-resource are chosen once; the provider does not replace for them."""
    if request.old and connection(request.old.inputs) != connection(request.inputs):
        raise Refusal(
            "CannotChangePrivateLinkConnectionOnPrivateEndpoint",
            "Cannot change the private link service connection on private endpoint "
            f"{request.old.id} "
            "once it is created: give the endpoint another name, so that it is replaced.",
            prop="privateLinkServiceConnections",
        )


def _endpoints_to(cloud: Cloud, target_id: str) -> list[str]:
    """The sub-resources of the target that have an endpoint."""
    found = (connection(record.inputs) for record in cloud.all(ids.ENDPOINT))
    return [group for other, group in found if ids.same(other, target_id)]


@admit(ids.ENDPOINT, source=ORDER)
def databricks_endpoints_come_in_order(request: Request, cloud: Cloud) -> None:
    """On one workspace ``databricks_ui_api`` comes first, ``browser_authentication`` once, after.

    A workspace with nothing but ``browser_authentication`` is legitimate (the one that a region
    keeps for sign-in), so that what is refused is the first one arriving late.
    """
    target_id, group = connection(request.inputs)
    present = [] if request.old else _endpoints_to(cloud, target_id)
    if (group == "databricks_ui_api" and "browser_authentication" in present) or (
        group == "browser_authentication" and group in present
    ):
        raise Refusal(
            "PrivateEndpointConnectionProvisioningFailed",
            "Call to Microsoft.Databricks/workspaces failed. Error message: RESOURCE_CONFLICT: "
            "Link "
            f"ID conflict. {target_id} has {', '.join(present)}: create databricks_ui_api first, "
            "then one browser_authentication that depends on it.",
            status=409,
            prop="privateLinkServiceConnections[0].groupIds",
        )


@admit(ids.ENDPOINT, source=DATABRICKS)
def workspace_supports_private_link(request: Request, cloud: Cloud) -> None:
    """Private Link needs a premium workspace in a network of its own without public IPs."""
    target_id, _group = connection(request.inputs)
    workspace = cloud.get(target_id)
    if workspace is None or workspace.token != ids.WORKSPACE:
        return
    inputs = workspace.inputs
    serverless = at(inputs, "computeMode") == "Serverless"
    injected = at(inputs, "parameters.customVirtualNetworkId.value")
    private = at(inputs, "parameters.enableNoPublicIp.value") is not False
    if str(at(inputs, "sku.name")).lower() != "premium" or not (
        serverless or (injected and private)
    ):
        raise Refusal(
            "PrivateEndpointConnectionProvisioningFailed",
            f"Private endpoints are not supported for {target_id}: the workspace must be "
            "premium and "
            "injected into a virtual network with secure cluster connectivity.",
            prop="privateLinkServiceConnections[0].privateLinkServiceId",
        )


@exclusive(ids.ENDPOINT, ids.WORKSPACE, source=CONCURRENT)
def one_change_of_a_workspace_at_a_time(request: Request) -> tuple[str, Refusal] | None:
    """A connection updates its workspace; a second update meanwhile fails and is not retried."""
    target: str | None = connection(request.inputs)[0]
    if request.token == ids.WORKSPACE:
        target = ids.compose(request.token, request.inputs, request.provider)
    if not ids.is_type(target, "Microsoft.Databricks/workspaces"):
        return None
    return str(target).lower(), Refusal(
        "ConcurrentUpdateError",
        "Call to Microsoft.Databricks/workspaces failed. Error message: Workspace update could not "
        "be completed because it has been updated by another process. Let the second private "
        f"endpoint of {target} depend on the first.",
        status=409,
    )


@outputs(
    ids.ENDPOINT,
    source="https://learn.microsoft.com/rest/api/virtualnetwork/private-endpoints/create-or-update",
)
def endpoint_addresses(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The approved connection, the network interface, and name and address of the target."""
    own = ids.compose(request.token, request.inputs, request.provider) or ""
    target_id, group = connection(request.inputs)
    target = target_of(cloud, target_id)
    kept = at(request.old.outputs, "customDnsConfigs") if request.old else None
    address = free_address(cloud, str(at(request.inputs, "subnet.id")), request.seed)
    interface = f"{own}.nic.{ids.seeded_uuid(request.seed, 'nic')}".replace(
        "/privateEndpoints/", "/networkInterfaces/"
    )
    answer: dict[str, Any] = {
        "customDnsConfigs": kept or _dns_configs(target, group, address),
        "networkInterfaces": [{"id": interface}],
    }
    for prop in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections"):
        status = "Pending" if prop.startswith("manual") else "Approved"
        answer[prop] = [
            {
                **entry,
                "id": f"{own}/{prop}/{next(texts(at(entry, 'name')), 'connection')}",
                "provisioningState": "Succeeded",
                "privateLinkServiceConnectionState": {
                    "status": status, "description": "", "actionsRequired": "None",
                },
            }
            for entry in items(request.inputs.get(prop))
        ]  # fmt: skip
    return answer


def _dns_configs(target: Target | None, group: str, address: str | None) -> list[dict[str, Any]]:
    if target is None or address is None:
        return []
    return [{"fqdn": target.host(group), "ipAddresses": [address]}]
