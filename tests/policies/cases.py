"""Every rule's failing, absent and unknown cases, as single changes to the compliant stack.

The passing case of every rule is the compliant stack itself.
"""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from policies.model import UNKNOWN
from tests.policies.compliant import policy_definition
from tests.policies.harness import ABSENT

Kind = Literal["fail", "absent", "unknown"]
Expected = Literal["fails", "passes", "defers"]


@dataclass(frozen=True)
class Case:
    """One change: a property's value, an option, or (with no path) the whole resource removed."""

    rule: str
    kind: Kind
    resource: str
    path: str
    value: Any
    expected: Expected

    def __str__(self) -> str:
        return f"{self.rule}: {self.resource} {self.path} {self.kind} {self.expected}"


CASES: list[Case] = []


class For:
    """Collects the cases of one rule."""

    def __init__(self, rule: str) -> None:
        self._rule = rule

    def _add(self, kind: Kind, expected: Expected, resource: str, path: str, value: Any) -> None:
        CASES.append(Case(self._rule, kind, resource, path, value, expected))

    def fails(self, resource: str, path: str, *values: Any) -> None:
        """Each of these values breaks the rule."""
        for value in values:
            self._add("fail", "fails", resource, path, value)

    def absent(self, expected: Expected, resource: str, *paths: str) -> None:
        """Without one of these properties the rule does what is expected."""
        for path in paths:
            self._add("absent", expected, resource, path, ABSENT)

    def unknown(self, expected: Expected, resource: str, *paths: str) -> None:
        """With one of these properties unknown the rule does what is expected."""
        for path in paths:
            self._add("unknown", expected, resource, path, UNKNOWN)

    def other(self, kind: Kind, expected: Expected, resource: str, path: str, value: Any) -> None:
        """A case that none of the above describes."""
        self._add(kind, expected, resource, path, value)


rule = For("sec-01-workspace-premium-sku")
rule.fails("workspace", "sku.name", "standard", "trial", True)
rule.absent("fails", "workspace", "sku", "sku.name")
rule.unknown("defers", "workspace", "sku", "sku.name")

rule = For("sec-02-workspace-vnet-injection")
rule.fails("workspace", "parameters.customVirtualNetworkId.value", "")
rule.absent("fails", "workspace", "parameters.customVirtualNetworkId")
rule.unknown("passes", "workspace", "parameters.customVirtualNetworkId.value")
rule.unknown("defers", "workspace", "parameters.customPublicSubnetName")

rule = For("sec-03-workspace-no-public-ip")
rule.fails("workspace", "parameters.enableNoPublicIp.value", False, "true", 1)
rule.absent("fails", "workspace", "parameters.enableNoPublicIp")
rule.unknown("defers", "workspace", "parameters.enableNoPublicIp.value")

rule = For("sec-04-workspace-public-access-off")
rule.fails("workspace", "publicNetworkAccess", "Enabled", False)
rule.absent("fails", "workspace", "publicNetworkAccess")
rule.unknown("defers", "workspace", "publicNetworkAccess")

rule = For("sec-08-workspace-root-storage-firewall")
rule.fails("workspace", "defaultStorageFirewall", "Disabled")
rule.absent("fails", "workspace", "defaultStorageFirewall", "accessConnector")
rule.unknown("defers", "workspace", "defaultStorageFirewall", "accessConnector")
rule.unknown("passes", "workspace", "accessConnector.id")

rule = For("sec-14-storage-encrypted-transport")
rule.fails("lake", "minimumTlsVersion", "TLS1_0", "TLS1_1")
rule.fails("lake", "enableHttpsTrafficOnly", False)
rule.absent("fails", "lake", "minimumTlsVersion")
rule.absent("passes", "lake", "enableHttpsTrafficOnly")
rule.unknown("defers", "lake", "minimumTlsVersion", "enableHttpsTrafficOnly")

rule = For("sec-15-storage-no-anonymous-blobs")
rule.fails("lake", "allowBlobPublicAccess", True)
rule.fails("lake-data", "publicAccess", "Blob", "Container")
rule.absent("passes", "lake", "allowBlobPublicAccess")
rule.absent("passes", "lake-data", "publicAccess")
rule.unknown("defers", "lake", "allowBlobPublicAccess")
rule.unknown("defers", "lake-data", "publicAccess")

rule = For("sec-16-storage-shared-key-off")
rule.fails("lake", "allowSharedKeyAccess", True)
rule.absent("fails", "lake", "allowSharedKeyAccess")
rule.unknown("defers", "lake", "allowSharedKeyAccess")

rule = For("sec-17-storage-public-access-off")
rule.fails("lake", "publicNetworkAccess", "Enabled")
rule.fails("lake", "networkRuleSet.defaultAction", "Allow")
rule.absent("fails", "lake", "publicNetworkAccess", "networkRuleSet")
rule.unknown("defers", "lake", "publicNetworkAccess", "networkRuleSet")

rule = For("sec-21-storage-no-side-doors")
for name in ("isSftpEnabled", "isLocalUserEnabled", "allowCrossTenantReplication"):
    rule.fails("lake", name, True)
    rule.absent("passes", "lake", name)
    rule.unknown("defers", "lake", name)

rule = For("sec-23-key-vault-rbac")
rule.fails("vault", "properties.enableRbacAuthorization", False)
rule.absent("fails", "vault", "properties.enableRbacAuthorization")
rule.unknown("defers", "vault", "properties.enableRbacAuthorization")

rule = For("sec-24-key-vault-public-access-off")
rule.fails("vault", "properties.publicNetworkAccess", "enabled")
rule.fails("vault", "properties.networkAcls.defaultAction", "Allow")
rule.absent("fails", "vault", "properties.publicNetworkAccess")
rule.absent("passes", "vault", "properties.networkAcls")
rule.unknown("defers", "vault", "properties.publicNetworkAccess")

rule = For("sec-28-databricks-subnets-confined")
rule.fails("host", "defaultOutboundAccess", True)
rule.fails("container", "delegations", [{"serviceName": "Microsoft.Sql/managedInstances"}])
rule.fails(
    "vnet",
    "subnets",
    [{"name": "inline", "delegations": [{"serviceName": "Microsoft.Databricks/workspaces"}]}],
)
rule.absent("fails", "host", "defaultOutboundAccess", "networkSecurityGroup", "natGateway")
rule.absent("fails", "host", "delegations")
rule.unknown("defers", "host", "defaultOutboundAccess", "delegations")
rule.unknown("passes", "host", "networkSecurityGroup.id", "natGateway.id")

rule = For("sec-30-nsg-no-inbound-from-internet")
for source in ("*", "Internet", "internet", "0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1"):
    rule.fails("nsg", "securityRules.0.sourceAddressPrefix", source)
rule.fails("relay", "sourceAddressPrefixes", ["10.0.0.0/8", "*"])
rule.absent("passes", "nsg", "securityRules")
rule.unknown("defers", "nsg", "securityRules", "securityRules.0.sourceAddressPrefix")
rule.unknown("defers", "nsg", "securityRules.1.access")
rule.unknown("defers", "relay", "sourceAddressPrefixes")

rule = For("sec-34-diagnostic-settings")
rule.fails("vault-logs", "resourceUri", "/subscriptions/0000/elsewhere")
rule.fails("vault-logs", "logs", [{"category": "AuditEvent", "enabled": False}])
rule.absent("fails", "workspace-logs", "", "workspaceId", "logs")
rule.absent("fails", "lake-logs", "")
rule.unknown("defers", "workspace-logs", "resourceUri", "logs")
rule.unknown("passes", "workspace-logs", "workspaceId")

rule = For("sec-35-log-retention")
rule.fails("logs", "retentionInDays", 30, "90")
rule.absent("fails", "logs", "retentionInDays")
rule.unknown("defers", "logs", "retentionInDays")

rule = For("sec-41-token-lifetime")
rule.fails("conf", "customConfig.maxTokenLifetimeDays", "31", "0", "-1", "soon", 90)
rule.absent("fails", "conf", "", "customConfig", "customConfig.maxTokenLifetimeDays")
rule.unknown("defers", "conf", "customConfig", "customConfig.maxTokenLifetimeDays")

rule = For("sec-60-storage-credential-managed-identity")
rule.fails("credential", "azureServicePrincipal", {"clientSecret": "geheim-geheim"})
rule.fails("credential", "skipValidation", True)
rule.absent("fails", "credential", "azureManagedIdentity")
rule.absent("passes", "credential", "skipValidation")
rule.unknown("defers", "credential", "skipValidation")
rule.unknown("passes", "credential", "azureManagedIdentity")

rule = For("sec-62-catalog-isolated")
rule.fails("catalog", "isolationMode", "OPEN")
rule.fails("registry", "name", "ml_other_catalog")
rule.fails("binding", "securableType", "external_location")
rule.fails("binding", "securableName", "ml_test_catalog")
rule.absent("fails", "catalog", "isolationMode")
rule.absent("fails", "binding", "")
rule.unknown("defers", "catalog", "isolationMode")
rule.unknown("defers", "registry", "name")
rule.unknown("defers", "binding", "securableName")

rule = For("sec-63-metastore-sharing-bounded")
rule.fails("metastore", "owner", "someone@example.com", "")
rule.fails("metastore", "deltaSharingScope", "INTERNAL_AND_EXTERNAL")
rule.fails("metastore", "deltaSharingRecipientTokenLifetimeInSeconds", 90, 0, 31_536_000)
rule.fails("metastore", "externalAccessEnabled", True)
rule.absent("fails", "metastore", "owner", "deltaSharingScope")
rule.absent("fails", "metastore", "deltaSharingRecipientTokenLifetimeInSeconds")
rule.absent("passes", "metastore", "externalAccessEnabled")
rule.unknown("defers", "metastore", "owner", "deltaSharingScope", "externalAccessEnabled")

rule = For("cost-01-azure-tags")
rule.fails("rg", "tags.owner", "")
rule.fails("lake-data", "tags", {"owner": "x"})
rule.absent("fails", "rg", "tags", "tags.cost-center")
rule.unknown("defers", "rg", "tags")
rule.unknown("passes", "rg", "tags.owner")

rule = For("cost-02-databricks-tags")
rule.fails("cluster", "customTags.owner", "")
rule.fails("warehouse", "tags.customTags", [{"key": "env", "value": "prod"}])
rule.absent("fails", "cluster", "customTags")
rule.absent("fails", "pool", "customTags")
rule.absent("fails", "job", "tags")
rule.absent("fails", "pipeline", "tags")
rule.absent("fails", "warehouse", "tags")
rule.absent("fails", "endpoint", "tags.0")
rule.unknown("defers", "cluster", "customTags")
rule.unknown("defers", "warehouse", "tags.customTags.0.key")
rule.unknown("passes", "job", "tags.owner")

rule = For("cost-03-cluster-autotermination")
rule.fails("cluster", "autoterminationMinutes", 0, 31, 60, True)
rule.absent("fails", "cluster", "autoterminationMinutes")
rule.unknown("defers", "cluster", "autoterminationMinutes")

rule = For("cost-10-cluster-has-policy")
rule.fails("cluster", "policyId", "")
rule.absent("fails", "cluster", "policyId")
rule.unknown("passes", "cluster", "policyId")

rule = For("cost-11-policy-dbu-ceiling")
rule.fails(
    "policy",
    "definition",
    policy_definition(dbus_per_hour={"type": "range", "maxValue": 101}),
    policy_definition(dbus_per_hour={"type": "range", "minValue": 1}),
    policy_definition(dbus_per_hour={"type": "unlimited"}),
    policy_definition(dbus_per_hour=None),
)
rule.absent("fails", "policy", "definition")
rule.unknown("defers", "policy", "definition")

rule = For("cost-12-policy-bounds")
for attribute in (
    "cluster_type", "autotermination_minutes", "node_type_id", "driver_node_type_id",
    "autoscale.max_workers", "num_workers", "spark_version", "data_security_mode",
    "custom_tags.owner",
):  # fmt: skip
    rule.fails("policy", "definition", policy_definition(**{attribute: None}))
LOOSE: dict[str, dict[str, Any]] = {
    "autotermination_minutes": {"type": "range", "maxValue": 30},  # from 0, which is never
    "autoscale.max_workers": {"type": "range", "maxValue": 17},
    "num_workers": {"type": "fixed", "value": 20},
    "data_security_mode": {"type": "allowlist", "values": ["USER_ISOLATION", "NONE"]},
    "spark_version": {"type": "unlimited", "defaultValue": "auto:latest-lts"},
    "node_type_id": {"type": "allowlist", "values": []},
    "custom_tags.env": {"type": "fixed", "value": "prod", "isOptional": True},
}
for attribute, loose in LOOSE.items():
    rule.fails("policy", "definition", policy_definition(**{attribute: loose}))
rule.absent("fails", "policy", "definition")
rule.unknown("defers", "policy", "definition")

rule = For("cost-14-pool-bounded")
rule.fails("pool", "idleInstanceAutoterminationMinutes", 31, -1)
rule.fails("pool", "minIdleInstances", 5)
rule.fails("pool", "maxCapacity", 65)
rule.absent("fails", "pool", "idleInstanceAutoterminationMinutes", "maxCapacity")
rule.absent("passes", "pool", "minIdleInstances")
rule.unknown("defers", "pool", "maxCapacity", "minIdleInstances")

rule = For("cost-17-serving-scale-to-zero")
rule.fails("endpoint", "config.servedEntities.0.scaleToZeroEnabled", "true")
rule.absent("fails", "endpoint", "config.servedEntities.0.scaleToZeroEnabled")
rule.unknown("defers", "endpoint", "config.servedEntities.0.scaleToZeroEnabled")
rule.unknown("defers", "endpoint", "config.servedEntities")

rule = For("rel-18-traffic-sums-to-100")
rule.fails("endpoint", "config.trafficConfig.routes.0.trafficPercentage", 91, "90", 110)
rule.absent("fails", "endpoint", "config.trafficConfig", "config.trafficConfig.routes.0")
rule.unknown("defers", "endpoint", "config.trafficConfig.routes.0.trafficPercentage")
rule.unknown("defers", "endpoint", "config.trafficConfig")

rule = For("rel-01-protect-stateful")
for name in ("workspace", "connector", "lake", "vault", "metastore", "catalog"):
    rule.other("fail", "fails", name, "@protect", False)

rule = For("rel-03-no-force-destroy")
for name in ("metastore", "catalog", "schema", "credential", "location"):
    rule.fails(name, "forceDestroy", True)
    rule.absent("passes", name, "forceDestroy")
    rule.unknown("defers", name, "forceDestroy")

rule = For("rel-04-key-vault-purge-protection")
rule.fails("vault", "properties.enablePurgeProtection", False)
rule.fails("vault", "properties.enableSoftDelete", False)
rule.fails("vault", "properties.softDeleteRetentionInDays", 7)
rule.absent("fails", "vault", "properties.enablePurgeProtection")
rule.absent("passes", "vault", "properties.enableSoftDelete")
rule.absent("passes", "vault", "properties.softDeleteRetentionInDays")
rule.unknown("defers", "vault", "properties.enablePurgeProtection")

rule = For("ml-11-least-privilege")
rule.fails("catalog-grants", "grants.0.privileges", ["MANAGE"], ["ALL PRIVILEGES"])
rule.fails("catalog-grants", "grants.2.privileges", ["BROWSE", "SELECT"])
rule.fails("catalog-grants", "grants.1.principal", "data_scientists")
rule.fails("schema-grant", "privileges", ["ALL_PRIVILEGES"])
rule.absent("passes", "catalog-grants", "grants")
rule.unknown("defers", "catalog-grants", "grants", "grants.0.privileges", "grants.1.principal")
rule.unknown("defers", "schema-grant", "privileges")

rule = For("ml-12-one-grants-per-securable")
rule.fails("schema-grant", "catalog", "ml_prod_catalog")
rule.fails("catalog-grants", "schema", "ml_prod_catalog.other")
rule.absent("passes", "catalog-grants", "catalog")
rule.unknown("defers", "catalog-grants", "catalog")

rule = For("ml-20-explicit-databricks-provider")
for name in ("cluster", "catalog", "endpoint"):
    for provider in ("default", "default_1_118_0"):
        rule.other("fail", "fails", name, "@provider", provider)
rule.other("absent", "passes", "cluster", "@provider", "")
rule.other("unknown", "passes", "workspace", "@provider", "default_3_29_0")

rule = For("ml-22-endpoint-register")
rule.fails("endpoint", "tags.5.value", "")
rule.absent("fails", "endpoint", "tags.5", "tags.6")
rule.unknown("passes", "endpoint", "tags.6.value")
rule.unknown("defers", "endpoint", "tags.6")
