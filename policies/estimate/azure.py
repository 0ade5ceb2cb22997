"""What Azure charges beside the machines: network, storage, logs, vaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.estimate.amounts import HOURS_PER_MONTH, Charge, Span, always, used
from policies.estimate.context import UnpriceableError, region_of
from policies.estimate.nodes import discounted, named
from policies.findings import is_number, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.estimate.context import Context
    from policies.model import Resource

_DAYS_PER_MONTH: Final = 365 / 12
_FREE_DAYS: Final = 31
_ADDRESS_BITS: Final = 32
_STANDARD: Final = "Standard"
_IS_STANDARD: Final = words(_STANDARD)
_IS_GLOBAL: Final = words("Global")
_FREE_ADDRESS: Final = words("IPv6")
_COMMITTED: Final = words("CapacityReservation")


def private_endpoint(resource: Resource, context: Context) -> Iterator[Charge]:
    """An hour's fee, and what flows through, both ways."""
    usd = context.price("private-endpoint/hour")
    yield always(resource.urn, "Private endpoints", "azure", usd, "1 endpoint")
    gb = context.assumptions.endpoint_gb
    usd = gb * context.price("private-endpoint/gb")
    yield used(resource.urn, "Private endpoint data", usd, f"{gb:g} GB")


def nat_gateway(resource: Resource, context: Context) -> Iterator[Charge]:
    """An hour's fee, and what flows through. Its public addresses are resources of their own."""
    sku = context.known(resource, "sku.name", _STANDARD)
    if not _IS_STANDARD(sku):
        raise UnpriceableError(f"sku.name is {sku!r}; the price book has NAT gateways of Standard")
    region = context.location(resource)
    usd = context.price("nat-gateway/hour", region)
    yield always(resource.urn, "NAT gateway", "azure", usd, "1 gateway")
    gb = context.assumptions.nat_gb
    usd = gb * context.price("nat-gateway/gb", region)
    yield used(resource.urn, "NAT gateway data", usd, f"{gb:g} GB")


def firewall(resource: Resource, context: Context) -> Iterator[Charge]:
    """An hour's fee by tier, and what flows through."""
    tier = context.known(resource, "sku.tier", _STANDARD, unknown="Premium")
    region = context.location(resource)
    usd = context.price(f"firewall/{tier}/hour", region)
    yield always(resource.urn, "Azure Firewall", "azure", usd, str(tier))
    gb = context.assumptions.firewall_gb
    usd = gb * context.price(f"firewall/{tier}/gb", region)
    yield used(resource.urn, "Azure Firewall data", usd, f"{gb:g} GB")


def public_ip(resource: Resource, context: Context) -> Iterator[Charge]:
    """An address's hour; IPv6 addresses are free."""
    if _FREE_ADDRESS(resource.get("publicIPAddressVersion")):
        return
    sku = context.known(resource, "sku.name", "Basic", unknown=_STANDARD)
    tier = context.known(resource, "sku.tier", "Regional")
    kind = tier if _IS_GLOBAL(tier) else sku
    usd = context.price(f"public-ip/{kind}", context.location(resource))
    yield always(resource.urn, "Public addresses", "azure", usd, f"{kind}")


def public_ip_prefix(resource: Resource, context: Context) -> Iterator[Charge]:
    """Every address of the prefix, used or not."""
    if _FREE_ADDRESS(resource.get("publicIPAddressVersion")):
        return
    length = context.number(resource, "prefixLength", 28)
    if not 0 <= length <= _ADDRESS_BITS:
        raise UnpriceableError(f"prefixLength is {length:g}; an IPv4 prefix has 0 to 32 bits")
    addresses = 2 ** (_ADDRESS_BITS - length)
    usd = addresses * context.price("public-ip-prefix/address", context.location(resource))
    yield always(resource.urn, "Public addresses", "azure", usd, f"{addresses:g} addresses")


def private_zone(resource: Resource, context: Context) -> Iterator[Charge]:
    """A zone's month, at the price of the first 25; queries are not counted."""
    usd = context.price("private-dns-zone")
    month = Span.of(usd)
    yield Charge(
        resource.urn, "Private DNS zones", "azure", "fixed", month, usd / HOURS_PER_MONTH, "1 zone"
    )


def ddos_plan(resource: Resource, context: Context) -> Iterator[Charge]:
    """A plan's month, which covers 100 addresses."""
    usd = context.price("ddos-protection-plan")
    month = Span.of(usd)
    hour = usd / HOURS_PER_MONTH
    yield Charge(resource.urn, "DDoS protection", "azure", "fixed", month, hour, "1 plan")


def connectivity(resource: Resource, context: Context) -> Iterator[Charge]:
    """Serverless compute's traffic with public addresses, at the price of NAT gateway data.

    What goes over private endpoints is waived, and traffic within the region is free.
    https://learn.microsoft.com/azure/databricks/security/network/serverless-network-security/cost-management
    """
    gb = context.assumptions.serverless_egress_gb
    region = resource.get("region")
    region = region if isinstance(region, str) else region_of(resource) or context.region
    usd = gb * context.price("nat-gateway/gb", region)
    yield used(resource.urn, "Serverless public traffic", usd, f"{gb:g} GB")


def connectivity_endpoint(resource: Resource, context: Context) -> Iterator[Charge]:
    """A private endpoint of serverless compute: its hours are charged, its data is waived."""
    usd = context.price("private-endpoint/hour")
    yield always(resource.urn, "Serverless private endpoints", "azure", usd, "1 endpoint")


def storage_account(resource: Resource, context: Context) -> Iterator[Charge]:
    """Stored data by redundancy and access tier; operations are not counted."""
    sku = context.known(resource, "sku.name", "Standard_RAGRS", unknown="Standard_RAGZRS")
    tier = context.known(resource, "accessTier", "Hot")
    key = f"storage/{sku}/{'Hot' if str(sku).casefold().startswith('premium') else tier}"
    gb = context.assumptions.storage_gb
    usd = gb * context.price(key, context.location(resource))
    yield used(resource.urn, "Storage", usd, f"{gb:g} GB {sku}")


def logs(resource: Resource, context: Context) -> Iterator[Charge]:
    """What comes in, by the GB or as a commitment, and what is kept for longer than 31 days.

    https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs
    """
    region = context.location(resource)
    per_gb = context.price("logs/ingested-gb", region)
    daily = context.assumptions.log_gb_per_day
    quota = context.number(resource, "workspaceCapping.dailyQuotaGb", -1)
    if quota >= 0:
        daily = min(daily, quota)
    committed = context.number(resource, "sku.capacityReservationLevel", 0)
    rate = per_gb
    if _COMMITTED(context.known(resource, "sku.name", "PerGB2018")) or committed > 0:
        # What goes beyond the commitment is billed at the commitment's own price per GB.
        rate = per_gb * context.price("logs/commitment", region)
        month = committed * _DAYS_PER_MONTH * rate
        hour = month / HOURS_PER_MONTH
        detail = f"{committed:g} GB a day committed"
        yield Charge(
            resource.urn, "Log Analytics commitment", "azure", "fixed", Span.of(month), hour, detail
        )
    beyond = max(0.0, daily - committed) * _DAYS_PER_MONTH
    most = (max(0.0, quota - committed) if quota >= 0 else daily) * _DAYS_PER_MONTH
    yield Charge(
        resource.urn,
        "Log Analytics",
        "azure",
        "usage",
        Span(beyond, beyond, max(beyond, most)) * rate,
        max(beyond, most) * rate / HOURS_PER_MONTH,
        f"{daily:g} GB a day",
    )
    kept = context.known(resource, "retentionInDays", 30, unknown=730)
    days = max(0.0, (float(kept) if is_number(kept) else 0.0) - _FREE_DAYS)
    if days:
        usd = daily * days * context.price("logs/retained-gb", region)
        yield used(resource.urn, "Log Analytics retention", usd, f"{days:g} days beyond 31")


def vault(resource: Resource, context: Context) -> Iterator[Charge]:
    """Operations on secrets and software keys."""
    count = context.assumptions.key_vault_operations
    usd = count * context.price("key-vault/operations", context.location(resource))
    yield used(resource.urn, "Key Vault", usd, f"{count:g} x 10,000 operations")


def virtual_machine(resource: Resource, context: Context) -> Iterator[Charge]:
    """A machine of its own, on demand and never stopped; its disks are not counted."""
    size = named(resource.get("hardwareProfile.vmSize"), "hardwareProfile.vmSize")
    usd = context.price(f"vm/{size}/on-demand", context.location(resource))
    month = Span.of(discounted(context, usd) * HOURS_PER_MONTH)
    yield Charge(resource.urn, "Virtual machines", "vm", "fixed", month, usd, size)


def by_the_hour(resource: Resource, context: Context) -> Iterator[Charge]:
    """A type that costs the same every hour; the book ships no price, since sizes decide it."""
    usd = context.price(f"resource/{resource.type}", context.location(resource))
    name = resource.type.rpartition(":")[2]
    yield always(resource.urn, name, "azure", usd, f"1 {name}")
