-- What the platform's own jobs did to models, data and endpoints, as they recorded it.
--
-- Columns: workloads/src/company_ml/adapters/audit_delta.py, which makes the table
SELECT
  record.time AS time,
  record.actor AS actor,
  record.action AS action,
  record.object AS object,
  record.version AS version,
  record.outcome AS outcome
FROM IDENTIFIER(:audit_table) AS record
WHERE record.time >= date_sub(current_date(), CAST(:days AS INT))
