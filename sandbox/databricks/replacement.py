"""What cannot be changed in place, beyond what the provider's schema of 1.106.0 told.

The table of facts (sandbox/databricks_facts.tsv) has what that schema marks as replacing; here
stands what the API fixes at create and what later versions of the provider mark.
"""

from __future__ import annotations

from sandbox.databricks import tokens
from sandbox.databricks.grants import SECURABLES
from sandbox.databricks.permission_levels import OBJECTS
from sandbox.rules import immutable

_DOCS = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources"

immutable(tokens.METASTORE, ("storageRoot", "region"), source=f"{_DOCS}/metastore")
immutable(
    tokens.METASTORE_ASSIGNMENT,
    ("metastoreId", "workspaceId"),
    source=f"{_DOCS}/metastore_assignment",
)
immutable(tokens.GROUP, ("externalId",), source=f"{_DOCS}/group")
immutable(tokens.GROUP_MEMBER, ("api", "groupId", "memberId"), source=f"{_DOCS}/group_member")
immutable(tokens.SERVICE_PRINCIPAL, ("applicationId",), source=f"{_DOCS}/service_principal")
immutable(tokens.NCC, ("name", "region"), source=f"{_DOCS}/mws_network_connectivity_config")
immutable(tokens.NCC_BINDING, ("workspaceId",), source=f"{_DOCS}/mws_ncc_binding")
immutable(
    tokens.NCC_RULE,
    ("endpointService", "groupId", "networkConnectivityConfigId", "resourceId"),
    source=f"{_DOCS}/mws_ncc_private_endpoint_rule",
)
immutable(
    tokens.PERMISSION_ASSIGNMENT,
    ("permissions", "principalId", "workspaceId"),
    source=f"{_DOCS}/mws_permission_assignment",
)
immutable(tokens.STORAGE_CREDENTIAL, ("name",), source=f"{_DOCS}/storage_credential")
immutable(tokens.EXTERNAL_LOCATION, ("name",), source=f"{_DOCS}/external_location")
immutable(
    tokens.CATALOG,
    ("connectionName", "providerName", "shareName", "storageRoot"),
    source=f"{_DOCS}/catalog",
)
# A renamed catalog keeps its id in the provider's state and is lost to it.
immutable(
    tokens.CATALOG, ("name",), source="https://github.com/pulumi/pulumi-databricks/issues/260"
)
immutable(tokens.SCHEMA, ("catalogName", "name", "storageRoot"), source=f"{_DOCS}/schema")
immutable(
    tokens.VOLUME,
    ("catalogName", "schemaName", "name", "storageLocation", "volumeType"),
    source=f"{_DOCS}/volume",
)
immutable(
    tokens.WORKSPACE_BINDING,
    ("bindingType", "catalogName", "securableName", "securableType", "workspaceId"),
    source=f"{_DOCS}/workspace_binding",
)
immutable(
    tokens.REGISTERED_MODEL,
    ("catalogName", "name", "schemaName", "storageLocation"),
    source=f"{_DOCS}/registered_model",
)
immutable(
    tokens.INSTANCE_POOL,
    (
        "awsAttributes", "azureAttributes", "diskSpec", "enableElasticDisk", "gcpAttributes",
        "instancePoolFleetAttributes", "nodeTypeFlexibility", "nodeTypeId", "preloadedDockerImages",
        "preloadedSparkVersions",
    ),
    source=f"{_DOCS}/instance_pool",
)  # fmt: skip
immutable(tokens.MODEL_SERVING, ("name", "routeOptimized"), source=f"{_DOCS}/model_serving")
immutable(tokens.CLUSTER, ("idempotencyToken",), source=f"{_DOCS}/cluster")
immutable(
    tokens.EXPERIMENT, ("artifactLocation", "traceLocation"), source=f"{_DOCS}/mlflow_experiment"
)

# Whatever the permissions and the grants are of: another object has another resource.
for _token, _fields in ((tokens.PERMISSIONS, OBJECTS), (tokens.GRANTS, SECURABLES)):
    immutable(_token, _fields, source=f"{_DOCS}/permissions")
