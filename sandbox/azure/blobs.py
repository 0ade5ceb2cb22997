"""Blob containers, the blob service and lifecycle rules of a storage account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.storage import ACCOUNTS, refuse
from sandbox.azure.values import at, between, flag, items, one_of
from sandbox.rules import admit, adopts, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

VERSIONING = "https://github.com/hashicorp/terraform-provider-azurerm/pull/19418"
LIFECYCLE = "https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure"
SOFT_DELETE = "https://learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview"

adopts(
    ids.BLOB_SERVICE,
    source="https://learn.microsoft.com/rest/api/storagerp/blob-services/set-service-properties",
)


@admit(ids.CONTAINER, ids.BLOB_SERVICE, ids.LIFECYCLE, source=ACCOUNTS)
def account_exists(request: Request, cloud: Cloud) -> None:
    """Containers, blob service and lifecycle rules belong to an account that exists."""
    group = ids.resource_group_id(request.provider, str(request.inputs.get("resourceGroupName")))
    name = request.inputs.get("accountName")
    if cloud.get(f"{group}/providers/Microsoft.Storage/storageAccounts/{name}") is None:
        raise refuse(
            "ResourceNotFound",
            f"The Resource 'Microsoft.Storage/storageAccounts/{name}' "
            f"under resource group '{request.inputs.get('resourceGroupName')}' was not "
            "found.",
            "accountName",
            404,
        )


def _account(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    own = ids.compose(request.token, request.inputs, request.provider) or ""
    record = cloud.get(own.split("/blobServices/", maxsplit=1)[0].split("/managementPolicies/")[0])
    return record.inputs if record else {}


@admit(
    ids.CONTAINER,
    source="https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent",
)
def container_is_not_more_public_than_its_account(request: Request, cloud: Cloud) -> None:
    """Public containers need an account that allows them; the default does not."""
    access = request.inputs.get("publicAccess")
    if access in {"Blob", "Container"} and not flag(
        _account(request, cloud), "allowBlobPublicAccess"
    ):
        raise refuse(
            "PublicAccessNotPermitted",
            "Public access is not permitted on this storage account. Set publicAccess to None.",
            "publicAccess",
            409,
        )


@admit(ids.BLOB_SERVICE, source=VERSIONING)
def namespace_has_no_versions(request: Request, cloud: Cloud) -> None:
    """A hierarchical namespace has no versioning, change feed or point-in-time restore."""
    if not flag(_account(request, cloud), "isHnsEnabled"):
        return
    for path in ("isVersioningEnabled", "changeFeed.enabled", "restorePolicy.enabled"):
        if flag(request.inputs, path):
            raise refuse(
                "FeatureNotSupportedForAccount",
                f"{path} is not supported for the account: "
                "it has the hierarchical namespace (isHnsEnabled).",
                path,
                409,
            )


@check(ids.BLOB_SERVICE, source=SOFT_DELETE)
def retention_is_in_range(request: Request) -> None:
    """Deleted blobs and containers are kept 1 to 365 days."""
    for policy in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy"):
        days = at(request.inputs, f"{policy}.days")
        between(days, 1, 365, prop=f"{policy}.days", code="InvalidRetentionDays", unit=" days")
        if flag(request.inputs, f"{policy}.enabled") and days is None:
            raise refuse(
                "InvalidRetentionDays", f"{policy}.enabled needs days, 1 to 365.", f"{policy}.days"
            )


@check(ids.LIFECYCLE, source=LIFECYCLE)
def lifecycle_rules_are_complete(request: Request) -> None:
    """1 to 100 rules of type Lifecycle, named uniquely, each with an action and blob types."""
    rules = at(request.inputs, "policy.rules")
    if not ids.known(request.inputs.get("policy")):
        return
    entries = items(rules)
    between(len(entries), 1, 100, prop="policy.rules", code="InvalidPolicyRules", unit=" rules")
    if len({at(rule, "name") for rule in entries}) != len(entries):
        raise refuse("DuplicateRuleName", "Lifecycle rule names must be unique.", "policy.rules")
    for rule in entries:
        one_of(at(rule, "type"), ("Lifecycle",), prop="policy.rules.type")
        if not at(rule, "definition.actions"):
            raise refuse(
                "InvalidPolicyRules", f"Rule '{at(rule, 'name')}' has no action.", "policy.rules"
            )
        for kind in items(at(rule, "definition.filters.blobTypes")):
            one_of(
                kind, ("blockBlob", "appendBlob"), prop="policy.rules.definition.filters.blobTypes"
            )


@outputs(
    ids.CONTAINER, source="https://learn.microsoft.com/rest/api/storagerp/blob-containers/create"
)
def container_state(request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """A new container is private, unlocked and not deleted."""
    return {"publicAccess": request.inputs.get("publicAccess", "None"), "deleted": False,
            "leaseState": "Available", "leaseStatus": "Unlocked", "hasImmutabilityPolicy": False,
            "hasLegalHold": False, "lastModifiedTime": "2026-01-01T00:00:00Z"}  # fmt: skip


@outputs(ids.LIFECYCLE, source=LIFECYCLE)
def lifecycle_state(_request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """When the policy was written."""
    return {"lastModifiedTime": "2026-01-01T00:00:00Z"}
