"""AI/BI dashboards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import exists, invalid
from sandbox.databricks.experiments import plain
from sandbox.databricks.values import conflicts, moment, prop, text
from sandbox.databricks.warehouses import need_warehouse
from sandbox.naming import digest
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = (
    "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/dashboard"
)
CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/dashboards/resource_dashboard.go"
API = "https://docs.databricks.com/api/workspace/lakeview/create"


@check(tokens.DASHBOARD, source=CODE)
def dashboard_has_one_content(request: Request) -> None:
    """Its text or a file; the text is a JSON object."""
    conflicts(request.inputs, ("serializedDashboard", "filePath"))
    content = request.inputs.get("serializedDashboard")
    if not isinstance(content, str):
        return
    try:
        found = "" if isinstance(json.loads(content), dict) else "it is no object"
    except json.JSONDecodeError as error:
        found = str(error)
    if found:
        message = f"serialized_dashboard is not a JSON object: {found}"
        raise Refusal("INVALID_INPUT", message, prop="serializedDashboard")


@check(tokens.DASHBOARD, source=DOC)
def dashboard_folder_is_a_path(request: Request) -> None:
    """A leading slash and no trailing one. A folder that is missing is made on the way."""
    path = request.inputs.get("parentPath")
    if isinstance(path, str) and (not path.startswith("/") or path.endswith("/")):
        raise invalid(
            f"parent_path '{path}' needs a leading slash and no trailing slash.", "parentPath"
        )


@admit(tokens.DASHBOARD, source=API)
def dashboard_has_a_warehouse(request: Request, cloud: Cloud) -> None:
    """The warehouse is in the workspace."""
    need_warehouse(request, cloud)


def _path(values: Mapping[str, Any]) -> str:
    return f"{plain(text(values.get('parentPath')))}/{text(values.get('displayName'))}.lvdash.json"


@admit(tokens.DASHBOARD, source=API)
def dashboard_name_is_free(request: Request, cloud: Cloud) -> None:
    """A folder holds one dashboard of a name."""
    path = _path(request.inputs)
    if any(_path(other.inputs) == path for other in scope.neighbours(request, cloud)):
        raise exists(f"Node named '{path.rsplit('/', 1)[1]}' already exists", "displayName")


@outputs(tokens.DASHBOARD, source=CODE)
def dashboard(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id has 32 hexadecimal digits; what the provider remembers is the content's digest."""
    import hashlib  # loads OpenSSL; a preview needs no digest

    key = scope.keep(request, "id", digest("dashboard", request.seed)[:32])
    content, then = text(request.inputs.get("serializedDashboard")), str(moment(request.seed))
    old = request.old
    return {
        "id": key,
        "dashboardId": key,
        "path": f"/Workspace{_path(request.inputs)}",
        "md5": hashlib.md5(content.encode(), usedforsecurity=False).hexdigest(),
        "etag": str(int(prop(old, "etag") or 0) + (old.inputs != request.inputs)) if old else "1",
        "lifecycleState": "ACTIVE",
        "embedCredentials": request.inputs.get("embedCredentials") is not False,
        "createTime": scope.keep(request, "createTime", then),
        "updateTime": scope.keep(request, "updateTime", then),
        **scope.stamp(request, cloud),
    }
