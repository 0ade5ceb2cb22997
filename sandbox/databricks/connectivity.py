"""Network connectivity configurations: how serverless compute reaches private storage."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import in_the_way, invalid, not_found
from sandbox.databricks.values import conflicts, given, guid, moment, prop, same, text, texts
from sandbox.rules import Refusal, adopts, admit, check, outputs, release, remains

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.rules import Cloud, Record, Request

NCC_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/mws_network_connectivity_config"
NCC_CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/mws/resource_mws_network_connectivity_config.go"
BINDING_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/mws_ncc_binding"
BINDING_CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/mws/resource_mws_ncc_binding.go"
RULE_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/mws_ncc_private_endpoint_rule"
SERVERLESS = "https://learn.microsoft.com/azure/databricks/security/network/serverless-network-security/serverless-private-link"
SUBRESOURCES = (
    "https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource"
)

PER_REGION = 10
RULES_PER_REGION = 100
WORKSPACES_EACH = 50
# What stays of a binding whose resource is gone: the API has no way to unbind a workspace.
BOUND = "databricks:index/mwsNccBinding:Bound"
_NAME = re.compile(r"[0-9a-zA-Z_-]{3,30}")
_GROUP_IDS = {
    "microsoft.storage/storageaccounts": ("blob", "dfs", "file", "queue", "table", "web"),
    "microsoft.keyvault/vaults": ("vault",),
    "microsoft.sql/servers": ("sqlServer",),
    "microsoft.eventhub/namespaces": ("namespace",),
    "microsoft.documentdb/databaseaccounts": ("Sql", "MongoDB", "Cassandra", "Gremlin", "Table", "Analytical"),
    "microsoft.dbforpostgresql/flexibleservers": ("postgresqlServer",),
    "microsoft.cognitiveservices/accounts": ("account",),
}  # fmt: skip
_RESOURCE = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/(?P<group>[^/]+)/providers/(?P<type>[^/]+/[^/]+)/[^/]+",
    re.IGNORECASE,
)


def _config(cloud: Cloud, key: str) -> Record:
    for record in cloud.all(tokens.NCC):
        if prop(record, "networkConnectivityConfigId") == key:
            return record
    raise not_found(
        f"Network connectivity config {key} does not exist. Use networkConnectivityConfigId, not the "
        "resource's id.",
        "networkConnectivityConfigId",
    )


@check(tokens.NCC, source=NCC_CODE)
def ncc_name_is_valid(request: Request) -> None:
    """3 to 30 letters, digits, hyphens and underscores."""
    name = text(request.inputs.get("name"))
    if name and not _NAME.fullmatch(name):
        raise Refusal(
            "INVALID_INPUT",
            f'invalid value for name: "{name}" must match ^[0-9a-zA-Z-_]{{3,30}}$ (letters, digits, hyphens '
            "and underscores, 3 to 30 of them)",
            prop="name",
        )


@admit(tokens.NCC, source=SERVERLESS)
def nccs_are_limited(request: Request, cloud: Cloud) -> None:
    """Ten configurations in a region, each with its own name."""
    if request.old is not None:
        return
    where = scope.region(request.inputs.get("region"))
    near = [n for n in cloud.all(tokens.NCC) if scope.region(prop(n, "region")) == where]
    if len(near) >= PER_REGION:
        raise Refusal(
            "RESOURCE_LIMIT_EXCEEDED",
            f"The account has reached the limit of {PER_REGION} network connectivity configs in region {where}. "
            "Bind workspaces to one that exists.",
        )
    name = text(request.inputs.get("name"))
    if any(same(prop(n, "name"), name) for n in near):
        raise Refusal(
            "RESOURCE_ALREADY_EXISTS", f"Network connectivity config '{name}' already exists."
        )


@release(tokens.NCC, source=BINDING_CODE)
def ncc_is_unbound(request: Request, cloud: Cloud) -> None:
    """A configuration outlives the workspaces bound to it; nothing but deleting them unbinds."""
    key = prop(request.old, "networkConnectivityConfigId") if request.old else ""
    bound = {
        str(record.inputs.get("workspaceId"))
        for token in (tokens.NCC_BINDING, BOUND)
        for record in cloud.all(token)
        if record.inputs.get("networkConnectivityConfigId") == key
    }
    alive = sorted(number for number in bound if scope.workspace_by_id(cloud, number))
    if alive:
        raise in_the_way(
            f"Network connectivity config {key} is bound to workspaces {', '.join(alive)}: delete them first."
        )


@outputs(tokens.NCC, source=NCC_CODE)
def network_connectivity_config(request: Request, cloud: Cloud) -> Mapping[str, Any]:  # noqa: ARG001 - a rule's signature
    """The id is account and configuration."""
    key = scope.keep(request, "networkConnectivityConfigId", guid("ncc", request.seed))
    account = text(request.inputs.get("accountId")) or scope.account_id(request.provider)
    then = scope.keep(request, "creationTime", moment(request.seed))
    where = scope.region(request.inputs.get("region"))
    return {
        "id": f"{account}/{key}",
        "networkConnectivityConfigId": key,
        "accountId": account,
        "creationTime": then,
        "updatedTime": then,
        "egressConfig": {
            "defaultRules": {
                "azureServiceEndpointRule": {
                    "targetRegion": where,
                    "targetServices": ["AZURE_BLOB_STORAGE", "AZURE_DLS_STORAGE"],
                }
            }
        },
    }


@admit(tokens.NCC_BINDING, source=BINDING_DOC)
def binding_stays_in_its_region(request: Request, cloud: Cloud) -> None:
    """Workspace and configuration exist, in one region, and the configuration has room."""
    number = str(request.inputs.get("workspaceId"))
    workspace = scope.workspace_by_id(cloud, number)
    if workspace is None:
        raise not_found(f"Workspace {number} does not exist.", "workspaceId")
    key = text(request.inputs.get("networkConnectivityConfigId"))
    config = _config(cloud, key)
    here, there = scope.region(prop(workspace, "location")), scope.region(prop(config, "region"))
    if here != there:
        raise invalid(
            f"Network connectivity config {key} is in region {there}, workspace {number} in {here}: they must "
            "be in the same region.",
            "networkConnectivityConfigId",
        )
    others = {
        str(b.inputs.get("workspaceId"))
        for b in cloud.find(tokens.NCC_BINDING, networkConnectivityConfigId=key)
    } - {number}
    if len(others) >= WORKSPACES_EACH:
        raise Refusal(
            "RESOURCE_LIMIT_EXCEEDED",
            f"A network connectivity config serves {WORKSPACES_EACH} workspaces.",
        )


@admit(tokens.NCC_BINDING, source=SERVERLESS)
def workspace_has_one_ncc(request: Request, cloud: Cloud) -> None:
    """A second binding would silently take the workspace over."""
    number = str(request.inputs.get("workspaceId"))
    for other in cloud.all(tokens.NCC_BINDING):
        own = request.old is not None and other.urn == request.old.urn
        if not own and other.urn != request.urn and str(other.inputs.get("workspaceId")) == number:
            raise invalid(
                f"Workspace {number} is already bound to network connectivity config "
                f"{other.inputs.get('networkConnectivityConfigId')}.",
                "workspaceId",
            )


@remains(tokens.NCC_BINDING, source=BINDING_CODE)
def workspace_stays_bound(request: Request, cloud: Cloud) -> Sequence[Record]:
    """Deleting the resource sends nothing: the workspace, while it lives, stays bound."""
    old = request.old
    if old is None or scope.workspace_by_id(cloud, str(old.inputs.get("workspaceId"))) is None:
        return ()
    return (replace(old, token=BOUND),)


@outputs(tokens.NCC_BINDING, source=BINDING_CODE)
def ncc_binding(request: Request, cloud: Cloud) -> Mapping[str, Any]:  # noqa: ARG001 - a rule's signature
    """The id is both ids."""
    return {
        "id": f"{request.inputs.get('workspaceId')}/{request.inputs.get('networkConnectivityConfigId')}"
    }


adopts(tokens.NCC_BINDING, source=BINDING_CODE)


@check(tokens.NCC_RULE, source=RULE_DOC)
def rule_has_one_target(request: Request) -> None:
    """A group id of an Azure resource, or domain names of a service behind a load balancer."""
    conflicts(request.inputs, ("groupId", "domainNames"))


@admit(tokens.NCC_RULE, source=SUBRESOURCES)
def rule_fits_its_resource(request: Request, cloud: Cloud) -> None:
    """The resource exists and has the sub-resource."""
    _config(cloud, text(request.inputs.get("networkConnectivityConfigId")))
    target, group = text(request.inputs.get("resourceId")), text(request.inputs.get("groupId"))
    parts = _RESOURCE.fullmatch(target)
    if parts is None:
        raise invalid(f"resource_id '{target}' is not the ARM id of a resource.", "resourceId")
    allowed = _GROUP_IDS.get(parts["type"].lower())
    if not texts(request.inputs.get("domainNames")) and (
        not group or (allowed and group not in allowed)
    ):
        raise invalid(
            f"group_id '{group}' is not supported for {parts['type']}. Use one of {', '.join(allowed or ())}.",
            "groupId",
        )
    managed = any(
        text(prop(w, "managedResourceGroupId")).casefold().endswith(f"/{parts['group'].casefold()}")
        for w in cloud.all(tokens.AZURE_WORKSPACE)
    )
    if not managed and allowed and cloud.get(target) is None:
        raise not_found(f"The resource '{target}' was not found.", "resourceId")


@admit(tokens.NCC_RULE, source=SERVERLESS)
def rules_are_distinct_and_limited(request: Request, cloud: Cloud) -> None:
    """One endpoint per configuration and sub-resource, a hundred in a region."""
    if request.old is not None:
        return
    config = _config(cloud, text(request.inputs.get("networkConnectivityConfigId")))
    where = scope.region(prop(config, "region"))
    near: list[Record] = []
    for rule in cloud.all(tokens.NCC_RULE):
        owner = _config(cloud, text(rule.inputs.get("networkConnectivityConfigId")))
        near.extend([rule] if scope.region(prop(owner, "region")) == where else [])
        named = ("networkConnectivityConfigId", "resourceId", "groupId")
        if all(same(str(rule.inputs.get(n)), str(request.inputs.get(n))) for n in named):
            raise Refusal(
                "RESOURCE_ALREADY_EXISTS",
                f"A private endpoint rule for {request.inputs.get('resourceId')} "
                f"({request.inputs.get('groupId')}) already exists.",
            )
    if len(near) >= RULES_PER_REGION:
        raise Refusal(
            "RESOURCE_LIMIT_EXCEEDED",
            f"The limit is {RULES_PER_REGION} private endpoints in region {where}.",
        )


@outputs(tokens.NCC_RULE, source=RULE_DOC)
def private_endpoint_rule(request: Request, cloud: Cloud) -> Mapping[str, Any]:  # noqa: ARG001 - a rule's signature
    """An endpoint waits until it is approved on the Azure side."""
    config = text(request.inputs.get("networkConnectivityConfigId"))
    key = scope.keep(request, "ruleId", guid("rule", request.seed))
    then = scope.keep(request, "creationTime", moment(request.seed))
    enabled = request.inputs.get("enabled")
    return {
        "id": f"{config}/{key}",
        "ruleId": key,
        "accountId": scope.account_id(request.provider),
        "endpointName": f"databricks-{config}-pe-{key}",
        "connectionState": scope.keep(request, "connectionState", "PENDING"),
        "deactivated": False,
        "enabled": enabled if given(enabled) else False,
        "creationTime": then,
        "updatedTime": then,
    }
