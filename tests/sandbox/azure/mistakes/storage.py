"""Mistakes with storage accounts and key vaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.azure.estate import CONNECTOR, ESTATE, VNET
from tests.sandbox.azure.mistakes.actions import add, change
from tests.sandbox.azure.world import changed

if TYPE_CHECKING:
    from tests.sandbox.azure.mistakes.actions import Mistakes
    from tests.sandbox.azure.world import World


def west(world: World) -> World:
    """The world with a second resource group and network, in another region."""
    world.add("group", resourceGroupName="west-rg", location="westus2")
    world.add("vnet", resourceGroupName="west-rg", location="westus2")
    return world


def again_after_delete(world: World, **changes: Any) -> object:
    """A vault created again after its deletion."""
    world.delete("vault")
    return world.add("vault", **changes)


def _rules(**changes: Any) -> dict[str, Any]:
    good = ESTATE["lifecycle"][1]["policy"]["rules"][0]
    return {"rules": [changed(good, {k.replace("__", "."): v for k, v in changes.items()})]}


MISTAKES: Mistakes = {
    "account_settings_agree": [
        ("InvalidParameter", add("storage", kind="Disk")),
        ("InvalidParameter", add("storage", sku={"name": "Fast"})),
        ("InvalidParameter", add("storage", minimumTlsVersion="TLS9")),
        ("HnsNotSupportedForKind", add("storage", kind="BlobStorage")),
        ("SftpRequiresHns", add("storage", isSftpEnabled=True, isHnsEnabled=False)),
        (
            "InvalidSkuForKind",
            add("storage", kind="BlobStorage", isHnsEnabled=False, sku={"name": "Premium_LRS"}),
        ),
    ],
    "firewall_rules_are_complete": [
        ("InvalidParameter", change("storage", networkRuleSet__defaultAction="Block")),
        ("InvalidParameter", change("storage", networkRuleSet__bypass="Friends")),
        (
            "InvalidValuesForRequestParameters",
            change("storage", networkRuleSet__resourceAccessRules=[{"resourceId": CONNECTOR}]),
        ),
        (
            "InvalidValuesForRequestParameters",
            change("storage", networkRuleSet__ipRules=[{"iPAddressOrRange": "10.1.2.3"}]),
        ),
        (
            "InvalidValuesForRequestParameters",
            change("storage", networkRuleSet__ipRules=[{"iPAddressOrRange": "203.0.113.0/31"}]),
        ),
    ],
    "firewall_subnets_exist": [
        (
            "NetworkAclsValidationFailure",
            change(
                "storage",
                networkRuleSet__virtualNetworkRules=[
                    {"virtualNetworkResourceId": f"{VNET}/subnets/lost"}
                ],
            ),
        ),
    ],
    "account_name_is_free": [
        (
            "StorageAccountAlreadyTaken",
            lambda w: west(w).add("storage", resourceGroupName="west-rg"),
        ),
        ("StorageAccountAlreadyTaken", add("storage", accountName="mlopsdevroot")),
    ],
    "account_keeps_its_nature": [
        ("PropertyChangeNotAllowed", change("storage", kind="BlockBlobStorage")),
        (
            "PropertyChangeNotAllowed",
            change("storage", encryption={"requireInfrastructureEncryption": True}),
        ),
    ],
    "account_exists": [
        ("ResourceNotFound", add("container-raw", accountName="lost")),
    ],
    "container_is_not_more_public_than_its_account": [
        ("PublicAccessNotPermitted", change("container-raw", publicAccess="Blob")),
    ],
    "namespace_has_no_versions": [
        ("FeatureNotSupportedForAccount", change("blob-service", isVersioningEnabled=True)),
    ],
    "retention_is_in_range": [
        ("InvalidRetentionDays", change("blob-service", deleteRetentionPolicy__days=366)),
        ("InvalidRetentionDays", change("blob-service", deleteRetentionPolicy__days=None)),
    ],
    "lifecycle_rules_are_complete": [
        ("InvalidPolicyRules", change("lifecycle", policy={"rules": []})),
        ("InvalidPolicyRules", change("lifecycle", policy=_rules(definition__actions=None))),
        ("InvalidParameter", change("lifecycle", policy=_rules(type="Cleanup"))),
        (
            "InvalidParameter",
            change("lifecycle", policy=_rules(definition__filters__blobTypes=["page"])),
        ),
        ("DuplicateRuleName", change("lifecycle", policy={"rules": _rules()["rules"] * 2})),
    ],
    "vault_settings_are_valid": [
        ("BadRequest", add("vault", properties__softDeleteRetentionInDays=6)),
        ("BadRequest", add("vault", properties__enablePurgeProtection=False)),
        ("BadRequest", add("vault", properties__enableSoftDelete=False)),
        ("BadRequest", add("vault", properties__tenantId="contoso")),
        ("InvalidParameter", add("vault", properties__sku__name="basic")),
    ],
    "vault_firewall_is_valid": [
        ("InvalidParameter", add("vault", properties__networkAcls__bypass="All")),
        (
            "InvalidCIDRNotation",
            add("vault", properties__networkAcls__ipRules=[{"value": "203.0.113.1/24"}]),
        ),
    ],
    "irreversible_stays": [
        ("BadRequest", change("vault", properties__enablePurgeProtection=None)),
        ("BadRequest", change("vault", properties__softDeleteRetentionInDays=31)),
    ],
    "vault_name_is_free": [
        ("VaultAlreadyExists", lambda w: west(w).add("vault", resourceGroupName="west-rg")),
        ("ConflictError", again_after_delete),
    ],
    "only_deleted_vaults_are_recovered": [
        (
            "SoftDeletedVaultDoesNotExist",
            add("vault", vaultName="new-kv", properties__createMode="recover"),
        ),
        (
            "SoftDeletedVaultDoesNotExist",
            lambda w: again_after_delete(
                west(w), resourceGroupName="west-rg", properties__createMode="recover"
            ),
        ),
    ],
}
