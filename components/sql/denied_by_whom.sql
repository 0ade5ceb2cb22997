-- Refused requests to one workspace: who wanted what, how often, and the answer.
--
-- Columns: https://learn.microsoft.com/azure/databricks/admin/system-tables/audit-logs
-- Unity Catalog's events are the account's: workspace_id is 0 and request_params has the id.
SELECT
  audit.event_date AS event_date,
  audit.user_identity.email AS who,
  audit.service_name AS service,
  audit.action_name AS action,
  audit.response.status_code AS status,
  max(audit.response.error_message) AS answer,
  count(*) AS attempts
FROM system.access.audit AS audit
WHERE :workspace_id IN (audit.workspace_id, audit.request_params['workspace_id'])
  AND audit.response.status_code IN (401, 403)
  AND audit.event_date >= date_sub(current_date(), CAST(:days AS INT))
GROUP BY ALL
