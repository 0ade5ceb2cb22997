"""The ports' implementations: MLflow, Spark, Databricks, files; and fakes for unit tests.

The only modules that import Spark or the Databricks SDK.
"""
