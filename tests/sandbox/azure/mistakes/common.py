"""Mistakes with names, regions, tags, groups and locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.azure.estate import GROUP, ZONES
from tests.sandbox.azure.mistakes.actions import add, change, delete
from tests.sandbox.azure.world import arm

if TYPE_CHECKING:
    from tests.sandbox.azure.mistakes.actions import Mistakes
    from tests.sandbox.azure.world import World


def read_only(world: World) -> object:
    """A write below a ReadOnly lock."""
    world.add("lock", lockName="frozen", scope=GROUP, level="ReadOnly")
    return world.change("logs", retentionInDays=60)


LOST = arm("Microsoft.Network/natGateways/lost")


MISTAKES: Mistakes = {
    "name_is_valid": [
        ("InvalidResourceName", add("vault", vaultName="a--b")),
        ("InvalidResourceName", add("vault", vaultName="1vault")),
        ("InvalidResourceName", add("storage", accountName="Upper-case")),
        ("InvalidResourceName", add("storage", accountName="a" * 25)),
        ("InvalidResourceName", add("group", resourceGroupName="rg.")),
        ("InvalidResourceName", add("workspace", workspaceName="ab")),
        ("InvalidResourceName", add("container-raw", containerName="A")),
        ("InvalidResourceName", add("logs", workspaceName="abc")),
        ("InvalidResourceName", add("blob-service", blobServicesName="x")),
        ("InvalidResourceName", add("lifecycle", managementPolicyName="x")),
        ("InvalidResourceName", add("budget", budgetName="a.b")),
        ("InvalidRoleAssignmentId", add("role", roleAssignmentName="x")),
    ],
    "location_exists": [
        ("LocationNotAvailableForResourceType", add("vnet", location="moon")),
        ("LocationNotAvailableForResourceType", add("logs", location="global")),
    ],
    "location_is_global": [
        ("LocationNotAvailableForResourceType", add(f"zone-{ZONES[0]}", location="eastus2")),
        ("LocationNotAvailableForResourceType", add(f"link-{ZONES[0]}", location=None)),
    ],
    "tags_are_within_limits": [
        ("TooManyTags", add("group", tags={str(n): "" for n in range(51)})),
        ("TooManyTags", add(f"zone-{ZONES[0]}", tags={str(n): "" for n in range(16)})),
        ("InvalidTagNameCharacters", add("group", tags={"a/b": ""})),
        ("InvalidTagNameCharacters", add("storage", tags={"a" * 129: ""})),
        ("ReservedTagName", add("group", tags={"Azure-x": ""})),
        ("InvalidTagValueLength", add("group", tags={"a": "b" * 257})),
    ],
    "resource_group_exists": [
        ("ResourceGroupNotFound", add("vnet", resourceGroupName="nowhere")),
    ],
    "location_is_kept": [
        ("InvalidResourceLocation", change("nsg", location="westus2")),
    ],
    "managed_group_is_taken": [
        (
            "DenyAssignmentAuthorizationFailed",
            add("group", resourceGroupName="mlops-dev-managed-rg"),
        ),
    ],
    "managed_group_is_closed": [
        (
            "DenyAssignmentAuthorizationFailed",
            add("vnet", resourceGroupName="mlops-dev-managed-rg"),
        ),
    ],
    "lock_has_a_level": [
        ("InvalidParameter", add("lock", level="NotSpecified")),
        ("InvalidLockNotes", add("lock", notes="x" * 513)),
    ],
    "locked_scope_exists": [
        ("ResourceNotFound", add("lock", scope=LOST)),
        ("InvalidScope", add("lock", scope="mlops-dev-rg")),
    ],
    "locked_is_not_deleted": [
        ("ScopeLocked", delete("storage")),
        ("ScopeLocked", delete("container-raw")),
    ],
    "endpoint_to_what_is_locked_stays": [("ScopeLocked", delete("data-blob"))],
    "read_only_is_not_written": [
        ("ScopeLocked", read_only),
    ],
}
