"""The predictions table and the statements that fill it from an inference table.

A Delta table that grows, and no view: a view would parse all JSON of a window again for every
question, could call no Python, and would lose what the inference table no longer keeps. A run takes
what came since the last one and the days before it once more, as the log is delivered late, and a
request's row may be there again; it is written once, so a run may be repeated or killed anywhere.
"""

from __future__ import annotations

COLUMNS = (
    "request_id STRING, row_number INT, databricks_request_id STRING, client_request_id STRING, "
    "request_time TIMESTAMP, request_date DATE, served_entity_id STRING, model STRING, "
    "model_version STRING, features MAP<STRING, STRING>, prediction STRING, answer STRING"
)
CREATE = f"""
CREATE TABLE IF NOT EXISTS IDENTIFIER(:predictions) ({COLUMNS})
USING DELTA CLUSTER BY (request_date)
"""
SINCE = """
SELECT CAST(date_sub(MAX(request_date), CAST(:overlap_days AS INT)) AS STRING) AS since
FROM IDENTIFIER(:predictions)
"""
PENDING = """
SELECT log.databricks_request_id, log.client_request_id, log.request_time, log.request_date,
  log.status_code, log.request, log.response, log.served_entity_id
FROM IDENTIFIER(:log) AS log
LEFT ANTI JOIN IDENTIFIER(:predictions) AS known
  ON known.databricks_request_id = log.databricks_request_id
  AND known.request_date >= CAST(:since AS DATE)
WHERE log.request_date >= CAST(:since AS DATE)
  AND (log.client_request_id IS NULL OR log.client_request_id NOT LIKE :own)
"""
"""Requests of which no row is in the table. All rows of a request are written at once."""
ENTITIES = """
SELECT entity.served_entity_id, MAX(entity.entity_name) AS model,
  MAX(entity.entity_version) AS model_version
FROM IDENTIFIER(:entities) AS entity GROUP BY entity.served_entity_id
"""
MERGE = """
MERGE INTO IDENTIFIER(:predictions) AS kept
USING {new} AS new
  ON kept.databricks_request_id = new.databricks_request_id AND kept.row_number = new.row_number
  AND kept.request_date = new.request_date
WHEN NOT MATCHED THEN INSERT *
"""
