"""Key vaults, whose names outlive them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from sandbox.azure import cidr, ids
from sandbox.azure.common import region
from sandbox.azure.values import GUID, at, between, flag, items, one_of, output, texts
from sandbox.rules import Record, Refusal, admit, check, outputs, remains

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.rules import Cloud, Request

SOFT_DELETE = "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview"
SETTINGS = "https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update"
RESERVED = "https://github.com/alan-turing-institute/data-safe-haven/issues/2523"
NOT_DELETED = "https://github.com/hashicorp/terraform-provider-azurerm/issues/12972"
DEFAULT_RETENTION = 90


@check(ids.VAULT, source=SETTINGS)
def vault_settings_are_valid(request: Request) -> None:
    """SKU, tenant, retention, purge protection and firewall have allowed values."""
    where = request.inputs.get("properties")
    one_of(at(where, "sku.name"), ("standard", "premium"), prop="properties.sku.name")
    one_of(at(where, "sku.family"), ("A",), prop="properties.sku.family")
    one_of(at(where, "createMode"), ("default", "recover"), prop="properties.createMode")
    one_of(at(where, "publicNetworkAccess"), ("Enabled", "Disabled", "SecuredByPerimeter"),
           prop="properties.publicNetworkAccess")  # fmt: skip
    between(at(where, "softDeleteRetentionInDays"), 7, 90, unit=" days", code="BadRequest",
            prop="properties.softDeleteRetentionInDays")  # fmt: skip
    tenant = at(where, "tenantId")
    if isinstance(tenant, str) and not re.fullmatch(GUID, tenant):
        raise Refusal(
            "BadRequest",
            f"An invalid value was provided for 'tenantId': '{tenant}' is not a GUID.",
            prop="properties.tenantId",
        )
    if at(where, "enablePurgeProtection") is False:
        raise Refusal(
            "BadRequest",
            'The property "enablePurgeProtection" cannot be set to false. '
            "Leave it out, or enable it, which is an irreversible action.",
            prop="properties.enablePurgeProtection",
        )
    if at(where, "enableSoftDelete") is False:
        raise Refusal(
            "BadRequest",
            'The property "enableSoftDelete" cannot be set to false: soft delete is mandatory.',
            prop="properties.enableSoftDelete",
        )


@check(ids.VAULT, source="https://learn.microsoft.com/azure/key-vault/general/network-security")
def vault_firewall_is_valid(request: Request) -> None:
    """Default action, bypass and addresses of the firewall are valid."""
    acls = at(request.inputs, "properties.networkAcls")
    one_of(
        at(acls, "defaultAction"), ("Allow", "Deny"), prop="properties.networkAcls.defaultAction"
    )
    one_of(at(acls, "bypass"), ("None", "AzureServices"), prop="properties.networkAcls.bypass")
    for address in texts(*(at(rule, "value") for rule in items(at(acls, "ipRules")))):
        block = address if "/" in address else f"{address}/32"
        cidr.network(block, prop="properties.networkAcls.ipRules")


@admit(ids.VAULT, source=SOFT_DELETE)
def irreversible_stays(request: Request, _cloud: Cloud) -> None:
    """Purge protection stays on, and the retention that a vault was created with stays."""
    if request.old is None:
        return
    old, new = request.old.inputs.get("properties"), request.inputs.get("properties")
    if at(old, "enablePurgeProtection") is True and at(new, "enablePurgeProtection") is not True:
        raise Refusal(
            "BadRequest",
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge '
            "protection for a vault is an irreversible action.",
            prop="properties.enablePurgeProtection",
        )
    days = [at(each, "softDeleteRetentionInDays") or DEFAULT_RETENTION for each in (old, new)]
    if days[0] != days[1]:
        raise Refusal(
            "BadRequest",
            'The property "softDeleteRetentionInDays" has been set already and it can\'t be '
            "modified "
            f"({days[0]} to {days[1]}).",
            prop="properties.softDeleteRetentionInDays",
        )


@admit(ids.VAULT, source=RESERVED)
def vault_name_is_free(request: Request, cloud: Cloud) -> None:
    """Vault names are unique in all of Azure, and a deleted vault keeps its name."""
    own = ids.compose(request.token, request.inputs, request.provider)
    name = request.inputs.get("vaultName")
    for vault in cloud.all(ids.VAULT):
        if ids.same(vault.outputs.get("name"), name) and not ids.same(vault.id, own):
            raise Refusal(
                "VaultAlreadyExists",
                f"The vault name '{name}' is already in use. Vault names are globally unique "
                "so it is "
                "possible that the name is already taken.",
                status=409,
                prop="vaultName",
            )
    recovers = at(request.inputs, "properties.createMode") == "recover"
    deleted = _deleted(cloud, name)
    if request.old is None and deleted and not recovers:
        raise Refusal(
            "ConflictError",
            "A vault with the same name already exists in deleted state. You need to either "
            "recover "
            "or purge existing key vault. Follow this link "
            "https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
            status=409,
            prop="vaultName",
        )


@admit(ids.VAULT, source=NOT_DELETED)
def only_deleted_vaults_are_recovered(request: Request, cloud: Cloud) -> None:
    """``createMode: recover`` needs a deleted vault of that name, group and region."""
    if request.old is not None or at(request.inputs, "properties.createMode") != "recover":
        return
    own = ids.compose(request.token, request.inputs, request.provider)
    vault = _deleted(cloud, request.inputs.get("vaultName"))
    location = request.inputs.get("location")
    moved = vault and location is not None and region(location) != region(output(vault, "location"))
    if vault is None or moved or not ids.same(vault.outputs.get("vaultId"), own):
        raise Refusal(
            "SoftDeletedVaultDoesNotExist",
            "A soft deleted vault with the given name does not exist. Ensure that the name for the "
            "vault that is being attempted to recover is in a recoverable state. Leave "
            "createMode out "
            "to create a new vault.",
            status=404,
            prop="properties.createMode",
        )


def _deleted(cloud: Cloud, name: object) -> Record | None:
    """The deleted vault of that name; one recovered or recreated since is not deleted."""
    for tombstone in cloud.all(ids.DELETED_VAULT):
        vault = str(tombstone.outputs.get("vaultId"))
        if ids.same(tombstone.outputs.get("name"), name) and cloud.get(vault) is None:
            return tombstone
    return None


@remains(ids.VAULT, source=SOFT_DELETE)
def deleted_vault(request: Request, _cloud: Cloud) -> Sequence[Record]:
    """The deleted vault, which keeps the name until it is purged or recovered."""
    if request.old is None:
        return []
    vault, location = request.old, str(output(request.old, "location"))
    parsed = ids.parse(vault.id)
    name, holder = (parsed.name, parsed.subscription) if parsed else ("", "")
    place = f"/subscriptions/{holder}/providers/Microsoft.KeyVault/locations/{region(location)}"
    path = f"{place}/deletedVaults/{name}"
    outputs = {
        "id": path,
        "name": name,
        "vaultId": vault.id,
        "location": location,
        "purgeProtectionEnabled": flag(vault.inputs, "properties.enablePurgeProtection"),
    }
    return [Record(path, ids.DELETED_VAULT, vault.urn, {}, outputs)]


@outputs(ids.VAULT, source=SETTINGS)
def vault_uri(request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """The vault's address and state, nested as the API nests them."""
    given = cast("dict[str, Any]", request.inputs.get("properties") or {})
    shown = {key: value for key, value in given.items() if key != "createMode"}
    return {
        "properties": {
            **shown,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": given.get("softDeleteRetentionInDays", DEFAULT_RETENTION),
            "provisioningState": "Succeeded",
            "vaultUri": f"https://{request.inputs.get('vaultName')}.vault.azure.net/",
        }
    }
