"""Cluster policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import exists, invalid
from sandbox.databricks.policy_language import validate
from sandbox.databricks.values import conflicts, given, number, prop, text
from sandbox.naming import digest
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/cluster_policy"
API = "https://docs.databricks.com/api/workspace/clusterpolicies/create"
LANGUAGE = "https://learn.microsoft.com/azure/databricks/admin/clusters/policy-definition"
FAMILIES = frozenset(
    {"personal-vm", "power-user", "job-cluster", "shared-compute", "shared-data-science"}
)
_LONGEST_NAME = 100


@check(tokens.CLUSTER_POLICY, source=DOC)
def policy_has_one_origin(request: Request) -> None:
    """An own definition or a family's; at least one cluster per user if limited."""
    inputs = request.inputs
    conflicts(inputs, ("definition", "policyFamilyId"))
    conflicts(inputs, ("definition", "policyFamilyDefinitionOverrides"))
    least = number(inputs.get("maxClustersPerUser"))
    if least is not None and least < 1:
        raise Refusal(
            "INVALID_INPUT",
            f"expected maxClustersPerUser to be at least (1), got {least:g}",
            prop="maxClustersPerUser",
        )


@admit(tokens.CLUSTER_POLICY, source=API)
def policy_name_is_free(request: Request, cloud: Cloud) -> None:
    """1 to 100 characters, unique in the workspace."""
    name = text(request.inputs.get("name"))
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise invalid(
            f"Policy name must have 1 to {_LONGEST_NAME} characters, not {len(name)}.", "name"
        )
    if any(prop(other, "name") == name for other in scope.neighbours(request, cloud)):
        raise exists(f"Policy with name '{name}' already exists")


@admit(tokens.CLUSTER_POLICY, source=LANGUAGE)
def definition_is_understood(request: Request, _: Cloud) -> None:
    """JSON of attributes, each with a known type and that type's fields."""
    family = text(request.inputs.get("policyFamilyId"))
    if family and family not in FAMILIES:
        raise invalid(
            f"Policy family '{family}' does not exist. Use {', '.join(sorted(FAMILIES))}."
        )
    if not family and not given(request.inputs.get("definition")):
        raise invalid(
            "Policy definition must not be empty. Set definition or policyFamilyId.", "definition"
        )
    for name in ("definition", "policyFamilyDefinitionOverrides"):
        if given(request.inputs.get(name)):
            validate(text(request.inputs.get(name)))


@outputs(tokens.CLUSTER_POLICY, source=DOC)
def cluster_policy(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id has sixteen hexadecimal digits."""
    key = scope.keep(request, "id", digest("policy", request.seed)[:16].upper())
    return {"id": key, "policyId": key, **scope.stamp(request, cloud)}
