"""Which permission levels each kind of workspace object has.

https://github.com/databricks/terraform-provider-databricks/blob/main/permissions/permission_definitions.go
"""

from __future__ import annotations

from typing import NamedTuple

from sandbox.databricks import tokens


class Object(NamedTuple):
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


# A star marks the levels that let their holder manage the object.
_FILES = "CAN_READ CAN_RUN CAN_EDIT CAN_MANAGE*"
_SQL = "CAN_EDIT CAN_RUN CAN_MANAGE* CAN_READ CAN_VIEW"
_USE = "CAN_USE CAN_MANAGE*"
_ASK = "CAN_QUERY CAN_MANAGE*"
# property, name in the API, path in the API, levels
_PLAIN = (
    ("pipelineId", "pipelines", "pipelines", "CAN_VIEW CAN_RUN CAN_MANAGE* IS_OWNER*"),
    ("notebookId", "notebook", "notebooks", _FILES),
    ("notebookPath", "notebook", "notebooks", _FILES),
    ("directoryId", "directory", "directories", _FILES),
    ("workspaceFileId", "file", "files", _FILES),
    ("workspaceFilePath", "file", "files", _FILES),
    ("repoId", "repo", "repos", _FILES),
    ("repoPath", "repo", "repos", _FILES),
    ("authorization", "tokens", "authorization", "CAN_USE* CAN_MANAGE*"),
    ("sqlDashboardId", "dashboard", "dbsql-dashboards", _SQL),
    ("sqlAlertId", "alert", "sql/alerts", _SQL),
    ("sqlQueryId", "query", "sql/queries", _SQL),
    ("dashboardId", "dashboard", "dashboards", _FILES),
    (
        "registeredModelId",
        "registered-model",
        "registered-models",
        "CAN_READ CAN_EDIT CAN_MANAGE_STAGING_VERSIONS CAN_MANAGE_PRODUCTION_VERSIONS CAN_MANAGE*",
    ),
    ("vectorSearchEndpointId", "vector-search-endpoints", "vector-search-endpoints", _USE),
    ("appName", "apps", "apps", _USE),
    ("databaseInstanceName", "database-instances", "database-instances", _USE),
    ("databaseProjectName", "database-projects", "database-projects", _USE),
    ("alertV2Id", "alertv2", "alertsv2", _FILES),
    ("knowledgeAssistantId", "knowledge-assistants", "knowledge-assistants", _ASK),
    ("supervisorAgentId", "supervisor-agents", "supervisor-agents", _ASK),
)
# the same, with the type that makes such objects and the output that the property refers to
_HELD = (
    (
        "clusterPolicyId",
        "cluster-policy",
        "cluster-policies",
        "CAN_USE*",
        tokens.CLUSTER_POLICY,
        "id",
    ),
    (
        "instancePoolId",
        "instance-pool",
        "instance-pools",
        "CAN_ATTACH_TO CAN_MANAGE*",
        tokens.INSTANCE_POOL,
        "id",
    ),
    (
        "clusterId",
        "cluster",
        "clusters",
        "CAN_ATTACH_TO CAN_RESTART CAN_MANAGE*",
        tokens.CLUSTER,
        "id",
    ),
    ("jobId", "job", "jobs", "CAN_VIEW CAN_MANAGE_RUN CAN_MANAGE* IS_OWNER*", tokens.JOB, "id"),
    ("directoryPath", "directory", "directories", _FILES, tokens.DIRECTORY, "path"),
    (
        "sqlEndpointId",
        "warehouses",
        "sql/warehouses",
        "CAN_USE CAN_MANAGE* CAN_MONITOR CAN_VIEW IS_OWNER*",
        tokens.SQL_ENDPOINT,
        "id",
    ),
    (
        "experimentId",
        "mlflowExperiment",
        "experiments",
        "CAN_READ CAN_EDIT CAN_MANAGE*",
        tokens.EXPERIMENT,
        "id",
    ),
    (
        "servingEndpointId",
        "serving-endpoint",
        "serving-endpoints",
        "CAN_VIEW CAN_QUERY CAN_MANAGE*",
        tokens.MODEL_SERVING,
        "servingEndpointId",
    ),
)


def _object(row: tuple[str, ...]) -> Object:
    field, kind, path, levels, token, key = (*row, "", "id") if len(row) == len(_PLAIN[0]) else row
    names = levels.split()
    return Object(
        field=field,
        type=kind,
        path=path,
        levels=frozenset(name.rstrip("*") for name in names),
        manages=frozenset(name.rstrip("*") for name in names if name.endswith("*")),
        token=token,
        key=key,
    )


OBJECTS: dict[str, Object] = {row[0]: _object(row) for row in (*_HELD, *_PLAIN)}
