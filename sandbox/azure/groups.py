"""Resource groups and the locks on them and on what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.targets import connection
from sandbox.azure.values import at, one_of
from sandbox.rules import Refusal, admit, check, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

LOCKS = "https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources"


@admit(ids.RESOURCE_GROUP, source="https://github.com/pulumi/pulumi-azure-native/issues/3643")
def managed_group_is_taken(request: Request, cloud: Cloud) -> None:
    """The group that a workspace manages exists already: nobody else can create it."""
    group = ids.compose(request.token, request.inputs, request.provider) or ""
    owner = managed_group_owner(cloud, group)
    if owner:
        raise Refusal(
            "DenyAssignmentAuthorizationFailed",
            f"Resource group {group} is managed by {owner} and cannot be written. The workspace "
            "creates its managed resource group itself: do not declare it.",
            status=403,
            prop="resourceGroupName",
        )


def managed_group_owner(cloud: Cloud, group_id: str) -> str | None:
    """The id of the Databricks workspace that manages the resource group, if one does."""
    for workspace in cloud.all(ids.WORKSPACE):
        if ids.same(at(workspace.inputs, "managedResourceGroupId"), group_id):
            return workspace.id
    return None


@admit(
    *ids.IN_RESOURCE_GROUP,
    source="https://learn.microsoft.com/azure/databricks/security/network/storage/firewall-support",
)
def managed_group_is_closed(request: Request, cloud: Cloud) -> None:
    """Nobody but the Databricks resource provider writes into a managed resource group."""
    name = str(request.inputs.get("resourceGroupName", ""))
    group = ids.resource_group_id(request.provider, name)
    if managed_group_owner(cloud, group):
        raise Refusal(
            "DenyAssignmentAuthorizationFailed",
            f"The client does not have permission to write to {group}: it is blocked by the deny "
            "assignment of a Databricks managed resource group. Use another resource group.",
            status=403,
            prop="resourceGroupName",
        )


@admit(
    *ids.IN_RESOURCE_GROUP,
    source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found",
)
def resource_group_exists(request: Request, cloud: Cloud) -> None:
    """A resource lives in a resource group that exists."""
    name = str(request.inputs.get("resourceGroupName", ""))
    if cloud.get(ids.resource_group_id(request.provider, name)) is None:
        raise Refusal(
            "ResourceGroupNotFound",
            f"Resource group '{name}' could not be found.",
            status=404,
            prop="resourceGroupName",
        )


@check(ids.LOCK, source=LOCKS)
def lock_has_a_level(request: Request) -> None:
    """A lock is CanNotDelete or ReadOnly, with at most 512 characters of notes."""
    one_of(request.inputs.get("level"), ("CanNotDelete", "ReadOnly"), prop="level")
    notes = request.inputs.get("notes")
    if isinstance(notes, str) and len(notes) > 512:  # noqa: PLR2004 - the documented limit
        raise Refusal(
            "InvalidLockNotes", "A lock's notes have at most 512 characters.", prop="notes"
        )


@admit(ids.LOCK, source=LOCKS)
def locked_scope_exists(request: Request, cloud: Cloud) -> None:
    """A lock is set on a resource or group that exists, or on a subscription."""
    require_scope(request, cloud, "scope")


def require_scope(request: Request, cloud: Cloud, prop: str) -> None:
    """Refuse an extension resource whose scope is not an ARM id or points to nothing."""
    scope = request.inputs.get(prop)
    parsed = ids.parse(scope)
    if parsed is None:
        raise Refusal("InvalidScope", f"The scope '{scope}' is not an ARM resource id.", prop=prop)
    account = blob_service_account(scope)
    if not parsed.resource_group or (account and cloud.get(account)):
        return
    if cloud.get(str(scope)) is None:
        raise Refusal(
            "ResourceNotFound",
            f"The Resource '{parsed.type}/{parsed.name}' under resource group "
            f"'{parsed.resource_group}' was not found.",
            status=404,
            prop=prop,
        )


def blob_service_account(resource_id: object) -> str | None:
    """The account of a ``…/blobServices/default`` id: that service exists with each account."""
    if ids.is_type(resource_id, "Microsoft.Storage/storageAccounts/blobServices"):
        return ids.parent(str(resource_id))
    return None


def _locks_on(cloud: Cloud, resource_id: str) -> list[tuple[str, str]]:
    """(level, lock id) of each lock on the resource or on something above it."""
    held = f"{resource_id.lower().rstrip('/')}/"
    return [
        (str(lock.inputs.get("level")), lock.id)
        for lock in cloud.all(ids.LOCK)
        if held.startswith(f"{str(lock.inputs.get('scope')).lower().rstrip('/')}/")
    ]


@release(*(set(ids.TYPES) - {ids.LOCK}), source=LOCKS)
def locked_is_not_deleted(request: Request, cloud: Cloud) -> None:
    """Neither a locked resource nor anything below a locked scope can be deleted."""
    if request.old is None:
        return
    for _level, lock in _locks_on(cloud, request.old.id):
        raise Refusal(
            "ScopeLocked",
            f"The scope '{request.old.id}' cannot perform delete operation because following "
            f"scope(s) are locked: '{ids.parent(lock)}'. Please remove the lock and try again.",
            status=409,
        )


@release(ids.ENDPOINT, source="https://github.com/MicrosoftDocs/azure-docs/issues/116983")
def endpoint_to_what_is_locked_stays(request: Request, cloud: Cloud) -> None:
    """Deleting a private endpoint deletes its connection, which is part of the target."""
    target = connection(request.old.inputs)[0] if request.old else ""
    for _level, lock in _locks_on(cloud, target):
        raise Refusal(
            "ScopeLocked",
            f"The scope '{target}' cannot perform delete operation because following scope(s) are "
            f"locked: '{ids.parent(lock)}'. Please remove the lock and try again.",
            status=409,
        )


@admit(*(set(ids.TYPES) - {ids.LOCK}), source=LOCKS)
def read_only_is_not_written(request: Request, cloud: Cloud) -> None:
    """Below a ReadOnly lock nothing is created or updated."""
    target = ids.compose(request.token, request.inputs, request.provider)
    for level, lock in _locks_on(cloud, target or ""):
        if level.lower() == "readonly":
            raise Refusal(
                "ScopeLocked",
                f"The scope '{target}' cannot perform write operation because following scope(s) "
                f"are locked: '{ids.parent(lock)}'. Please remove the lock and try again.",
                status=409,
            )


@outputs(
    ids.RESOURCE_GROUP,
    source="https://learn.microsoft.com/rest/api/resources/resource-groups/create-or-update",
)
def group_state(_request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """A group nests its provisioning state."""
    return {"properties": {"provisioningState": "Succeeded"}}
