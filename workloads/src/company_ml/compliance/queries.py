"""What the report asks, as data: statements over the documented system tables.

Every value is a parameter: ``:since`` and ``:until`` (dates, the second exclusive) and ``:scope``,
a regular expression for full names of models and tables. Audit events and their parameters:
https://learn.microsoft.com/azure/databricks/admin/account-settings/audit-logs
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_DAYS = "{table}.event_date >= CAST(:since AS DATE) AND {table}.event_date < CAST(:until AS DATE)"
_TIMES = "{column} >= CAST(:since AS TIMESTAMP) AND {column} < CAST(:until AS TIMESTAMP)"


class Kind(StrEnum):
    """What a query's rows are."""

    EVENTS = "events"
    """What happened in the period."""
    STANDING = "standing"
    """What is so when the report is made."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One section of the report."""

    name: str
    """Its file's name."""
    title: str
    explains: str
    statement: str
    reads: tuple[str, ...]
    """Markers of the tables it reads."""
    columns: tuple[str, ...]
    """What it answers."""
    people: tuple[str, ...] = ()
    """Columns that hold identities or addresses."""
    texts: tuple[str, ...] = ()
    """Columns in which identities may occur."""
    kind: Kind = Kind.EVENTS


MODEL_OPERATIONS = Query(
    name="model_operations",
    title="Model operations",
    explains="Who created, changed, moved the alias of, read or deleted which model version.",
    reads=("audit",),
    columns=("time", "who", "run_by", "action", "model", "version", "alias", "status", "address"),
    people=("who", "run_by", "address"),
    statement=f"""
SELECT event.time, event.who, event.run_by, event.action, event.model, event.version, event.alias,
  event.status, event.address
FROM (
  SELECT audit.event_time AS time, audit.user_identity.email AS who,
    audit.identity_metadata.run_by AS run_by, audit.action_name AS action,
    COALESCE(audit.request_params['full_name_arg'], audit.request_params['full_name'],
      CONCAT_WS('.', audit.request_params['catalog_name'], audit.request_params['schema_name'],
        COALESCE(audit.request_params['model_name'], audit.request_params['name']))) AS model,
    COALESCE(audit.request_params['version_arg'], audit.request_params['version'],
      audit.request_params['version_num']) AS version,
    COALESCE(audit.request_params['alias_arg'], audit.request_params['alias']) AS alias,
    audit.response.status_code AS status, audit.source_ip_address AS address
  FROM IDENTIFIER(:audit) AS audit
  WHERE {_DAYS.format(table="audit")} AND audit.service_name = 'unityCatalog'
    AND audit.action_name IN ('createRegisteredModel', 'updateRegisteredModel',
      'deleteRegisteredModel', 'createModelVersion', 'finalizeModelVersion', 'updateModelVersion',
      'deleteModelVersion', 'getModelVersion', 'getModelVersionByAlias',
      'getModelVersionDownloadUri', 'setRegisteredModelAlias', 'deleteRegisteredModelAlias',
      'generateTemporaryModelVersionCredential')
) AS event
WHERE event.model RLIKE :scope ORDER BY event.time, event.model
""",  # noqa: S608 - constants of this module
)
SERVING_OPERATIONS = Query(
    name="serving_operations",
    title="Serving operations",
    explains="Who created, changed or deleted which endpoint, or who may call it.",
    reads=("audit",),
    columns=("time", "who", "action", "endpoint", "status", "address"),
    people=("who", "address"),
    statement=f"""
SELECT audit.event_time AS time, audit.user_identity.email AS who, audit.action_name AS action,
  COALESCE(audit.request_params['name'], audit.request_params['resourceId']) AS endpoint,
  audit.response.status_code AS status,
  audit.source_ip_address AS address
FROM IDENTIFIER(:audit) AS audit
WHERE {_DAYS.format(table="audit")} AND audit.service_name = 'serverlessRealTimeInference'
  AND audit.action_name IN ('createServingEndpoint', 'updateServingEndpoint',
    'deleteServingEndpoint', 'changeInferenceEndpointAcl', 'updateInferenceEndpointRateLimits',
    'putInferenceEndpointAiGateway', 'enable', 'disable')
ORDER BY time, endpoint
""",  # noqa: S608 - constants of this module
)
SERVED = Query(
    name="served",
    title="Requests to served models",
    explains="Which version answered how many requests of whom, and how many failed.",
    reads=("endpoint_usage", "served_entities"),
    columns=("endpoint", "model", "version", "requester", "requests", "failures", "first", "last"),
    people=("requester",),
    statement=f"""
SELECT entity.endpoint_name AS endpoint, entity.entity_name AS model,
  entity.entity_version AS version, usage.requester, COUNT(*) AS requests,
  SUM(CASE WHEN usage.status_code >= 400 THEN 1 ELSE 0 END) AS failures,
  MIN(usage.request_time) AS first, MAX(usage.request_time) AS last
FROM IDENTIFIER(:endpoint_usage) AS usage
JOIN (SELECT DISTINCT served_entity_id, endpoint_name, entity_name, entity_version
      FROM IDENTIFIER(:served_entities)) AS entity
  ON entity.served_entity_id = usage.served_entity_id
WHERE {_TIMES.format(column="usage.request_time")} AND entity.entity_name RLIKE :scope
GROUP BY ALL ORDER BY endpoint, model, version, requests DESC, usage.requester
""",  # noqa: S608 - constants of this module
)
TRAINING = Query(
    name="training",
    title="Training runs",
    explains="Who ran what in which experiment, and how it ended.",
    reads=("runs_latest", "experiments_latest"),
    columns=("time", "who", "experiment", "run_name", "run_id", "status", "ended"),
    people=("who",),
    statement=f"""
SELECT run.start_time AS time, run.created_by AS who, experiment.name AS experiment, run.run_name,
  run.run_id, run.status, run.end_time AS ended
FROM IDENTIFIER(:runs_latest) AS run
LEFT JOIN IDENTIFIER(:experiments_latest) AS experiment
  ON experiment.experiment_id = run.experiment_id
  AND experiment.workspace_id = run.workspace_id
WHERE {_TIMES.format(column="run.start_time")}
ORDER BY time, run.run_id
""",  # noqa: S608 - constants of this module
)
DATA_ACCESS = Query(
    name="data_access",
    title="Data access",
    explains="Who read from and wrote to which table, as far as lineage is captured.",
    reads=("table_lineage",),
    columns=("who", "table_name", "operation", "events", "first", "last"),
    people=("who",),
    statement=f"""
SELECT access.who, access.table_name, access.operation, COUNT(DISTINCT access.event) AS events,
  MIN(access.time) AS first, MAX(access.time) AS last
FROM (
  SELECT lineage.created_by AS who, lineage.source_table_full_name AS table_name,
    'read' AS operation, lineage.event_time AS time, lineage.event_id AS event
  FROM IDENTIFIER(:table_lineage) AS lineage WHERE {_DAYS.format(table="lineage")}
  UNION ALL
  SELECT lineage.created_by, lineage.target_table_full_name, 'write', lineage.event_time,
    lineage.event_id
  FROM IDENTIFIER(:table_lineage) AS lineage WHERE {_DAYS.format(table="lineage")}
) AS access
WHERE access.table_name IS NOT NULL AND access.table_name RLIKE :scope
GROUP BY access.who, access.table_name, access.operation
ORDER BY access.table_name, access.operation, access.who
""",  # noqa: S608 - constants of this module
)
COLUMN_FLOWS = Query(
    name="column_flows",
    title="Column flows",
    explains="Which columns were made from which, and by whom last.",
    reads=("column_lineage",),
    columns=("source", "source_column", "target", "target_column", "events", "last", "last_by"),
    people=("last_by",),
    statement=f"""
SELECT lineage.source_table_full_name AS source, lineage.source_column_name AS source_column,
  lineage.target_table_full_name AS target, lineage.target_column_name AS target_column,
  COUNT(DISTINCT lineage.event_id) AS events, MAX(lineage.event_time) AS last,
  MAX_BY(lineage.created_by, lineage.event_time) AS last_by
FROM IDENTIFIER(:column_lineage) AS lineage
WHERE {_DAYS.format(table="lineage")} AND lineage.target_column_name IS NOT NULL
  AND (lineage.source_table_full_name RLIKE :scope OR lineage.target_table_full_name RLIKE :scope)
GROUP BY source, source_column, target, target_column
ORDER BY target, target_column, source, source_column
""",  # noqa: S608 - constants of this module
)
DENIED = Query(
    name="denied",
    title="Denied attempts",
    explains="Requests that were refused for want of a right or of a valid log-in.",
    reads=("audit",),
    columns=("time", "who", "service", "action", "object", "status", "message", "address"),
    people=("who", "address"),
    texts=("message", "object"),
    statement=f"""
SELECT audit.event_time AS time, audit.user_identity.email AS who, audit.service_name AS service,
  audit.action_name AS action,
  COALESCE(audit.request_params['full_name_arg'], audit.request_params['securable_full_name'],
    audit.request_params['name']) AS object,
  audit.response.status_code AS status, audit.response.error_message AS message,
  audit.source_ip_address AS address
FROM IDENTIFIER(:audit) AS audit
WHERE {_DAYS.format(table="audit")}
  AND (audit.response.status_code IN (401, 403)
    OR audit.response.error_message LIKE '%PERMISSION_DENIED%')
ORDER BY time, audit.event_id
""",  # noqa: S608 - constants of this module
)
GRANT_CHANGES = Query(
    name="grant_changes",
    title="Changes of grants",
    explains="Who gave or took which privileges on which securable.",
    reads=("audit",),
    columns=("time", "who", "securable_type", "securable", "changes", "status", "address"),
    people=("who", "address"),
    texts=("changes",),
    statement=f"""
SELECT audit.event_time AS time, audit.user_identity.email AS who,
  audit.request_params['securable_type'] AS securable_type,
  audit.request_params['securable_full_name'] AS securable,
  audit.request_params['changes'] AS changes, audit.response.status_code AS status,
  audit.source_ip_address AS address
FROM IDENTIFIER(:audit) AS audit
WHERE {_DAYS.format(table="audit")} AND audit.service_name = 'unityCatalog'
  AND audit.action_name = 'updatePermissions'
ORDER BY time, audit.event_id
""",  # noqa: S608 - constants of this module
)
PRIVILEGES = Query(
    name="privileges",
    title="Privileges today",
    explains="Who holds which privilege on which catalog, schema and table, inherited ones apart; "
    "as far as information_schema shows them to the identity that asks.",
    reads=("catalog_privileges", "schema_privileges", "table_privileges"),
    columns=("grantee", "privilege", "securable", "grantor"),
    people=("grantor",),
    texts=("grantee",),
    kind=Kind.STANDING,
    statement="""
SELECT held.grantee, held.privilege, held.securable, held.grantor
FROM (
  SELECT grantee, privilege_type AS privilege, catalog_name AS securable, grantor, inherited_from
  FROM IDENTIFIER(:catalog_privileges)
  UNION ALL
  SELECT grantee, privilege_type, CONCAT_WS('.', catalog_name, schema_name), grantor, inherited_from
  FROM IDENTIFIER(:schema_privileges)
  UNION ALL
  SELECT grantee, privilege_type, CONCAT_WS('.', table_catalog, table_schema, table_name), grantor,
    inherited_from
  FROM IDENTIFIER(:table_privileges)
) AS held
WHERE COALESCE(held.inherited_from, 'NONE') = 'NONE' AND CONCAT(held.securable, '.') RLIKE :scope
ORDER BY held.securable, held.grantee, held.privilege
""",
)
UNTAGGED = Query(
    name="untagged",
    title="Tables without a data classification",
    explains="Tables in scope that lack the tag data_classification.",
    reads=("tables", "table_tags"),
    columns=("table_name", "table_type", "owner", "created"),
    people=("owner",),
    kind=Kind.STANDING,
    statement="""
SELECT CONCAT_WS('.', listed.table_catalog, listed.table_schema, listed.table_name) AS table_name,
  listed.table_type, listed.table_owner AS owner, listed.created
FROM IDENTIFIER(:tables) AS listed
LEFT JOIN IDENTIFIER(:table_tags) AS tag
  ON tag.catalog_name = listed.table_catalog AND tag.schema_name = listed.table_schema
  AND tag.table_name = listed.table_name AND tag.tag_name = 'data_classification'
WHERE tag.tag_name IS NULL
  AND CONCAT_WS('.', listed.table_catalog, listed.table_schema, listed.table_name) RLIKE :scope
  AND listed.table_schema <> 'information_schema'
ORDER BY table_name
""",
)
QUERIES = (
    MODEL_OPERATIONS,
    SERVING_OPERATIONS,
    SERVED,
    TRAINING,
    DATA_ACCESS,
    COLUMN_FLOWS,
    DENIED,
    GRANT_CHANGES,
    PRIVILEGES,
    UNTAGGED,
)

DAILY = {
    "audit": f"""
SELECT CAST(audit.event_date AS STRING) AS day, COUNT(*) AS events
FROM IDENTIFIER(:audit) AS audit WHERE {_DAYS.format(table="audit")} GROUP BY day
""",  # noqa: S608 - constants of this module
    "table_lineage": f"""
SELECT CAST(lineage.event_date AS STRING) AS day, COUNT(*) AS events
FROM IDENTIFIER(:table_lineage) AS lineage WHERE {_DAYS.format(table="lineage")} GROUP BY day
""",  # noqa: S608 - constants of this module
    "endpoint_usage": f"""
SELECT CAST(CAST(usage.request_time AS DATE) AS STRING) AS day, COUNT(*) AS events
FROM IDENTIFIER(:endpoint_usage) AS usage
WHERE {_TIMES.format(column="usage.request_time")} GROUP BY day
""",  # noqa: S608 - constants of this module
}
"""Events a day of each stream, by the marker of its table: what coverage is judged on."""
