"""The offline clouds: two stand-in providers that refuse what Azure and Databricks refuse."""
