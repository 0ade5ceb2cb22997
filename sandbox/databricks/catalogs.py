"""Catalogs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, tokens
from sandbox.databricks.errors import in_the_way, invalid
from sandbox.databricks.locations import need_location
from sandbox.databricks.privileges import caller
from sandbox.databricks.securables import full_name
from sandbox.databricks.values import given, given_of, guid, moment, prop, same, text
from sandbox.rules import Refusal, admit, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/catalog"
API = "https://docs.databricks.com/api/workspace/catalogs/create"
CREATE = "https://learn.microsoft.com/azure/databricks/catalogs/create-catalog"
STORAGE = "https://learn.microsoft.com/azure/databricks/connect/unity-catalog/cloud-storage/managed-storage"
DELETE = "https://github.com/databricks/terraform-provider-databricks/issues/3659"
_OPTIMIZATION = ("ENABLE", "DISABLE", "INHERIT")


@admit(tokens.CATALOG, source=API)
def catalog_modes_are_known(request: Request, _: Cloud) -> None:
    """OPEN or ISOLATED, without the ISOLATION_MODE_ that credentials and locations have."""
    mode = text(request.inputs.get("isolationMode"))
    if mode and mode not in ("OPEN", "ISOLATED"):
        raise invalid(
            f"Could not parse request object: isolation_mode '{mode}' is not one of OPEN, "
            "ISOLATED.",
            "isolationMode",
        )


@admit(tokens.CATALOG, tokens.SCHEMA, source=API)
def predictive_optimization_is_known(request: Request, _: Cloud) -> None:
    """ENABLE, DISABLE or INHERIT."""
    seen = text(request.inputs.get("enablePredictiveOptimization"))
    if seen and seen not in _OPTIMIZATION:
        raise invalid(
            f"enable_predictive_optimization '{seen}' is not one of {', '.join(_OPTIMIZATION)}.",
            "enablePredictiveOptimization",
        )


@admit(tokens.CATALOG, source=CREATE)
def creator_may_make_catalogs(request: Request, cloud: Cloud) -> None:
    """It takes CREATE CATALOG on the metastore."""
    if request.old is None:
        asker = caller(request, cloud)
        asker.need("CREATE_CATALOG", asker.metastore)


@admit(tokens.CATALOG, source=STORAGE)
def catalog_has_storage(request: Request, cloud: Cloud) -> None:
    """Managed storage lies in an external location that may hold it, or in the metastore's own."""
    metastore = scope.metastore(request.provider, request.inputs, cloud)
    foreign = given_of(request.inputs, ("connectionName", "providerName", "shareName"))
    url = text(request.inputs.get("storageRoot"))
    if url:
        location = need_location(cloud, url, scope.metastore_key(metastore), "storageRoot")
        here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
        securables.need_bound(cloud, location, here, writing=True)
        if request.old is None:
            caller(request, cloud).need("CREATE_MANAGED_STORAGE", location)
    elif not foreign and not given(prop(metastore, "storageRoot")):
        raise Refusal(
            "INVALID_STATE",
            "Metastore storage root URL does not exist. Please provide a storage location for the "
            "catalog "
            "(storageRoot), or set up a metastore root storage location to provide a storage "
            "location for "
            "all catalogs in the metastore.",
            prop="storageRoot",
        )


@release(tokens.CATALOG, source=DELETE)
def catalog_is_empty(request: Request, cloud: Cloud) -> None:
    """Without force, schemas keep their catalog; default and information_schema do not count."""
    old = request.old
    if old is None or prop(old, "forceDestroy") is True:
        return
    schemas = [
        s
        for s in securables.children(cloud, tokens.SCHEMA, old)
        if not same(prop(s, "name"), "default")
    ]
    if schemas:
        raise in_the_way(
            f"Catalog '{full_name(old)}' is not empty. The catalog has {len(schemas)} schema(s)."
        )


@outputs(tokens.CATALOG, source=DOC)
def catalog(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the name, which Unity Catalog keeps in lower case."""
    asker = scope.caller(request.provider)
    metastore = scope.metastore(request.provider, request.inputs, cloud)
    root = (text(request.inputs.get("storageRoot")) or text(prop(metastore, "storageRoot"))).rstrip(
        "/"
    )
    place = guid("catalog", request.seed)
    then = scope.keep(request, "createdAt", moment(request.seed))
    name = text(request.inputs.get("name")).lower()
    return {
        "id": name,
        "fullName": name,
        "catalogType": "MANAGED_CATALOG",
        "securableType": "CATALOG",
        "metastoreId": scope.metastore_key(metastore),
        "isolationMode": text(request.inputs.get("isolationMode")) or "OPEN",
        "owner": text(request.inputs.get("owner")) or scope.keep(request, "owner", asker),
        "storageLocation": scope.keep(
            request, "storageLocation", f"{root}/__unitystorage/catalogs/{place}" if root else None
        ),
        "enablePredictiveOptimization": text(request.inputs.get("enablePredictiveOptimization"))
        or "INHERIT",
        "createdAt": then,
        "createdBy": scope.keep(request, "createdBy", asker),
        "updatedAt": then,
        "updatedBy": asker,
        **scope.stamp(request, cloud),
    }
