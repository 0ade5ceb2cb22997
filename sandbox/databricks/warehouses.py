"""SQL warehouses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import exists, invalid, not_found
from sandbox.databricks.scope import home
from sandbox.databricks.values import between, guid, number, one_of, prop, text
from sandbox.naming import digest
from sandbox.rules import admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/sql_endpoint"
API = "https://docs.databricks.com/api/workspace/warehouses/create"
SIZES = (
    "2X-Small", "X-Small", "Small", "Medium", "Large", "X-Large", "2X-Large", "3X-Large",
    "4X-Large", "5X-Large",
)  # fmt: skip
_MOST_CLUSTERS, _SHORTEST_STOP, _SHORTEST_SERVERLESS_STOP, _LONGEST_NAME = 30, 10, 1, 100


def need_warehouse(request: Request, cloud: Cloud) -> None:
    """Refuse a request that names a warehouse which its workspace does not have."""
    named = text(request.inputs.get("warehouseId"))
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    if not any(each.id == named and home(each) == here for each in cloud.all(tokens.SQL_ENDPOINT)):
        raise not_found(f"SQL warehouse {named} does not exist.", "warehouseId")


@check(tokens.SQL_ENDPOINT, source=DOC)
def warehouse_is_well_formed(request: Request) -> None:
    """Sizes, types, policies and counts that the provider's schema knows."""
    inputs = request.inputs
    one_of(inputs.get("clusterSize"), SIZES, "clusterSize")
    one_of(inputs.get("warehouseType"), ("CLASSIC", "PRO"), "warehouseType")
    one_of(
        inputs.get("spotInstancePolicy"),
        ("COST_OPTIMIZED", "RELIABILITY_OPTIMIZED"),
        "spotInstancePolicy",
    )
    between(inputs.get("maxNumClusters"), 1, _MOST_CLUSTERS, "maxNumClusters")
    between(inputs.get("minNumClusters"), 1, _MOST_CLUSTERS, "minNumClusters")


@admit(tokens.SQL_ENDPOINT, source=API)
def warehouse_adds_up(request: Request, cloud: Cloud) -> None:
    """A free name, cluster counts in order, a stop time the API takes, PRO if serverless."""
    inputs = request.inputs
    name = text(inputs.get("name"))
    if not 1 <= len(name) < _LONGEST_NAME:
        raise invalid(f"The warehouse name must have 1 to {_LONGEST_NAME - 1} characters.", "name")
    if any(prop(other, "name") == name for other in scope.neighbours(request, cloud)):
        raise exists(f"Endpoint with name '{name}' already exists")
    least, most = (
        number(inputs.get("minNumClusters")) or 1,
        number(inputs.get("maxNumClusters")) or 1,
    )
    if least > most:
        raise invalid(
            f"min_num_clusters {least:g} is above max_num_clusters {most:g}.", "minNumClusters"
        )
    serverless = inputs.get("enableServerlessCompute") is True
    stop = number(inputs.get("autoStopMins"))
    soonest = _SHORTEST_SERVERLESS_STOP if serverless else _SHORTEST_STOP
    if stop and stop < soonest:
        raise invalid(
            f"auto_stop_mins must be 0 or at least {soonest}, not {stop:g}.", "autoStopMins"
        )
    if serverless and inputs.get("warehouseType") == "CLASSIC":
        raise invalid("A serverless warehouse must be of type PRO.", "warehouseType")


@outputs(tokens.SQL_ENDPOINT, source=DOC)
def sql_endpoint(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id has sixteen hexadecimal digits; connections go through it."""
    key = scope.keep(request, "id", digest("warehouse", request.seed)[:16])
    host = prop(scope.workspace(request.provider, request.inputs, cloud), "workspaceUrl")
    path = f"/sql/1.0/warehouses/{key}"
    return {
        "id": key,
        "sqlEndpointId": key,
        "creatorName": scope.keep(request, "creatorName", scope.caller(request.provider)),
        "state": "RUNNING",
        "numClusters": 1,
        "numActiveSessions": 0,
        "healths": [],
        "dataSourceId": scope.keep(request, "dataSourceId", guid("source", request.seed)),
        "enableServerlessCompute": request.inputs.get("enableServerlessCompute") is True,
        "jdbcUrl": f"jdbc:databricks://{host}:443/default;transportMode=http;ssl=1;httpPath={path};",
        "odbcParams": {"hostname": host, "path": path, "port": 443, "protocol": "https"},
        **scope.stamp(request, cloud),
    }
