"""Who manages what: objects of a workspace, a workspace, the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Deferred, Violation, show, strings_in
from policies.model import UNKNOWN
from policies.permissions import OPERATED, PRINCIPALS, access_controls, principals
from policies.registry import ADVISED_IN_DEV, Mappings, rule, strings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_MANAGING = frozenset(
    {
        "CAN_MANAGE",
        "CAN_MANAGE_PRODUCTION_VERSIONS",
        "CAN_MANAGE_STAGING_VERSIONS",
        "IS_OWNER",
    }
)


@rule(
    "sec-71-managers-named",
    title="Only owners manage compute, jobs, policies, endpoints and workspaces, and no program "
    "makes account admins",
    severity="high",
    rationale="Who manages a job can change what it runs, and it runs with the rights of its "
    "service principal; an administrator manages all of it, an account admin in every workspace.",
    remediation="Grant CAN_USE, CAN_RUN, CAN_RESTART or CAN_QUERY, and USER instead of ADMIN; list "
    "owning groups under ownerGroups. Name account admins in the account console.",
    types=[
        tokens.PERMISSIONS,
        tokens.PERMISSION_ASSIGNMENT,
        tokens.GROUP_ROLE,
        tokens.PRINCIPAL_ROLE,
    ],
    levels=ADVISED_IN_DEV,
    config={
        "ownerGroups": strings(
            "Principals that may manage: groups, and service principals by application id.",
            "admins",
            "platform_owners",
            "mlops_release",
        )
    },
    mappings=Mappings(sat=("GOV-45",), kics=("a4edb7e1",)),
)
def managers_named(resource: Resource, config: Config) -> Findings:
    """Every job and pipeline has one owner; a service principal may be that.

    A user's roles are SEC-70's, whatever they are.
    """
    if resource.type == tokens.PERMISSIONS:
        yield from _managers(resource, config["ownerGroups"])
    elif resource.type == tokens.PERMISSION_ASSIGNMENT:
        yield from _workspace_admin(resource, config["ownerGroups"])
    else:
        yield from _account_admin(resource)


def _managers(resource: Resource, owners: Sequence[str]) -> Findings:
    if all(resource.get(key) is None for key in OPERATED):
        return
    for control in access_controls(resource):
        level, names = control.get("permissionLevel"), principals(control)
        if level is UNKNOWN:
            yield Deferred(control.at("permissionLevel"))
            continue
        if str(level).upper() not in _MANAGING:
            continue
        owner = [control.get("servicePrincipalName")]
        if str(level).upper() == "IS_OWNER" and names == owner:
            continue
        for name in names or [None]:
            if name is UNKNOWN:
                yield Deferred(control.path)
            elif name not in owners:
                yield Violation(
                    f"{control.at('permissionLevel')} gives {show(name)} {level}; give it what it "
                    "needs to use, not to manage"
                )


def _account_admin(resource: Resource) -> Findings:
    """A role is a word, or in AWS the ARN of an instance profile.

    https://www.pulumi.com/registry/packages/databricks/api-docs/grouprole
    """
    role = resource.get("role")
    if role is UNKNOWN:
        yield Deferred("role")
    elif str(role).casefold() == "account_admin":
        yield Violation(
            f"role is {show(role)}; whoever is in it manages every workspace and the metastore: "
            "name account admins in the account console"
        )


def _workspace_admin(resource: Resource, owners: Sequence[str]) -> Findings:
    """USER or ADMIN, to a principal that is named, or by a number that users have too."""
    permissions, complete = strings_in(resource.get("permissions"))
    if not complete:
        yield Deferred("permissions")
    if "ADMIN" not in map(str.upper, permissions):
        return
    for key in PRINCIPALS:
        name = resource.get(key)
        if name is UNKNOWN:
            yield Deferred(key)
        elif name is not None and name not in owners:
            yield Violation(
                f"permissions makes {show(name)} an administrator; assign it as USER, and grant "
                "what it needs"
            )
