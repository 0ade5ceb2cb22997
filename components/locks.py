"""Locks: what nobody deletes by hand, whatever their role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi import ResourceOptions
from pulumi_azure_native import authorization

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi import Input, Resource


def delete_lock(
    name: str, *, scope: Input[str], holds: Sequence[Resource], parent: Resource
) -> authorization.ManagementLockByScope:
    """Keep a resource and everything below it from being deleted.

    Args:
        name: Logical name; the lock itself is called ``no-delete``.
        scope: Azure id of what is locked.
        holds: Everything of this program that Azure deletes through that resource. The lock is
            made after and removed before all of it, so that a destroy finds no lock in its way.
        parent: The component that owns the resource.
    """
    return authorization.ManagementLockByScope(
        name,
        lock_name="no-delete",
        scope=scope,
        level=authorization.LockLevel.CAN_NOT_DELETE,
        opts=ResourceOptions(parent=parent, depends_on=[*holds]),
    )
