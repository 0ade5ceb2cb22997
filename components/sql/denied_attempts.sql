-- Requests to one workspace that were refused within the last hours: one row.
--
-- Columns: https://learn.microsoft.com/azure/databricks/admin/system-tables/audit-logs
-- event_date is what the table is laid out by; it spares reading the rest.
-- Unity Catalog's events are the account's: workspace_id is 0 and request_params has the id.
SELECT count(*) AS denied
FROM system.access.audit AS audit
WHERE :workspace_id IN (audit.workspace_id, audit.request_params['workspace_id'])
  AND audit.response.status_code IN (401, 403)
  AND audit.event_date
    >= CAST(timestampadd(HOUR, -CAST(:hours AS INT), current_timestamp()) AS DATE)
  AND audit.event_time >= timestampadd(HOUR, -CAST(:hours AS INT), current_timestamp())
