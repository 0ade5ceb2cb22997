-- The largest share of drifted columns that a drift job found within the last hours: one row.
--
-- Columns: https://learn.microsoft.com/azure/databricks/admin/system-tables/mlflow
-- Names: the workloads' drift job logs the metric drifted_share in runs of these two names.
SELECT coalesce(max(metric.metric_value), 0) AS drifted_share
FROM system.mlflow.run_metrics_history AS metric
JOIN system.mlflow.runs_latest AS run
  ON run.run_id = metric.run_id
WHERE run.workspace_id = :workspace_id
  AND run.run_name IN ('drift', 'prediction_drift')
  AND run.delete_time IS NULL
  AND metric.metric_name = 'drifted_share'
  AND run.start_time >= timestampadd(HOUR, -CAST(:hours AS INT), current_timestamp())
