-- Job runs of one workspace that ended badly within the last hours: one row.
--
-- Columns: https://learn.microsoft.com/azure/databricks/admin/system-tables/jobs
-- A long run has a row per hour; only its last one has a result.
SELECT count(DISTINCT run.run_id) AS failed_runs
FROM system.lakeflow.job_run_timeline AS run
WHERE run.workspace_id = :workspace_id
  AND run.run_type = 'JOB_RUN'
  AND run.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
  AND run.period_end_time >= timestampadd(HOUR, -CAST(:hours AS INT), current_timestamp())
