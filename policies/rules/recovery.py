"""What brings data back, and what keeps it from being lost with a region or by a hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import between, is_false, is_true, require, require_value, words
from policies.model import UNKNOWN
from policies.references import Names, below, has_id, has_name, names_of, same, type_in
from policies.registry import ADVISED_IN_DEV, BINDING_IN_PROD_ONLY, Mappings, integer, rule, strings
from policies.verdicts import both, demand, some

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config
    from policies.verdicts import Verdict

_LOCKS = (
    tokens.LOCK,
    tokens.LOCK_ON_GROUP,
    tokens.LOCK_ON_RESOURCE,
    tokens.LOCK_ON_SUBSCRIPTION,
)
_LONGEST_RETENTION = 365  # days; the service's maximum


@rule(
    "rel-05-blob-soft-delete",
    title="A deleted file or container can be brought back",
    severity="high",
    rationale="A wrong recursive delete empties a data lake in seconds.",
    remediation="Declare BlobServiceProperties for the account, with deleteRetentionPolicy and "
    "containerDeleteRetentionPolicy enabled for at least the configured days.",
    types=[tokens.STORAGE_ACCOUNT, tokens.BLOB_SERVICE],
    levels=ADVISED_IN_DEV,
    scope="stack",
    config={
        "minimumDays": integer(
            "Days for which what was deleted can be brought back.",
            dev=7,
            test=7,
            prod=30,
            strictest=30,
        )
    },
    mappings=Mappings(cis=("9.2.1", "9.2.2"), ckv=("CKV2_AZURE_38",), azu=("AZU-0056",)),
)
def blob_soft_delete(stack: Stack, config: Config) -> Findings:
    """Absent means off, for both."""
    days = config["minimumDays"]
    services = list(stack.all(tokens.BLOB_SERVICE))
    path = "accountName"
    named = Names((service.get(path), service, path, None) for service in services)
    for account in stack.all(tokens.STORAGE_ACCOUNT):
        yield from demand(
            named.verdict(account, lambda _: True),
            "no BlobServiceProperties sets its soft delete; declare them",
            path,
            account.urn,
        )
    for service in services:
        yield from require_value(
            service.get("deleteRetentionPolicy.allowPermanentDelete"),
            "deleteRetentionPolicy.allowPermanentDelete",
            is_false,
            "leave it off, or what was deleted can be deleted for good",
            default=False,
            urn=service.urn,
        )
        for policy in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy"):
            yield from require_value(
                service.get(f"{policy}.enabled"),
                f"{policy}.enabled",
                is_true,
                "set it to true",
                urn=service.urn,
            )
            yield from require_value(
                service.get(f"{policy}.days"),
                f"{policy}.days",
                between(days, _LONGEST_RETENTION),
                f"set it to at least {days} days",
                urn=service.urn,
            )


@rule(
    "rel-07-storage-redundant",
    title="Storage survives the loss of a building or a region",
    severity="medium",
    rationale="Locally redundant storage is three copies in one building.",
    remediation="Set sku.name, and parameters.storageAccountSkuName of a workspace, to a "
    "zone-redundant or geo-redundant kind.",
    types=[tokens.STORAGE_ACCOUNT, tokens.WORKSPACE],
    levels=BINDING_IN_PROD_ONLY,
    config={
        "kinds": strings(
            "Accepted kinds of redundancy.",
            "Standard_ZRS",
            "Standard_GRS",
            "Standard_RAGRS",
            "Standard_GZRS",
            "Standard_RAGZRS",
            "Premium_ZRS",
            "StandardV2_ZRS",
            "StandardV2_GRS",
            "StandardV2_GZRS",
            "PremiumV2_ZRS",
        )
    },
    mappings=Mappings(azp=("bf045164",), ckv=("CKV_AZURE_206",), azu=("AZU-0058",)),
)
def storage_redundant(resource: Resource, config: Config) -> Findings:
    """A workspace's root storage is Standard_GRS where nothing is set."""
    fix = "set it to a zone-redundant or geo-redundant kind, for example 'Standard_GZRS'"
    accepted = words(*config["kinds"])
    if resource.type == tokens.STORAGE_ACCOUNT:
        yield from require(resource, "sku.name", accepted, fix)
    else:
        path = "parameters.storageAccountSkuName.value"
        yield from require(resource, path, accepted, fix, default="Standard_GRS")


@rule(
    "rel-08-data-locked",
    title="A lock keeps storage accounts from being deleted by hand",
    severity="medium",
    rationale="Protection in the program does not stop a click in the portal.",
    remediation="Declare a ManagementLockByScope with level 'CanNotDelete' for the account or its "
    "resource group.",
    types=[tokens.STORAGE_ACCOUNT, *_LOCKS],
    levels=BINDING_IN_PROD_ONLY,
    scope="stack",
    mappings=Mappings(cis=("6.2", "9.3.9", "9.3.10")),
)
def data_locked(stack: Stack, _config: Config) -> Findings:
    """ReadOnly locks delete as well, but also the listing of keys; it counts."""
    for account in stack.all(tokens.STORAGE_ACCOUNT):
        yield from demand(
            some(both(_covers(lock, account), _locks(lock)) for lock in stack.all(*_LOCKS)),
            "no ManagementLockByScope covers it; declare one with level 'CanNotDelete'",
            "scope",
            account.urn,
        )


def _locks(lock: Resource) -> Verdict:
    level = lock.get("level")
    return None if level is UNKNOWN else words("CanNotDelete", "ReadOnly")(level)


def _covers(lock: Resource, account: Resource) -> Verdict:
    if lock.type == tokens.LOCK_ON_SUBSCRIPTION:
        return True
    if lock.type == tokens.LOCK_ON_GROUP:
        return _in_group_of(lock, account)
    if lock.type == tokens.LOCK_ON_RESOURCE:
        kind, beside = lock.get("resourceType"), lock.get("parentResourcePath")
        whole = words("storageAccounts")(kind) and beside in (None, "")
        named = has_name(lock, "resourceName", account)
        return both(None if kind is UNKNOWN else whole, named, _in_group_of(lock, account))
    scope = lock.get("scope")
    if scope is UNKNOWN:
        return _computed_to_cover(lock, account)
    own_id = account.outputs.get("id")
    if not isinstance(own_id, str):
        group, name = account.get("resourceGroupName"), next(names_of(account), None)
        if not isinstance(group, str) or name is None:
            return None
        # An account is taken to be in the subscription that the lock is in.
        subscription = "/".join(str(scope).strip("/").split("/")[:2])
        own_id = (
            f"/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/"
            f"storageAccounts/{name}"
        )
    return below(scope, own_id)


def _in_group_of(lock: Resource, account: Resource) -> Verdict:
    """Whether a lock names the account's resource group, by name or by what both come from."""
    key = "resourceGroupName"
    one, other = lock.get(key), account.get(key)
    if isinstance(one, str) and isinstance(other, str):
        return same(one, other)
    shared = set(lock.dependencies.get(key, ())) & set(account.dependencies.get(key, ()))
    return True if shared else None


def _computed_to_cover(lock: Resource, account: Resource) -> Verdict:
    """Whether an unknown scope is computed from the account, or from its group alone."""
    sources = list(lock.dependencies.get("scope", ()))
    groups = account.dependencies.get("resourceGroupName", ())
    if len(sources) == 1 and sources[0] in groups and type_in(sources[0]) == tokens.RESOURCE_GROUP:
        return True
    return has_id(UNKNOWN, lock, "scope", account)
