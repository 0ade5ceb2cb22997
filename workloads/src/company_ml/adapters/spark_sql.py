"""SQL through the Spark session a job runs in, and the session itself for jobs that need frames."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

    from company_ml.ports import Parameter, Row


def session() -> SparkSession:
    """The cluster's session, or a local one with Delta Lake where there is none."""
    from pyspark.sql import SparkSession  # seconds to import

    # Set on clusters and on serverless compute alike; there the session exists, and naming a
    # master beside it is an error.
    # https://docs.databricks.com/aws/en/dev-tools/databricks-connect/python/faq
    if "DATABRICKS_RUNTIME_VERSION" in os.environ:
        return SparkSession.builder.getOrCreate()
    active = SparkSession.getActiveSession()
    return active if active is not None else local_builder().getOrCreate()


def local_builder() -> SparkSession.Builder:
    """A local session's builder, with Delta Lake's jars.

    They are beside Spark's own where the project's set-up made the environment. Elsewhere Spark
    fetches them from Maven Central, once per user, as delta-spark's own set-up does:
    https://docs.delta.io/latest/quick-start.html#python
    """
    import pyspark
    from delta import configure_spark_with_delta_pip
    from pyspark.sql import SparkSession

    # Functions that run in Spark's Python workers need this interpreter and this package.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    package = Path(__file__).parents[2]
    builder = (
        SparkSession.builder.master("local[2]")
        .appName("company_ml")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog"
        )
        .config("spark.executorEnv.PYTHONPATH", str(package))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        # Delta spreads a table's log over 50 tasks, for logs of millions of files.
        .config("spark.databricks.delta.snapshotPartitions", "2")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
    )
    if any((Path(pyspark.__file__).parent / "jars").glob("delta-spark_*.jar")):
        return builder
    return configure_spark_with_delta_pip(builder)


class SparkSql:
    """SqlWarehouse port on a Spark session.

    Named parameters: https://spark.apache.org/docs/4.0.0/sql-ref-function-invocation.html
    """

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def query(self, statement: str, parameters: Mapping[str, Parameter] | None = None) -> list[Row]:
        """Rows of a statement whose named markers are filled from ``parameters``."""
        frame = self._spark.sql(statement, args=dict(parameters or {}))
        return [row.asDict(recursive=True) for row in frame.collect()]
