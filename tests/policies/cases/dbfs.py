"""Cases of policies/rules/dbfs.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-57-no-dbfs")
rule.forbids("mount", "name")
rule.forbids("dbfs-file", "path")
for path in ("dbfs:/data", "/dbfs/data", "DBFS:/data", "/mnt/lake", "--input=dbfs:/mnt/lake"):
    rule.fails("job", "tasks.0.pythonWheelTask.parameters", [path])
rule.fails("job", "tasks.0.libraries.2.whl", "dbfs:/wheels/a.whl")
rule.fails("pipeline", "configuration", {"path": "dbfs:/landing"})
rule.fails("library", "jar", "dbfs:/jars/a.jar")
rule.fails("table", "storageLocation", "dbfs:/user/hive/warehouse/t")
rule.fails("volume", "storageLocation", "dbfs:/v")
rule.fails("schema", "storageRoot", "dbfs:/s")
rule.absent("passes", "volume", "storageLocation")
rule.unknown("defers", "volume", "storageLocation")
rule.unknown("defers", "job", "tasks")

rule = For("ml-17-experiment-artifacts-governed")
rule.fails(
    "experiment",
    "artifactLocation",
    "dbfs:/databricks/mlflow-tracking",
    "dbfs:/Volumes/",
    "dbfs:/Volumes/catalog/schema",
    "wasbs://a@b/c",
    "",
)
rule.absent("fails", "experiment", "artifactLocation")
rule.unknown("defers", "experiment", "artifactLocation")
