"""Model serving endpoints, as data. Compiled by components.serving_endpoint."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from settings.access import Role
from settings.base import Distinct, ModelName, Settings, matching
from settings.environment import TagValue
from settings.secrets import REFERENCE

ALL_TRAFFIC = 100
SECRET_NAME = re.compile(r"(?i)(secret|password|passwd|token|credential|api_?key|access_?key|sas)")

EndpointName = Annotated[
    str,
    # https://docs.databricks.com/api/workspace/servingendpoints/create
    matching(
        # https://learn.microsoft.com/azure/databricks/machine-learning/model-serving/create-manage-serving-endpoints
        r"(?!databricks-)[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?",
        "1 to 63 letters, digits, - or _, beginning and ending with a letter or digit and not with "
        "databricks-, for example churn",
    ),
]
VariableName = Annotated[
    str, matching(r"[A-Za-z_][A-Za-z0-9_]*", "an environment variable's name, for example LEVEL")
]
EntityName = Annotated[
    str,
    matching(
        r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}",
        "1 to 63 letters, digits, - or _, for example champion",
    ),
]


def _no_plain_secret(variables: dict[str, str]) -> dict[str, str]:
    for name, value in variables.items():
        if "{{" in value and not REFERENCE.fullmatch(value):
            raise ValueError(
                f"{name} must be plain text or one reference, {{{{secrets/<scope>/<key>}}}}, "
                "without anything around it"
            )
        if SECRET_NAME.search(name) and not REFERENCE.fullmatch(value):
            raise ValueError(
                f"{name} looks like a secret in plain text; put it into a secret scope and "
                f"write {{{{secrets/<scope>/<key>}}}} here"
            )
    return variables


class ServedEntitySettings(Settings):
    """One model version behind an endpoint."""

    name: EntityName
    """Name of the entity within the endpoint, as traffic and metrics show it."""
    model: ModelName
    """Registered model, three-part."""
    version: Annotated[
        str, matching(r"[1-9][0-9]{0,17}", "a version number in quotes, for example '3'")
    ]
    """Version of the model. While it does not exist, the endpoint waits."""
    traffic_percent: Annotated[int, Field(ge=0, le=ALL_TRAFFIC)]
    """Share of requests. Over all entities of the endpoint these sum to 100."""
    workload_type: Literal["CPU", "GPU_SMALL", "GPU_LARGE"] = "CPU"
    """What it computes on: processors, an NVIDIA T4 (small) or an A100 (large)."""
    workload_size: Literal["Small", "Medium", "Large"] = "Small"
    """Concurrency range: Small up to 4 requests at a time, Medium 8 to 16, Large 16 to 64."""
    scale_to_zero: bool
    """Whether an idle entity stops. The next request then waits for a cold start."""
    environment: Annotated[dict[VariableName, str], AfterValidator(_no_plain_secret)] = {}
    """Environment variables. Secrets only as {{secrets/<scope>/<key>}}."""


class EndpointSettings(Settings):
    """One serving endpoint."""

    name: EndpointName
    """Endpoint name, part of its URL. Replaces the endpoint."""
    model_owner: TagValue
    """Who answers for the model."""
    risk_tier: Literal["minimal", "limited", "high"]
    """Risk class of the model's use."""
    release: Literal["settings", "controller"] = "settings"
    """Who decides what the endpoint serves and how its traffic is divided: these settings, or the
    release job from the endpoint's creation on. With `controller`, entities are what a new endpoint
    starts with and are not looked at again."""
    entities: Annotated[tuple[ServedEntitySettings, ...], Field(min_length=1)]
    inference_log_schema: Annotated[
        str, matching(r"[a-z_][a-z0-9_]*", "a schema of the environment's catalog")
    ]
    """Schema of the environment's catalog that receives the inference table."""
    inference_log_prefix: Annotated[
        str,
        # With the endpoint's name and _payload it is a table's name, of at most 255 characters.
        matching(
            r"[a-z_][a-z0-9_]{0,179}",
            "a table name prefix of at most 180 characters, for example inference_logs_",
        ),
    ] = "inference_logs_"
    """Prefix of the inference table's name; the endpoint's name follows."""
    query_roles: Annotated[tuple[Role, ...], Distinct] = (Role.MODEL_CONSUMERS,)
    """Roles that may send requests."""

    @model_validator(mode="after")
    def _traffic_is_whole(self) -> Self:
        names = [entity.name for entity in self.entities]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"entities names {', '.join(repeated)} twice; give each its own name")
        total = sum(entity.traffic_percent for entity in self.entities)
        if total != ALL_TRAFFIC:
            raise ValueError(
                f"trafficPercent of endpoint {self.name} sums to {total}; "
                "change the shares so that they sum to 100"
            )
        return self


class ServingSettings(Settings):
    """The environment's serving endpoints."""

    endpoints: tuple[EndpointSettings, ...] = ()

    @model_validator(mode="after")
    def _endpoints_are_distinct(self) -> Self:
        names = [endpoint.name.lower() for endpoint in self.endpoints]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"endpoints names {', '.join(repeated)} twice; rename one of them")
        return self
