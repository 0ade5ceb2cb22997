"""All-purpose clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import compute, principals, scope, tokens
from sandbox.databricks.errors import invalid
from sandbox.databricks.values import digits, number, one_of, prop, text, texts
from sandbox.naming import digest
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/cluster"
CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/clusters/resource_cluster.go"
API = "https://docs.databricks.com/api/workspace/clusters/create"
MODES = "https://learn.microsoft.com/azure/databricks/compute/configure#access-modes"
_MOST_KEYS = 10


@check(tokens.CLUSTER, source=CODE)
def cluster_is_well_formed(request: Request) -> None:
    """What the provider's schema knows: conflicts, engines, counts."""
    compute.check_shape(request.inputs)
    one_of(request.inputs.get("runtimeEngine"), ("PHOTON", "STANDARD"), "runtimeEngine")
    workers = number(request.inputs.get("numWorkers"))
    if workers is not None and workers < 0:
        raise Refusal(
            "INVALID_INPUT",
            f"expected numWorkers to be at least (0), got {workers:g}",
            prop="numWorkers",
        )
    if len(texts(request.inputs.get("sshPublicKeys"))) > _MOST_KEYS:
        raise Refusal(
            "INVALID_INPUT", f"Too many sshPublicKeys: at most {_MOST_KEYS}.", prop="sshPublicKeys"
        )


@admit(tokens.CLUSTER, source=API)
def cluster_can_start(request: Request, cloud: Cloud) -> None:
    """Size, nodes, runtime, modes and policy fit together."""
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    compute.judge(request.inputs, here, cloud, "all-purpose")


@admit(tokens.CLUSTER, source=MODES)
def single_user_is_in_the_workspace(request: Request, cloud: Cloud) -> None:
    """A dedicated cluster's principal is one that the workspace knows."""
    name = text(request.inputs.get("singleUserName"))
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    if name and not principals.in_workspace(cloud, here, name, scope.caller(request.provider)):
        raise invalid(
            f"Single user name '{name}' does not exist in workspace {here}.", "singleUserName"
        )


@outputs(tokens.CLUSTER, source=DOC)
def cluster(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id holds the moment of creation; tags name vendor, creator, cluster and id."""
    asker = scope.caller(request.provider)
    key = scope.keep(request, "id", f"0101-{digits(6, request.seed)}-{digest(request.seed)[:8]}")
    here = scope.workspace(request.provider, request.inputs, cloud)
    name = text(request.inputs.get("clusterName"))
    node = text(request.inputs.get("nodeTypeId"))
    pool = cloud.get(
        text(request.inputs.get("instancePoolId")), tokens.INSTANCE_POOL, scope.workspace_id(here)
    )
    node = node or (text(prop(pool, "nodeTypeId")) if pool else "")
    return {
        "id": key,
        "clusterId": key,
        "state": "RUNNING",
        "nodeTypeId": node,
        "driverNodeTypeId": text(request.inputs.get("driverNodeTypeId")) or node,
        "driverInstancePoolId": text(request.inputs.get("driverInstancePoolId"))
        or text(request.inputs.get("instancePoolId")),
        "enableElasticDisk": request.inputs.get("enableElasticDisk") is True,
        "enableLocalDiskEncryption": request.inputs.get("enableLocalDiskEncryption") is True,
        "url": f"https://{prop(here, 'workspaceUrl')}/#setting/clusters/{key}/configuration",
        "defaultTags": {
            "Vendor": "Databricks",
            "Creator": asker,
            "ClusterName": name,
            "ClusterId": key,
        },
        **scope.stamp(request, cloud),
    }
