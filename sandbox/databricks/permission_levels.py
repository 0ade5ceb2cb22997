"""Which permission levels each kind of workspace object has.

https://github.com/databricks/terraform-provider-databricks/blob/main/permissions/permission_definitions.go
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.databricks import tokens


@dataclass(frozen=True)
class Object:
    """One kind of object: its property, its names in the API and in ids, its levels.

    Attributes:
        manages: The levels that let their holder manage the object.
        token: The type that makes such objects; empty where the sandbox holds none.
        key: The output that the property refers to; ``id`` for the resource's id.
    """

    field: str
    type: str
    path: str
    levels: frozenset[str]
    manages: frozenset[str]
    token: str = ""
    key: str = "id"


_MANAGE = frozenset({"CAN_MANAGE"})
_OWNED = frozenset({"CAN_MANAGE", "IS_OWNER"})


def _levels(*names: str) -> frozenset[str]:
    return frozenset(names)


_FILES = _levels("CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE")
_SQL = _levels("CAN_EDIT", "CAN_RUN", "CAN_MANAGE", "CAN_READ", "CAN_VIEW")
_USE = _levels("CAN_USE", "CAN_MANAGE")

OBJECTS: dict[str, Object] = {
    o.field: o
    for o in (
        Object(
            "clusterPolicyId", "cluster-policy", "cluster-policies", _levels("CAN_USE"), _levels("CAN_USE"),
            tokens.CLUSTER_POLICY,
        ),
        Object(
            "instancePoolId", "instance-pool", "instance-pools", _levels("CAN_ATTACH_TO", "CAN_MANAGE"), _MANAGE,
            tokens.INSTANCE_POOL,
        ),
        Object(
            "clusterId", "cluster", "clusters", _levels("CAN_ATTACH_TO", "CAN_RESTART", "CAN_MANAGE"), _MANAGE,
            tokens.CLUSTER,
        ),
        Object(
            "jobId", "job", "jobs", _levels("CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"), _OWNED,
            tokens.JOB,
        ),
        Object("pipelineId", "pipelines", "pipelines", _levels("CAN_VIEW", "CAN_RUN", "CAN_MANAGE", "IS_OWNER"), _OWNED),
        Object("notebookId", "notebook", "notebooks", _FILES, _MANAGE),
        Object("notebookPath", "notebook", "notebooks", _FILES, _MANAGE),
        Object("directoryId", "directory", "directories", _FILES, _MANAGE),
        Object("directoryPath", "directory", "directories", _FILES, _MANAGE, tokens.DIRECTORY, "path"),
        Object("workspaceFileId", "file", "files", _FILES, _MANAGE),
        Object("workspaceFilePath", "file", "files", _FILES, _MANAGE),
        Object("repoId", "repo", "repos", _FILES, _MANAGE),
        Object("repoPath", "repo", "repos", _FILES, _MANAGE),
        Object("authorization", "tokens", "authorization", _USE, _USE),
        Object(
            "sqlEndpointId", "warehouses", "sql/warehouses",
            _levels("CAN_USE", "CAN_MANAGE", "CAN_MONITOR", "CAN_VIEW", "IS_OWNER"), _OWNED, tokens.SQL_ENDPOINT,
        ),
        Object("sqlDashboardId", "dashboard", "dbsql-dashboards", _SQL, _MANAGE),
        Object("sqlAlertId", "alert", "sql/alerts", _SQL, _MANAGE),
        Object("sqlQueryId", "query", "sql/queries", _SQL, _MANAGE),
        Object("dashboardId", "dashboard", "dashboards", _levels("CAN_EDIT", "CAN_RUN", "CAN_MANAGE", "CAN_READ"), _MANAGE),
        Object(
            "experimentId", "mlflowExperiment", "experiments", _levels("CAN_READ", "CAN_EDIT", "CAN_MANAGE"),
            _MANAGE, tokens.EXPERIMENT,
        ),
        Object(
            "registeredModelId", "registered-model", "registered-models",
            _levels(
                "CAN_READ", "CAN_EDIT", "CAN_MANAGE_STAGING_VERSIONS", "CAN_MANAGE_PRODUCTION_VERSIONS", "CAN_MANAGE"
            ), _MANAGE,
        ),
        Object(
            "servingEndpointId", "serving-endpoint", "serving-endpoints",
            _levels("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"), _MANAGE, tokens.MODEL_SERVING, "servingEndpointId",
        ),
        Object("vectorSearchEndpointId", "vector-search-endpoints", "vector-search-endpoints", _USE, _MANAGE),
        Object("appName", "apps", "apps", _USE, _MANAGE),
        Object("databaseInstanceName", "database-instances", "database-instances", _USE, _MANAGE),
        Object("databaseProjectName", "database-projects", "database-projects", _USE, _MANAGE),
        Object("alertV2Id", "alertv2", "alertsv2", _levels("CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"), _MANAGE),
        Object("knowledgeAssistantId", "knowledge-assistants", "knowledge-assistants", _levels("CAN_QUERY", "CAN_MANAGE"), _MANAGE),
        Object("supervisorAgentId", "supervisor-agents", "supervisor-agents", _levels("CAN_QUERY", "CAN_MANAGE"), _MANAGE),
    )
}  # fmt: skip
