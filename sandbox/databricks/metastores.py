"""Metastores, their assignment to workspaces, and system schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import in_the_way, invalid, not_found
from sandbox.databricks.scope import caller, home_metastore, keep, metastore_key, stamp
from sandbox.databricks.values import given, guid, moment, one_of, prop, same, text
from sandbox.rules import Refusal, admit, adopts, check, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = (
    "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/metastore"
)
ONE_PER_REGION = (
    "https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/create-metastore"
)
LIMITS = "https://learn.microsoft.com/azure/databricks/resources/limits"
SHARING = "https://github.com/databricks/terraform-provider-databricks/blob/main/catalog/resource_metastore.go"
DELETE = "https://docs.databricks.com/api/account/accountmetastores/delete"
ASSIGN = "https://docs.databricks.com/api/account/accountmetastoreassignments/create"
ASSIGN_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/metastore_assignment"
SYSTEM = "https://learn.microsoft.com/azure/databricks/admin/system-tables/"
SYSTEM_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/system_schema"
BILLING = "https://github.com/databricks/terraform-databricks-sra/pull/129"

_SCOPE, _LIFETIME = "deltaSharingScope", "deltaSharingRecipientTokenLifetimeInSeconds"
SYSTEM_SCHEMAS = frozenset(
    {
        "access", "ai_gateway", "compute", "data_classification", "data_quality_monitoring",
        "lakeflow", "marketplace", "mlflow", "operational_data", "query", "serving", "sharing",
        "storage",
    }
)  # fmt: skip


@check(tokens.METASTORE, source=SHARING)
def sharing_is_stated_whole(request: Request) -> None:
    """Scope and recipient token lifetime come together; the scope is one of two."""
    inputs = request.inputs
    one_of(inputs.get(_SCOPE), ("INTERNAL", "INTERNAL_AND_EXTERNAL"), _SCOPE)
    for name, other in ((_SCOPE, _LIFETIME), (_LIFETIME, _SCOPE)):
        if given(inputs.get(name)) and inputs.get(other) is None:
            raise Refusal(
                "MISSING_PROPERTY",
                f'"{name}": all of `{name},{other}` must be specified',
                prop=other,
            )


@admit(tokens.METASTORE, source=DOC)
def metastore_has_a_region(request: Request, _: Cloud) -> None:
    """The account's API cannot guess the region."""
    if scope.on_account(request.provider, request.inputs) and not given(
        request.inputs.get("region")
    ):
        raise invalid("Metastore region must be specified. Set region.", "region")


def _region(request: Request, cloud: Cloud) -> str:
    if given(request.inputs.get("region")):
        return scope.region(request.inputs.get("region"))
    return scope.region(prop(scope.workspace(request.provider, request.inputs, cloud), "location"))


@admit(tokens.METASTORE, source=ONE_PER_REGION)
def one_metastore_in_a_region(request: Request, cloud: Cloud) -> None:
    """An account has one metastore in a region: adopt it instead of making a second."""
    if request.operation != "create":
        return
    where = _region(request, cloud)
    if any(scope.region(prop(m, "region")) == where for m in cloud.all(tokens.METASTORE)):
        account = scope.account_id(request.provider)
        raise Refusal(
            "RESOURCE_LIMIT_EXCEEDED",
            f"This account with id {account} has reached the limit for metastores in region "
            f"{where}.",
            prop="region",
        )


@release(tokens.METASTORE, source=DELETE)
def metastore_is_empty(request: Request, cloud: Cloud) -> None:
    """Without force, catalogs and assigned workspaces keep a metastore alive."""
    if request.old is None or prop(request.old, "forceDestroy") is True:
        return
    key = metastore_key(request.old)
    catalogs = [c.id for c in cloud.all(tokens.CATALOG) if home_metastore(c, cloud) == key]
    assigned = [
        a for a in cloud.all(tokens.METASTORE_ASSIGNMENT) if same(prop(a, "metastoreId"), key)
    ]
    if catalogs or assigned:
        raise in_the_way(
            f"Metastore '{prop(request.old, 'name')}' is not empty. The metastore has "
            f"{len(catalogs)} catalog(s), {len(assigned)} assigned workspace(s). Remove them, or "
            "set "
            "forceDestroy."
        )


@outputs(tokens.METASTORE, source=DOC)
def metastore(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """A metastore's id is a UUID; whoever makes it owns it unless it says otherwise."""
    key = keep(request, "id", guid("metastore", request.seed))
    where = _region(request, cloud)
    asker = keep(request, "createdBy", caller(request.provider))
    then = keep(request, "createdAt", moment(request.seed))
    return {
        "id": key,
        "metastoreId": key,
        "cloud": "azure",
        "region": where,
        "globalMetastoreId": f"azure:{where}:{key}",
        "owner": text(request.inputs.get("owner")) or keep(request, "owner", asker),
        "privilegeModelVersion": "1.0",
        "createdAt": then,
        "createdBy": asker,
        "updatedAt": then,
        "updatedBy": caller(request.provider),
        **stamp(request, cloud),
    }


@admit(tokens.METASTORE_ASSIGNMENT, source=ASSIGN)
def assignment_joins_one_region(request: Request, cloud: Cloud) -> None:
    """Workspace and metastore exist and are in one region."""
    number = str(request.inputs.get("workspaceId"))
    workspace = scope.workspace_by_id(cloud, number)
    if workspace is None:
        raise not_found(f"Workspace {number} does not exist.", "workspaceId")
    chosen = scope.metastore_by_id(cloud, text(request.inputs.get("metastoreId")))
    here, there = scope.region(prop(workspace, "location")), scope.region(prop(chosen, "region"))
    if here != there:
        raise invalid(
            f"Workspace {number} is in region {here}, metastore {metastore_key(chosen)} in "
            f"{there}: "
            "a workspace can only be assigned to the metastore of its own region.",
            "metastoreId",
        )


@admit(tokens.METASTORE_ASSIGNMENT, source=LIMITS)
def workspace_has_one_metastore(request: Request, cloud: Cloud) -> None:
    """A workspace that has a metastore keeps it until that assignment is deleted."""
    current = scope.assignment(cloud, str(request.inputs.get("workspaceId")))
    if current is None or (request.old and current.urn == request.old.urn):
        return
    if not same(prop(current, "metastoreId"), text(request.inputs.get("metastoreId"))):
        raise invalid(
            f"Workspace {request.inputs.get('workspaceId')} is already assigned to metastore "
            f"{prop(current, 'metastoreId')}.",
            "workspaceId",
        )


@outputs(tokens.METASTORE_ASSIGNMENT, source=ASSIGN_DOC)
def metastore_assignment(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is both ids; the default catalog is hive_metastore unless a setting says otherwise."""
    ""
    return {
        "id": f"{request.inputs.get('workspaceId')}|{request.inputs.get('metastoreId')}",
        "defaultCatalogName": text(request.inputs.get("defaultCatalogName")) or "hive_metastore",
        **stamp(request, cloud),
    }


adopts(tokens.METASTORE_ASSIGNMENT, source=ASSIGN)


@admit(tokens.SYSTEM_SCHEMA, source=SYSTEM)
def system_schema_exists(request: Request, cloud: Cloud) -> None:
    """Databricks knows which system schemas there are; information_schema is always on."""
    scope.metastore(request.provider, request.inputs, cloud)
    name = text(request.inputs.get("schema"))
    if name not in SYSTEM_SCHEMAS | {"billing"}:
        raise invalid(
            f"{name} is not a valid system schema. Use one of {', '.join(sorted(SYSTEM_SCHEMAS))}.",
            "schema",
        )


@admit(tokens.SYSTEM_SCHEMA, source=BILLING)
def billing_is_on_already(request: Request, _: Cloud) -> None:
    """The billing schema came with the account."""
    if text(request.inputs.get("schema")) == "billing":
        raise invalid("billing system schema can only be enabled by Databricks.", "schema")


@outputs(tokens.SYSTEM_SCHEMA, source=SYSTEM_DOC)
def system_schema(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the metastore's and the schema's name."""
    key = metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    name = text(request.inputs.get("schema"))
    return {
        "id": f"{key}|{name}",
        "metastoreId": key,
        "fullName": f"system.{name}",
        "state": "ENABLE_COMPLETED",
        "autoEnabled": False,
        **stamp(request, cloud),
    }


adopts(
    tokens.SYSTEM_SCHEMA,
    source="https://github.com/databricks/terraform-provider-databricks/blob/main/catalog/resource_system_schema.go",
)
