-- Who changed what in one workspace and its catalogs, how often; reads and look-ups left out.
--
-- Columns: https://learn.microsoft.com/azure/databricks/admin/system-tables/audit-logs
-- Services: https://learn.microsoft.com/azure/databricks/admin/account-settings/audit-logs
-- Unity Catalog's events are the account's: workspace_id is 0 and request_params has the id.
SELECT
  audit.event_date AS event_date,
  audit.user_identity.email AS who,
  audit.service_name AS service,
  audit.action_name AS action,
  count(*) AS events
FROM system.access.audit AS audit
WHERE :workspace_id IN (audit.workspace_id, audit.request_params['workspace_id'])
  AND audit.service_name IN (
    'unityCatalog', 'serverlessRealTimeInference', 'jobs', 'clusterPolicies', 'secrets', 'accounts'
  )
  AND audit.action_name NOT LIKE 'get%'
  AND audit.action_name NOT LIKE 'list%'
  AND audit.action_name NOT LIKE 'generateTemporary%'
  AND audit.event_date >= date_sub(current_date(), CAST(:days AS INT))
GROUP BY ALL
