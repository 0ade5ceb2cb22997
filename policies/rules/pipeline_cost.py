"""Lakeflow pipelines: what runs them, for how long, in which edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Deferred, Violation, elements, is_false, require
from policies.model import UNKNOWN
from policies.registry import ADVISED, Option, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config


@rule(
    "cost-27-pipeline-bounded",
    title="A pipeline runs on bounded compute, when asked to, in the edition it needs",
    severity="medium",
    rationale="A continuous pipeline never ends, one without clusters or serverless takes "
    "whatever it gets, and the default edition is the dearest.",
    remediation="Set serverless to true or describe its clusters, leave continuous off, and set "
    "development and edition as the environment decides.",
    types=[tokens.PIPELINE],
    levels=ADVISED,
    config={
        "development": Option(
            "What development must be: its cluster is kept for the next try, not for each run.",
            default=True,
            schema={"type": "boolean"},
            per_environment={"prod": False},
        ),
        "editions": Option(
            "What edition may be.",
            ["CORE", "PRO"],
            {"type": "array", "items": {"type": "string"}},
            {"prod": ["CORE", "PRO", "ADVANCED"]},
        ),
    },
)
def pipeline_bounded(resource: Resource, config: Config) -> Findings:
    """COST-05 to COST-09 judge the clusters themselves. Serverless has no edition."""
    serverless, described = resource.get("serverless"), resource.get("clusters")
    if serverless is UNKNOWN or described is UNKNOWN:
        yield Deferred("serverless")
    elif serverless is not True:
        if not elements(described):
            yield Violation("clusters is not set; describe them, or set serverless to true")
        editions: list[str] = config["editions"]
        yield from require(
            resource,
            "edition",
            lambda value: isinstance(value, str) and value.upper() in editions,
            f"use {' or '.join(editions)}",
            default="ADVANCED",
        )
    yield from require(resource, "continuous", is_false, "leave it off", default=False)
    wanted: bool = config["development"]
    yield from require(
        resource,
        "development",
        lambda value: value is wanted,
        f"set it to {str(wanted).lower()}",
        default=False,
    )
