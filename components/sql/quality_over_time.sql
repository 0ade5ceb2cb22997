-- Nulls and distinct values per column and time window, as a data-quality monitor measured them.
--
-- Columns: https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/data-quality-monitoring/data-profiling/monitor-output
-- slice_key is NULL in the rows about the whole table; INPUT ones are about it, not its baseline.
SELECT
  profile.window.start AS time,
  profile.column_name AS column_name,
  profile.percent_null AS percent_null,
  profile.percent_distinct AS percent_distinct,
  profile.count AS row_count
FROM IDENTIFIER(:profile_table) AS profile
WHERE profile.slice_key IS NULL
  AND profile.log_type = 'INPUT'
  AND profile.column_name <> ':table'
  AND profile.window.start >= date_sub(current_date(), CAST(:days AS INT))
