"""What every Unity Catalog object has: a valid and free name, and a place in its metastore."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.databricks import scope, securables, tokens
from sandbox.databricks.errors import invalid, taken
from sandbox.databricks.securables import BY_TOKEN
from sandbox.databricks.values import given, same, text
from sandbox.rules import admit

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Request

NAMES = "https://learn.microsoft.com/azure/databricks/sql/language-manual/sql-ref-names"
METASTORE_ID = "https://github.com/databricks/terraform-provider-databricks/blob/main/catalog/resource_external_location.go"

NAMED = (
    tokens.CATALOG,
    tokens.SCHEMA,
    tokens.VOLUME,
    tokens.REGISTERED_MODEL,
    tokens.EXTERNAL_LOCATION,
    tokens.STORAGE_CREDENTIAL,
)
# Period, space, slash, control characters and DELETE are refused; 255 characters are the most.
_NAME = r"[^./ \x00-\x1f\x7f]{1,255}"
_CALLS = {
    tokens.CATALOG: ("CreateCatalog", "CatalogInfo"),
    tokens.SCHEMA: ("CreateSchema", "SchemaInfo"),
    tokens.VOLUME: ("CreateVolume", "VolumeInfo"),
    tokens.REGISTERED_MODEL: ("CreateRegisteredModel", "RegisteredModelInfo"),
    tokens.EXTERNAL_LOCATION: ("CreateExternalLocation", "ExternalLocationInfo"),
    tokens.STORAGE_CREDENTIAL: ("CreateStorageCredential", "StorageCredentialInfo"),
}
BUILT_IN_CATALOGS = frozenset({"system", "samples", "hive_metastore", "__databricks_internal"})


def wanted_name(request: Request) -> str:
    """The full name that a request's object will have, in one case."""
    parents = [text(request.inputs.get(part)) for part in ("catalogName", "schemaName")]
    return ".".join(p.casefold() for p in [*parents, text(request.inputs.get("name"))] if p)


@admit(*NAMED, source=NAMES)
def name_is_valid(request: Request, _: Cloud) -> None:
    """1 to 255 characters; no period, space, slash or control character."""
    name = text(request.inputs.get("name"))
    if not re.fullmatch(_NAME, name):
        call, message = _CALLS[request.token]
        raise invalid(
            f"Invalid input: RPC {call} Field managedcatalog.{message}.name: name "
            f'"{name}" is not a valid name. A name has 1 to 255 characters and no period, space, '
            "forward slash or control character.",
            "name",
        )


@admit(*NAMED, source=NAMES)
def name_is_free(request: Request, cloud: Cloud) -> None:
    """No other object of the kind has the name in the metastore, in any case."""
    name = wanted_name(request)
    key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    other = securables.find(cloud, request.token, name, key)
    if other is not None and not (request.old and other.urn == request.old.urn):
        raise taken(BY_TOKEN[request.token].words, name)
    if request.token == tokens.CATALOG and name in BUILT_IN_CATALOGS:
        raise taken("Catalog", name)
    if request.token == tokens.SCHEMA and name.endswith(".information_schema"):
        raise taken("Schema", name)


@admit(*NAMED, source=METASTORE_ID)
def metastore_is_the_workspaces(request: Request, cloud: Cloud) -> None:
    """A metastore id that is stated must be the current workspace's."""
    stated = request.inputs.get("metastoreId")
    if not given(stated) or scope.on_account(request.provider, request.inputs):
        return
    key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    if not same(stated, key):
        raise invalid(
            "metastore_id must be empty or equal to the metastore id assigned to the workspace: "
            f"{key}. "
            f"It is {stated}.",
            "metastoreId",
        )
