"""What else the compliant stack pays for: every type that the estimate prices."""

from __future__ import annotations

from typing import Any

from policies import tokens
from tests.policies.compliant.common import TAGS
from tests.policies.harness import Item

NIGHTLY = "0 30 2 * * ?"


def job_clusters(count: int) -> list[dict[str, Any]]:
    """So many clusters for one run."""
    return [
        {
            "jobClusterKey": f"train-{number}",
            "newCluster": {
                "nodeTypeId": "Standard_D16ds_v5",
                "numWorkers": 16,
                "sparkVersion": "17.3.x-cpu-ml-scala2.13",
                "policyId": "ABC",
                "dataSecurityMode": "SINGLE_USER",
                "customTags": TAGS,
            },
        }
        for number in range(count)
    ]


def parts() -> list[Item]:
    training = {
        "jobClusters": job_clusters(1),
        "tasks": [{"taskKey": "train", "jobClusterKey": "train-0"}],
        "schedule": {"quartzCronExpression": NIGHTLY, "pauseStatus": "UNPAUSED"},
        "timeoutSeconds": 7200,
        "maxConcurrentRuns": 1,
        "tags": TAGS,
    }
    machine = {"hardwareProfile": {"vmSize": "Standard_D4ds_v5"}, "tags": TAGS}
    firewall = {"sku": {"name": "AZFW_VNet", "tier": "Standard"}, "tags": TAGS}
    address = {"sku": {"name": "Standard"}, "tags": TAGS}
    return [
        Item(tokens.JOB, "training", training),
        Item(tokens.VECTOR_SEARCH, "vectors", {"endpointType": "STANDARD"}),
        Item(tokens.AI_SEARCH, "search", {"endpointType": "STANDARD"}),
        Item(tokens.APP, "app", {"computeSize": "MEDIUM"}),
        Item(tokens.SERVING_THROUGHPUT, "throughput", {}),
        Item(tokens.CONNECTIVITY, "connectivity", {"region": "eastus2"}),
        Item(tokens.CONNECTIVITY_ENDPOINT, "serverless-lake", {"groupId": "dfs"}),
        Item(tokens.FIREWALL, "firewall", firewall),
        Item(tokens.PUBLIC_IP, "address", address),
        Item(tokens.PUBLIC_IP_PREFIX, "addresses", {**address, "prefixLength": 31}),
        Item(tokens.PRIVATE_ENDPOINT, "lake-dfs", {"tags": TAGS}),
        Item(tokens.PRIVATE_ZONE, "zone", {"tags": TAGS}),
        Item(tokens.DDOS_PLAN, "ddos", {"tags": TAGS}),
        Item(tokens.VIRTUAL_MACHINE, "runner", machine),
    ]
