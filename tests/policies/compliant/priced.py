"""What else the compliant stack pays for: every type that the estimate prices."""

from __future__ import annotations

from typing import Any

from policies import tokens
from tests.policies.compliant.common import TAGS
from tests.policies.compliant.cost import LOGS
from tests.policies.harness import Item


def job_clusters(count: int) -> list[dict[str, Any]]:
    """So many clusters for one run."""
    return [
        {
            "jobClusterKey": f"train-{number}",
            "newCluster": {
                "nodeTypeId": "Standard_D16ds_v5",
                "numWorkers": 16,
                "enableLocalDiskEncryption": True,
                "sparkVersion": "17.3.x-cpu-ml-scala2.13",
                "policyId": "ABC",
                "dataSecurityMode": "SINGLE_USER",
                "clusterLogConf": LOGS,
                "customTags": TAGS,
            },
        }
        for number in range(count)
    ]


def parts() -> list[Item]:
    training = {
        "jobClusters": job_clusters(1),
        "tasks": [
            {
                "taskKey": "train",
                "jobClusterKey": "train-0",
                "maxRetries": 1,
                "timeoutSeconds": 7200,
            }
        ],
        "runAs": {"servicePrincipalName": "11111111-1111-4111-8111-111111111111"},
        "timeoutSeconds": 7200,
        "queue": {"enabled": True},
        "maxConcurrentRuns": 1,
        "tags": TAGS,
    }
    machine = {"hardwareProfile": {"vmSize": "Standard_D4ds_v5"}, "tags": TAGS}
    address = {"sku": {"name": "Standard"}, "tags": TAGS}
    return [
        Item(tokens.JOB, "nightly", training),
        Item(tokens.AI_SEARCH, "ai-search", {"endpointType": "STANDARD"}),
        Item(tokens.CONNECTIVITY, "serverless-network", {"region": "eastus2"}),
        Item(tokens.NCC_ENDPOINT, "serverless-lake", {"groupId": "dfs"}),
        Item(tokens.PUBLIC_IP_PREFIX, "addresses", {**address, "prefixLength": 31}),
        Item(tokens.DDOS_PLAN, "ddos", {"tags": TAGS}),
        Item(tokens.VIRTUAL_MACHINE, "runner", machine),
    ]
