"""Private DNS zones, their links to networks, and the zone groups of private endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.common import region
from sandbox.azure.targets import connection, target_of, zone_of
from sandbox.azure.values import at, items, referenced, texts
from sandbox.rules import Refusal, admit, check, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

LINKS = "https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links"
GROUPS = "https://learn.microsoft.com/azure/private-link/private-endpoint-dns-integration"
SIGN_IN = (
    "https://learn.microsoft.com/azure/databricks/security/network/classic/private-link-standard"
)
_MOST_ZONES = 5


@admit(ids.ZONE_LINK, source=LINKS)
def link_joins_what_exists(request: Request, cloud: Cloud) -> None:
    """Zone and network of a link exist, and the network knows the zone's name only once."""
    own = ids.compose(request.token, request.inputs, request.provider) or ""
    if cloud.get(ids.parent(own)) is None:
        raise Refusal(
            "ParentResourceNotFound",
            "Failed to perform 'write' on resource(s) of type 'privateDnsZones/virtualNetworkLinks', "
            f"because the parent resource '{ids.parent(own)}' could not be found.",
            status=404,
            prop="privateZoneName",
        )
    network, zone = at(request.inputs, "virtualNetwork.id"), request.inputs.get("privateZoneName")
    referenced(cloud, network, prop="virtualNetwork.id", code="BadRequest")
    for link in cloud.all(ids.ZONE_LINK):
        if ids.same(link.id, own) or not ids.same(at(link.inputs, "virtualNetwork.id"), network):
            continue
        if ids.same(link.inputs.get("privateZoneName"), zone):
            raise Refusal(
                "BadRequest",
                "A virtual network cannot be linked to multiple zones with overlapping namespaces. "
                f"You tried to link virtual network {network} with '{zone}' and "
                f"'{ids.parent(link.id)}' zones.",
                prop="virtualNetwork.id",
            )
        if (
            at(link.inputs, "registrationEnabled")
            is at(request.inputs, "registrationEnabled")
            is True
        ):
            raise Refusal(
                "BadRequest",
                f"Virtual network {network} registers its machines in {ids.parent(link.id)} already; "
                "only one zone can have registrationEnabled.",
                prop="registrationEnabled",
            )


@check(ids.ZONE_LINK, source=LINKS)
def link_names_a_network(request: Request) -> None:
    """A link names a virtual network by its ARM id."""
    network = at(request.inputs, "virtualNetwork.id")
    if ids.known(request.inputs.get("virtualNetwork")) and not ids.is_type(
        network, "Microsoft.Network/virtualNetworks"
    ):
        raise Refusal(
            "LinkedInvalidPropertyId",
            f"Property id '{network}' at path 'properties.virtualNetwork.id' is invalid. Expect the "
            "id of a virtual network.",
            prop="virtualNetwork.id",
        )


@admit(ids.ZONE_LINK, source=LINKS)
def link_keeps_its_network(request: Request, _cloud: Cloud) -> None:
    """A link cannot be pointed to another network; the provider does not replace for it."""
    if request.old and not ids.same(
        at(request.old.inputs, "virtualNetwork.id"), at(request.inputs, "virtualNetwork.id")
    ):
        raise Refusal(
            "BadRequest",
            f"The virtual network of link {request.old.id} cannot be changed: give the link another "
            "name, so that it is replaced.",
            prop="virtualNetwork.id",
        )


@release(ids.ZONE, source="https://learn.microsoft.com/azure/dns/private-dns-privatednszone")
def linked_zone_is_not_deleted(request: Request, cloud: Cloud) -> None:
    """A zone with links stays until they are gone."""
    for link in cloud.all(ids.ZONE_LINK):
        if request.old and ids.same(ids.parent(link.id), request.old.id):
            raise Refusal(
                "CannotDeleteResource",
                f"Can not delete resource '{request.old.id}' before nested resources are deleted. "
                f"Some existing nested resource IDs include: '{link.id}'.",
                status=409,
            )


@outputs(
    ids.ZONE,
    source="https://learn.microsoft.com/rest/api/dns/privatednszones/private-zones/create-or-update",
)
def zone_counts(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The limits of a zone; it begins with its SOA record alone."""
    own = ids.compose(request.token, request.inputs, request.provider)
    links = [link for link in cloud.all(ids.ZONE_LINK) if ids.same(ids.parent(link.id), own)]
    return {
        "maxNumberOfRecordSets": 25000,
        "maxNumberOfVirtualNetworkLinks": 1000,
        "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
        "numberOfRecordSets": 1,
        "numberOfVirtualNetworkLinks": len(links),
        "numberOfVirtualNetworkLinksWithRegistration": sum(
            at(link.inputs, "registrationEnabled") is True for link in links
        ),
    }


@outputs(ids.ZONE_LINK, source=LINKS)
def link_state(_request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """A link of an existing network is complete at once."""
    return {"virtualNetworkLinkState": "Completed"}


def zones_in(group: Mapping[str, Any]) -> list[str]:
    """The ids of the zones that a zone group's inputs name."""
    return [
        *texts(
            *(
                at(config, "privateDnsZoneId")
                for config in items(group.get("privateDnsZoneConfigs"))
            )
        )
    ]


@check(ids.ZONE_GROUP, source=GROUPS)
def group_names_zones(request: Request) -> None:
    """One to five zones, each by its ARM id, each under a name of its own."""
    configs = request.inputs.get("privateDnsZoneConfigs")
    if not ids.known(configs):
        return
    entries = items(configs)
    names = {str(at(entry, "name")).lower() for entry in entries}
    if not 1 <= len(entries) <= _MOST_ZONES or len(names) != len(entries):
        raise Refusal(
            "InvalidPrivateDnsZoneConfigs",
            f"A zone group has 1 to {_MOST_ZONES} zone configurations with different names, not "
            f"{len(entries)} with {len(names)} names.",
            prop="privateDnsZoneConfigs",
        )
    for zone in (at(entry, "privateDnsZoneId") for entry in entries):
        if not ids.is_type(zone, "Microsoft.Network/privateDnsZones"):
            raise Refusal(
                "LinkedInvalidPropertyId",
                f"Property id '{zone}' at path 'privateDnsZoneConfigs.privateDnsZoneId' is invalid. "
                "Expect the id of a private DNS zone.",
                prop="privateDnsZoneConfigs",
            )


def _endpoint_of(request: Request, cloud: Cloud) -> Record | None:
    own = ids.compose(request.token, request.inputs, request.provider) or ""
    return cloud.get(ids.parent(own))


@admit(ids.ZONE_GROUP, source=GROUPS)
def group_serves_its_endpoint(request: Request, cloud: Cloud) -> None:
    """Endpoint and zones exist, the zones suit the sub-resource, and the group is the only one."""
    own = ids.compose(request.token, request.inputs, request.provider) or ""
    endpoint = _endpoint_of(request, cloud)
    if endpoint is None:
        raise Refusal(
            "ParentResourceNotFound",
            "Failed to perform 'write' on resource(s) of type 'privateEndpoints/privateDnsZoneGroups'"
            f", because the parent resource '{ids.parent(own)}' could not be found.",
            status=404,
            prop="privateEndpointName",
        )
    for other in cloud.all(ids.ZONE_GROUP):
        if ids.same(ids.parent(other.id), endpoint.id) and not ids.same(other.id, own):
            raise Refusal(
                "MoreThanOnePrivateDnsZoneGroupPerPrivateEndpointNotAllowed",
                f"More than one private DNS zone group per private endpoint is not allowed: "
                f"{endpoint.id} has {other.id}.",
                prop="privateEndpointName",
            )
    _target, group = connection(endpoint.inputs)
    for zone in zones_in(request.inputs):
        referenced(cloud, zone, prop="privateDnsZoneConfigs")
        if not ids.same(zone.rsplit("/", 1)[-1], zone_of(group)):
            raise Refusal(
                "InvalidPrivateDnsZoneIds",
                f"Zone {zone} does not belong to the sub-resource '{group}' of the endpoint: its "
                f"zone is {zone_of(group)}.",
                prop="privateDnsZoneConfigs",
            )


@admit(ids.ZONE_GROUP, source=SIGN_IN)
def one_sign_in_endpoint_per_region_and_zone(request: Request, cloud: Cloud) -> None:
    """All workspaces of a region that share a zone share one ``browser_authentication`` record."""
    endpoint = _endpoint_of(request, cloud)
    mine = _sign_in_region(cloud, endpoint)
    if endpoint is None or mine is None:
        return
    zones = {zone.lower() for zone in zones_in(request.inputs)}
    for other in cloud.all(ids.ZONE_GROUP):
        holder = cloud.get(ids.parent(other.id))
        if holder is None or holder.id == endpoint.id or _sign_in_region(cloud, holder) != mine:
            continue
        if zones & {zone.lower() for zone in zones_in(other.inputs)}:
            raise Refusal(
                "PrivateDnsZoneRecordConflict",
                f"RESOURCE_CONFLICT: the record {mine}.pl-auth of the zone belongs to {holder.id}. "
                "Workspaces of one region that share a private DNS zone share one "
                "browser_authentication endpoint: remove this one or use another zone.",
                status=409,
                prop="privateDnsZoneConfigs",
            )


def _sign_in_region(cloud: Cloud, endpoint: Record | None) -> str | None:
    """The region whose sign-in the endpoint serves, or ``None`` for any other endpoint."""
    target_id, group = connection(endpoint.inputs) if endpoint else ("", "")
    target = target_of(cloud, target_id) if group == "browser_authentication" else None
    return region(target.location) if target else None


@outputs(ids.ZONE_GROUP, source=GROUPS)
def group_records(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The A records that the group keeps in its zones."""
    endpoint = _endpoint_of(request, cloud)
    known_as = items(endpoint.outputs.get("customDnsConfigs")) if endpoint else []
    records = [
        {
            "recordType": "A", "recordSetName": str(at(config, "fqdn")).split(".", maxsplit=1)[0],
            "fqdn": at(config, "fqdn"), "ipAddresses": at(config, "ipAddresses"), "ttl": 10,
            "provisioningState": "Succeeded",
        }
        for config in known_as
    ]  # fmt: skip
    configs = items(request.inputs.get("privateDnsZoneConfigs"))
    return {"privateDnsZoneConfigs": [{**config, "recordSets": records} for config in configs]}
