"""Usage policies, which the API calls budget policies: the tags of serverless usage."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import exists, invalid, not_found
from sandbox.databricks.values import at, given, guid, items, prop, text
from sandbox.rules import admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

API = "https://docs.databricks.com/api/budget-policy/v1/create-budget-policy"
RESERVED = ("budget-policy-name", "budget-policy-id", "budget-policy-resolution-result")
_LONGEST_NAME, _MOST_TAGS, _LONGEST_KEY, _LONGEST_VALUE = 127, 20, 512, 256


@check(tokens.BUDGET_POLICY, source=API)
def usage_policy_is_named(request: Request) -> None:
    """1 to 127 characters of Latin-1, none of Databricks' own names."""
    name = request.inputs.get("policyName")
    if not isinstance(name, str):
        return
    latin = all(ord(character) < 256 for character in name)  # noqa: PLR2004 - ISO 8859-1
    if not 1 <= len(name) <= _LONGEST_NAME or not latin or name.startswith("databricks:"):
        raise invalid(
            f"policy_name '{name}' must have 1 to {_LONGEST_NAME} characters of ISO 8859-1 and not "
            "start with 'databricks:'.",
            "policyName",
        )


@check(tokens.BUDGET_POLICY, source=API)
def usage_tags_are_within_limits(request: Request) -> None:
    """At most 20 tags with unique keys, none of them reserved."""
    tags = items(request.inputs.get("customTags"))
    if len(tags) > _MOST_TAGS:
        raise invalid(f"{len(tags)} custom tags; the maximum is {_MOST_TAGS}.", "customTags")
    counts = Counter(tag["key"] for tag in tags if isinstance(tag.get("key"), str))
    for key, times in counts.items():
        if times > 1 or key in RESERVED or not 1 <= len(key) <= _LONGEST_KEY:
            raise invalid(
                f"The tag key '{key}' must be unique, have 1 to {_LONGEST_KEY} characters and be "
                f"none of {', '.join(RESERVED)}.",
                "customTags",
            )
    for tag in tags:
        if len(text(tag.get("value"))) > _LONGEST_VALUE:
            raise invalid(
                f"The value of tag '{tag.get('key')}' is longer than {_LONGEST_VALUE} characters.",
                "customTags",
            )


@admit(tokens.BUDGET_POLICY, source=API)
def usage_policy_is_new(request: Request, cloud: Cloud) -> None:
    """The name is given, and unique among the account's policies; the id is Databricks' to give."""
    name = text(request.inputs.get("policyName"))
    own = request.old.urn if request.old else ""
    if not name:
        raise invalid("policy_name must be provided.", "policyName")
    if given(request.inputs.get("policyId")):
        raise invalid("policy_id needs to be empty as it will be generated.", "policyId")
    others = (policy for policy in cloud.all(tokens.BUDGET_POLICY) if policy.urn != own)
    if any(prop(other, "policyName") == name for other in others):
        raise exists(f"A budget policy with the name '{name}' already exists.", "policyName")


@admit(tokens.MODEL_SERVING, source=API)
def usage_policy_serves_the_workspace(request: Request, cloud: Cloud) -> None:
    """The policy an endpoint names exists, and is bound to no other workspace."""
    key = text(request.inputs.get("budgetPolicyId"))
    if not key:
        return
    policies = {str(prop(policy, "policyId")): policy for policy in cloud.all(tokens.BUDGET_POLICY)}
    number = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    bound: Any = at(policies[key].inputs, "bindingWorkspaceIds") if key in policies else [0]
    if bound and number not in {str(item) for item in bound}:
        raise not_found(f"Budget policy '{key}' does not exist.", "budgetPolicyId")


@outputs(tokens.BUDGET_POLICY, source=API)
def usage_policy(request: Request, _: Cloud) -> Mapping[str, Any]:
    """The id is minted by Databricks."""
    key = scope.keep(request, "policyId", guid("usage-policy", request.seed))
    return {"id": key, "policyId": key}
