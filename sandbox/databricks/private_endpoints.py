"""Private endpoints from serverless compute to Azure resources, as rules of a configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.connectivity import SERVERLESS, need_config
from sandbox.databricks.errors import invalid, not_found
from sandbox.databricks.values import conflicts, given, guid, moment, prop, same, text, texts
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

RULES_PER_REGION = 100
SUBRESOURCES = (
    "https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource"
)
RULE_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/mws_ncc_private_endpoint_rule"
_GROUP_IDS = {
    "microsoft.storage/storageaccounts": ("blob", "dfs", "file", "queue", "table", "web"),
    "microsoft.keyvault/vaults": ("vault",),
    "microsoft.sql/servers": ("sqlServer",),
    "microsoft.eventhub/namespaces": ("namespace",),
    "microsoft.documentdb/databaseaccounts": ("Sql", "MongoDB", "Cassandra", "Gremlin", "Table"),
    "microsoft.dbforpostgresql/flexibleservers": ("postgresqlServer",),
    "microsoft.cognitiveservices/accounts": ("account",),
}  # fmt: skip
_RESOURCE = (
    r"(?i)/subscriptions/[^/]+/resourceGroups/(?P<group>[^/]+)"
    r"/providers/(?P<type>[^/]+/[^/]+)/[^/]+"
)


@check(tokens.NCC_RULE, source=RULE_DOC)
def rule_has_one_target(request: Request) -> None:
    """A group id of an Azure resource, or domain names of a service behind a load balancer."""
    conflicts(request.inputs, ("groupId", "domainNames"))


@admit(tokens.NCC_RULE, source=SUBRESOURCES)
def rule_fits_its_resource(request: Request, cloud: Cloud) -> None:
    """The resource exists and has the sub-resource."""
    need_config(cloud, text(request.inputs.get("networkConnectivityConfigId")))
    target, group = text(request.inputs.get("resourceId")), text(request.inputs.get("groupId"))
    parts = re.fullmatch(_RESOURCE, target)
    if parts is None:
        raise invalid(f"resource_id '{target}' is not the ARM id of a resource.", "resourceId")
    allowed = _GROUP_IDS.get(parts["type"].lower())
    if not texts(request.inputs.get("domainNames")) and (
        not group or (allowed and group not in allowed)
    ):
        raise invalid(
            f"group_id '{group}' is not supported for {parts['type']}. Use one of "
            f"{', '.join(allowed or ())}.",
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
    config = need_config(cloud, text(request.inputs.get("networkConnectivityConfigId")))
    where = scope.region(prop(config, "region"))
    near: list[Record] = []
    for rule in cloud.all(tokens.NCC_RULE):
        owner = need_config(cloud, text(rule.inputs.get("networkConnectivityConfigId")))
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
def private_endpoint_rule(request: Request, _: Cloud) -> Mapping[str, Any]:
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
