"""Which account, workspace and metastore a request is about, and who asks.

A workspace-level provider names its workspace by ARM id or host; an account-level one has the
account host. A resource of an account-level provider may still name a workspace in its
``providerConfig``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import tokens
from sandbox.databricks.values import at, digits, given, guid, prop, same, text
from sandbox.rules import Refusal, admit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

# The identity that deploys, unless a provider is configured with another: an account admin that was
# in the account before any stack, under this application id and this number.
DEPLOYER = "00000000-0000-0000-0000-00000000d390"
DEPLOYER_ID = "7000000000000001"
UNIFIED = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/guides/unified-provider"
CLIENTS = "https://github.com/databricks/terraform-provider-databricks/blob/main/common/client.go"


def on_account(provider: Mapping[str, Any], inputs: Mapping[str, Any]) -> bool:
    """Whether the request goes to the account's APIs rather than to a workspace's."""
    if given(at(inputs, "providerConfig", "workspaceId")):
        return False
    return "//accounts." in text(provider.get("host")) and not given(
        provider.get("azureWorkspaceResourceId")
    )


def account_id(provider: Mapping[str, Any]) -> str:
    """The account a provider is configured for; one stands in where it names none."""
    return text(provider.get("accountId")) or guid("account")


def caller(provider: Mapping[str, Any]) -> str:
    """The application id of the service principal that a provider acts as."""
    return text(provider.get("azureClientId")) or text(provider.get("clientId")) or DEPLOYER


def principal_id(application_id: str) -> str:
    """The numeric id of a service principal that was in the account before any stack."""
    if same(application_id, DEPLOYER):
        return DEPLOYER_ID
    return digits(16, "principal", application_id.casefold())


def region(value: object) -> str:
    """A region's name as ids have it: "East US 2" and "eastus2" are one."""
    return text(value).replace(" ", "").lower()


def workspace_id(workspace: Record) -> str:
    """A workspace's number, as text."""
    return str(prop(workspace, "workspaceId"))


def workspace_by_id(cloud: Cloud, number: str) -> Record | None:
    """The workspace with this number."""
    found = (w for w in cloud.all(tokens.AZURE_WORKSPACE) if workspace_id(w) == number)
    return next(found, None)


def workspace(provider: Mapping[str, Any], inputs: Mapping[str, Any], cloud: Cloud) -> Record:
    """The workspace a request goes to.

    Raises:
        Refusal: The request goes to the account, or the workspace does not exist.
    """
    number = text(at(inputs, "providerConfig", "workspaceId"))
    arm = text(provider.get("azureWorkspaceResourceId"))
    host = text(provider.get("host")).removeprefix("https://").rstrip("/")
    if on_account(provider, inputs):
        raise Refusal(
            "INVALID_CONFIGURATION",
            "invalid Databricks Workspace configuration - host is not a workspace host: "
            f"{host}. Declare the resource with a workspace-level provider.",
        )
    if number:
        found, named = workspace_by_id(cloud, number), number
    elif arm:
        found, named = cloud.get(arm), arm
    else:
        urls = (w for w in cloud.all(tokens.AZURE_WORKSPACE) if prop(w, "workspaceUrl") == host)
        found, named = next(urls, None), host
    if found is None:
        raise Refusal(
            "RESOURCE_NOT_FOUND",
            f"cannot configure azure-client-secret auth: the workspace '{named}' was not found. "
            "Create the workspace before what is declared with its provider.",
            status=404,
        )
    return found


def assignment(cloud: Cloud, number: str) -> Record | None:
    """The metastore assignment of the workspace with this number."""
    found = (
        a for a in cloud.all(tokens.METASTORE_ASSIGNMENT) if str(prop(a, "workspaceId")) == number
    )
    return next(found, None)


def metastore(provider: Mapping[str, Any], inputs: Mapping[str, Any], cloud: Cloud) -> Record:
    """The metastore a request goes to: its workspace's, or the one an account request names.

    Raises:
        Refusal: The workspace has no metastore, or the metastore named does not exist.
    """
    if on_account(provider, inputs):
        named = text(inputs.get("metastoreId"))
    else:
        assigned = assignment(cloud, workspace_id(workspace(provider, inputs, cloud)))
        if assigned is None:
            raise Refusal(
                "METASTORE_DOES_NOT_EXIST",
                "No metastore assigned for the current workspace.",
                status=404,
            )
        named = text(prop(assigned, "metastoreId"))
    return metastore_by_id(cloud, named)


def metastore_by_id(cloud: Cloud, named: str) -> Record:
    """The metastore with this id; refuses an id of nothing."""
    found = next((m for m in cloud.all(tokens.METASTORE) if same(metastore_key(m), named)), None)
    if found is None:
        raise Refusal(
            "METASTORE_DOES_NOT_EXIST", f"Metastore '{named}' does not exist.", status=404
        )
    return found


def metastore_key(record: Record) -> str:
    """The metastore's id."""
    return text(prop(record, "metastoreId")) or record.id


def home(record: Record) -> str:
    """The number of the workspace that a stored object was made through; empty for the account."""
    return text(at(record.outputs, "providerConfig", "workspaceId"))


def home_metastore(record: Record, cloud: Cloud) -> str:
    """The id of the metastore that a stored object is in; empty if it is in none now."""
    named = text(record.outputs.get("metastoreId"))
    if named or not home(record):
        return named
    assigned = assignment(cloud, home(record))
    return text(prop(assigned, "metastoreId")) if assigned else ""


def stamp(request: Request, cloud: Cloud) -> dict[str, Any]:
    """The computed ``providerConfig``: the workspace that answered; empty for the account."""
    if on_account(request.provider, request.inputs):
        return {}
    number = workspace_id(workspace(request.provider, request.inputs, cloud))
    return {"providerConfig": {"workspaceId": number}}


def keep(request: Request, name: str, fresh: Any) -> Any:
    """What was minted at create and outlives updates, also of objects that were imported."""
    if request.old is None:
        return fresh
    held = request.old.id if name == "id" else request.old.outputs.get(name)
    return fresh if held is None else held


def realm(request: Request, cloud: Cloud) -> str:
    """Within what a request's id is unique: the account, a metastore or a workspace."""
    if on_account(request.provider, request.inputs):
        return account_id(request.provider)
    if request.token in tokens.UNITY_CATALOG or request.token == tokens.STORAGE_CREDENTIAL:
        return metastore_key(metastore(request.provider, request.inputs, cloud))
    return workspace_id(workspace(request.provider, request.inputs, cloud))


def neighbours(request: Request, cloud: Cloud) -> list[Record]:
    """The other records of the request's type in its workspace."""
    number = workspace_id(workspace(request.provider, request.inputs, cloud))
    own = request.old.urn if request.old else ""
    return [r for r in cloud.all(request.token) if home(r) == number and r.urn != own]


@admit(*tokens.ACCOUNT_ONLY, source=CLIENTS)
def needs_the_account(request: Request, _: Cloud) -> None:
    """Account-level objects are unknown to a workspace's APIs."""
    if not on_account(request.provider, {}):
        raise Refusal(
            "INVALID_CONFIGURATION",
            "invalid Databricks Account configuration - host is not an account host. Declare the "
            "resource with a provider whose host is https://accounts.azuredatabricks.net and which "
            "has accountId.",
        )
    if not given(request.provider.get("accountId")):
        raise Refusal(
            "INVALID_CONFIGURATION",
            "invalid Databricks Account configuration - account_id is empty",
        )


@admit(*tokens.WORKSPACE_ONLY, source=UNIFIED)
def needs_a_workspace(request: Request, cloud: Cloud) -> None:
    """A workspace's objects are unknown to the account's APIs, and need the workspace to exist."""
    workspace(request.provider, request.inputs, cloud)
