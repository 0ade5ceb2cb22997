"""Cases of policies/rules/cluster_policy.py."""

from __future__ import annotations

from typing import Any

from tests.policies.cases import For
from tests.policies.compliant.compute import policy_definition

rule = For("cost-11-policy-dbu-ceiling")
rule.fails(
    "policy",
    "definition",
    policy_definition(dbus_per_hour={"type": "range", "maxValue": 101}),
    policy_definition(dbus_per_hour={"type": "range", "minValue": 1}),
    policy_definition(dbus_per_hour={"type": "unlimited"}),
    policy_definition(dbus_per_hour={"type": "fixed", "value": 1}),
    policy_definition(dbus_per_hour={"type": "allowlist", "values": [1]}),
    policy_definition(dbus_per_hour=None),
)
rule.absent("fails", "policy", "definition")
rule.unknown("defers", "policy", "definition")

rule = For("cost-12-policy-bounds")
for attribute in (
    "cluster_type", "autotermination_minutes", "node_type_id", "driver_node_type_id",
    "autoscale.max_workers", "num_workers", "custom_tags.owner", "instance_pool_id",
    "driver_instance_pool_id", "worker_node_type_flexibility.alternate_node_type_ids",
    "driver_node_type_flexibility.alternate_node_type_ids", "azure_attributes.availability",
):  # fmt: skip
    rule.fails("policy", "definition", policy_definition(**{attribute: None}))
LOOSE: dict[str, dict[str, Any]] = {
    "autotermination_minutes": {"type": "range", "maxValue": 30},  # from 0, which is never
    "autoscale.max_workers": {"type": "range", "maxValue": 17},
    "num_workers": {"type": "fixed", "value": 20},
    "node_type_id": {"type": "allowlist", "values": []},
    "driver_node_type_id": {"type": "unlimited", "defaultValue": "Standard_D4ds_v5"},
    "instance_pool_id": {"type": "regex", "pattern": ".*"},
    "custom_tags.env": {"type": "fixed", "value": "prod", "isOptional": True},
}
for attribute, loose in LOOSE.items():
    rule.fails("policy", "definition", policy_definition(**{attribute: loose}))
rule.absent("fails", "policy", "definition")
rule.unknown("defers", "policy", "definition")

rule = For("cost-13-policy-clusters-per-user")
rule.fails("policy", "maxClustersPerUser", 0, 3, "1")
rule.absent("fails", "policy", "maxClustersPerUser")
rule.unknown("defers", "policy", "maxClustersPerUser")
