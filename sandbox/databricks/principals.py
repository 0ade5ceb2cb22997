"""Who exists in the account and in a workspace, and who acts as whom through groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.databricks import tokens
from sandbox.databricks.scope import home, principal_id
from sandbox.databricks.values import prop, same, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.rules import Cloud, Record

# https://learn.microsoft.com/azure/databricks/admin/users-groups/groups#system-groups
EVERYBODY = "account users"
WORKSPACE_GROUPS = ("users", "admins")


def application(record: Record) -> str:
    """A service principal's application id."""
    return text(prop(record, "applicationId"))


def group_name(record: Record) -> str:
    """A group's display name."""
    return text(prop(record, "displayName"))


def account_groups(cloud: Cloud) -> list[Record]:
    """The groups of the account; a group made through a workspace is local to that workspace."""
    return [group for group in cloud.all(tokens.GROUP) if not home(group)]


def local_groups(cloud: Cloud, workspace: str) -> list[Record]:
    """The groups that exist in one workspace only."""
    return [group for group in cloud.all(tokens.GROUP) if home(group) == workspace]


def service_principals(cloud: Cloud) -> list[Record]:
    """All service principals that some stack made."""
    return list(cloud.all(tokens.SERVICE_PRINCIPAL))


def account_knows(cloud: Cloud, name: str, caller: str) -> bool:
    """Whether a name Unity Catalog is given is a principal: group, application id, user name."""
    if same(name, EVERYBODY) or same(name, caller):
        return True
    return (
        any(same(group_name(group), name) for group in account_groups(cloud))
        or any(same(application(sp), name) for sp in service_principals(cloud))
        or any(same(prop(user, "userName"), name) for user in cloud.all(tokens.USER))
    )


def ids(cloud: Cloud, caller: str) -> dict[str, str]:
    """Every principal's numeric id, with the name it acts under."""
    known = {principal_id(caller): caller}
    known.update({sp.id: application(sp) for sp in service_principals(cloud)})
    known.update({user.id: text(prop(user, "userName")) for user in cloud.all(tokens.USER)})
    known.update({group.id: group_name(group) for group in cloud.all(tokens.GROUP)})
    return known


def groups_of(cloud: Cloud, member: str) -> set[str]:
    """The ids of all groups that a principal's id is in, directly or through other groups."""
    edges = [
        (text(edge.inputs.get("memberId")), text(edge.inputs.get("groupId")))
        for edge in cloud.all(tokens.GROUP_MEMBER)
    ]
    found: set[str] = set()
    waiting = {member}
    while waiting:
        waiting = {group for inner, group in edges if inner in waiting} - found
        found |= waiting
    return found


def _own_ids(cloud: Cloud, name: str) -> Iterator[str]:
    yield principal_id(name)
    yield from (sp.id for sp in service_principals(cloud) if same(application(sp), name))


def acts_as(cloud: Cloud, name: str) -> frozenset[str]:
    """The names whose rights a service principal has, in one case: its own and its groups'."""
    groups = {gid for own in _own_ids(cloud, name) for gid in groups_of(cloud, own)}
    names = {group_name(g).casefold() for g in account_groups(cloud) if g.id in groups}
    return frozenset({name.casefold(), EVERYBODY, *names})


def assigned_to(cloud: Cloud, workspace: str) -> dict[str, set[str]]:
    """The principals assigned to a workspace, by id, with their permissions."""
    assigned: dict[str, set[str]] = {}
    for record in cloud.all(tokens.PERMISSION_ASSIGNMENT):
        if str(record.inputs.get("workspaceId")) == workspace:
            permissions = texts(record.inputs.get("permissions"))
            assigned.setdefault(str(record.inputs.get("principalId")), set()).update(permissions)
    return assigned


def in_workspace(cloud: Cloud, workspace: str, name: str, caller: str) -> bool:
    """Whether a workspace knows a principal: assigned itself, through a group, local or built in.

    The deploying identity is the workspace's admin since it made it.
    """
    if same(name, caller) or name in WORKSPACE_GROUPS:
        return True
    if any(same(group_name(group), name) for group in local_groups(cloud, workspace)):
        return True
    assigned = set(assigned_to(cloud, workspace))
    for number, known_as in ids(cloud, caller).items():
        if same(known_as, name) and assigned & ({number} | groups_of(cloud, number)):
            return True
    return False
