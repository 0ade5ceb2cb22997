"""Groups, their members and service principals, in the account or in a workspace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.databricks import principals, tokens
from sandbox.databricks.errors import exists, invalid, not_found
from sandbox.databricks.scope import caller, home, keep, stamp
from sandbox.databricks.values import digits, given, guid, same, text
from sandbox.rules import Refusal, admit, adopts, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

GROUP_DOC = (
    "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/group"
)
MEMBER_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/group_member"
PRINCIPAL_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/service_principal"
SYSTEM_GROUPS = "https://learn.microsoft.com/azure/databricks/admin/users-groups/groups"
SCIM = "https://docs.databricks.com/api/account/accountgroups/create"
NESTED = "https://learn.microsoft.com/azure/databricks/admin/users-groups/manage-groups"

_GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def _level(request: Request, cloud: Cloud) -> str:
    made = stamp(request, cloud)
    return text(made.get("providerConfig", {}).get("workspaceId"))


def _others(request: Request, cloud: Cloud) -> list[Record]:
    own = request.old.urn if request.old else ""
    level = _level(request, cloud)
    return [r for r in cloud.all(request.token) if home(r) == level and r.urn != own]


@admit(tokens.GROUP, source=SCIM)
def group_name_is_free(request: Request, cloud: Cloud) -> None:
    """A display name is given, and unique at its level: the account, or one workspace."""
    name = text(request.inputs.get("displayName"))
    if not name.strip():
        raise invalid("Group display name must not be empty. Set displayName.", "displayName")
    if request.inputs.get("force") is True:
        return
    if any(same(principals.group_name(other), name) for other in _others(request, cloud)):
        raise exists(f"Group with name {name} already exists.", "displayName")


@admit(tokens.GROUP, source=SYSTEM_GROUPS)
def group_is_not_built_in(request: Request, _: Cloud) -> None:
    """The system groups exist from the start."""
    name = text(request.inputs.get("displayName"))
    if name.casefold() in {principals.EVERYBODY, *principals.WORKSPACE_GROUPS}:
        raise exists(
            f"Group with name {name} already exists. It is a system group: read it with getGroup.",
            "displayName",
        )


@outputs(tokens.GROUP, source=GROUP_DOC)
def group(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """A group's id is a number."""
    name = text(request.inputs.get("displayName"))
    return {
        "id": keep(request, "id", digits(15, "group", request.seed)),
        "aclPrincipalId": f"groups/{name}",
        "externalId": text(request.inputs.get("externalId")),
        **stamp(request, cloud),
    }


@admit(tokens.GROUP_MEMBER, source=MEMBER_DOC)
def member_and_group_exist(request: Request, cloud: Cloud) -> None:
    """Both ids are numbers of principals that exist; a group at the request's own level."""
    group_id, member = text(request.inputs.get("groupId")), text(request.inputs.get("memberId"))
    level = _level(request, cloud)
    if not any(g.id == group_id and home(g) == level for g in cloud.all(tokens.GROUP)):
        raise not_found(
            f"Group with id {group_id} not found. Use the numeric id of a group that was made with "
            "a provider of the same level.",
            "groupId",
        )
    if member not in principals.ids(cloud, caller(request.provider)):
        raise not_found(
            f"Principal with id {member} not found. Use the numeric id (getServicePrincipal's id), "
            "not a name or an application id.",
            "memberId",
        )


@admit(tokens.GROUP_MEMBER, source=NESTED)
def membership_is_no_circle(request: Request, cloud: Cloud) -> None:
    """A group is in no group that it contains."""
    group_id, member = text(request.inputs.get("groupId")), text(request.inputs.get("memberId"))
    if group_id == member or member in principals.groups_of(cloud, group_id):
        raise invalid(f"Adding {member} to group {group_id} would create a cycle.", "memberId")


@outputs(tokens.GROUP_MEMBER, source=MEMBER_DOC)
def membership(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """A membership's id is both ids."""
    pair = f"{request.inputs.get('groupId')}|{request.inputs.get('memberId')}"
    return {"id": pair, **stamp(request, cloud)}


adopts(tokens.GROUP_MEMBER, source="https://docs.databricks.com/api/account/accountgroups/patch")


@admit(tokens.SERVICE_PRINCIPAL, source=PRINCIPAL_DOC)
def principal_is_named(request: Request, cloud: Cloud) -> None:
    """An application id is a GUID and unique at its level; without one a display name is needed."""
    application = text(request.inputs.get("applicationId"))
    if not application and not given(request.inputs.get("displayName")):
        raise invalid("service principal requires application_id or display_name", "applicationId")
    if application and not re.fullmatch(_GUID, application):
        raise invalid(
            f"'{application}' is not an application (client) id: a GUID.", "applicationId"
        )
    taken = [principals.application(other) for other in _others(request, cloud)]
    taken.append(caller(request.provider))
    if request.inputs.get("force") is not True and any(same(application, t) for t in taken):
        raise Refusal(
            "RESOURCE_ALREADY_EXISTS",
            f"Service principal with application ID {application} already exists.",
            status=409,
            prop="applicationId",
        )


@outputs(tokens.SERVICE_PRINCIPAL, source=PRINCIPAL_DOC)
def service_principal(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is a number; grants and permissions name the application id."""
    minted = keep(request, "applicationId", guid("application", request.seed))
    return {
        "id": keep(request, "id", digits(15, "sp", request.seed)),
        **describe(text(request.inputs.get("applicationId")) or minted),
        **stamp(request, cloud),
    }


def describe(application: str) -> dict[str, Any]:
    """What every answer about a service principal says of it."""
    return {
        "applicationId": application,
        "aclPrincipalId": f"servicePrincipals/{application}",
        "home": f"/Users/{application}",
        "repos": f"/Repos/{application}",
    }
