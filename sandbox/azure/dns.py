"""Private DNS zones and their links to networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.values import at, need_id, referenced
from sandbox.rules import Refusal, admit, check, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

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
            "Failed to perform 'write' on resource(s) of type "
            "'privateDnsZones/virtualNetworkLinks', "
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
                f"Virtual network {network} registers its machines in {ids.parent(link.id)} "
                "already; "
                "only one zone can have registrationEnabled.",
                prop="registrationEnabled",
            )


@check(ids.ZONE_LINK, source=LINKS)
def link_names_a_network(request: Request) -> None:
    """A link names a virtual network by its ARM id."""
    need_id(
        request.inputs, "virtualNetwork", "Microsoft.Network/virtualNetworks", "virtual network"
    )


@admit(ids.ZONE_LINK, source=LINKS)
def link_keeps_its_network(request: Request, _cloud: Cloud) -> None:
    """A link cannot be pointed to another network; the provider does not replace for it."""
    if request.old and not ids.same(
        at(request.old.inputs, "virtualNetwork.id"), at(request.inputs, "virtualNetwork.id")
    ):
        raise Refusal(
            "BadRequest",
            f"The virtual network of link {request.old.id} cannot be changed: give the link "
            "another "
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
