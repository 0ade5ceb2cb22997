"""Secret scopes and who may read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.databricks import principals, scope, tokens
from sandbox.databricks.errors import exists, invalid, not_found
from sandbox.databricks.values import at, given, one_of, prop, same, text
from sandbox.rules import Refusal, admit, adopts, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

SCOPE_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/secret_scope"
ACL_DOC = (
    "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/secret_acl"
)
API = "https://docs.databricks.com/api/workspace/secrets/createscope"
VAULT = "https://learn.microsoft.com/azure/databricks/security/secrets/"

_NAME = r"[\w.@/-]{1,128}"


@check(tokens.SECRET_SCOPE, source=API)
def scope_is_well_formed(request: Request) -> None:
    """Name and backend as the API takes them."""
    name = request.inputs.get("name")
    if isinstance(name, str) and not re.fullmatch(_NAME, name):
        raise invalid(
            f"Scope name '{name}' is not 1 to 128 letters, digits, dashes, underscores, @, / or "
            "periods.",
            "name",
        )
    one_of(request.inputs.get("backendType"), ("DATABRICKS", "AZURE_KEYVAULT"), "backendType")
    first = request.inputs.get("initialManagePrincipal")
    if isinstance(first, str) and first and first != "users":
        raise invalid(
            f"initial_manage_principal '{first}' can only be users.", "initialManagePrincipal"
        )


@admit(tokens.SECRET_SCOPE, source=API)
def scope_name_is_free(request: Request, cloud: Cloud) -> None:
    """Unique in the workspace."""
    name = text(request.inputs.get("name"))
    if any(prop(other, "name") == name for other in scope.neighbours(request, cloud)):
        raise exists(f"Scope {name} already exists!")


@admit(tokens.SECRET_SCOPE, source=VAULT)
def vault_is_there_and_is_meant(request: Request, cloud: Cloud) -> None:
    """A Key Vault by its resource id and its own address, with an Entra login."""
    named = text(at(request.inputs, "keyvaultMetadata", "resourceId"))
    if not named:
        return
    if given(request.provider.get("token")):
        raise Refusal(
            "BAD_REQUEST",
            "Scope with Azure KeyVault must have userAADToken defined! Log in with Entra, not with "
            "a personal access token.",
            prop="keyvaultMetadata",
        )
    vault = cloud.get(named, tokens.AZURE_VAULT)
    if vault is None:
        raise not_found(f"Key Vault '{named}' does not exist.", "keyvaultMetadata.resourceId")
    address = text(at(request.inputs, "keyvaultMetadata", "dnsName"))
    if not same(address.rstrip("/"), text(at(prop(vault, "properties"), "vaultUri")).rstrip("/")):
        raise invalid(
            f"DNS name '{address}' is not that of Key Vault '{named}'.", "keyvaultMetadata.dnsName"
        )


@outputs(tokens.SECRET_SCOPE, source=SCOPE_DOC)
def secret_scope(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the name."""
    vault = given(request.inputs.get("keyvaultMetadata"))
    return {
        "id": text(request.inputs.get("name")),
        "backendType": "AZURE_KEYVAULT" if vault else "DATABRICKS",
        **scope.stamp(request, cloud),
    }


@check(tokens.SECRET_ACL, source=ACL_DOC)
def acl_permission_is_known(request: Request) -> None:
    """READ, WRITE or MANAGE."""
    one_of(request.inputs.get("permission"), ("READ", "WRITE", "MANAGE"), "permission")


@admit(tokens.SECRET_ACL, source=ACL_DOC)
def acl_is_for_a_scope_and_somebody(request: Request, cloud: Cloud) -> None:
    """Both exist in the workspace."""
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    name, principal = text(request.inputs.get("scope")), text(request.inputs.get("principal"))
    if cloud.get(name, tokens.SECRET_SCOPE, here) is None:
        raise not_found(f"Scope {name} does not exist!", "scope")
    if not principals.in_workspace(cloud, here, principal, scope.caller(request.provider)):
        raise not_found(f"Principal {principal} does not exist in the workspace.", "principal")


@outputs(tokens.SECRET_ACL, source=ACL_DOC)
def secret_acl(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is scope and principal."""
    key = f"{text(request.inputs.get('scope'))}|||{text(request.inputs.get('principal'))}"
    return {"id": key, **scope.stamp(request, cloud)}


# Putting an ACL overwrites the one that the principal has.
adopts(tokens.SECRET_ACL, source="https://docs.databricks.com/api/workspace/secrets/putacl")
