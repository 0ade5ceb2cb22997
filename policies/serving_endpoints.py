"""Serving endpoints of both kinds, and the entities they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies import tokens
from policies.clusters import blocks
from policies.model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.clusters import Block
    from policies.model import Resource

ENDPOINT_TYPES: Final = (tokens.MODEL_SERVING, tokens.PROVISIONED_THROUGHPUT)


def entities(resource: Resource) -> Iterator[Block]:
    """Every served entity with the path to it; the deprecated servedModels are judged by ML-04."""
    path = "config.servedEntities"
    return blocks(resource.get(path), path, "entity")


def is_external(entity: Block) -> bool:
    """Whether another provider runs the model."""
    return entity.props is not UNKNOWN and entity.get("externalModel") is not None


def inference_table(resource: Resource) -> Any:
    """Full name of the table that records requests: UNKNOWN, or None where there is none.

    https://learn.microsoft.com/azure/databricks/ai-gateway/inference-tables
    """
    parts = [
        resource.get(f"aiGateway.inferenceTableConfig.{key}")
        for key in ("catalogName", "schemaName", "tableNamePrefix")
    ]
    enabled = resource.get("aiGateway.inferenceTableConfig.enabled")
    if UNKNOWN in (enabled, *parts):
        return UNKNOWN
    if enabled is not True:
        return None
    catalog, schema, prefix = parts
    return f"{catalog}.{schema}.{prefix or resource.get('name')}_payload"
