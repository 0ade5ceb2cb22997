-- List cost of one workspace yesterday, in one currency: one row.
--
-- Columns: https://learn.microsoft.com/azure/databricks/admin/system-tables/billing
--          https://learn.microsoft.com/azure/databricks/admin/system-tables/pricing
-- Usage arrives with some hours' delay, so today's is never whole. On prices see cost_by_day.sql.
SELECT
  coalesce(
    sum(
      CAST(usage.usage_quantity AS DOUBLE) * CAST(price.pricing.effective_list.default AS DOUBLE)
    ),
    0
  ) AS cost
FROM system.billing.usage AS usage
LEFT JOIN system.billing.list_prices AS price
  ON price.sku_name = usage.sku_name
  AND price.cloud = usage.cloud
  AND price.usage_unit = usage.usage_unit
  AND price.currency_code = :currency
  AND usage.usage_end_time >= price.price_start_time
  AND (price.price_end_time IS NULL OR usage.usage_end_time < price.price_end_time)
WHERE usage.workspace_id = :workspace_id
  AND usage.cloud = 'AZURE'
  AND usage.usage_date = date_sub(current_date(), 1)
