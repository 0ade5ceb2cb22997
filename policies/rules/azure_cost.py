"""What Azure bills beside compute: storage redundancy, log ingestion, gateways, Defender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import (
    Deferred,
    Violation,
    between,
    elements,
    require,
    require_value,
    words,
)
from policies.model import UNKNOWN, dig
from policies.registry import (
    ADVISED,
    BINDING_IN_PROD,
    OFF_ADVISED_BINDING,
    Levels,
    Mappings,
    Option,
    integer,
    rule,
)

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config


@rule(
    "cost-30-storage-redundancy",
    title="Storage is as redundant as its environment is worth, and old blobs go by themselves",
    severity="low",
    rationale="Geo-redundancy doubles the price of data that can be made again; without a "
    "lifecycle policy nothing is ever deleted.",
    remediation="Set sku.name to one the environment allows; declare a ManagementPolicy for an "
    "account without hierarchical namespace.",
    types=[tokens.STORAGE_ACCOUNT, tokens.LIFECYCLE],
    levels=BINDING_IN_PROD,
    scope="stack",
    config={
        "skus": Option(
            "What sku.name may be.",
            ["Standard_LRS"],
            {"type": "array", "items": {"type": "string"}},
            {
                "dev": ["Standard_LRS", "Standard_ZRS"],
                "test": ["Standard_LRS", "Standard_ZRS"],
                "prod": [
                    "Standard_ZRS",
                    "Standard_GRS",
                    "Standard_GZRS",
                    "Standard_RAGRS",
                    "Standard_RAGZRS",
                ],
            },
        )
    },
    mappings=Mappings(azp=("7433c107",)),
)
def storage_redundancy(stack: Stack, config: Config) -> Findings:
    """The lake (hierarchical namespace) needs none: VACUUM knows which files are in use.

    A lifecycle rule there deletes files that tables still point to.
    https://learn.microsoft.com/azure/databricks/optimizations/archive-delta
    """
    policies = list(stack.all(tokens.LIFECYCLE))
    skus: list[str] = config["skus"]
    for account in stack.all(tokens.STORAGE_ACCOUNT):
        yield from require_value(
            account.get("sku.name"),
            "sku.name",
            words(*skus),
            f"use {' or '.join(skus)}",
            urn=account.urn,
        )
        yield from _lifecycle(account, policies)


def _lifecycle(account: Resource, policies: list[Resource]) -> Findings:
    lake = account.get("isHnsEnabled")
    if lake is True:
        return
    verdicts = [_manages(policy, account) for policy in policies]
    if True in verdicts:
        return
    if lake is UNKNOWN or None in verdicts:
        yield Deferred("accountName", account.urn)
    else:
        yield Violation(
            "no ManagementPolicy deletes its old blobs; declare one for this account", account.urn
        )


def _manages(policy: Resource, account: Resource) -> bool | None:
    if account.urn in policy.dependencies.get("accountName", ()):
        return True
    named, own = policy.get("accountName"), account.get("accountName")
    if own is None:
        own = account.outputs.get("name")
    if UNKNOWN in (named, own) or own is None:
        return None
    return str(named).casefold() == str(own).casefold()


@rule(
    "cost-31-log-ingestion",
    title="Outside production log ingestion is capped, and not everything is logged",
    severity="low",
    rationale="Log Analytics bills by the gigabyte taken in: one chatty cluster a month of them.",
    remediation="Set workspaceCapping.dailyQuotaGb, and name log categories instead of allLogs.",
    types=[tokens.LOG_ANALYTICS, tokens.DIAGNOSTIC_SETTING],
    levels=Levels("mandatory", "advisory", "disabled"),
    config={
        "maximumDailyGb": integer("Most gigabytes a day.", dev=1, test=5, prod=50),
        "everything": Option(
            "Resource types, in ARM's spelling, of which all logs may be kept; * is every type.",
            ["Microsoft.KeyVault/vaults", "Microsoft.Storage/storageAccounts"],
            {"type": "array", "items": {"type": "string"}},
            {"prod": ["*"]},
        ),
    },
)
def log_ingestion(resource: Resource, config: Config) -> Findings:
    """Absent or -1 means no cap. A log of a vault or a lake is small, and evidence."""
    if resource.type == tokens.LOG_ANALYTICS:
        yield from require(
            resource,
            "workspaceCapping.dailyQuotaGb",
            between(0.023, config["maximumDailyGb"]),
            f"set it to at most {config['maximumDailyGb']} GB a day",
        )
        return
    groups = [dig(log, "categoryGroup") for log in elements(resource.get("logs"))]
    if resource.get("logs") is UNKNOWN or any(group is UNKNOWN for group in groups):
        yield Deferred("logs")
    elif any(map(words("allLogs"), groups)):
        target = resource.get("resourceUri")
        if target is UNKNOWN:
            yield Deferred("resourceUri")
        elif not _may_log_all(str(target), config["everything"]):
            yield Violation("logs names the group 'allLogs'; name the categories that are read")


def _may_log_all(target: str, types: list[str]) -> bool:
    path = target.casefold()
    return "*" in types or any(f"/providers/{name.casefold()}/" in path for name in types)


@rule(
    "cost-32-network-parts-counted",
    title="A network has one NAT gateway, and no more endpoints and addresses than it needs",
    severity="low",
    rationale="Gateways, private endpoints and public addresses bill by the hour, used or not.",
    remediation="Share the NAT gateway between subnets; remove endpoints nobody resolves.",
    types=[tokens.NAT_GATEWAY, tokens.VNET, tokens.PRIVATE_ENDPOINT, tokens.PUBLIC_IP],
    levels=ADVISED,
    scope="stack",
    config={
        "maximumEndpoints": integer("Most private endpoints of a stack.", dev=10, test=10, prod=16),
        "maximumAddresses": integer("Most public addresses of a stack.", dev=1, test=1, prod=2),
    },
)
def network_parts_counted(stack: Stack, config: Config) -> Findings:
    """A stack into an existing network brings no VNet, and may still bring one gateway."""
    networks = max(1, len(list(stack.all(tokens.VNET))))
    limits = {
        tokens.NAT_GATEWAY: (networks, "NAT gateways", "share one between the subnets"),
        tokens.PRIVATE_ENDPOINT: (
            config["maximumEndpoints"],
            "private endpoints",
            "remove those that nobody resolves",
        ),
        tokens.PUBLIC_IP: (
            config["maximumAddresses"],
            "public addresses",
            "remove those that nothing uses",
        ),
    }
    for token, (limit, what, fix) in limits.items():
        declared = list(stack.all(token))
        if len(declared) > limit:
            yield Violation(
                f"the stack declares {len(declared)} {what}, at most {limit} are meant; {fix}",
                declared[limit].urn,
            )


@rule(
    "cost-33-defender-plans-explicit",
    title="A Defender plan says whether it is paid for, and in which variant",
    severity="low",
    rationale="Plans bill per account, vault or machine, and the variant decides by what: storage "
    "by the account or by the transaction.",
    remediation="Set pricingTier to 'Free' or 'Standard', and subPlan with Standard where the "
    "plan has variants.",
    types=[tokens.DEFENDER_PLAN],
    levels=OFF_ADVISED_BINDING,
    config={
        "variants": Option(
            "Plans that have variants; others need no subPlan.",
            ["StorageAccounts", "KeyVaults", "VirtualMachines"],
            {"type": "array", "items": {"type": "string"}},
        )
    },
    mappings=Mappings(cis=("8.1.5.1", "8.1.8.1")),
)
def defender_plans_explicit(resource: Resource, config: Config) -> Findings:
    """Whether a subscription has a plan at all is for the subscription's owner to say."""
    tier = resource.get("pricingTier")
    yield from require(
        resource, "pricingTier", words("Free", "Standard"), "set it to 'Free' or 'Standard'"
    )
    plan = resource.get("pricingName")
    if words("Standard")(tier) and plan in config["variants"]:
        yield from require(
            resource,
            "subPlan",
            lambda value: isinstance(value, str) and bool(value),
            "name the variant that is paid for",
        )
    elif plan is UNKNOWN:
        yield Deferred("pricingName")
