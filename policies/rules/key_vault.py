"""Azure Key Vault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.addresses import let_in
from policies.findings import between, is_true, require, words
from policies.registry import (
    ADVISED_IN_DEV,
    EVERYWHERE,
    Mappings,
    integer,
    rule,
)

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_LONGEST_RETENTION = 90  # days; the service's maximum and default


@rule(
    "sec-23-key-vault-rbac",
    title="A key vault is authorised by role assignments, not by access policies",
    severity="high",
    rationale="Access policies cannot be scoped to one secret, and contributors may rewrite them.",
    remediation="Set properties.enableRbacAuthorization to true.",
    types=[tokens.VAULT],
    levels=EVERYWHERE,
    mappings=Mappings(cis=("8.3.6",), azp=("12d4fa5e",)),
)
def rbac(resource: Resource, _config: Config) -> Findings:
    """Absent means access policies."""
    yield from require(resource, "properties.enableRbacAuthorization", is_true, "set it to true")


@rule(
    "sec-24-key-vault-public-access-off",
    title="A key vault is reached through private endpoints only",
    severity="high",
    rationale="A network boundary holds when an identity is stolen.",
    remediation="Set properties.publicNetworkAccess to 'disabled'.",
    types=[tokens.VAULT],
    levels=ADVISED_IN_DEV,
    mappings=Mappings(
        cis=("8.3.7",),
        azp=("405c5871", "55615ac9"),
        ckv=("CKV_AZURE_109", "CKV_AZURE_189"),
        azu=("AZU-0013",),
    ),
)
def public_access_off(resource: Resource, _config: Config) -> Findings:
    """Absent means enabled. The firewall may be absent: it counts only while access is on."""
    yield from require(
        resource, "properties.publicNetworkAccess", words("disabled"), "set it to 'disabled'"
    )
    yield from require(
        resource,
        "properties.networkAcls.defaultAction",
        words("Deny"),
        "set it to 'Deny'",
        default="Deny",
    )
    yield from let_in(resource, "properties.networkAcls.ipRules", "value")


@rule(
    "rel-04-key-vault-purge-protection",
    title="A deleted key vault can be recovered and cannot be purged early",
    severity="high",
    rationale="Whoever purges the key that encrypts a workspace has destroyed the workspace.",
    remediation="Set properties.enablePurgeProtection to true; it cannot be taken back.",
    types=[tokens.VAULT],
    levels=ADVISED_IN_DEV,
    config={
        "minimumRetentionDays": integer(
            "Days for which a deleted vault must stay recoverable.",
            dev=7,
            test=90,
            prod=90,
            strictest=_LONGEST_RETENTION,
        )
    },
    mappings=Mappings(
        cis=("8.3.5",),
        azp=("0b60c0b2", "1e66c121"),
        ckv=("CKV_AZURE_42", "CKV_AZURE_110", "CKV_AZURE_111"),
        azu=("AZU-0016",),
    ),
)
def purge_protection(resource: Resource, config: Config) -> Findings:
    """Soft delete and 90 days are the service's defaults; purge protection is not."""
    yield from require(resource, "properties.enablePurgeProtection", is_true, "set it to true")
    yield from require(
        resource, "properties.enableSoftDelete", is_true, "leave it on", default=True
    )
    yield from require(
        resource,
        "properties.softDeleteRetentionInDays",
        between(config["minimumRetentionDays"], _LONGEST_RETENTION),
        f"set it to at least {config['minimumRetentionDays']} days",
        default=_LONGEST_RETENTION,
    )
