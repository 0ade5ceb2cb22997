"""Azure role assignments and role definitions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import Deferred, Violation, elements, require, words
from policies.model import UNKNOWN, dig
from policies.registry import ADVISED_IN_DEV, EVERYWHERE, Mappings, rule, strings

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

# Whoever has one of these can give every other role, to anybody.
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged
_GIVING = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}
_WIDE_SCOPE = re.compile(
    r"^/*(subscriptions/[^/]+|providers/microsoft\.management/managementgroups/[^/]+)?/*$",
    re.IGNORECASE,
)


@rule(
    "sec-36-role-assignments-narrow",
    title="Roles are given to groups and identities, for a resource group or less",
    severity="high",
    rationale="A person's own role outlives the person's job, and a role on a subscription reaches "
    "everything that will ever be in it.",
    remediation="Set principalType to 'Group' or 'ServicePrincipal', scope to a resource group or "
    "resource, and roleDefinitionId to a role that cannot give roles.",
    types=[tokens.ROLE_ASSIGNMENT, tokens.ELIGIBLE_ROLE],
    levels=ADVISED_IN_DEV,
    config={
        "forbiddenRoles": strings(
            "Roles that no assignment may give: GUIDs, or names of the roles that can give roles.",
            *_GIVING.values(),
        )
    },
    mappings=Mappings(cis=("5.3.3",)),
)
def assignments_narrow(resource: Resource, config: Config) -> Findings:
    """Without a type Azure looks the principal up, and takes a person as well.

    A role that somebody may activate is that person's role; it does not say of what kind they are.
    """
    if resource.type == tokens.ROLE_ASSIGNMENT:
        yield from require(
            resource,
            "principalType",
            words("Group", "ServicePrincipal"),
            "set it to 'Group' or 'ServicePrincipal'",
        )
    scope = resource.get("scope")
    if scope is UNKNOWN:
        yield Deferred("scope")
    elif _WIDE_SCOPE.match(str(scope or "")):
        yield Violation(f"scope is '{scope or ''}'; narrow it to a resource group or resource")
    definition = resource.get("roleDefinitionId")
    if definition is UNKNOWN:
        yield Deferred("roleDefinitionId")
        return
    forbidden = {_plain_id(role) for role in config["forbiddenRoles"]}
    forbidden |= {_plain_id(guid) for guid, name in _GIVING.items() if _plain_id(name) in forbidden}
    role = str(definition or "").rstrip("/").rsplit("/", 1)[-1]
    if _plain_id(role) in forbidden:
        name = _GIVING.get(role.casefold(), role)
        yield Violation(f"roleDefinitionId gives '{name}'; give a role for the task at hand")


def _plain_id(role: Any) -> str:
    """A GUID or name without letter case, dashes, braces and blanks, none of which Azure minds."""
    return re.sub(r"[-{}\s]", "", str(role)).casefold()


_ESCALATES = re.compile(
    r"^microsoft\.authorization/(\*|\*/write|roleassignments/(\*|write)|roledefinitions/(\*|write)"
    r"|elevateaccess/(\*|action))$",
    re.IGNORECASE,
)


@rule(
    "sec-37-no-wildcard-roles",
    title="A custom role names what it allows",
    severity="high",
    rationale="A role with '*' is a second Owner, under a name that no review looks for.",
    remediation="List the actions that the role is for; wildcards within one resource type, or "
    "for reading, are fine.",
    types=[tokens.ROLE_DEFINITION],
    levels=EVERYWHERE,
    mappings=Mappings(
        cis=("5.4",), azp=("a451c1ef",), ckv=("CKV_AZURE_39",), azu=("AZU-0030", "AZU-0052")
    ),
)
def no_wildcard_roles(resource: Resource, _config: Config) -> Findings:
    """What notActions takes away is not counted: what Azure adds later is not among it."""
    permissions = resource.get("permissions")
    if permissions is UNKNOWN:
        yield Deferred("permissions")
    for index, permission in enumerate(elements(permissions)):
        for kind in ("actions", "dataActions"):
            path = f"permissions[{index}].{kind}"
            actions = UNKNOWN if permission is UNKNOWN else dig(permission, kind)
            listed: list[Any] = actions if isinstance(actions, list) else [actions]  # pyright: ignore[reportUnknownVariableType] - JSON
            wide = next((item for item in listed if isinstance(item, str) and _wide(item)), None)
            if wide is not None:
                yield Violation(f"{path} allows '{wide}'; list what the role is for")
            elif UNKNOWN in listed:
                yield Deferred(path)


def _wide(action: str) -> bool:
    provider, _, rest = action.strip().partition("/")
    operation = rest.rsplit("/", 1)[-1].casefold()
    if "*" in provider:
        return operation != "read"
    return _ESCALATES.match(action.strip()) is not None
