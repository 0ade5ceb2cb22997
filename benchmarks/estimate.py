"""The estimate of a thousand resources, in seconds and against reading them from their file.

Reading the state is what every other tool over it has to do too, so it is the baseline: a slow
machine makes both slower.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Result, medians
from policies import snapshot, tokens
from policies.estimate import bill, book
from policies.estimate.assumptions import Assumptions

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 15
RESOURCES = 1000
_SECONDS = 0.2
_RATIO = 1.25

_SCALE = {"minWorkers": 1, "maxWorkers": 8}
_CLUSTER = {"nodeTypeId": "Standard_D8ds_v5", "autoscale": _SCALE, "runtimeEngine": "PHOTON"}
_POLICY = {
    "node_type_id": {"type": "allowlist", "values": ["Standard_D4ds_v5", "Standard_D8ds_v5"]},
    "autoscale.max_workers": {"type": "range", "maxValue": 8, "defaultValue": 4},
    "dbus_per_hour": {"type": "range", "maxValue": 40},
}
_KINDS: list[tuple[str, dict[str, Any]]] = [
    (tokens.CLUSTER, {**_CLUSTER, "autoterminationMinutes": 20}),
    (tokens.CLUSTER_POLICY, {"definition": json.dumps(_POLICY), "maxClustersPerUser": 2}),
    (tokens.INSTANCE_POOL, {"nodeTypeId": "Standard_D4ds_v5", "maxCapacity": 8}),
    (
        tokens.JOB,
        {
            "jobClusters": [{"jobClusterKey": "main", "newCluster": _CLUSTER}],
            "tasks": [{"taskKey": "train", "jobClusterKey": "main"}],
            "schedule": {"quartzCronExpression": "0 30 2 ? * MON-FRI"},
        },
    ),
    (tokens.SQL_ENDPOINT, {"clusterSize": "Small", "enableServerlessCompute": True}),
    (
        tokens.MODEL_SERVING,
        {"config": {"servedEntities": [{"workloadSize": "Medium", "scaleToZeroEnabled": True}]}},
    ),
    (tokens.PRIVATE_ENDPOINT, {"location": "eastus2"}),
    (tokens.STORAGE_ACCOUNT, {"location": "eastus2", "sku": {"name": "Standard_ZRS"}}),
    (tokens.LOG_ANALYTICS, {"location": "eastus2", "retentionInDays": 90}),
    (tokens.VNET, {"location": "eastus2"}),
]


def measure() -> list[Result]:
    """Each run estimates the whole stack anew; imports and the price book are loaded before."""
    prices = book.load()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        file.write_text(json.dumps(_state()))
        resources = snapshot.load(file).managed()
        if len(bill.estimate(resources, prices, Assumptions()).problems):
            raise RuntimeError("a resource of the benchmark has no price")
        seconds = medians(
            {
                "reading the state": _clocked(lambda: snapshot.load(file).managed()),
                "estimate": _clocked(lambda: bill.estimate(resources, prices, Assumptions())),
            },
            runs=RUNS,
        )
    baseline, subject = seconds.values()
    return [
        Result(
            f"estimate of {RESOURCES:,} resources ÷ {_SECONDS} s",
            subject / _SECONDS,
            1.0,
            baseline,
        ),
        Result(
            f"estimate of {RESOURCES:,} resources ÷ reading them from a state file",
            subject / baseline,
            _RATIO,
            baseline,
        ),
    ]


def _clocked(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        # Processor time: a tenth of a second is soon doubled by what else the machine does.
        started = time.process_time()
        work()
        return time.process_time() - started

    return run


def _state() -> dict[str, Any]:
    """A state with as many of each kind; the tags and outputs of real ones make it as large."""
    tags = {"env": "prod", "owner": "ml-platform", "cost-center": "cc-1003", "project": "mlops"}
    resources: list[dict[str, Any]] = []
    for number in range(RESOURCES):
        token, props = _KINDS[number % len(_KINDS)]
        inputs = {**props, "tags": tags}
        resources.append(
            {
                "urn": f"urn:pulumi:prod::mlops::{token}::it-{number}",
                "custom": True,
                "id": f"{number}",
                "type": token,
                "inputs": inputs,
                "outputs": {**inputs, "id": f"{number}"},
            }
        )
    return {"version": 3, "deployment": {"resources": resources}}
