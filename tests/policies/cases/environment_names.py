"""Cases of policies/rules/environment_names.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("ml-21-no-foreign-names")
rule.fails("pipeline", "catalog", "ml_dev_catalog", "ML_TEST_CATALOG")
rule.fails("job", "tasks.0.pythonWheelTask.parameters", ["--table=ml_dev_catalog.raw.customers"])
rule.fails("alert", "queryText", "SELECT * FROM ml_test_catalog.serving.churn_payload")
rule.fails("vnet", "virtualNetworkName", "mlops-dev-vnet")
rule.fails("experiment", "name", "/Workspace/ml_experiments/dev/churn")
rule.absent("passes", "pipeline", "configuration")
rule.unknown("passes", "pipeline", "catalog")
