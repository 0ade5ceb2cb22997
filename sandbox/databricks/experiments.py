"""MLflow experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import invalid, not_found
from sandbox.databricks.scope import home
from sandbox.databricks.values import digits, moment, prop, text
from sandbox.rules import Refusal, admit, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/mlflow_experiment"
NAMES = "https://learn.microsoft.com/azure/databricks/mlflow/experiments"
API = "https://docs.databricks.com/api/workspace/experiments/createexperiment"


def plain(path: str) -> str:
    """One spelling of a path: /Workspace stands before any path of the workspace or is left out."""
    return path.removeprefix("/Workspace").rstrip("/") or "/"


@admit(tokens.EXPERIMENT, source=NAMES)
def experiment_name_is_a_path(request: Request, _: Cloud) -> None:
    """An absolute path in the workspace."""
    name = text(request.inputs.get("name"))
    if not name.startswith("/") or "//" in name or name.endswith("/"):
        raise invalid(
            f"Got an invalid experiment name '{name}'. An experiment name must be an absolute "
            "path within the "
            "Databricks workspace. E.g. '/Users/<some-username>/my-experiment'.",
            "name",
        )


@admit(tokens.EXPERIMENT, source=API)
def experiment_has_a_parent(request: Request, cloud: Cloud) -> None:
    """The directory exists: one of the workspace's own, or one that was made."""
    parent = plain(text(request.inputs.get("name"))).rsplit("/", 1)[0] or "/"
    if parent not in directories(request, cloud):
        raise not_found(
            f"Parent directory {parent} does not exist. Create it with a Directory.", "name"
        )


def directories(request: Request, cloud: Cloud) -> set[str]:
    """The workspace's directories: its own, and what was made with those above it."""
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    made = {
        plain(text(prop(d, "path"))) for d in cloud.all(tokens.DIRECTORY) if home(d) in ("", here)
    }
    made |= {up for path in made for up in _above(path)}
    return {"/", "/Shared", "/Users", f"/Users/{scope.caller(request.provider)}"} | made


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(2, len(parts))]


@admit(tokens.EXPERIMENT, source=API)
def experiment_name_is_free(request: Request, cloud: Cloud) -> None:
    """Unique in the workspace."""
    name = plain(text(request.inputs.get("name")))
    if any(plain(text(prop(other, "name"))) == name for other in scope.neighbours(request, cloud)):
        raise Refusal("RESOURCE_ALREADY_EXISTS", f"Node named '{name}' already exists", prop="name")


@outputs(tokens.EXPERIMENT, source=DOC)
def experiment(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is a number; artifacts lie in the workspace's storage unless placed elsewhere."""
    key = scope.keep(request, "id", digits(16, "experiment", request.seed))
    then = scope.keep(request, "creationTime", moment(request.seed))
    return {
        "id": key,
        "experimentId": key,
        "artifactLocation": text(request.inputs.get("artifactLocation"))
        or f"dbfs:/databricks/mlflow-tracking/{key}",
        "lifecycleStage": "active",
        "creationTime": then,
        "lastUpdateTime": then,
        **scope.stamp(request, cloud),
    }


@outputs(
    tokens.DIRECTORY,
    source="https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/directory",
)
def directory(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """A directory's id is its path; the experiments of one workspace need it to be in that one."""
    path = text(request.inputs.get("path"))
    return {
        "id": path,
        "objectId": int(digits(15, path, request.seed)),
        "workspacePath": f"/Workspace{plain(path)}",
        **scope.stamp(request, cloud),
    }
