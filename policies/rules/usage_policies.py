"""Usage policies (budget policies, as the API still calls them): the tags of serverless compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import Deferred, Violation, elements, present, show
from policies.jobs import runs_serverless
from policies.model import UNKNOWN, dig
from policies.registry import BINDING_IN_PROD, EVERYWHERE, rule
from policies.rules.tags import required

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

# Newer APIs spell it usagePolicyId, older ones budgetPolicyId; several take both.
_NAMES = ("usagePolicyId", "budgetPolicyId")


@rule(
    "cost-20-serverless-usage-policy",
    title="Serverless compute is billed under a usage policy",
    severity="medium",
    rationale="Serverless compute has no clusters to tag: without a policy its spend belongs to "
    "whoever comes first in the alphabet.",
    remediation="Set budgetPolicyId or usagePolicyId to the environment's policy.",
    types=[
        tokens.JOB,
        tokens.MODEL_SERVING,
        tokens.PIPELINE,
        tokens.VECTOR_SEARCH,
        tokens.APP,
        tokens.DATABASE_INSTANCE,
    ],
    levels=BINDING_IN_PROD,
)
def serverless_usage_policy(resource: Resource, _config: Config) -> Findings:
    """A policy that is created in the same update is not known yet, and passes."""
    serverless = _serverless(resource)
    if serverless is UNKNOWN:
        yield Deferred("serverless")
    elif serverless and not any(_set(resource.get(name)) for name in _NAMES):
        yield Violation(f"{' and '.join(_NAMES)} are not set; name the environment's policy")


def _set(value: Any) -> bool:
    return value is UNKNOWN or present(value)


def _serverless(resource: Resource) -> Any:
    if resource.type == tokens.JOB:
        return runs_serverless(resource)
    if resource.type == tokens.PIPELINE:
        return UNKNOWN if resource.get("serverless") is UNKNOWN else resource.get("serverless")
    return True


@rule(
    "cost-21-usage-policy-bound",
    title="A usage policy carries the required tags and serves the environment's workspace only",
    severity="medium",
    rationale="An unbound policy puts one environment's tags on another's spend.",
    remediation="Set bindingWorkspaceIds to the workspace, and customTags to the environment's.",
    types=[tokens.BUDGET_POLICY],
    levels=EVERYWHERE,
    config={"required": required()},
)
def usage_policy_bound(resource: Resource, config: Config) -> Findings:
    """A workspace that is created in the same update has an id that is not known yet."""
    bound = resource.get("bindingWorkspaceIds")
    if bound is not UNKNOWN and not bound:
        yield Violation(f"bindingWorkspaceIds is {show(bound)}; name the environment's workspace")
    tags = resource.get("customTags")
    if tags is UNKNOWN or any(dig(tag, "key") is UNKNOWN for tag in elements(tags)):
        yield Deferred("customTags")
        return
    given = {
        str(dig(tag, "key"))
        for tag in elements(tags)
        if dig(tag, "value") is UNKNOWN or present(dig(tag, "value"))
    }
    missing = [name for name in config["required"] if name not in given]
    if missing:
        yield Violation(f"customTags lacks {', '.join(missing)}; add them with a value")
