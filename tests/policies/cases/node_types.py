"""Cases of policies/rules/node_types.py."""

from __future__ import annotations

from tests.policies.cases import For
from tests.policies.compliant.compute import policy_definition

FOREIGN = "Standard_E64ds_v5"
APPROVED = "jobClusters.0.newCluster"  # of the job whose GPUs are approved

rule = For("cost-06-node-types")
rule.fails("cluster", "nodeTypeId", FOREIGN, "Standard_NC24ads_A100_v4", "standard_d4ds_v5", 4)
rule.fails("cluster", "driverNodeTypeId", FOREIGN)
rule.fails("cluster", "workerNodeTypeFlexibility.alternateNodeTypeIds.0", FOREIGN)
rule.fails("cluster", "driverNodeTypeFlexibility", {"alternateNodeTypeIds": [FOREIGN]})
rule.fails("pool", "nodeTypeId", FOREIGN)
rule.fails("pool", "nodeTypeFlexibility", {"alternateNodeTypeIds": ["Standard_D4ds_v5", FOREIGN]})
rule.fails("pipeline", "clusters.0.driverNodeTypeId", FOREIGN)
rule.fails("training", f"{APPROVED}.nodeTypeId", FOREIGN)  # no GPU
rule.fails("training", f"{APPROVED}.customTags.gpu-approved", "")
rule.fails(
    "policy",
    "definition",
    policy_definition(node_type_id={"type": "allowlist", "values": ["Standard_D4ds_v5", FOREIGN]}),
    policy_definition(driver_node_type_id={"type": "fixed", "value": FOREIGN}),
    policy_definition(
        **{
            "worker_node_type_flexibility.alternate_node_type_ids": {
                "type": "allowlist",
                "values": [FOREIGN],
            }
        }
    ),
)
rule.absent("fails", "cluster", "nodeTypeId")
rule.absent("fails", "pool", "nodeTypeId")
rule.absent("passes", "cluster", "driverNodeTypeId", "workerNodeTypeFlexibility")
rule.unknown("defers", "cluster", "nodeTypeId", "driverNodeTypeId", "workerNodeTypeFlexibility")
rule.unknown("defers", "pool", "nodeTypeId")
rule.unknown("defers", "policy", "definition")
rule.unknown("passes", "training", f"{APPROVED}.customTags.gpu-approved")

rule = For("cost-07-node-generation")
rule.fails("training", f"{APPROVED}.nodeTypeId", "Standard_NC6s_v3", "Standard_NV12s_v3")
rule.fails("training", f"{APPROVED}.driverNodeTypeId", "Standard_NC24rs_v3")
rule.absent("passes", "training", f"{APPROVED}.azureAttributes")
rule.unknown("defers", "training", f"{APPROVED}.nodeTypeId", "jobClusters", "tasks")
