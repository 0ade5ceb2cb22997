-- What the drift jobs found: per run the share of columns that drifted, and the verdict.
--
-- Columns: https://learn.microsoft.com/azure/databricks/admin/system-tables/mlflow
-- Names: the workloads' drift job logs metric, parameter and tag in runs of these two names.
SELECT
  run.start_time AS time,
  run.run_name AS kind,
  run.params['current'] AS judged,
  run.tags['verdict'] AS verdict,
  metric.metric_value AS drifted_share
FROM system.mlflow.run_metrics_history AS metric
JOIN system.mlflow.runs_latest AS run
  ON run.run_id = metric.run_id
WHERE run.workspace_id = :workspace_id
  AND run.run_name IN ('drift', 'prediction_drift')
  AND run.delete_time IS NULL
  AND metric.metric_name = 'drifted_share'
  AND run.start_time >= date_sub(current_date(), CAST(:days AS INT))
