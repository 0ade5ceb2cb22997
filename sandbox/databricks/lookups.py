"""What the data sources for principals, models, tables and metastores answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import models, principals, scope, securables, tokens
from sandbox.databricks.errors import invalid, not_found
from sandbox.databricks.groups import describe
from sandbox.databricks.scope import home, metastore_key
from sandbox.databricks.values import given_of, guid, moment, prop, same, text
from sandbox.rules import function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Invocation, Record

REGISTRY_DOCS = (
    "https://registry.terraform.io/providers/databricks/databricks/latest/docs/data-sources"
)
PRINCIPAL_CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/scim/data_service_principal.go"
GROUP_CODE = (
    "https://github.com/databricks/terraform-provider-databricks/blob/main/scim/data_group.go"
)


def _reached(invocation: Invocation, cloud: Cloud) -> str:
    """The workspace asked, empty for the account; refuses one that does not exist."""
    if scope.on_account(invocation.provider, invocation.args):
        return ""
    return scope.workspace_id(scope.workspace(invocation.provider, invocation.args, cloud))


@function(tokens.GET_SERVICE_PRINCIPAL, source=PRINCIPAL_CODE)
def get_service_principal(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """A service principal by application id, display name or number; the deployer's is there."""
    args = invocation.args
    _reached(invocation, cloud)
    seen = given_of(args, ("applicationId", "displayName", "scimId"))
    if len(seen) != 1:
        raise invalid("please specify only one of application_id, display_name, or scim_id")
    asker = scope.caller(invocation.provider)
    known = [(scope.principal_id(asker), asker, "deployer")] + [
        (sp.id, principals.application(sp), text(prop(sp, "displayName")))
        for sp in principals.service_principals(cloud)
    ]
    column = ("scimId", "applicationId", "displayName").index(seen[0])
    for number, application, display in known:
        if same((number, application, display)[column], args[seen[0]]):
            return {
                **args,
                "id": number,
                "spId": number,
                "scimId": number,
                "displayName": display or application,
                "externalId": "",
                "active": True,
                **describe(application),
            }
    if seen[0] == "applicationId":
        raise not_found(f"cannot find SP with ID {args[seen[0]]}")
    raise not_found(
        f"cannot find SP with {'an ' if seen[0] == 'scimId' else ''}{seen[0]} {args[seen[0]]}"
    )


@function(tokens.GET_GROUP, source=GROUP_CODE)
def get_group(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """A group by display name; a workspace knows its own and those assigned to it."""
    ""
    name, workspace = text(invocation.args.get("displayName")), _reached(invocation, cloud)
    visible = set(principals.assigned_to(cloud, workspace)) if workspace else set[str]()
    for group in cloud.all(tokens.GROUP):
        here = home(group) == workspace or (workspace and group.id in visible)
        if here and same(principals.group_name(group), name):
            return {**invocation.args, **_group(group, cloud)}
    raise not_found(f"cannot find group: {name}")


def _group(group: Record, cloud: Cloud) -> dict[str, Any]:
    edges = cloud.all(tokens.GROUP_MEMBER)
    members = sorted(
        text(e.inputs.get("memberId")) for e in edges if e.inputs.get("groupId") == group.id
    )
    kinds = {
        token: {record.id for record in cloud.all(token)} for token in (tokens.GROUP, tokens.USER)
    }
    groups = [m for m in members if m in kinds[tokens.GROUP]]
    users = [m for m in members if m in kinds[tokens.USER]]
    return {
        "id": group.id,
        "displayName": principals.group_name(group),
        "aclPrincipalId": f"groups/{principals.group_name(group)}",
        "externalId": text(prop(group, "externalId")),
        "members": members,
        "users": users,
        "childGroups": groups,
        "servicePrincipals": [m for m in members if m not in {*groups, *users}],
        "groups": sorted(principals.groups_of(cloud, group.id)),
        "instanceProfiles": [],
        "roles": [],
    }


@function(tokens.GET_MODEL_VERSIONS, source=f"{REGISTRY_DOCS}/registered_model_versions")
def get_registered_model_versions(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """The versions of a registered model."""
    metastore = scope.metastore(invocation.provider, invocation.args, cloud)
    name = text(invocation.args.get("fullName"))
    model = models.need_model(cloud, name, metastore_key(metastore), "fullName")
    return {
        "fullName": name,
        "modelVersions": [
            _version(v, metastore_key(metastore)) for v in models.versions(cloud, model)
        ],
    }


def _version(record: Record, metastore: str) -> dict[str, Any]:
    held = {
        key: prop(record, key)
        for key in (
            "catalogName",
            "schemaName",
            "modelName",
            "comment",
            "aliases",
            "runId",
            "source",
        )
        if prop(record, key) is not None
    }
    return {
        **held,
        "id": record.id,
        "version": int(str(prop(record, "version"))),
        "status": text(prop(record, "status")) or "READY",
        "metastoreId": metastore,
        "createdAt": moment(record.id),
        "updatedAt": moment(record.id),
    }


@function(tokens.GET_TABLE, source=f"{REGISTRY_DOCS}/table")
def get_table(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """A table by its full name."""
    metastore = metastore_key(scope.metastore(invocation.provider, invocation.args, cloud))
    name = text(invocation.args.get("name"))
    table = securables.need(cloud, tokens.TABLE, name, metastore, "name")
    catalog, schema, _ = securables.full_name(table).split(".")
    return {
        "id": name,
        "name": name,
        "tableInfo": {
            "name": text(prop(table, "name")),
            "catalogName": catalog,
            "schemaName": schema,
            "metastoreId": metastore,
            "tableType": text(prop(table, "tableType")) or "MANAGED",
            "tableId": guid("table", table.id),
        },
    }


@function(tokens.GET_METASTORES, source=f"{REGISTRY_DOCS}/metastores")
def get_metastores(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """The account's metastores, by name; only the account lists them all."""
    if not scope.on_account(invocation.provider, invocation.args):
        raise invalid("invalid Databricks Account configuration - host is not an account host")
    found = {text(prop(m, "name")): metastore_key(m) for m in cloud.all(tokens.METASTORE)}
    return {"id": "metastores", "ids": found}


@function(tokens.GET_CURRENT_METASTORE, source=f"{REGISTRY_DOCS}/current_metastore")
def get_current_metastore(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """The metastore assigned to the workspace asked."""
    if scope.on_account(invocation.provider, invocation.args):
        scope.workspace(invocation.provider, invocation.args, cloud)
    found = scope.metastore(invocation.provider, invocation.args, cloud)
    names = (
        "name", "owner", "region", "cloud", "globalMetastoreId", "metastoreId", "storageRoot",
        "createdAt",
        "createdBy", "updatedAt", "updatedBy", "deltaSharingScope", "privilegeModelVersion",
        "deltaSharingRecipientTokenLifetimeInSeconds", "externalAccessEnabled",
    )  # fmt: skip
    info = {name: prop(found, name) for name in names if prop(found, name) is not None}
    return {"id": metastore_key(found), "metastoreInfo": info}
