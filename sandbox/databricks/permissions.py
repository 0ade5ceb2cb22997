"""Permissions: the access control list of one workspace object, as one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import principals, scope, tokens
from sandbox.databricks.compute import snake
from sandbox.databricks.errors import exists, invalid, not_found
from sandbox.databricks.permission_levels import OBJECTS, Object
from sandbox.databricks.scope import home
from sandbox.databricks.values import conflicts, digits, given_of, items, prop, same, text
from sandbox.rules import Refusal, admit, adopts, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/permissions/permission_definitions.go"
DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/permissions"
API = "https://docs.databricks.com/api/workspace/permissions/set"
PRINCIPALS = "https://github.com/databricks/terraform-provider-databricks/issues/1415"
_WHO = {
    "groupName": "GroupName",
    "servicePrincipalName": "ServicePrincipalName",
    "userName": "UserName",
}
_AUTHORIZATIONS = ("tokens", "passwords")


@check(tokens.PERMISSIONS, source=CODE)
def permissions_are_of_one_object(request: Request) -> None:
    """Exactly one kind of object is named."""
    conflicts(request.inputs, OBJECTS)
    if all(request.inputs.get(field) is None for field in OBJECTS):
        raise Refusal(
            "MISSING_PROPERTY",
            "at least one type of resource identifier must be set; allowed fields: "
            + ", ".join(sorted(snake(field) for field in OBJECTS)),
        )
    if request.inputs.get("accessControls") == []:
        raise Refusal(
            "INVALID_INPUT",
            "Not enough list items: accessControls requires 1 item minimum",
            prop="accessControls",
        )


@check(tokens.PERMISSIONS, source=CODE)
def levels_fit_the_object(request: Request) -> None:
    """Each kind of object has its own levels; the admins' are not for anyone to change."""
    fields = [field for field in OBJECTS if request.inputs.get(field) is not None]
    if len(fields) != 1:
        return
    kind = OBJECTS[fields[0]]
    passwords = request.inputs.get("authorization") == "passwords"
    for entry in items(request.inputs.get("accessControls")):
        level = text(entry.get("permissionLevel"))
        if level and level not in kind.levels:
            raise Refusal(
                "INVALID_INPUT",
                f"permission_level {level} is not supported with {snake(kind.field)} objects; "
                "allowed levels: "
                f"{', '.join(sorted(kind.levels))}",
                prop="accessControls",
            )
        if entry.get("groupName") == "admins" and not passwords:
            raise Refusal(
                "INVALID_INPUT",
                f"it is not possible to modify admin permissions for {kind.type} resources",
                prop="accessControls",
            )


def _object(request: Request) -> tuple[Object, str]:
    field = given_of(request.inputs, OBJECTS)[0]
    return OBJECTS[field], str(request.inputs[field])


def _here(request: Request, cloud: Cloud) -> str:
    return scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))


@admit(tokens.PERMISSIONS, source=API)
def object_exists_here(request: Request, cloud: Cloud) -> None:
    """What the permissions are of is in the workspace."""
    kind, key = _object(request)
    if kind.field == "authorization" and key not in _AUTHORIZATIONS:
        raise invalid(
            f"authorization '{key}' is not one of {', '.join(_AUTHORIZATIONS)}.", "authorization"
        )
    if kind.token and _held(request, cloud) is None:
        raise not_found(f"{kind.type} {key} does not exist.", kind.field)


def _held(request: Request, cloud: Cloud) -> Record | None:
    """What the permissions are of, if the workspace holds it."""
    (kind, key), here = _object(request), _here(request, cloud)
    for record in cloud.all(kind.token):
        held = record.id if kind.key == "id" else prop(record, kind.key)
        if str(held) == key and home(record) == here:
            return record
    return None


@admit(tokens.PERMISSIONS, source=DOC)
def object_has_one_permissions(request: Request, cloud: Cloud) -> None:
    """A second list would replace the first, and the first the second."""
    kind, key = _object(request)
    for other in scope.neighbours(request, cloud):
        if str(other.inputs.get(kind.field)) == key and other.urn != request.urn:
            raise exists(
                f"{kind.type} {key} has a permissions resource already: {other.urn}.", kind.field
            )


@admit(tokens.PERMISSIONS, source=PRINCIPALS)
def grantees_are_in_the_workspace(request: Request, cloud: Cloud) -> None:
    """Each entry names one principal that the workspace knows, with a level."""
    here, asker = _here(request, cloud), scope.caller(request.provider)
    for entry in items(request.inputs.get("accessControls")):
        seen = given_of(entry, _WHO)
        if len(seen) != 1:
            raise invalid(
                "Each access control needs exactly one of group_name, service_principal_name and "
                "user_name; "
                f"this one has {', '.join(snake(n) for n in seen) or 'none'}.",
                "accessControls",
            )
        if not text(entry.get("permissionLevel")):
            raise invalid(f"permission_level is missing for {entry[seen[0]]}.", "accessControls")
        name = text(entry[seen[0]])
        if not principals.in_workspace(cloud, here, name, asker):
            raise Refusal(
                "RESOURCE_DOES_NOT_EXIST",
                f"Principal: {_WHO[seen[0]]}({name}) does not exist. Assign it to workspace "
                f"{here} first; name a "
                "service principal by its application id.",
                status=404,
                prop="accessControls",
            )


@admit(tokens.PERMISSIONS, source=CODE)
def deployer_keeps_managing(request: Request, _: Cloud) -> None:
    """An entry for the deploying identity itself must let it manage the object."""
    kind = _object(request)[0]
    asker = scope.caller(request.provider)
    for entry in items(request.inputs.get("accessControls")):
        level = text(entry.get("permissionLevel"))
        if same(entry.get("servicePrincipalName"), asker) and level not in kind.manages:
            raise invalid(
                f"cannot remove management permissions for the current user for {kind.type}, "
                "allowed levels: "
                f"{', '.join(sorted(kind.manages))}",
                "accessControls",
            )


@admit(tokens.PERMISSIONS, source="https://learn.microsoft.com/azure/databricks/jobs/privileges")
def owners_are_no_groups(request: Request, _: Cloud) -> None:
    """A job, pipeline or warehouse has one owner, who is no group."""
    owners = [
        e
        for e in items(request.inputs.get("accessControls"))
        if e.get("permissionLevel") == "IS_OWNER"
    ]
    if len(owners) > 1 or any(text(e.get("groupName")) for e in owners):
        raise invalid("Groups cannot be owners, and there is exactly one owner.", "accessControls")


@outputs(tokens.PERMISSIONS, source=CODE)
def permissions(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the object's path in the API; objects given by path are addressed by number."""
    kind, key = _object(request)
    if kind.field.endswith("Path"):
        held = _held(request, cloud)
        key = str(prop(held, "objectId")) if held else digits(15, kind.path, key)
    kind_name = key if kind.field == "authorization" else kind.type
    return {"id": f"/{kind.path}/{key}", "objectType": kind_name, **scope.stamp(request, cloud)}


adopts(tokens.PERMISSIONS, source=API)
