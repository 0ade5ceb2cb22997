"""The system tables that the queries read, with their documented columns and nothing else.

Queries name tables by these keys; a test makes real tables of exactly these columns and runs every
query on them, so a column that is not documented fails there and not in an audit.
Structs that no query reads are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEARN = "https://learn.microsoft.com/azure/databricks"
_INFORMATION_SCHEMA = f"{_LEARN}/sql/language-manual/information-schema"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A documented table."""

    name: str
    source: str
    """The page that documents it."""
    retained_days: int | None
    """How long Databricks keeps its rows; None: as long as the object exists."""
    columns: Mapping[str, str]
    """Type of each column, in Spark's words."""


def _columns(text: str) -> dict[str, str]:
    pairs = (line.strip().split(" ", 1) for line in text.strip().splitlines())
    return {name: kind for name, kind in pairs}  # noqa: C416 - dict() loses the pairs' types


_LINEAGE = """
account_id STRING
metastore_id STRING
workspace_id STRING
entity_type STRING
entity_id STRING
entity_run_id STRING
source_table_full_name STRING
source_table_catalog STRING
source_table_schema STRING
source_table_name STRING
source_path STRING
source_type STRING
target_table_full_name STRING
target_table_catalog STRING
target_table_schema STRING
target_table_name STRING
target_path STRING
target_type STRING
created_by STRING
event_time TIMESTAMP
event_date DATE
record_id STRING
event_id STRING
statement_id STRING
"""
_TABLES = (
    Table(
        name="system.access.audit",
        source=f"{_LEARN}/admin/system-tables/audit-logs",
        retained_days=365,
        columns=_columns("""
account_id STRING
workspace_id STRING
version STRING
event_time TIMESTAMP
event_date DATE
source_ip_address STRING
user_agent STRING
session_id STRING
user_identity STRUCT<email: STRING, subject_name: STRING>
service_name STRING
action_name STRING
request_id STRING
request_params MAP<STRING, STRING>
response STRUCT<status_code: INT, error_message: STRING, result: STRING>
audit_level STRING
event_id STRING
identity_metadata STRUCT<run_by: STRING, run_as: STRING>
"""),
    ),
    Table(
        name="system.access.table_lineage",
        source=f"{_LEARN}/admin/system-tables/lineage",
        retained_days=395,
        columns=_columns(_LINEAGE),
    ),
    Table(
        name="system.access.column_lineage",
        source=f"{_LEARN}/admin/system-tables/lineage",
        retained_days=395,
        columns=_columns(_LINEAGE + "source_column_name STRING\ntarget_column_name STRING"),
    ),
    Table(
        name="system.mlflow.experiments_latest",
        source=f"{_LEARN}/admin/system-tables/mlflow",
        retained_days=180,
        columns=_columns("""
account_id STRING
update_time TIMESTAMP
delete_time TIMESTAMP
experiment_id STRING
workspace_id STRING
name STRING
create_time TIMESTAMP
"""),
    ),
    Table(
        name="system.mlflow.runs_latest",
        source=f"{_LEARN}/admin/system-tables/mlflow",
        retained_days=180,
        columns=_columns("""
account_id STRING
update_time TIMESTAMP
delete_time TIMESTAMP
workspace_id STRING
run_id STRING
experiment_id STRING
created_by STRING
start_time TIMESTAMP
end_time TIMESTAMP
run_name STRING
status STRING
params MAP<STRING, STRING>
tags MAP<STRING, STRING>
"""),
    ),
    Table(
        name="system.serving.served_entities",
        source=f"{_LEARN}/ai-gateway/configure-ai-gateway-endpoints",
        retained_days=365,
        columns=_columns("""
served_entity_id STRING
account_id STRING
workspace_id STRING
created_by STRING
endpoint_name STRING
endpoint_id STRING
served_entity_name STRING
entity_type STRING
entity_name STRING
entity_version STRING
endpoint_config_version INT
task STRING
change_time TIMESTAMP
endpoint_delete_time TIMESTAMP
"""),
    ),
    Table(
        name="system.serving.endpoint_usage",
        source=f"{_LEARN}/ai-gateway/configure-ai-gateway-endpoints",
        retained_days=90,
        columns=_columns("""
account_id STRING
workspace_id STRING
client_request_id STRING
databricks_request_id STRING
requester STRING
status_code INT
request_time TIMESTAMP
input_token_count BIGINT
output_token_count BIGINT
input_character_count BIGINT
output_character_count BIGINT
usage_context MAP<STRING, STRING>
request_streaming BOOLEAN
served_entity_id STRING
"""),
    ),
    Table(
        name="inference_table",
        source=f"{_LEARN}/ai-gateway/inference-tables",
        retained_days=None,
        columns=_columns("""
databricks_request_id STRING
request_date DATE
client_request_id STRING
request_time TIMESTAMP
status_code INT
sampling_fraction DOUBLE
execution_duration_ms BIGINT
request STRING
response STRING
logging_error_codes ARRAY<STRING>
served_entity_id STRING
requester STRING
"""),
    ),
    Table(
        name="system.information_schema.catalog_privileges",
        source=f"{_INFORMATION_SCHEMA}/catalog_privileges",
        retained_days=None,
        columns=_columns("""
grantor STRING
grantee STRING
catalog_name STRING
privilege_type STRING
is_grantable STRING
inherited_from STRING
"""),
    ),
    Table(
        name="system.information_schema.schema_privileges",
        source=f"{_INFORMATION_SCHEMA}/schema_privileges",
        retained_days=None,
        columns=_columns("""
grantor STRING
grantee STRING
catalog_name STRING
schema_name STRING
privilege_type STRING
is_grantable STRING
inherited_from STRING
"""),
    ),
    Table(
        name="system.information_schema.table_privileges",
        source=f"{_INFORMATION_SCHEMA}/table_privileges",
        retained_days=None,
        columns=_columns("""
grantor STRING
grantee STRING
table_catalog STRING
table_schema STRING
table_name STRING
privilege_type STRING
is_grantable STRING
inherited_from STRING
"""),
    ),
    Table(
        name="system.information_schema.tables",
        source=f"{_INFORMATION_SCHEMA}/tables",
        retained_days=None,
        columns=_columns("""
table_catalog STRING
table_schema STRING
table_name STRING
table_type STRING
table_owner STRING
comment STRING
created TIMESTAMP
created_by STRING
last_altered TIMESTAMP
last_altered_by STRING
"""),
    ),
    Table(
        name="system.information_schema.table_tags",
        source=f"{_INFORMATION_SCHEMA}/table_tags",
        retained_days=None,
        columns=_columns("""
catalog_name STRING
schema_name STRING
table_name STRING
tag_name STRING
tag_value STRING
"""),
    ),
)
TABLES: Mapping[str, Table] = {table.name.rsplit(".", 1)[-1]: table for table in _TABLES}
"""By the last part of the name, which is also the marker that a statement uses."""


def names() -> dict[str, str]:
    """Each table's marker and its name on Databricks."""
    return {marker: table.name for marker, table in TABLES.items() if "." in table.name}
