-- List cost per day, workspace, SKU, product and owner, in one currency on one cloud.
--
-- Columns: https://learn.microsoft.com/azure/databricks/admin/system-tables/billing
--          https://learn.microsoft.com/azure/databricks/admin/system-tables/pricing
-- * A SKU of one name has another price on each cloud, and a price per currency: without these two
--   conditions a record of usage is counted once for each.
-- * A price holds from price_start_time until before price_end_time, or still.
-- * effective_list is the list price after promotions, before negotiated discounts.
-- * RETRACTION records have negative quantities and RESTATEMENT ones the corrected: summing all of
--   them, whatever their type, gives the corrected cost.
-- * Both factors are decimals of 18 places, whose product Spark rounds to 6: doubles are closer.
-- * A record without a price stays, with its quantity: unpriced is not free.
SELECT
  usage.usage_date AS usage_date,
  usage.workspace_id AS workspace_id,
  usage.sku_name AS sku_name,
  usage.billing_origin_product AS product,
  usage.usage_unit AS usage_unit,
  coalesce(usage.custom_tags[:owner_tag], '') AS owner,
  CAST(sum(usage.usage_quantity) AS DOUBLE) AS quantity,
  sum(
    CAST(usage.usage_quantity AS DOUBLE)
    * CAST(list_prices.pricing.effective_list.default AS DOUBLE)
  ) AS cost,
  CAST(sum(CASE WHEN list_prices.sku_name IS NULL THEN usage.usage_quantity ELSE 0 END) AS DOUBLE)
    AS unpriced_quantity
FROM IDENTIFIER(:usage_table) AS usage
LEFT JOIN IDENTIFIER(:list_prices_table) AS list_prices
  ON list_prices.sku_name = usage.sku_name
  AND list_prices.cloud = usage.cloud
  AND list_prices.usage_unit = usage.usage_unit
  AND list_prices.currency_code = :currency
  AND usage.usage_end_time >= list_prices.price_start_time
  AND (list_prices.price_end_time IS NULL OR usage.usage_end_time < list_prices.price_end_time)
WHERE usage.cloud = :cloud
  AND usage.usage_date >= CAST(:first_date AS DATE)
  AND usage.usage_date <= CAST(:last_date AS DATE)
GROUP BY ALL
