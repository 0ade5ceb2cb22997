"""Cost monitor: what Databricks charges by day, owner, workspace and SKU, and when to tell."""
