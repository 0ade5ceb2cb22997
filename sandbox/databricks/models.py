"""Registered models in Unity Catalog and their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, tokens
from sandbox.databricks.errors import invalid, not_found
from sandbox.databricks.values import given, guid, moment, prop, same, text
from sandbox.rules import admit, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/registered_model"
API = "https://docs.databricks.com/api/workspace/registeredmodels/create"
VERSIONS = "https://docs.databricks.com/api/workspace/modelversions/list"


def versions(cloud: Cloud, model: Record) -> list[Record]:
    """A model's versions, oldest first."""
    metastore = scope.home_metastore(model, cloud)
    found = [
        record
        for record in cloud.all(tokens.MODEL_VERSION)
        if same(_model_of(record), securables.full_name(model))
        and securables.in_metastore(model, cloud, metastore)
    ]
    return sorted(found, key=lambda record: int(str(prop(record, "version"))))


def _model_of(record: Record) -> str:
    return ".".join(text(prop(record, part)) for part in ("catalogName", "schemaName", "modelName"))


def need_model(cloud: Cloud, name: str, metastore: str, prop_name: str = "") -> Record:
    """The registered model of this full name; refuses in the API's words when there is none."""
    found = securables.find(cloud, tokens.REGISTERED_MODEL, name, metastore)
    if found is None:
        raise not_found(f"Routine or Model '{name}' does not exist.", prop_name)
    return found


# Registered ahead of the parents' rules, which need both names.
@admit(tokens.REGISTERED_MODEL, source=API)
def model_says_where_it_is(request: Request, _: Cloud) -> None:
    """The provider lets a model without catalog or schema through; the API does not."""
    for name in ("catalogName", "schemaName", "name"):
        if not given(request.inputs.get(name)):
            raise invalid(f"CreateRegisteredModel {name} must not be empty. Set {name}.", name)


@admit(tokens.MODEL_VERSION, source=VERSIONS)
def version_has_a_model(request: Request, cloud: Cloud) -> None:
    """A version is a positive number of a model that exists."""
    full = ".".join(text(request.inputs.get(p)) for p in ("catalogName", "schemaName", "modelName"))
    if not any(
        same(securables.full_name(model), full) for model in cloud.all(tokens.REGISTERED_MODEL)
    ):
        raise not_found(f"Routine or Model '{full}' does not exist.")
    if not str(request.inputs.get("version")).isdigit() or int(str(request.inputs["version"])) < 1:
        raise invalid(f"Model version {request.inputs.get('version')} is not a positive number.")


@outputs(tokens.MODEL_VERSION, source=VERSIONS)
def model_version(request: Request, _: Cloud) -> Mapping[str, Any]:
    """A version is ready when training ends."""
    full = ".".join(text(request.inputs.get(p)) for p in ("catalogName", "schemaName", "modelName"))
    return {"id": f"{full}/{request.inputs.get('version')}", "status": "READY"}


@outputs(tokens.REGISTERED_MODEL, source=DOC)
def registered_model(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the full name."""
    names = [text(request.inputs.get(n)).lower() for n in ("catalogName", "schemaName", "name")]
    key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    catalog = securables.find(cloud, tokens.CATALOG, names[0], key)
    root = text(prop(catalog, "storageLocation")) if catalog else ""
    asker = scope.caller(request.provider)
    then = scope.keep(request, "createdAt", moment(request.seed))
    return {
        "id": ".".join(names),
        "fullName": ".".join(names),
        "metastoreId": key,
        "storageLocation": text(request.inputs.get("storageLocation"))
        or scope.keep(request, "storageLocation", f"{root}/models/{guid('model', request.seed)}"),
        "owner": text(request.inputs.get("owner")) or scope.keep(request, "owner", asker),
        "createdAt": then,
        "createdBy": scope.keep(request, "createdBy", asker),
        "updatedAt": then,
        "updatedBy": asker,
        **scope.stamp(request, cloud),
    }
