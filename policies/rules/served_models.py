"""What an endpoint serves, and what is recorded of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import (
    Deferred,
    Violation,
    is_true,
    require,
    require_present,
    require_value,
    show,
    words,
)
from policies.model import UNKNOWN
from policies.permissions import access_controls
from policies.references import refers
from policies.registry import (
    ADVISED_IN_DEV,
    EVERYWHERE,
    NOT_IN_DEV,
    OFF_ADVISED_BINDING,
    Mappings,
    Option,
    rule,
)
from policies.serving_endpoints import ENDPOINT_TYPES, entities, is_external
from policies.verdicts import demand, some

if TYPE_CHECKING:
    from policies.clusters import Block
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_VERSION = re.compile(r"[1-9]\d*")
_PARTS = 3  # of a model's name in Unity Catalog
_FOUNDATION = "system.ai"
_INFERENCE = "aiGateway.inferenceTableConfig"


@rule(
    "ml-03-served-version-pinned",
    title="An endpoint serves one version of a model of its own environment",
    severity="high",
    rationale="A model of another stage has not passed this one's gates; without a version nobody "
    "can say what answered yesterday.",
    remediation="Set entityName to <catalog>.<schema>.<model> from the listed places and "
    "entityVersion to a number.",
    types=ENDPOINT_TYPES,
    levels=ADVISED_IN_DEV,
    config={
        "sources": Option(
            "Catalogs, or catalogs with schemas, that models may be served from.",
            ["ml_prod_catalog", "ml_models_catalog.production_models", _FOUNDATION],
            {"type": "array", "items": {"type": "string"}},
            {
                "dev": ["ml_dev_catalog", "ml_models_catalog", _FOUNDATION],
                "test": [
                    "ml_test_catalog",
                    "ml_models_catalog.candidate_models",
                    "ml_models_catalog.production_models",
                    _FOUNDATION,
                ],
            },
        )
    },
)
def served_version_pinned(resource: Resource, config: Config) -> Findings:
    """An external model has neither name nor version in Unity Catalog."""
    for entity in entities(resource):
        if is_external(entity):
            continue
        name = entity.get("entityName")
        path = entity.at("entityName")
        if name is UNKNOWN:
            yield Deferred(path)
        elif len(str(name or "").split(".")) != _PARTS:
            yield Violation(f"{path} is {show(name)}; name the model as <catalog>.<schema>.<model>")
        elif not any(
            str(name).casefold().startswith(f"{place.casefold()}.") for place in config["sources"]
        ):
            yield Violation(
                f"{path} is {show(name)}; serve a model from {', '.join(config['sources'])}"
            )
        yield from require_value(
            entity.get("entityVersion"),
            entity.at("entityVersion"),
            lambda value: _VERSION.fullmatch(str(value)) is not None,
            "set it to a version's number",
        )


@rule(
    "ml-04-no-served-models",
    title="An endpoint is written with servedEntities",
    severity="medium",
    rationale="servedModels is deprecated, and what reads only the new property overlooks it.",
    remediation="Replace config.servedModels by config.servedEntities.",
    types=ENDPOINT_TYPES,
    levels=EVERYWHERE,
)
def no_served_models(resource: Resource, _config: Config) -> Findings:
    """https://docs.databricks.com/api/azure/workspace/servingendpoints/create."""
    legacy = resource.get("config.servedModels")
    if legacy is UNKNOWN or resource.get("config") is UNKNOWN:
        yield Deferred("config.servedModels")
    elif legacy:
        yield Violation("config.servedModels is set; write config.servedEntities instead")


@rule(
    "ml-05-inference-table",
    title="Every request to an endpoint and its answer is recorded in a table",
    severity="high",
    rationale="Without the record there is neither monitoring nor an answer to what a model said.",
    remediation="Set aiGateway.inferenceTableConfig with enabled true; remove "
    "config.autoCaptureConfig.",
    types=ENDPOINT_TYPES,
    levels=OFF_ADVISED_BINDING,
    mappings=Mappings(sat=("GOV-44",)),
)
def inference_table_on(resource: Resource, _config: Config) -> Findings:
    """The older autoCaptureConfig can no longer be switched on.

    https://learn.microsoft.com/azure/databricks/machine-learning/model-serving/inference-tables
    """
    yield from require(resource, f"{_INFERENCE}.enabled", is_true, "set it to true")
    if resource.get(f"{_INFERENCE}.enabled") is True:
        for name in ("catalogName", "schemaName"):
            yield from require_present(resource, f"{_INFERENCE}.{name}", "say where the table lies")
    legacy = resource.get("config.autoCaptureConfig")
    if legacy is not None and legacy is not UNKNOWN:
        yield Violation(
            "config.autoCaptureConfig is set, which Databricks no longer supports; use aiGateway"
        )


@rule(
    "ml-06-usage-tracking",
    title="The use of an endpoint is tracked by caller",
    severity="medium",
    rationale="system.serving.endpoint_usage says who asked how much; it is how cost finds its "
    "owner.",
    remediation="Set aiGateway.usageTrackingConfig.enabled to true.",
    types=ENDPOINT_TYPES,
    levels=OFF_ADVISED_BINDING,
)
def usage_tracking(resource: Resource, _config: Config) -> Findings:
    """Off by default."""
    yield from require(resource, "aiGateway.usageTrackingConfig.enabled", is_true, "set it to true")


@rule(
    "ml-07-guardrails",
    title="An endpoint for a language model filters personal data and unsafe content",
    severity="medium",
    rationale="Users paste what they should not, and a model repeats what it has seen.",
    remediation="Set aiGateway.guardrails.input.pii.behavior to 'BLOCK' or 'MASK', and safety to "
    "true for input and output.",
    types=ENDPOINT_TYPES,
    levels=OFF_ADVISED_BINDING,
)
def guardrails(resource: Resource, _config: Config) -> Findings:
    """External models, foundation models and provisioned throughput; a classifier has no text."""
    served = list(entities(resource))
    throughput = resource.type == tokens.PROVISIONED_THROUGHPUT
    if not throughput and not any(_is_language_model(entity) for entity in served):
        if any(_may_be_language_model(entity) for entity in served):
            yield Deferred("config.servedEntities")
        return
    path = "aiGateway.guardrails"
    yield from require(
        resource,
        f"{path}.input.pii.behavior",
        words("BLOCK", "MASK"),
        "set it to 'BLOCK' or 'MASK'",
    )
    for side in ("input", "output"):
        yield from require(resource, f"{path}.{side}.safety", is_true, "set it to true")


def _is_language_model(entity: Block) -> bool:
    if entity.props is UNKNOWN:
        return False
    name = entity.get("entityName")
    return is_external(entity) or (
        isinstance(name, str) and name.casefold().startswith(f"{_FOUNDATION}.")
    )


def _may_be_language_model(entity: Block) -> bool:
    return entity.get("entityName") is UNKNOWN


@rule(
    "ml-15-endpoint-callers",
    title="Every serving endpoint says which group or service principal may query it",
    severity="high",
    rationale="Otherwise its creator alone may, and the next caller is given the creator's login.",
    remediation="Declare a Permissions with servingEndpointId and CAN_QUERY for the consumers.",
    types=[*ENDPOINT_TYPES, tokens.PERMISSIONS],
    levels=NOT_IN_DEV,
    scope="stack",
)
def endpoint_callers(stack: Stack, _config: Config) -> Findings:
    """Which identity an endpoint runs as, its creator's, is decided by who deploys."""
    permissions = [
        item for item in stack.all(tokens.PERMISSIONS) if item.get("servingEndpointId") is not None
    ]
    for endpoint in stack.all(*ENDPOINT_TYPES):
        own = endpoint.outputs.get("servingEndpointId")
        yield from demand(
            some(_may_query(item, endpoint, own) for item in permissions),
            "no Permissions lets anybody query it; declare one with CAN_QUERY for a group",
            "servingEndpointId",
            endpoint.urn,
        )


def _may_query(permissions: Resource, endpoint: Resource, own: object) -> bool | None:
    paired = refers(permissions, "servingEndpointId", endpoint, own)
    if paired is False:
        return False
    verdicts: set[bool | None] = set()
    for control in access_controls(permissions):
        level = control.get("permissionLevel")
        verdicts.add(None if level is UNKNOWN else words("CAN_QUERY")(level))
    if True in verdicts:
        return paired
    return None if None in verdicts else False
