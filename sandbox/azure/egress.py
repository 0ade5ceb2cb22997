"""NAT gateways and public IP addresses."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.common import region
from sandbox.azure.values import at, between, items, one_of, output, referenced, texts
from sandbox.rules import Refusal, admit, check, outputs, release

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.rules import Cloud, Request

NAT = "https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource"
PUBLIC_IP = "https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses"
BASIC = (
    "https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-basic-upgrade-guidance"
)
# RFC 5737: addresses that documentation may show, so that no sandbox names somebody's machine.
_DOCUMENTATION = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")


@check(ids.PUBLIC_IP, source=BASIC)
def public_ip_is_standard_and_static(request: Request) -> None:
    """Standard is static; Basic, the API's default, is retired since 2025-09-30."""
    sku, method = at(request.inputs, "sku.name"), request.inputs.get("publicIPAllocationMethod")
    one_of(sku, ("Basic", "Standard", "StandardV2"), prop="sku.name")
    if sku is None or sku == "Basic":
        raise Refusal(
            "IPv4BasicSkuPublicIpCountLimitReached",
            "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in "
            "this region. Set sku.name to Standard.",
            prop="sku.name",
        )
    if ids.known(method) and method != "Static":
        raise Refusal(
            "StandardSkuPublicIPAddressMustBeStatic",
            "Standard sku public IP address must have publicIPAllocationMethod set to Static.",
            prop="publicIPAllocationMethod",
        )


@check(ids.PUBLIC_IP, ids.NAT, source=NAT)
def idle_timeout_is_in_range(request: Request) -> None:
    """Idle connections end after 4 to 120 (gateway) or 4 to 30 (address) minutes."""
    longest = 120 if request.token == ids.NAT else 30
    between(
        request.inputs.get("idleTimeoutInMinutes"), 4, longest,
        prop="idleTimeoutInMinutes", code="InvalidIdleTimeout", unit=" minutes",
    )  # fmt: skip


@check(ids.NAT, source=NAT)
def gateway_has_a_sku_and_one_zone(request: Request) -> None:
    """A NAT gateway has the Standard SKU and lies in at most one availability zone."""
    sku, zones = at(request.inputs, "sku.name"), items(request.inputs.get("zones"))
    if sku is None:
        raise Refusal("NatGatewaySkuMissing", "sku.name must be Standard.", prop="sku.name")
    one_of(sku, ("Standard", "StandardV2"), prop="sku.name")
    if sku == "Standard" and len(zones) > 1:
        raise Refusal(
            "NatGatewayMultipleZones",
            f"A Standard NAT gateway is in one zone or none, not in {len(zones)}.",
            prop="zones",
        )


def addresses_of(inputs: Mapping[str, Any]) -> Iterator[str]:
    """The ids of the public addresses that a gateway's inputs name."""
    return texts(*(at(entry, "id") for entry in items(inputs.get("publicIpAddresses"))))


@admit(ids.NAT, source=NAT)
def gateway_addresses_suit(request: Request, cloud: Cloud) -> None:
    """A gateway's addresses exist, are Standard and static, in its region, and its alone."""
    own = ids.compose(request.token, request.inputs, request.provider)
    for target in addresses_of(request.inputs):
        record = referenced(cloud, target, prop="publicIpAddresses")
        if record is None:
            continue
        if at(record.inputs, "sku.name") not in {"Standard", "StandardV2"}:
            raise Refusal(
                "NatGatewayPublicIpSkuMismatch",
                f"Public IP address {target} must be of Standard SKU to be used by a NAT gateway.",
                prop="publicIpAddresses",
            )
        location = request.inputs.get("location")
        if location is not None and region(output(record, "location")) != region(location):
            raise Refusal(
                "InvalidResourceReference",
                f"Public IP address {target} and the NAT gateway must be in the same region.",
                prop="publicIpAddresses",
            )
        for other in cloud.all(ids.NAT):
            if not ids.same(other.id, own) and any(
                ids.same(used, target) for used in addresses_of(other.inputs)
            ):
                raise Refusal(
                    "PublicIPAddressInUse",
                    f"Resource {own} is referencing public IP address {target} that is already "
                    f"allocated to resource {other.id}.",
                    prop="publicIpAddresses",
                )


@admit(
    ids.NAT,
    ids.PUBLIC_IP,
    source="https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones",
)
def zones_are_kept(request: Request, _cloud: Cloud) -> None:
    """The zones of a gateway or address are chosen once."""
    if request.old is None:
        return
    old, new = items(request.old.inputs.get("zones")), items(request.inputs.get("zones"))
    if old != new:
        raise Refusal(
            "ResourceAvailabilityZonesCannotBeModified",
            f"Resource {request.old.id} has an existing availability zone constraint {old} and the "
            f"request has {new}. Zones cannot be added, updated or removed once the resource is "
            "created: give it another name, so that it is replaced.",
            prop="zones",
        )


@release(ids.PUBLIC_IP, source=PUBLIC_IP)
def allocated_address_is_not_deleted(request: Request, cloud: Cloud) -> None:
    """An address that a gateway uses stays."""
    for gateway in cloud.all(ids.NAT):
        if request.old and any(
            ids.same(used, request.old.id) for used in addresses_of(gateway.inputs)
        ):
            raise Refusal(
                "PublicIPAddressCannotBeDeleted",
                f"Public IP address {request.old.id} can not be deleted since it is still "
                "allocated "
                f"to resource {gateway.id}.",
            )


@outputs(ids.PUBLIC_IP, source="https://www.rfc-editor.org/rfc/rfc5737")
def public_address(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """An address from the documentation ranges that no other public IP has."""
    if request.old and request.old.outputs.get("ipAddress"):
        return {"ipAddress": request.old.outputs["ipAddress"]}
    taken = {record.outputs.get("ipAddress") for record in cloud.all(ids.PUBLIC_IP)}
    hosts = [str(host) for block in _DOCUMENTATION for host in ipaddress.ip_network(block).hosts()]
    start = ids.seeded_number(request.seed, "address", 6)
    for step in range(len(hosts)):
        address = hosts[(start + step) % len(hosts)]
        if address not in taken:
            return {"ipAddress": address, "publicIPAddressVersion": "IPv4"}
    raise Refusal("PublicIPCountLimitReached", "The sandbox has no free public IP address left.")
