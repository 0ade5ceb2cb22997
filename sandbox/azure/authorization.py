"""Role assignments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.azure import ids
from sandbox.azure.groups import require_scope
from sandbox.azure.values import GUID, at, one_of
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

ROLES = "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"
ASSIGNMENTS = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"
_DEFINITION = (
    r"(?i)(?:/subscriptions/[^/]+(?:/resourceGroups/[^/]+)?)?/providers/Microsoft\.Authorization/"
    r"roleDefinitions/([^/]+)"
)
BUILT_IN = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "db58b8e5-c6ad-4a2a-8342-4190687cbf4a": "Storage Blob Delegator",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "428e0ff0-5e57-4d9c-a221-2c70d0e0a443": "EventGrid EventSubscription Contributor",
    "1e241071-0855-49ea-94dc-649edcd759de": "EventGrid Contributor",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
    "14b46e9e-c2b7-41b4-b07b-48a6ebf60603": "Key Vault Crypto Officer",
    "12338af0-0e69-4776-bea7-57ae8d297424": "Key Vault Crypto User",
    "e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
    "a4417e6f-fecd-4de8-b567-7b0420556985": "Key Vault Certificates Officer",
    "21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Reader",
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
    "b12aa53e-6015-4669-85d0-8515ebb3ae7f": "Private DNS Zone Contributor",
    "92aaf0da-9dab-42b6-94a3-d43ce8d16293": "Log Analytics Contributor",
    "73c42c96-874c-492b-b04d-ab87d138a893": "Log Analytics Reader",
    "749f88d5-cbae-40b8-bcfc-e573ddc772fa": "Monitoring Contributor",
    "43d0d8ad-25c7-4714-9337-8ba259a9fe05": "Monitoring Reader",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
    "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59": "Managed Identity Contributor",
    "434105ed-43f6-45c7-a02f-909b2ba83430": "Cost Management Contributor",
    "72fafb9e-0641-4937-9268-a91bfd8191a3": "Cost Management Reader",
}


def role_of(definition: object) -> str | None:
    """The role GUID at the end of a role definition id, in lower case."""
    found = re.fullmatch(_DEFINITION, definition) if isinstance(definition, str) else None
    return found[1].lower() if found else None


@check(ids.ROLE_ASSIGNMENT, source=ROLES)
def role_exists(request: Request) -> None:
    """The role definition is an ARM id that ends in the GUID of a role that exists."""
    definition = request.inputs.get("roleDefinitionId")
    role = role_of(definition)
    if isinstance(definition, str) and (role is None or role not in BUILT_IN):
        raise Refusal(
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{role or definition}' does not exist. "
            "Expected: "
            "/subscriptions/…/providers/Microsoft.Authorization/roleDefinitions/<GUID of the "
            "role>.",
            prop="roleDefinitionId",
        )


@check(ids.ROLE_ASSIGNMENT, source=ASSIGNMENTS)
def principal_is_an_object(request: Request) -> None:
    """The principal is named by its object id, with a known type."""
    principal = request.inputs.get("principalId")
    if isinstance(principal, str) and not re.fullmatch(GUID, principal):
        raise Refusal(
            "InvalidPrincipalId",
            f"A valid principal ID must be provided for role assignment; '{principal}' is not "
            "a GUID.",
            prop="principalId",
        )
    kinds = ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")
    one_of(request.inputs.get("principalType"), kinds, prop="principalType")
    condition, version = (request.inputs.get(p) for p in ("condition", "conditionVersion"))
    if isinstance(condition, str) and version is None:
        raise Refusal(
            "InvalidConditionVersion",
            "A condition needs conditionVersion 2.0.",
            prop="conditionVersion",
        )


@admit(ids.ROLE_ASSIGNMENT, source=ASSIGNMENTS)
def identity_needs_its_type(request: Request, cloud: Cloud) -> None:
    """A new identity is not yet replicated: only principalType ServicePrincipal lets it through."""
    principal, kind = (request.inputs.get(p) for p in ("principalId", "principalType"))
    identities = (
        at(record.outputs, "identity.principalId")
        for token in (ids.CONNECTOR, ids.STORAGE, ids.LOG_ANALYTICS)
        for record in cloud.all(token)
    )
    if kind != "ServicePrincipal" and principal in set(identities):
        code = "PrincipalNotFound" if kind is None else "UnmatchedPrincipalType"
        raise Refusal(
            code,
            f"Principal {principal} is a managed identity; principalType is {kind}. If you are "
            "creating this principal and then immediately assigning a role, set principalType to "
            "ServicePrincipal.",
            prop="principalType",
        )


@admit(ids.ROLE_ASSIGNMENT, source=ASSIGNMENTS)
def assignment_is_the_only_one(request: Request, cloud: Cloud) -> None:
    """One assignment per scope, principal and role, on a scope that exists."""
    require_scope(request, cloud, "scope")
    own = ids.compose(request.token, request.inputs, request.provider)
    for other in cloud.all(ids.ROLE_ASSIGNMENT):
        if (
            not ids.same(other.id, own)
            and ids.same(_scope(other.inputs), _scope(request.inputs))
            and ids.same(other.inputs.get("principalId"), request.inputs.get("principalId"))
            and role_of(other.inputs.get("roleDefinitionId"))
            == role_of(request.inputs.get("roleDefinitionId"))
        ):
            raise Refusal(
                "RoleAssignmentExists",
                f"The role assignment already exists. The ID of the conflicting role assignment is "
                f"{other.id.rsplit('/', 1)[-1].replace('-', '')}.",
                status=409,
            )


def _scope(inputs: Mapping[str, Any]) -> str:
    return str(inputs.get("scope")).rstrip("/")


@admit(ids.ROLE_ASSIGNMENT, source=ASSIGNMENTS)
def assignment_keeps_its_role(request: Request, _cloud: Cloud) -> None:
    """The role of an assignment cannot be changed; the provider does not replace for it."""
    if request.old and role_of(request.old.inputs.get("roleDefinitionId")) != role_of(
        request.inputs.get("roleDefinitionId")
    ):
        raise Refusal(
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, role and scope are not allowed to be "
            "updated: "
            "give the assignment another name, so that it is replaced.",
            prop="roleDefinitionId",
        )


@outputs(
    ids.ROLE_ASSIGNMENT,
    source="https://learn.microsoft.com/rest/api/authorization/role-assignments/create",
)
def assignment_author(request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """Who assigned the role and when; a principal without a type is taken for a user."""
    return {
        "createdBy": ids.OBJECT_ID, "updatedBy": ids.OBJECT_ID,
        "createdOn": "2026-01-01T00:00:00Z", "updatedOn": "2026-01-01T00:00:00Z",
        "principalType": request.inputs.get("principalType", "User"),
    }  # fmt: skip
