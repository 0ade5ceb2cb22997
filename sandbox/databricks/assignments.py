"""Assignment of account principals to workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import principals, scope, tokens
from sandbox.databricks.errors import invalid, not_found
from sandbox.databricks.scope import caller, home
from sandbox.databricks.values import text, texts
from sandbox.rules import Refusal, admit, adopts, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/mws_permission_assignment"
API = "https://docs.databricks.com/api/account/workspaceassignment/update"
NEEDS_METASTORE = (
    "https://kb.databricks.com/terraform/dependency-error-while-deploying-workspace-using-terraform"
)
PERMISSIONS = ("USER", "ADMIN")


@admit(tokens.PERMISSION_ASSIGNMENT, source=API)
def permissions_are_known(request: Request, _: Cloud) -> None:
    """USER, ADMIN or both; at least one."""
    seen = texts(request.inputs.get("permissions"))
    wrong = [name for name in seen if name not in PERMISSIONS]
    if wrong or not seen:
        said = f"'{wrong[0]}' is not a workspace permission" if wrong else "permissions is empty"
        raise invalid(f"{said}. Use USER or ADMIN.", "permissions")


@admit(tokens.PERMISSION_ASSIGNMENT, source=DOC)
def workspace_and_principal_exist(request: Request, cloud: Cloud) -> None:
    """The workspace's number is of a workspace, the principal's of an account principal."""
    number = str(request.inputs.get("workspaceId"))
    principal = str(request.inputs.get("principalId"))
    if not number.isdigit():
        raise invalid(
            f'strconv.ParseInt: parsing "{number}": invalid syntax. workspaceId is the number of '
            "the "
            "workspace (the Azure workspace's workspaceId), not its name or ARM id.",
            "workspaceId",
        )
    if scope.workspace_by_id(cloud, number) is None:
        raise not_found(f"Workspace {number} does not exist.", "workspaceId")
    local = {group.id for group in cloud.all(tokens.GROUP) if home(group)}
    if principal not in principals.ids(cloud, caller(request.provider)) or principal in local:
        raise not_found(f"Principal {principal} not found in the account.", "principalId")


@admit(tokens.PERMISSION_ASSIGNMENT, source=NEEDS_METASTORE)
def workspace_has_a_metastore(request: Request, cloud: Cloud) -> None:
    """Identity federation comes with the metastore: without one the API is switched off."""
    if scope.assignment(cloud, str(request.inputs.get("workspaceId"))) is None:
        raise Refusal(
            "FEATURE_DISABLED",
            "Permission assignment APIs are not available for this workspace. Assign a metastore "
            "to "
            f"workspace {text(request.inputs.get('workspaceId'))} first.",
        )


@outputs(tokens.PERMISSION_ASSIGNMENT, source=DOC)
def permission_assignment(request: Request, _: Cloud) -> Mapping[str, Any]:
    """The id is both numbers."""
    return {"id": f"{request.inputs.get('workspaceId')}|{request.inputs.get('principalId')}"}


adopts(tokens.PERMISSION_ASSIGNMENT, source=API)
