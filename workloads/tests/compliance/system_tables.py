"""System tables of an invented month, in real Delta tables of the documented shape."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from company_ml.compliance.queries import QUERIES
from company_ml.lineage.documented import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import SparkSession

SINCE, UNTIL = date(2026, 10, 1), date(2026, 11, 1)
MADE = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
QUIET = {date(2026, 10, 10), date(2026, 10, 11), date(2026, 10, 25)}
MODEL = "ml_models_catalog.production_models.churn"
FEATURES = "ml_prod_catalog.feature_store.customer_features"
ADA, BOB, BOT = "ada@example.com", "bob@example.com", "5f0c5a52-release-bot"


def ddl(marker: str) -> str:
    """A table's columns, as Spark takes them."""
    return ", ".join(f"{name} {kind}" for name, kind in TABLES[marker].columns.items())


def make(
    spark: SparkSession, database: str, rows: dict[str, list[dict[str, Any]]]
) -> dict[str, str]:
    """Every documented table that the report reads, with these rows; its name by marker."""
    # Delta's default of 50 is for logs of millions of files; here it is most of the time.
    spark.conf.set("spark.databricks.delta.snapshotPartitions", "1")
    names: dict[str, str] = {}
    for marker in sorted({marker for query in QUERIES for marker in query.reads}):
        table = TABLES[marker]
        names[marker] = f"{database}.{marker}"
        unknown = {key for row in rows.get(marker, []) for key in row} - set(table.columns)
        assert not unknown, f"{table.name} has no columns {unknown}"
        values = [tuple(row.get(name) for name in table.columns) for row in rows.get(marker, [])]
        if values:
            frame = spark.createDataFrame(values, ddl(marker)).coalesce(1)
            frame.write.format("delta").saveAsTable(names[marker])
        else:
            spark.sql(f"CREATE TABLE {names[marker]} ({ddl(marker)}) USING DELTA")
    return names


def audit(
    day: date, who: str, action: str, parameters: dict[str, str], *, status: int = 200,
    service: str = "unityCatalog", message: str | None = None, hour: int = 9,
) -> dict[str, Any]:  # fmt: skip
    """An audit event."""
    time = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return {
        "event_time": time, "event_date": day, "source_ip_address": "10.2.1.7",
        "user_identity": (who, None), "service_name": service, "action_name": action,
        "request_params": parameters, "response": (status, message, None),
        "event_id": f"{time.isoformat()}-{who}-{action}-{status}", "audit_level": "WORKSPACE_LEVEL",
        "identity_metadata": (None, who),
    }  # fmt: skip


def month() -> dict[str, list[dict[str, Any]]]:
    """What happened."""
    days = [SINCE + timedelta(n) for n in range((UNTIL - SINCE).days)]
    busy = [day for day in days if day not in QUIET]
    grant = json.dumps([{"principal": BOB, "add": ["SELECT"], "remove": []}])
    events = [
        *(audit(day, ADA, "getModelVersion", {"full_name_arg": MODEL, "version_arg": "1"})
          for day in busy),
        audit(busy[3], ADA, "createModelVersion",
              {"catalog_name": "ml_models_catalog", "schema_name": "production_models",
               "model_name": "churn", "source": "abfss://x"}),
        audit(busy[3], BOT, "setRegisteredModelAlias",
              {"full_name_arg": MODEL, "alias_arg": "champion", "version_num": "2"}, hour=10),
        audit(busy[4], ADA, "deleteModelVersion",
              {"full_name_arg": "sandbox.mine.toy", "version_arg": "9"}),
        audit(busy[5], BOB, "deleteModelVersion", {"full_name_arg": MODEL, "version_arg": "1"},
              status=403, message=f"PERMISSION_DENIED: {BOB} does not own '{MODEL}'"),
        audit(busy[6], ADA, "updatePermissions",
              {"securable_type": "TABLE", "securable_full_name": FEATURES, "changes": grant}),
        audit(busy[7], BOT, "updateServingEndpoint", {"name": "churn"},
              service="serverlessRealTimeInference"),
        audit(busy[7], BOT, "changeInferenceEndpointAcl", {"resourceId": "e1f2"},
              service="serverlessRealTimeInference", hour=10),
        audit(busy[8], "=cmd|'/c calc'!A1", "login", {}, service="accounts", status=401,
              message="<script>alert(1)</script>"),
        audit(SINCE - timedelta(1), ADA, "getModelVersion", {"full_name_arg": MODEL}),
        audit(UNTIL, ADA, "getModelVersion", {"full_name_arg": MODEL}),
    ]  # fmt: skip
    lineage = [
        {"created_by": ADA, "source_table_full_name": FEATURES,
         "target_table_full_name": "ml_prod_catalog.serving.scores", "event_id": f"e{n}",
         "event_date": day, "event_time": datetime(day.year, day.month, day.day, 6, tzinfo=UTC)}
        for n, day in enumerate(days)
    ]  # fmt: skip
    columns = [
        {**row, "source_column_name": "tenure", "target_column_name": "score"} for row in lineage
    ]
    entity = {"served_entity_id": "s1", "endpoint_name": "churn", "entity_name": MODEL}
    return {
        "audit": events,
        "table_lineage": lineage,
        "column_lineage": columns,
        "served_entities": [
            {**entity, "entity_version": "1", "endpoint_config_version": n,
             "change_time": datetime(2026, 9, n, tzinfo=UTC)} for n in (1, 2)
        ],
        "endpoint_usage": [
            {"served_entity_id": "s1", "requester": BOB, "status_code": 200 if n % 10 else 500,
             "request_time": datetime(day.year, day.month, day.day, 12, tzinfo=UTC)}
            for day in days for n in range(10)
        ],
        "runs_latest": [
            {"run_id": "r1", "experiment_id": "7", "workspace_id": "1", "created_by": ADA,
             "start_time": datetime(2026, 10, 4, tzinfo=UTC), "status": "FINISHED",
             "run_name": "fit"}
        ],
        "experiments_latest": [
            {"experiment_id": "7", "workspace_id": "1", "name": "/ml_experiments/prod/churn"}
        ],
        "table_privileges": [
            {"grantor": ADA, "grantee": BOB, "table_catalog": "ml_prod_catalog",
             "table_schema": "feature_store", "table_name": "customer_features",
             "privilege_type": "SELECT", "inherited_from": "NONE"},
            {"grantor": ADA, "grantee": "ml_engineers", "table_catalog": "ml_prod_catalog",
             "table_schema": "feature_store", "table_name": "customer_features",
             "privilege_type": "SELECT", "inherited_from": "CATALOG"},
        ],
        "schema_privileges": [  # the one view whose inherited_from may be null
            {"grantor": ADA, "grantee": "ml_engineers", "catalog_name": "ml_prod_catalog",
             "schema_name": "feature_store", "privilege_type": "MODIFY"},
        ],
        "catalog_privileges": [
            {"grantor": ADA, "grantee": "ml_engineers", "catalog_name": "ml_prod_catalog",
             "privilege_type": "SELECT", "inherited_from": "NONE"}
        ],
        "tables": [
            {"table_catalog": "ml_prod_catalog", "table_schema": "feature_store",
             "table_name": name, "table_type": "MANAGED", "table_owner": ADA}
            for name in ("customer_features", "forgotten")
        ],
        "table_tags": [
            {"catalog_name": "ml_prod_catalog", "schema_name": "feature_store",
             "table_name": "customer_features", "tag_name": "data_classification",
             "tag_value": "confidential"}
        ],
    }  # fmt: skip


def times(rows: Iterable[tuple[object, ...]]) -> list[object]:
    """The first column."""
    return [row[0] for row in rows]
