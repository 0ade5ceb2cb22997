"""Storage credentials: the identity that Unity Catalog reaches storage with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, storage, tokens
from sandbox.databricks.errors import denied, in_the_way, invalid, not_found
from sandbox.databricks.privileges import caller
from sandbox.databricks.securables import full_name, home_metastore
from sandbox.databricks.values import at, fields, given_of, guid, prop, same, text
from sandbox.rules import admit, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/storage_credential"
API = "https://docs.databricks.com/api/workspace/storagecredentials/create"
AZURE = "https://learn.microsoft.com/azure/databricks/connect/unity-catalog/cloud-storage/azure-managed-identities"
CREATE = "https://learn.microsoft.com/azure/databricks/connect/unity-catalog/cloud-storage/storage-credentials"
IN_USE = "https://github.com/databricks/terraform-provider-databricks/issues/4000"

_AZURE = ("azureManagedIdentity", "azureServicePrincipal")
_IDENTITIES = (
    *_AZURE,
    "awsIamRole",
    "cloudflareApiToken",
    "databricksGcpServiceAccount",
    "gcpServiceAccountKey",
)
ISOLATION_MODES = ("ISOLATION_MODE_OPEN", "ISOLATION_MODE_ISOLATED")


@admit(tokens.STORAGE_CREDENTIAL, source=API)
def credential_has_one_identity(request: Request, _: Cloud) -> None:
    """Exactly one identity, and one that Azure has."""
    seen = given_of(request.inputs, _IDENTITIES)
    if len(seen) != 1:
        raise invalid(
            f"Storage credential must have exactly one of {', '.join(_IDENTITIES)}; it has "
            f"{', '.join(seen) or 'none'}."
        )
    if seen[0] not in (*_AZURE, "cloudflareApiToken"):
        raise invalid(
            f"{seen[0]} is not supported for a metastore on Azure. Use azureManagedIdentity.",
            seen[0],
        )


@admit(tokens.STORAGE_CREDENTIAL, tokens.EXTERNAL_LOCATION, source=DOC)
def isolation_mode_is_known(request: Request, _: Cloud) -> None:
    """Unlike a catalog's, these modes are spelt with ISOLATION_MODE_."""
    mode = text(request.inputs.get("isolationMode"))
    if mode and mode not in ISOLATION_MODES:
        raise invalid(
            f"Invalid isolation mode '{mode}'. Use {' or '.join(ISOLATION_MODES)}.", "isolationMode"
        )


@admit(tokens.STORAGE_CREDENTIAL, source=AZURE)
def access_connector_exists(request: Request, cloud: Cloud) -> None:
    """The connector exists and has the identity that the credential uses."""
    named = text(at(request.inputs, "azureManagedIdentity", "accessConnectorId"))
    chosen = text(at(request.inputs, "azureManagedIdentity", "managedIdentityId"))
    if not named:
        return
    access = cloud.get(named)
    if access is None or access.token != tokens.AZURE_CONNECTOR:
        raise not_found(
            f"The Access Connector for Azure Databricks '{named}' could not be found.",
            "azureManagedIdentity.accessConnectorId",
        )
    if not storage.identity(access, chosen):
        raise invalid(
            f"The Access Connector '{named}' does not have the managed identity "
            f"{chosen or '(system-assigned)'}. Give the connector that identity.",
            "azureManagedIdentity",
        )


@admit(tokens.STORAGE_CREDENTIAL, source=CREATE)
def creator_may_make_credentials(request: Request, cloud: Cloud) -> None:
    """It takes CREATE STORAGE CREDENTIAL on the metastore, which account and metastore admins have.

    The deploying identity is an account admin; one that a provider names instead need not be.
    """
    if request.old is not None or scope.caller(request.provider) == scope.DEPLOYER:
        return
    asker = caller(request, cloud)
    if not asker.may("CREATE_STORAGE_CREDENTIAL", asker.metastore):
        raise denied(
            "User does not have CREATE STORAGE CREDENTIAL on Metastore "
            f"'{prop(asker.metastore, 'name')}'."
        )


@release(tokens.STORAGE_CREDENTIAL, source=IN_USE)
def credential_is_unused(request: Request, cloud: Cloud) -> None:
    """Without force, external locations keep their credential."""
    old = request.old
    if old is None or prop(old, "forceDestroy") is True:
        return
    metastore = home_metastore(old, cloud)
    using = [
        location
        for location in cloud.all(tokens.EXTERNAL_LOCATION)
        if same(prop(location, "credentialName"), full_name(old))
        and securables.in_metastore(location, cloud, metastore)
    ]
    if using:
        raise in_the_way(
            f"Storage credential '{full_name(old)}' has 0 directly dependent external table(s) and "
            f"{len(using)} dependent storage location(s). You may use force option to delete it "
            "but the "
            "managed storage data using this storage credential cannot be purged by Unity Catalog "
            "anymore."
        )


@outputs(tokens.STORAGE_CREDENTIAL, source=DOC)
def storage_credential(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the name; a second id is a UUID that the managed identity repeats."""
    asker = scope.caller(request.provider)
    number = scope.keep(request, "storageCredentialId", guid("credential", request.seed))
    managed = fields(request.inputs.get("azureManagedIdentity"))
    metastore = scope.metastore(request.provider, request.inputs, cloud)
    return {
        "id": text(request.inputs.get("name")),
        "storageCredentialId": number,
        "azureManagedIdentity": {**managed, "credentialId": number} if managed else None,
        "metastoreId": scope.metastore_key(metastore),
        "isolationMode": text(request.inputs.get("isolationMode")) or ISOLATION_MODES[0],
        "owner": text(request.inputs.get("owner")) or scope.keep(request, "owner", asker),
        **scope.stamp(request, cloud),
    }
