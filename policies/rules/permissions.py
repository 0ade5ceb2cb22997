"""Permissions on workspace objects, entitlements, and who they are given to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.clusters import blocks
from policies.findings import Deferred, Violation, elements, is_false, require, show, strings_in
from policies.model import UNKNOWN, dig
from policies.permissions import access_controls
from policies.privileges import EVERYBODY, GRANT_TYPES, entries
from policies.registry import ADVISED_IN_DEV, BINDING_IN_PROD, Mappings, rule, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_FREE_COMPUTE = frozenset({"ALLOW_CLUSTER_CREATE", "ALLOW_INSTANCE_POOL_CREATE"})


@rule(
    "sec-68-endpoint-callers-named",
    title="A serving endpoint answers named groups and service principals, not everybody",
    severity="high",
    rationale="A model answers from its training data and its features; whoever may ask can read "
    "them bit by bit, and run up the bill.",
    remediation="In the endpoint's Permissions name the group that consumes the model.",
    types=[tokens.PERMISSIONS],
    levels=BINDING_IN_PROD,
    mappings=Mappings(sat=("NS-7",)),
)
def endpoint_callers_named(resource: Resource, _config: Config) -> Findings:
    """The built-in group users holds everybody who can log in."""
    if resource.get("servingEndpointId") is None:
        return
    for control in access_controls(resource):
        name = control.get("groupName")
        if name is UNKNOWN:
            yield Deferred(control.at("groupName"))
        elif str(name).casefold() in EVERYBODY:
            yield Violation(
                f"{control.at('groupName')} is {show(name)}, which is everybody; name the group "
                "that consumes the model"
            )


@rule(
    "sec-69-no-free-compute",
    title="Nobody may create compute that no policy bounds",
    severity="high",
    rationale="The entitlement lets its holder make clusters of any size and access mode, past "
    "every cluster policy.",
    remediation="Leave allowClusterCreate and allowInstancePoolCreate off; grant CAN_USE on a "
    "cluster policy instead.",
    types=[
        tokens.GROUP,
        tokens.USER,
        tokens.SERVICE_PRINCIPAL,
        tokens.ENTITLEMENTS,
        tokens.ACCOUNT_ASSIGNMENT,
        tokens.WORKSPACE_ASSIGNMENT,
    ],
    levels=ADVISED_IN_DEV,
    config={
        "adminGroups": strings("Groups that may hold the entitlements.", "admins"),
    },
    mappings=Mappings(sat=("INFO-4",)),
)
def no_free_compute(resource: Resource, config: Config) -> Findings:
    """Absent means that the principal does not get it from here."""
    if resource.type == tokens.GROUP and resource.get("displayName") in config["adminGroups"]:
        return
    if resource.type in (tokens.ACCOUNT_ASSIGNMENT, tokens.WORKSPACE_ASSIGNMENT):
        yield from _entitled(resource)
        return
    for key in ("allowClusterCreate", "allowInstancePoolCreate"):
        yield from require(
            resource, key, is_false, "leave it off and grant a cluster policy", default=False
        )


def _entitled(resource: Resource) -> Findings:
    """The newer assignments list what others have a switch for.

    https://docs.databricks.com/api/iam/v2/create-workspace-assignment
    """
    listed, complete = strings_in(resource.get("entitlements"))
    for name in listed:
        if name.upper() in _FREE_COMPUTE:
            yield Violation(
                f"entitlements holds {show(name)}; leave it out and grant a cluster policy"
            )
    if not complete:
        yield Deferred("entitlements")


@rule(
    "sec-70-principals-are-groups",
    title="Rights are given to groups and service principals, not to people",
    severity="medium",
    rationale="A person changes jobs; what was given to the person by name is forgotten and stays.",
    remediation="Name a group or a service principal instead of a user.",
    types=[
        *GRANT_TYPES,
        tokens.PERMISSIONS,
        tokens.PERMISSION_ASSIGNMENT,
        tokens.ACCESS_CONTROL_RULE_SET,
        tokens.SECRET_ACL,
        tokens.ENTITLEMENTS,
        tokens.USER_ROLE,
        tokens.SQL_PERMISSIONS,
        tokens.POSTGRES_ROLE,
    ],
    levels=ADVISED_IN_DEV,
    mappings=Mappings(
        none="CIS wants groups synchronised and reviewed, not people kept out of grants"
    ),
)
def principals_are_groups(resource: Resource, _config: Config) -> Findings:
    """A user's name is an e-mail address, which neither a group's nor a service principal's is."""
    if resource.type == tokens.USER_ROLE:
        yield Violation("it gives a user a role; give the role to a service principal or a group")
        return
    if resource.type == tokens.ENTITLEMENTS:
        # A number, and one that is not known yet is one.
        if resource.get("userId") is not None:
            yield Violation("userId is set; entitle a group instead")
        return
    for path, name, person in _named(resource):
        if name is UNKNOWN:
            yield Deferred(path)
        elif name is not None and (person or "@" in str(name)):
            yield Violation(f"{path} is the user {show(name)}; name a group instead")


def _named(resource: Resource) -> Iterator[tuple[str, Any, bool]]:
    """Path and principal; and whether the property can hold only users."""
    if resource.type in GRANT_TYPES:
        for path, entry in entries(resource):
            yield f"{path.rstrip('.')}.principal".lstrip("."), dig(entry, "principal"), False
    elif resource.type == tokens.PERMISSIONS:
        for control in access_controls(resource):
            yield control.at("userName"), control.get("userName"), True
            yield control.at("groupName"), control.get("groupName"), False
    elif resource.type == tokens.PERMISSION_ASSIGNMENT:
        yield "userName", resource.get("userName"), True
    elif resource.type == tokens.SECRET_ACL:
        yield "principal", resource.get("principal"), False
    elif resource.type == tokens.POSTGRES_ROLE:
        person = resource.get("spec.identityType") == "USER"
        yield "spec.postgresRole", resource.get("spec.postgresRole"), person
    elif resource.type == tokens.SQL_PERMISSIONS:
        for entry in blocks(
            resource.get("privilegeAssignments"), "privilegeAssignments", "control"
        ):
            yield entry.at("principal"), entry.get("principal"), False
    else:
        yield from _in_rule_set(resource)


def _in_rule_set(resource: Resource) -> Iterator[tuple[str, Any, bool]]:
    """Here a principal says what it is: users/<name>, groups/<name>, servicePrincipals/<id>."""
    rules = resource.get("grantRules")
    if rules is UNKNOWN:
        yield "grantRules", UNKNOWN, False
    for index, item in enumerate(elements(rules)):
        path = f"grantRules[{index}].principals"
        names, complete = strings_in(dig(item, "principals"))
        for name in names:
            yield path, name, name.startswith("users/")
        if not complete:
            yield path, UNKNOWN, False
