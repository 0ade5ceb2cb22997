-- List cost per day, SKU and owner tag of one workspace, in one currency.
--
-- Columns: https://learn.microsoft.com/azure/databricks/admin/system-tables/billing
--          https://learn.microsoft.com/azure/databricks/admin/system-tables/pricing
-- * A SKU has a price per cloud and currency: without both conditions usage counts once for each.
-- * Corrections are further records with negative quantities; summing all of them is right.
-- * effective_list is the list price after promotions, before negotiated discounts.
SELECT
  usage.usage_date AS usage_date,
  usage.sku_name AS sku_name,
  coalesce(usage.custom_tags['owner'], 'untagged') AS owner,
  sum(
    CAST(usage.usage_quantity AS DOUBLE) * CAST(price.pricing.effective_list.default AS DOUBLE)
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
  AND usage.usage_date >= date_sub(current_date(), CAST(:days AS INT))
GROUP BY ALL
