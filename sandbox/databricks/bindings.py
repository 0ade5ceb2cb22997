"""Bindings of isolated catalogs, credentials and external locations to workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, tokens
from sandbox.databricks.errors import denied, invalid, not_found
from sandbox.databricks.privileges import caller
from sandbox.databricks.securables import full_name
from sandbox.databricks.values import given_of, one_of, text
from sandbox.rules import Refusal, admit, adopts, check, outputs, takes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/workspace_binding"
API = "https://docs.databricks.com/api/workspace/workspacebindings/updatebindings"
PROVIDER = "https://github.com/databricks/terraform-provider-databricks/blob/main/catalog/resource_workspace_binding.go"

_TOKENS = {
    "catalog": tokens.CATALOG,
    "external_location": tokens.EXTERNAL_LOCATION,
    "storage_credential": tokens.STORAGE_CREDENTIAL,
}
_READ_WRITE, _READ_ONLY = "BINDING_TYPE_READ_WRITE", "BINDING_TYPE_READ_ONLY"


@check(tokens.WORKSPACE_BINDING, source=PROVIDER)
def binding_is_well_formed(request: Request) -> None:
    """The provider knows the securable types and binding types, and wants one name."""
    inputs = request.inputs
    one_of(inputs.get("securableType"), (*_TOKENS, "credential"), "securableType")
    one_of(inputs.get("bindingType"), (_READ_WRITE, _READ_ONLY), "bindingType")
    if len(given_of(inputs, ("catalogName", "securableName"))) > 1:
        raise Refusal(
            "CONFLICTING_PROPERTIES",
            '"catalogName": only one of `catalogName,securableName` can be specified. '
            "Use securableName.",
            prop="catalogName",
        )


def _securable(request: Request, cloud: Cloud) -> Record:
    kind = text(request.inputs.get("securableType")) or "catalog"
    name = text(request.inputs.get("securableName")) or text(request.inputs.get("catalogName"))
    if kind not in _TOKENS:
        raise invalid(f"The sandbox holds no securable of type '{kind}'.", "securableType")
    key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    return securables.need(cloud, _TOKENS[kind], name, key, "securableName")


@admit(tokens.WORKSPACE_BINDING, source=DOC)
def only_catalogs_are_bound_for_reading(request: Request, _: Cloud) -> None:
    """Credentials and locations are bound for reading and writing."""
    kind = text(request.inputs.get("securableType")) or "catalog"
    if kind != "catalog" and request.inputs.get("bindingType") == _READ_ONLY:
        raise invalid(
            f"{_READ_ONLY} is only supported for a catalog, not for {kind}.", "bindingType"
        )


@admit(tokens.WORKSPACE_BINDING, source=API)
def binding_joins_what_exists(request: Request, cloud: Cloud) -> None:
    """The securable is in the metastore of the bound workspace, which exists."""
    number = str(request.inputs.get("workspaceId"))
    if not number.isdigit():
        raise invalid(f"can't parse workspace_id: '{number}' is not a number", "workspaceId")
    if scope.workspace_by_id(cloud, number) is None:
        raise not_found(f"Workspace {number} does not exist.", "workspaceId")
    _securable(request, cloud)
    assigned = scope.assignment(cloud, number)
    key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    if assigned is None or text(assigned.inputs.get("metastoreId")) != key:
        raise invalid(f"Workspace {number} is not assigned to metastore {key}.", "workspaceId")


@admit(tokens.WORKSPACE_BINDING, source=PROVIDER)
def only_isolated_securables_keep_bindings(request: Request, cloud: Cloud) -> None:
    """The API forgets the bindings of an open securable, so the provider reads none back."""
    securable = _securable(request, cloud)
    mode = text(securable.outputs.get("isolationMode")) or text(
        securable.inputs.get("isolationMode")
    )
    if mode not in securables.ISOLATED:
        raise Refusal(
            "NOT_FOUND",
            f"{full_name(securable)} has no binding to this workspace: its isolation mode is "
            f"{mode}. Make it "
            "isolated first.",
            status=404,
        )


@admit(tokens.WORKSPACE_BINDING, source=API)
def binder_owns_the_securable(request: Request, cloud: Cloud) -> None:
    """Binding takes the owner, MANAGE or a metastore admin."""
    asker, securable = caller(request, cloud), _securable(request, cloud)
    if not (asker.administers() or asker.manages(securable)):
        raise denied(
            f"User is not an owner of {securables.BY_TOKEN[securable.token].words} "
            f"'{full_name(securable)}'."
        )


@outputs(tokens.WORKSPACE_BINDING, source=PROVIDER)
def workspace_binding(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is workspace, type and name."""
    kind = text(request.inputs.get("securableType")) or "catalog"
    name = text(request.inputs.get("securableName")) or text(request.inputs.get("catalogName"))
    return {
        "id": f"{request.inputs.get('workspaceId')}|{kind}|{name}",
        "securableName": name,
        "securableType": kind,
        "bindingType": text(request.inputs.get("bindingType")) or _READ_WRITE,
        **scope.stamp(request, cloud),
    }


adopts(tokens.WORKSPACE_BINDING, source=API)


@takes(*_TOKENS.values(), source=API)
def bindings_go_with_their_securable(request: Request, cloud: Cloud) -> list[Record]:
    """A binding is a property of its securable, so it ends with it."""
    name = text(request.inputs.get("name"))
    kinds = {token: kind for kind, token in _TOKENS.items()}
    return [
        record
        for record in cloud.all(tokens.WORKSPACE_BINDING)
        if text(record.inputs.get("securableName")) == name
        and (text(record.inputs.get("securableType")) or "catalog") == kinds[request.token]
    ]
