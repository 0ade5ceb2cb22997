"""What no resource says and every bill depends on: how much is used.

Each assumption is an option of the policy rules (COST-34 and COST-35), so its values stand in
``policies/config/<environment>.json`` and nowhere else; the command line reads them from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from policies.registry import Option

if TYPE_CHECKING:
    from collections.abc import Mapping


def _amount(
    description: str, dev: float, test: float, prod: float, *, most: float | None = None
) -> Any:
    """A field that is also a rule's option; its default is the dearest environment's."""
    schema: dict[str, Any] = {"type": "number", "minimum": 0}
    if most is not None:
        schema["maximum"] = most
    default = max(dev, test, prod)
    option = Option(description, default, schema, {"dev": dev, "test": test, "prod": prod})
    return field(default=default, metadata={"option": option})


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """Usage per month unless a description says otherwise; discounts in per cent."""

    cluster_hours: float = _amount(
        "Hours a month that a declared all-purpose cluster runs; 730 where it never ends itself.",
        60, 40, 20, most=730,
    )  # fmt: skip
    interactive_users: float = _amount(
        "People who start clusters of their own under an interactive cluster policy.", 5, 3, 2
    )
    interactive_hours: float = _amount(
        "Hours a month that each of them has a cluster running.", 40, 20, 10, most=730
    )
    job_policy_hours: float = _amount(
        "Hours a month of job clusters that teams' own jobs run under a jobs cluster policy.",
        20, 20, 60,
    )  # fmt: skip
    autoscale_percent: float = _amount(
        "Where between its least and its most an autoscaling resource runs on average.",
        50, 50, 50, most=100,
    )  # fmt: skip
    job_minutes: float = _amount(
        "Minutes of a job's run; less where its timeoutSeconds is less.", 30, 30, 30
    )
    unscheduled_runs: float = _amount(
        "Runs a month of a job that has no schedule, or waits for files or tables.", 10, 10, 10
    )
    serverless_dbus: float = _amount(
        "DBU per hour of a serverless task: Databricks chooses its size.", 4, 4, 8
    )
    pipeline_hours: float = _amount("Hours a month of a pipeline that is triggered.", 10, 10, 30)
    warehouse_hours: float = _amount(
        "Hours a month that a SQL warehouse runs; 730 where it never stops itself.",
        40, 40, 160, most=730,
    )  # fmt: skip
    serving_awake_percent: float = _amount(
        "Share of the month that an endpoint with scale-to-zero is awake.", 10, 10, 30, most=100
    )
    serving_launches: float = _amount("Starts a month of an endpoint from zero.", 60, 60, 60)
    vector_search_units: float = _amount("Units of a vector search endpoint.", 1, 1, 1)
    endpoint_gb: float = _amount("GB through each private endpoint, both ways.", 50, 50, 500)
    nat_gb: float = _amount("GB through each NAT gateway.", 100, 100, 500)
    firewall_gb: float = _amount("GB through each Azure Firewall.", 100, 100, 500)
    serverless_egress_gb: float = _amount(
        "GB that serverless compute exchanges with public addresses, per connectivity "
        "configuration.", 10, 10, 100,
    )  # fmt: skip
    log_gb_per_day: float = _amount(
        "GB a day into each Log Analytics workspace; less where its daily quota is less.",
        0.5, 0.5, 3,
    )  # fmt: skip
    storage_gb: float = _amount("GB in each storage account.", 200, 500, 5000)
    key_vault_operations: float = _amount(
        "Operations on each key vault, in ten thousands.", 2, 2, 20
    )
    discount_percent: float = _amount(
        "Negotiated discount on Databricks list prices (DBU); virtual machines are not in it.",
        0, 0, 0, most=100,
    )  # fmt: skip
    machine_discount_percent: float = _amount(
        "Discount on list prices of virtual machines on demand: negotiated, by a savings plan or "
        "by reservations; spot machines are not in it.",
        0, 0, 0, most=100,
    )  # fmt: skip

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Assumptions:
        """From options by their camelCase names; others are none of its business."""
        named = {item.name: camel(item.name) for item in fields(cls)}
        return cls(**{name: values[key] for name, key in named.items() if key in values})


def camel(name: str) -> str:
    """``cluster_hours`` as the options spell it."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def options() -> dict[str, Option]:
    """Every assumption as a rule's option."""
    return {camel(item.name): item.metadata["option"] for item in fields(Assumptions)}
