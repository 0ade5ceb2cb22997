"""The zone groups that register private endpoints in private DNS zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.common import region
from sandbox.azure.targets import connection, target_of, zone_of
from sandbox.azure.values import at, items, referenced, texts
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

GROUPS = "https://learn.microsoft.com/azure/private-link/private-endpoint-dns-integration"
SIGN_IN = (
    "https://learn.microsoft.com/azure/databricks/security/network/classic/private-link-standard"
)
_MOST_ZONES = 5


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
                f"Property id '{zone}' at path 'privateDnsZoneConfigs.privateDnsZoneId' is "
                "invalid. "
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
            "Failed to perform 'write' on resource(s) of type "
            "'privateEndpoints/privateDnsZoneGroups'"
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
