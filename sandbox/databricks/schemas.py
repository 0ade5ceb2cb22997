"""Schemas, and what creating anything in a catalog or schema takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, tokens
from sandbox.databricks.errors import in_the_way
from sandbox.databricks.locations import need_location
from sandbox.databricks.ownership import parents
from sandbox.databricks.privileges import caller
from sandbox.databricks.securables import full_name
from sandbox.databricks.values import guid, prop, text
from sandbox.rules import admit, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/schema"
CREATE = "https://learn.microsoft.com/azure/databricks/schemas/create-schema"
BINDING = "https://github.com/databricks/terraform-provider-databricks/issues/2446"
PRIVILEGES = "https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/manage-privileges/privileges"
NOT_EMPTY = "https://github.com/databricks/terraform-provider-databricks/issues/3659"

# What each kind takes on the object it is made in, beside USE on all that object is in.
_CREATE = {
    tokens.SCHEMA: "CREATE_SCHEMA",
    tokens.VOLUME: "CREATE_VOLUME",
    tokens.REGISTERED_MODEL: "CREATE_MODEL",
}


def parent(request: Request, cloud: Cloud) -> Record:
    """The catalog or schema that a request's object is in; refuses one that does not exist."""
    key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    catalog = text(request.inputs.get("catalogName"))
    schema = text(request.inputs.get("schemaName"))
    outer = securables.need(cloud, tokens.CATALOG, catalog, key, "catalogName")
    if not schema:
        return outer
    return securables.need(cloud, tokens.SCHEMA, f"{catalog}.{schema}", key, "schemaName")


@admit(tokens.SCHEMA, tokens.VOLUME, tokens.REGISTERED_MODEL, source=BINDING)
def parent_exists_here(request: Request, cloud: Cloud) -> None:
    """The parents exist, and the workspace may write into their catalog."""
    catalog = parents(cloud, parent(request, cloud))[-1]
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    securables.need_bound(cloud, catalog, here, writing=True)


@admit(tokens.SCHEMA, tokens.VOLUME, tokens.REGISTERED_MODEL, source=PRIVILEGES)
def creator_may_fill_the_parent(request: Request, cloud: Cloud) -> None:
    """USE on every parent and CREATE on the innermost: its own, its groups' or as an owner."""
    if request.old is not None:
        return
    asker, chain = caller(request, cloud), parents(cloud, parent(request, cloud))
    asker.need("USE_CATALOG", chain[-1])
    if len(chain) > 1:
        asker.need("USE_SCHEMA", *chain)
    asker.need(_CREATE[request.token], *chain)


@admit(tokens.SCHEMA, source=CREATE)
def schema_storage_is_covered(request: Request, cloud: Cloud) -> None:
    """A schema's own managed storage lies in an external location that may hold it."""
    url = text(request.inputs.get("storageRoot"))
    if url:
        key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
        location = need_location(cloud, url, key, "storageRoot")
        if request.old is None:
            caller(request, cloud).need("CREATE_MANAGED_STORAGE", location)


@release(tokens.SCHEMA, source=NOT_EMPTY)
def schema_is_empty(request: Request, cloud: Cloud) -> None:
    """Without force, tables, functions (models are such) and volumes keep their schema."""
    old = request.old
    if old is None or prop(old, "forceDestroy") is True:
        return
    tables = len(securables.children(cloud, tokens.TABLE, old))
    functions = len(securables.children(cloud, tokens.REGISTERED_MODEL, old))
    volumes = len(securables.children(cloud, tokens.VOLUME, old))
    if tables or functions or volumes:
        raise in_the_way(
            f"Schema '{full_name(old)}' is not empty. The schema has {tables} tables(s), "
            f"{functions} functions(s), {volumes} volumes(s)"
        )


@outputs(tokens.SCHEMA, source=DOC)
def schema(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the full name."""
    asker = scope.caller(request.provider)
    catalog, name = text(request.inputs.get("catalogName")), text(request.inputs.get("name"))
    return {
        "id": f"{catalog}.{name}".lower(),
        "schemaId": scope.keep(request, "schemaId", guid("schema", request.seed)),
        "metastoreId": scope.metastore_key(
            scope.metastore(request.provider, request.inputs, cloud)
        ),
        "owner": text(request.inputs.get("owner")) or scope.keep(request, "owner", asker),
        "enablePredictiveOptimization": text(request.inputs.get("enablePredictiveOptimization"))
        or "INHERIT",
        **scope.stamp(request, cloud),
    }
