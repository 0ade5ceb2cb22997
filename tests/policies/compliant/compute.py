"""Compute and serving of the compliant stack."""

from __future__ import annotations

import json
from typing import Any

from policies import tokens
from tests.policies.compliant.common import PAIRS, TAGS
from tests.policies.harness import Item


def policy_definition(**changes: Any) -> str:
    """A jobs-capable interactive cluster policy; a change of ``None`` removes the attribute."""
    attributes: dict[str, Any] = {
        "cluster_type": {"type": "fixed", "value": "all-purpose"},
        "dbus_per_hour": {"type": "range", "maxValue": 100},
        "autotermination_minutes": {"type": "range", "minValue": 10, "maxValue": 30},
        "node_type_id": {"type": "allowlist", "values": ["Standard_D16ds_v5"]},
        "driver_node_type_id": {"type": "fixed", "value": "Standard_D16ds_v5"},
        "autoscale.max_workers": {"type": "range", "maxValue": 16},
        "num_workers": {"type": "forbidden"},
        "spark_version": {"type": "fixed", "value": "17.3.x-cpu-ml-scala2.13"},
        "data_security_mode": {"type": "fixed", "value": "USER_ISOLATION"},
        **{f"custom_tags.{key}": {"type": "fixed", "value": item} for key, item in TAGS.items()},
    }
    attributes |= changes
    return json.dumps({key: value for key, value in attributes.items() if value is not None})


def parts() -> list[Item]:
    endpoint = {
        "name": "churn",
        "config": {
            "servedEntities": [
                {"name": "blue", "scaleToZeroEnabled": False},
                {"name": "green", "scaleToZeroEnabled": True},
            ],
            "trafficConfig": {
                "routes": [
                    {"servedModelName": "blue", "trafficPercentage": 90},
                    {"servedModelName": "green", "trafficPercentage": 10},
                ]
            },
        },
        "tags": [
            *PAIRS,
            {"key": "model-owner", "value": "growth"},
            {"key": "risk-tier", "value": "limited"},
        ],
    }
    pool = {
        "idleInstanceAutoterminationMinutes": 30,
        "minIdleInstances": 0,
        "maxCapacity": 64,
        "customTags": TAGS,
    }
    cluster = {"autoterminationMinutes": 30, "policyId": "ABC", "customTags": TAGS}
    settings = {"maxTokenLifetimeDays": "30", "enableTokensConfig": "true"}
    return [
        Item(tokens.WORKSPACE_CONF, "conf", {"customConfig": settings}),
        Item(tokens.CLUSTER_POLICY, "policy", {"definition": policy_definition()}),
        Item(tokens.INSTANCE_POOL, "pool", pool),
        Item(tokens.CLUSTER, "cluster", cluster),
        Item(tokens.JOB, "job", {"tags": TAGS}),
        Item(tokens.SQL_ENDPOINT, "warehouse", {"tags": {"customTags": PAIRS}}),
        Item(tokens.PIPELINE, "pipeline", {"tags": TAGS}),
        Item(tokens.MODEL_SERVING, "endpoint", endpoint),
    ]
