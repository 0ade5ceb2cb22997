"""What serving endpoints may cost: their size, and how often they may be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import (
    Deferred,
    Violation,
    between,
    elements,
    is_number,
    present,
    require_value,
)
from policies.model import UNKNOWN, dig
from policies.registry import BINDING_IN_PROD, EVERYWHERE, Option, integer, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_ENDPOINTS = (tokens.MODEL_SERVING, tokens.PROVISIONED_THROUGHPUT)
# Models that Databricks hosts and bills by the token.
# https://learn.microsoft.com/azure/databricks/machine-learning/foundation-model-apis/
_FOUNDATION = "system.ai."


def _entities(endpoint: Resource) -> Iterator[tuple[str, Any]]:
    for name in ("servedEntities", "servedModels"):
        value = endpoint.get(f"config.{name}")
        if value is UNKNOWN:
            yield f"config.{name}", UNKNOWN
        for index, entity in enumerate(elements(value)):
            yield f"config.{name}[{index}]", entity


@rule(
    "cost-18-serving-size",
    title="A serving endpoint has a size of the environment's, and GPUs only with approval",
    severity="high",
    rationale="A small CPU endpoint that stays awake costs 200 USD a month, a large one or one on "
    "an A100 thousands.",
    remediation="Set workloadSize and workloadType to allowed values, or bound the provisioned "
    "concurrency or throughput; tag an endpoint that needs GPUs with the approval.",
    types=_ENDPOINTS,
    levels=EVERYWHERE,
    config={
        "sizes": Option(
            "What workloadSize may be.",
            ["Small"],
            {"type": "array", "items": {"type": "string"}},
            {"prod": ["Small", "Medium"]},
        ),
        "maximumConcurrency": integer(
            "Most requests at a time, where provisioned concurrency stands for the size.",
            dev=4,
            test=4,
            prod=16,
        ),
        "maximumThroughput": integer(
            "Most provisioned tokens a second of a hosted model.", dev=0, test=0, prod=1000
        ),
        "maximumModelUnits": integer(
            "Most provisioned model units of a hosted model.", dev=0, test=0, prod=50
        ),
        "approvalTag": Option(
            "Tag that allows a GPU; its value says who approved.",
            "gpu-approved",
            {"type": "string"},
        ),
    },
)
def serving_size(resource: Resource, config: Config) -> Findings:
    """An external model runs elsewhere. Absent workloadType means CPU."""
    for path, entity in _entities(resource):
        if entity is UNKNOWN:
            yield Deferred(path)
        elif dig(entity, "externalModel") is None:
            yield from _size(path, entity, config)
            yield from _processor(path, entity, resource.get("tags"), config["approvalTag"])


def _size(path: str, entity: Any, config: Config) -> Findings:
    bounds = {
        "maxProvisionedConcurrency": config["maximumConcurrency"],
        "maxProvisionedThroughput": config["maximumThroughput"],
        "provisionedModelUnits": config["maximumModelUnits"],
    }
    bounded = [name for name in bounds if dig(entity, name) is not None]
    for name in bounded:
        yield from require_value(
            dig(entity, name),
            f"{path}.{name}",
            between(0, bounds[name]),
            f"set it to at most {bounds[name]}",
        )
    size = dig(entity, "workloadSize")
    if size is not None or not bounded:
        sizes: list[str] = config["sizes"]
        yield from require_value(
            size,
            f"{path}.workloadSize",
            lambda value: value in sizes,
            f"use {' or '.join(sizes)}",
        )


def _processor(path: str, entity: Any, tags: Any, approval: str) -> Findings:
    approved = any(
        dig(tag, "key") == approval and (dig(tag, "value") is UNKNOWN or present(dig(tag, "value")))
        for tag in elements(tags)
    )
    if not approved:
        yield from require_value(
            dig(entity, "workloadType"),
            f"{path}.workloadType",
            lambda value: value == "CPU",
            f"use CPU, or tag the endpoint with {approval}",
            default="CPU",
        )


@rule(
    "cost-19-serving-rate-limits",
    title="An endpoint that pays by the call or token limits how often it is called",
    severity="medium",
    rationale="A loop in one notebook otherwise spends the month's budget overnight.",
    remediation="Set aiGateway.rateLimits with calls or tokens a minute; the top-level rateLimits "
    "are deprecated.",
    types=_ENDPOINTS,
    levels=BINDING_IN_PROD,
)
def serving_rate_limits(resource: Resource, _config: Config) -> Findings:
    """An endpoint of models that run on its own compute is bounded by its size instead."""
    entities = [entity for _, entity in _entities(resource)]
    paying = resource.type == tokens.PROVISIONED_THROUGHPUT or any(map(_by_token, entities))
    if not paying:
        if UNKNOWN in entities:
            yield Deferred("config.servedEntities")
        return
    limits = resource.get("aiGateway.rateLimits")
    if limits is UNKNOWN:
        yield Deferred("aiGateway.rateLimits")
        return
    if not elements(limits):
        yield Violation("aiGateway.rateLimits is empty; limit the calls or tokens a minute")
    for index, limit in enumerate(elements(limits)):
        quantity = dig(limit, "tokens")
        yield from require_value(
            dig(limit, "calls") if quantity is None else quantity,
            f"aiGateway.rateLimits[{index}].calls",
            lambda value: is_number(value) and value >= 0,
            "set calls or tokens to a number",
        )


def _by_token(entity: Any) -> bool:
    name = dig(entity, "entityName")
    hosted = isinstance(name, str) and name.startswith(_FOUNDATION)
    return hosted or (entity is not UNKNOWN and dig(entity, "externalModel") is not None)
