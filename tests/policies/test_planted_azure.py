"""Realistic mistakes in Azure's half, spelt as other teams spell them: each breaks its rule."""

from __future__ import annotations

from typing import Any

import pytest

from policies import tokens
from policies.model import UNKNOWN
from policies.registry import load
from tests.policies.harness import Item, judge, urn

RULES = {rule.id: rule for rule in load().values()}
OWNER = "8E3AF657-A8FF-443C-A75C-2FE8C4BCB635"
DELEGATED = [{"name": "d", "serviceName": "Microsoft.Databricks/workspaces"}]
CONFINED: dict[str, Any] = {
    "networkSecurityGroup": {"id": "/nsg"},
    "natGateway": {"id": "/nat"},
    "defaultOutboundAccess": False,
}


def workspace(**props: Any) -> Item:
    kind = "azure-native_databricks_v20240501:databricks:Workspace"
    return Item(kind, "ws", {"workspaceName": "w", "sku": {"name": "premium"}, **props})


def account(**props: Any) -> Item:
    kind = "azure-native_storage_v20240101:storage:StorageAccount"
    return Item(kind, "sa", {"accountName": "a", "kind": "StorageV2", **props})


def vault(**properties: Any) -> Item:
    return Item("azure-native:keyvault/v20221101:Vault", "kv", {"properties": properties})


def subnet(**props: Any) -> Item:
    own = {"subnetName": "host", "addressPrefix": "10.0.0.0/24", "delegations": DELEGATED}
    return Item("azure-native:network/v20230501:Subnet", "host", {**own, **CONFINED, **props})


def network(**props: Any) -> Item:
    own = {"virtualNetworkName": "v", **props}
    return Item("azure-native:network/v20230501:VirtualNetwork", "v", own)


def inbound(part: str = "NetworkSecurityGroup", **source: Any) -> Item:
    rule = {
        "direction": "inbound",
        "access": "allow",
        "protocol": "Tcp",
        "priority": 100,
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "22",
        **source,
    }
    props = rule if part == "SecurityRule" else {"securityRules": [{"name": "r", **rule}]}
    return Item(f"azure-native:network/v20230501:{part}", "nsg", props)


def endpoint(target: Item, group: str, *, manual: bool = False, name: str = "pe") -> Item:
    prop = f"{'manualP' if manual else 'p'}rivateLinkServiceConnections"
    connection = {"name": "c", "groupIds": [group], "privateLinkServiceId": UNKNOWN}
    kind = "azure-native:network/v20230901:PrivateEndpoint"
    return Item(kind, name, {prop: [connection]}).with_dependency(
        prop, urn(target.type, target.name)
    )


def logged(target: Item, **props: Any) -> Item:
    kind = "azure-native:insights/v20210501preview:DiagnosticSetting"
    return Item(kind, "ds", {"resourceUri": UNKNOWN, **props}).with_dependency(
        "resourceUri", urn(target.type, target.name)
    )


def assigned(**props: Any) -> Item:
    own = {
        "principalType": "Group",
        "scope": "/subscriptions/s/resourceGroups/g",
        "roleDefinitionId": "/x/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    }
    kind = "azure-native:authorization/v20200401preview:RoleAssignment"
    return Item(kind, "role", {**own, **props})


def other(kind: str, **props: Any) -> Item:
    return Item(kind, "it", props, provider="" if kind.startswith("pulumi:") else "explicit")


PRIVATE = workspace(requiredNsgRules="AllRules", publicNetworkAccess="Disabled")
BUDGET = {"amount": 100, "timeGrain": "Monthly"}
NOTICE = {"enabled": True, "operator": "GreaterThan", "contactEmails": ["a@example.com"]}
FAULTS: list[tuple[str, str, list[Item]]] = [
    ("SEC-01", "a trial", [workspace(sku={"name": "trial"})]),
    (
        "SEC-02",
        "one subnet is missing",
        [
            workspace(
                parameters={
                    "customVirtualNetworkId": {"value": "/v"},
                    "customPrivateSubnetName": {"value": "p"},
                }
            )
        ],
    ),
    ("SEC-03", "a text", [workspace(parameters={"enableNoPublicIp": {"value": "true"}})]),
    ("SEC-03", "no object", [workspace(parameters={"enableNoPublicIp": True})]),
    ("SEC-04", "in small letters", [workspace(publicNetworkAccess="enabled")]),
    ("SEC-05", "by hand", [PRIVATE, endpoint(PRIVATE, "databricks_ui_api", manual=True)]),
    ("SEC-06", "no way to log in", [PRIVATE, endpoint(PRIVATE, "databricks_ui_api")]),
    ("SEC-07", "no records", [PRIVATE, endpoint(PRIVATE, "databricks_ui_api")]),
    ("SEC-08", "no connector", [workspace(defaultStorageFirewall="Enabled")]),
    ("SEC-10", "only prepared", [workspace(parameters={"prepareEncryption": {"value": True}})]),
    ("SEC-13", "Hive", [workspace(defaultCatalog={"initialType": "HiveMetastore"})]),
    ("SEC-14", "TLS 1.1", [account(minimumTlsVersion="TLS1_1")]),
    ("SEC-15", "a website", [other(tokens.STATIC_WEBSITE, indexDocument="index.html")]),
    (
        "SEC-15",
        "a container",
        [other("azure-native_storage_v20240101:storage:BlobContainer", publicAccess="Container")],
    ),
    ("SEC-16", "keys", [account(allowSharedKeyAccess=True)]),
    ("SEC-17", "allow", [account(networkRuleSet={"defaultAction": "Allow"})]),
    (
        "SEC-18",
        "one exception too many",
        [account(networkRuleSet={"defaultAction": "Deny", "bypass": "Logging, Metrics"})],
    ),
    ("SEC-19", "no dfs", [account(isHnsEnabled=True), endpoint(account(), "blob")]),
    ("SEC-20", "Microsoft's keys", [account(encryption={"keySource": "Microsoft.Storage"})]),
    ("SEC-21", "NFS", [account(isHnsEnabled=True, isLocalUserEnabled=False, enableNfsV3=True)]),
    ("SEC-21", "a user", [other("azure-native:storage/v20230101:LocalUser", hasSshKey=True)]),
    ("SEC-22", "no end", [account(allowSharedKeyAccess=True)]),
    ("SEC-23", "access policies", [vault(accessPolicies=[])]),
    ("SEC-24", "open", [vault(networkAcls={"defaultAction": "Deny"})]),
    ("SEC-25", "no endpoint", [vault()]),
    ("SEC-26", "no end", [other("azure-native:keyvault/v20230701:Key", properties={"kty": "RSA"})]),
    ("SEC-27", "no end", [other("azure-native:keyvault/v20230701:Secret", properties={})]),
    ("SEC-28", "no group", [subnet(networkSecurityGroup=None)]),
    ("SEC-28", "inline", [network(subnets=[{"name": "a", "delegations": DELEGATED}])]),
    (
        "SEC-29",
        "small",
        [network(subnets=[{"addressPrefixes": ["10.0.0.0/27"], "delegations": DELEGATED}])],
    ),
    ("SEC-30", "any", [inbound(sourceAddressPrefix="any")]),
    ("SEC-30", "every customer", [inbound(sourceAddressPrefix="AzureCloud")]),
    (
        "SEC-30",
        "a rule of its own",
        [inbound("SecurityRule", sourceAddressPrefixes=["10.0.0.0/8", "0.0.0.0/0"])],
    ),
    (
        "SEC-31",
        "no denial",
        [inbound(), subnet().with_dependency("networkSecurityGroup", urn(inbound().type, "nsg"))],
    ),
    ("SEC-34", "metrics", [vault(), logged(vault(), workspaceId="/l", metrics=[{}])]),
    (
        "SEC-34",
        "switched off",
        [
            vault(),
            logged(vault(), workspaceId="/l", logs=[{"categoryGroup": "audit", "enabled": False}]),
        ],
    ),
    (
        "SEC-35",
        "a month",
        [other("azure-native:operationalinsights/v20230901:Workspace", retentionInDays=30)],
    ),
    ("SEC-36", "a guest", [assigned(principalType="ForeignGroup")]),
    ("SEC-36", "an owner", [assigned(roleDefinitionId=f"/x/roleDefinitions/{OWNER}")]),
    ("SEC-36", "the subscription", [assigned(scope="/subscriptions/s")]),
    (
        "SEC-36",
        "somebody who may become one",
        [
            other(
                tokens.ELIGIBLE_ROLE,
                scope="/subscriptions/s/resourceGroups/g",
                roleDefinitionId=f"/x/roleDefinitions/{OWNER}",
            )
        ],
    ),
    (
        "SEC-37",
        "all data",
        [
            other(
                "azure-native:authorization/v20220501preview:RoleDefinition",
                permissions=[{"actions": [], "dataActions": ["*"]}],
            )
        ],
    ),
    ("SEC-38", "elsewhere", [account(location="westeurope")]),
    ("SEC-39", "directory", [other("pulumi:providers:azuread", clientSecret="hush")]),
    ("SEC-39", "older provider", [other("azure:databricks/workspace:Workspace")]),
    ("SEC-44", "a password", [other(tokens.APPLICATION_PASSWORD)]),
    (
        "SEC-44",
        "ten years",
        [other(tokens.PRINCIPAL_PASSWORD, endDateRelative="87600h")],
    ),
    ("COST-01", "a blank tag", [account(tags={"env": "prod", "owner": " "})]),
    (
        "COST-23",
        "one notice",
        [
            workspace(),
            other(
                tokens.CONSUMPTION_BUDGET,
                **BUDGET,
                notifications={"a": {**NOTICE, "threshold": 80}},
            ),
        ],
    ),
    ("COST-30", "no lifecycle", [account(sku={"name": "Premium_LRS"})]),
    ("COST-36", "Lakebase", [other(tokens.POSTGRES_ENDPOINT, parent="p", endpointId="e")]),
    ("COST-36", "a scale set", [other("azure-native:compute/v20240701:VirtualMachineScaleSet")]),
    ("REL-01", "a vault", [vault()]),
    ("REL-04", "a week", [vault(enablePurgeProtection=True, softDeleteRetentionInDays=7)]),
    ("REL-05", "nothing kept", [account()]),
    ("REL-07", "one copy", [account(sku={"name": "Standard_LRS"})]),
    ("REL-08", "no lock", [account()]),
]


@pytest.mark.parametrize(
    ("number", "items"),
    [pytest.param(number, items, id=f"{number} {what}") for number, what, items in FAULTS],
)
def test_a_planted_fault_is_found(number: str, items: list[Item]) -> None:
    outcome = judge(items, rules=[RULES[number]])
    assert outcome.rules == {RULES[number].name}
    assert "itself failed" not in outcome.messages
