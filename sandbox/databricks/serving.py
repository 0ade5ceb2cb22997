"""Model serving endpoints: their name and what they serve. Routes are in traffic."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.databricks import models, scope, tokens
from sandbox.databricks.errors import exists, invalid, not_found
from sandbox.databricks.ownership import parents
from sandbox.databricks.privileges import caller
from sandbox.databricks.scope import metastore_key
from sandbox.databricks.values import (
    at,
    conflicts,
    digest,
    fields,
    given,
    given_of,
    items,
    prop,
    text,
)
from sandbox.rules import admit, check, function, outputs, sent_when_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Invocation, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/model_serving"
CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/serving/resource_model_serving.go"
API = "https://docs.databricks.com/api/workspace/servingendpoints/create"
LIMITS = "https://learn.microsoft.com/azure/databricks/machine-learning/model-serving/model-serving-limits"
WORKLOADS = "https://learn.microsoft.com/azure/databricks/machine-learning/model-serving/create-manage-serving-endpoints"

_NAME = r"[A-Za-z0-9_-]{1,63}"
_SIZES = ("Small", "Medium", "Large")
# The A10G types (GPU_MEDIUM, MULTIGPU_MEDIUM, GPU_MEDIUM_8) are of AWS alone.
_TYPES = ("CPU", "GPU_SMALL", "GPU_LARGE", "GPU_LARGE_2", "GPU_LARGE_4")
_MOST_ENTITIES = 15

# Update asks d.HasChange for each.
sent_when_changed(tokens.MODEL_SERVING, ("config", "tags", "aiGateway"), source=CODE)


def served(request: Request) -> list[dict[str, Any]]:
    """What an endpoint serves, in today's words, whichever of the two lists it stands in."""
    old_words = [
        {**model, "entityName": model.get("modelName"), "entityVersion": model.get("modelVersion")}
        for model in items(at(request.inputs, "config", "servedModels"))
    ]
    return [*items(at(request.inputs, "config", "servedEntities")), *old_words]


def served_name(entity: Mapping[str, Any]) -> str:
    """The name that routes refer to: the one given, else made of model and version."""
    model = text(entity.get("entityName")).rsplit(".", 1)[-1]
    return text(entity.get("name")) or f"{model}-{entity.get('entityVersion')}"


@check(tokens.MODEL_SERVING, source=CODE)
def endpoint_serves_in_one_way(request: Request) -> None:
    """Served entities or the old served models; a size or a provisioned concurrency."""
    conflicts(fields(request.inputs.get("config")), ("servedEntities", "servedModels"))
    for entity in served(request):
        for name in ("minProvisionedConcurrency", "maxProvisionedConcurrency"):
            conflicts(entity, ("workloadSize", name))


@admit(tokens.MODEL_SERVING, source=API)
def endpoint_name_is_valid_and_free(request: Request, cloud: Cloud) -> None:
    """1 to 63 letters, digits, hyphens and underscores, not Databricks' own, and unique."""
    name = text(request.inputs.get("name"))
    if not re.fullmatch(_NAME, name):
        raise invalid(
            f"Endpoint name '{name}' is invalid: 1 to 63 alphanumeric characters, dashes and "
            "underscores.",
            "name",
        )
    if name.startswith("databricks-"):  # said by WORKLOADS
        raise invalid(
            f"Endpoint name '{name}' is invalid: the prefix databricks- is Databricks' own.", "name"
        )
    if any(prop(other, "name") == name for other in scope.neighbours(request, cloud)):
        raise exists(f"Endpoint with name '{name}' already exists.")


@admit(tokens.MODEL_SERVING, source=LIMITS)
def entities_are_distinct(request: Request, _: Cloud) -> None:
    """At most fifteen, each with a name of its own."""
    names = [served_name(entity) for entity in served(request)]
    if len(names) > _MOST_ENTITIES:
        raise invalid(
            f"An endpoint serves at most {_MOST_ENTITIES} entities, not {len(names)}.", "config"
        )
    for name in names:
        if not re.fullmatch(_NAME, name):
            raise invalid(
                f"Served entity name '{name}' is invalid: letters, digits, dashes, underscores.",
                "config",
            )
        if names.count(name) > 1:
            raise invalid(
                f"Served entity names must be unique; '{name}' is used more than once.", "config"
            )


@admit(tokens.MODEL_SERVING, source=API)
def entities_name_a_version(request: Request, _: Cloud) -> None:
    """An external model, or an entity with its version."""
    for entity in served(request):
        if given(entity.get("externalModel")):
            own = given_of(entity, ("entityName", "entityVersion", "workloadSize", "workloadType"))
            if own:
                raise invalid(f"external_model cannot be combined with {', '.join(own)}.", "config")
            continue
        if not given(entity.get("entityName")):
            raise invalid("entity_name must be specified for a served entity.", "config")
        if not str(entity.get("entityVersion") or "").isdigit():
            raise invalid(
                f"entity_version must be specified for served entity {entity['entityName']}: the "
                "number of a model "
                "version.",
                "config",
            )


@admit(tokens.MODEL_SERVING, source=WORKLOADS)
def workloads_are_azures(request: Request, _: Cloud) -> None:
    """Sizes and types that Azure has."""
    for entity in served(request):
        for name, allowed in (("workloadSize", _SIZES), ("workloadType", _TYPES)):
            seen = text(entity.get(name))
            if seen and seen not in allowed:
                raise invalid(
                    f"{name} '{seen}' is not supported on Azure. Use {', '.join(allowed)}.",
                    "config",
                )


@admit(tokens.MODEL_SERVING, source=API)
def served_models_exist(request: Request, cloud: Cloud) -> None:
    """The model is registered in Unity Catalog, has the version, and the creator may execute it."""
    asker = caller(request, cloud) if served(request) else None
    for entity in served(request):
        name = text(entity.get("entityName"))
        if asker is None or given(entity.get("externalModel")):
            continue
        if name.count(".") != 2:  # noqa: PLR2004 - catalog.schema.model
            raise not_found(
                f"RegisteredModel '{name}' does not exist. Give the full name "
                "catalog.schema.model of a model in "
                "Unity Catalog.",
                "config",
            )
        model = models.need_model(cloud, name, metastore_key(asker.metastore), "config")
        version = str(entity.get("entityVersion"))
        if version not in {str(prop(v, "version")) for v in models.versions(cloud, model)}:
            raise not_found(
                f"Model version '{version}' of model '{name}' does not exist.", "config"
            )
        chain = parents(cloud, model)
        asker.need("USE_CATALOG", chain[-1])
        asker.need("USE_SCHEMA", *chain[1:])
        asker.need("EXECUTE", *chain)


@outputs(tokens.MODEL_SERVING, source=CODE)
def model_serving(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the name; permissions go by a second id of 32 hexadecimal digits."""
    name = text(request.inputs.get("name"))
    here = scope.workspace(request.provider, request.inputs, cloud)
    return {
        "id": name,
        "servingEndpointId": scope.keep(
            request, "servingEndpointId", digest("endpoint", request.seed)[:32]
        ),
        "endpointUrl": f"https://{prop(here, 'workspaceUrl')}/serving-endpoints/{name}/invocations",
        **scope.stamp(request, cloud),
    }


@function(
    tokens.GET_SERVING_ENDPOINTS,
    source="https://registry.terraform.io/providers/databricks/databricks/latest/docs/data-sources/serving_endpoints",
)
def get_serving_endpoints(invocation: Invocation, cloud: Cloud) -> Mapping[str, Any]:
    """The endpoints of the workspace that is asked."""
    here = scope.workspace_id(scope.workspace(invocation.provider, invocation.args, cloud))
    found = [
        {"name": prop(record, "name"), "id": prop(record, "servingEndpointId")}
        for record in cloud.all(tokens.MODEL_SERVING)
        if scope.home(record) == here
    ]
    return {**invocation.args, "id": here, "endpoints": found}
