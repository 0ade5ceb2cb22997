"""Bad input is refused before anything is created, in words that name key, value and fix."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from settings.errors import SettingsError
from settings.load import PROJECT, load_stack_file, load_stack_files, parse
from settings.stacks import check_stacks

if TYPE_CHECKING:
    from pathlib import Path

MISSING = object()

CASES: list[tuple[str, str, Any, str]] = [
    # stack, dotted key (n for a list position), new value, what the message must hold
    ("dev", "netwrk", {}, "mlops:netwrk is not a setting; did you mean network?"),
    ("dev", "network", MISSING, "mlops:network is missing"),
    ("dev", "network", "10.0.0.0/16", 'mlops:network = "10.0.0.0/16" must be'),
    ("dev", "network.adressSpace", "10.0.0.0/16", "did you mean addressSpace?"),
    ("dev", "network.addressSpace", "10.0.0.0/33", "must be an IPv4 network"),
    ("dev", "network.addressSpace", 10, "mlops:network.addressSpace = 10 must be"),
    ("dev", "network.addressSpace", "8.8.0.0/16", "must be a private network"),
    ("dev", "network.hostSubnet", "10.0.1.1/24", "has host bits set"),
    ("dev", "network.hostSubnet", "10.9.1.0/24", "lies outside addressSpace 10.0.0.0/16"),
    ("dev", "network.hostSubnet", "10.0.1.0/27", "is too small; /26 is the smallest"),
    ("dev", "network.endpointSubnet", "10.0.3.0/29", "is too small; /28 is the smallest"),
    ("dev", "network.containerSubnet", "10.0.1.0/24", "overlaps"),
    ("dev", "network.containerSubnet", "10.0.4.0/23", "differ in size"),
    ("dev", "network.egress", {"kind": "vpn"}, "mlops:network.egress"),
    ("dev", "network.egress", {"kind": "firewall"}, "mlops:network.egress.nextHopIp is missing"),
    ("dev", "network.egress", {"kind": "firewall", "nextHopIp": "hub"}, "must be an IPv4 address"),
    ("dev", "network.egress", {"kind": "nat", "idleTimeoutMinutes": 3}, "greater than or equal"),
    ("dev", "network.internetOutbound", "yes", "mlops:network.internetOutbound"),
    ("dev", "environment.name", "development", "2 to 8 lower-case letters or digits"),
    ("dev", "environment.prefix", "ML-Ops", "2 to 8 lower-case letters or digits"),
    ("dev", "environment.protect", "no", "mlops:environment.protect"),
    ("dev", "azure.subscriptionId", "my-subscription", "must be a GUID"),
    ("dev", "azure.location", "East US 2", "an Azure region in its short form"),
    ("dev", "databricks.accountId", MISSING, "mlops:databricks.accountId is missing"),
    ("dev", "databricks.accountHost", "http://example.test", "the account console's address"),
    ("dev", "tags.owner", "", "mlops:tags.owner"),
    ("dev", "tags.cost-centre", "x", "did you mean cost-center?"),
    ("dev", "tags.extra", {"env": "other"}, "repeats"),
    ("dev", "workspace.logs.retentionDays", 7, "greater than or equal to 30"),
    ("dev", "workspace.logs.dailyQuotaGb", 0, "greater than 0"),
    ("dev", "workspace.vault.softDeleteDays", 91, "less than or equal to 90"),
    ("dev", "workspace.hardening.tokenLifetimeDays", 365, "less than or equal to 90"),
    (
        "dev",
        "workspace.hardening.gitRepositories",
        ["https://github.com/"],
        "with the organisation",
    ),
    ("dev", "workspace.hardening.gitRepositories", ["git@host:a/b"], "repository's https URL"),
    ("dev", "workspace.rootStorageRedundancy", "Premium", "Standard_LRS"),
    ("dev", "catalog.name", "ml/dev", "a Unity Catalog name"),
    ("dev", "catalog.schemas", [], "mlops:catalog.schemas"),
    ("dev", "catalog.schemas", ["raw", "raw"], "schemas lists raw twice"),
    ("dev", "catalog.access.data_scientist", "read", "did you mean data_scientists?"),
    ("dev", "catalog.access.data_scientists", "ALL_PRIVILEGES", "'none', 'read' or 'write'"),
    ("dev", "catalog.storage.redundancy", "LRS", "Standard_LRS"),
    ("dev", "compute.nodeType", "D4ds", "an Azure VM size"),
    ("dev", "compute.minWorkers", 9, "minWorkers 9 is above maxWorkers 4"),
    ("dev", "compute.maxWorkers", "four", 'mlops:compute.maxWorkers = "four"'),
    ("dev", "compute.maxWorkers", 400, "network.hostSubnet holds 251"),
    ("dev", "compute.autoterminationMinutes", 0, "greater than or equal to 10"),
    (
        "dev",
        "compute.pool",
        {"idleMinutes": 10, "minIdle": 6, "maxCapacity": 5},
        "minIdle 6 is above maxCapacity 5",
    ),
    ("dev", "compute.pool.maxCapacity", 0, "greater than or equal to 1"),
    ("dev", "budget", MISSING, "mlops:budget is missing"),
    ("dev", "budget.monthlyUsd", 0, "greater than or equal to 1"),
    ("dev", "budget.monthlyUsd", "5000", 'mlops:budget.monthlyUsd = "5000"'),
    ("dev", "budget.alertPercents", [], "mlops:budget.alertPercents"),
    ("dev", "budget.alertPercents", [10, 20, 30, 40, 50], "mlops:budget.alertPercents"),
    ("dev", "budget.alertPercents", [100, 120], "no value below 100"),
    ("dev", "budget.alertPercents", [80, 80], "holds a value twice"),
    ("dev", "budget.alertPercents", [0], "greater than or equal to 1"),
    ("dev", "budget.contacts", [], "mlops:budget.contacts"),
    ("dev", "budget.contacts", ["ml-platform"], "an e-mail address"),
    ("dev", "budget.contacts", ["a@b.example\n"], "an e-mail address"),
    ("dev", "budget.startMonth", "2026-13", "a month from 2018-01 on"),
    ("dev", "budget.startMonth", "2026-12-02", "a month from 2018-01 on"),
    ("dev", "budget.startMonth", "2016-12", "a month from 2018-01 on"),
    ("dev", "budget.startDate", "2026-12-01", "did you mean startMonth?"),
    ("prod", "serving.endpoints.0.name", "churn!", "1 to 63 letters"),
    ("prod", "serving.endpoints.0.riskTier", "none", "'minimal', 'limited' or 'high'"),
    ("prod", "serving.endpoints.0.inferenceLogSchema", "logs", "is not a schema of"),
    ("prod", "serving.endpoints.0.queryRoles", ["everyone"], "mlops:serving.endpoints[0]"),
    ("prod", "serving.endpoints.0.entities.0.trafficPercent", 90, "sums to 90"),
    ("prod", "serving.endpoints.0.entities.0.version", 1, "entities[0].version = 1"),
    ("prod", "serving.endpoints.0.entities.0.version", "latest", "a version number in quotes"),
    ("prod", "serving.endpoints.0.entities.0.model", "churn", "a three-part model name"),
    ("dev", "workloads", MISSING, "mlops:workloads is missing"),
    ("dev", "workloads.schema", "gold", "is not a schema of ml_dev_catalog"),
    ("dev", "workloads.identityGroups", ["platform_owners"], "mlops:workloads.identityGroups"),
    ("dev", "workloads.contacts", ["the team"], "a mail address"),
    ("dev", "workloads.contacts", [], "mlops:workloads.contacts"),
    ("dev", "workloads.keyVaultReader", "AzureDatabricks", "must be a GUID"),
    ("dev", "workloads.jobs.0.name", "Train", "2 to 40 lower-case letters"),
    ("dev", "workloads.jobs.0.schedule", "0 6 * * *", "must be a Quartz schedule"),
    ("dev", "workloads.jobs.0.schedule", "0 0 6 * * *", "with ? as day of the month"),
    ("dev", "workloads.jobs.0.steps", [], "mlops:workloads.jobs[0].steps"),
    ("dev", "workloads.jobs.0.steps.0.command", "Train!", "a sub-command"),
    (
        "dev",
        "workloads.jobs.0.steps",
        [{"command": "train"}, {"command": "train"}],
        "name train twice",
    ),
    ("dev", "workloads.jobs.0.retries", 9, "less than or equal to 3"),
    ("dev", "workloads.jobs.0.compute", "gpu", "'serverless' or 'cluster'"),
    ("dev", "observability", MISSING, "mlops:observability is missing"),
    ("dev", "observability.alerts", {}, "mlops:observability.alerts.dailyCostUsd is missing"),
    ("dev", "observability.alerts.dailyCostUsd", 0, "greater than 0"),
    ("dev", "observability.alerts.dailyCost", 5, "did you mean dailyCostUsd?"),
    ("dev", "observability.alerts.driftedShare", 30, "less than 1"),
    ("dev", "observability.warehouse.size", "Large", "'2X-Small', 'X-Small', 'Small' or 'Medium'"),
    ("dev", "observability.warehouse.autoStopMinutes", 0, "greater than or equal to 1"),
    ("dev", "observability.folder", "observability", "a workspace folder"),
    ("prod", "observability.monitors.0.kind", "daily", "mlops:observability.monitors[0]"),
    ("prod", "observability.monitors.0.table", "customer_features", "schema.table of the"),
    ("prod", "observability.monitors.0.table", "gold.customers", "gold is not a schema of"),
    ("prod", "observability.monitors.0.schedule", "0 4 * * *", "must be a Quartz schedule"),
    ("prod", "observability.monitors.1.timestampColumn", MISSING, "timestampColumn is missing"),
    ("prod", "observability.monitors.1.granularities", ["daily"], "'30 minutes', '1 hour'"),
    (
        "prod",
        "observability.monitors.1.table",
        "feature_store.customer_features",
        "names feature_store.customer_features twice",
    ),
    ("prod", "sharedEstate.role", "boss", "mlops:sharedEstate"),
    ("prod", "sharedEstate.deployers", [], "mlops:sharedEstate.deployers"),
    ("prod", "sharedEstate.deployers", ["not-a-number"], "not its application id"),
    ("prod", "sharedEstate.metastore", {"kind": "adopt", "id": "mine"}, "must be a GUID"),
    ("prod", "sharedEstate.metastore.recipientTokenDays", 365, "less than or equal to 90"),
    ("prod", "sharedEstate.registry.candidateSchema", "dev_models", "share a schema"),
    ("prod", "sharedEstate.systemSchemas", ["billing"], "mlops:sharedEstate.systemSchemas[0]"),
    ("prod", "sharedEstate.connectivityName", "a b", "3 to 30 letters"),
    ("dev", "sharedEstate.stack", "prod", "organization/project/stack"),
]


def stack_file(name: str) -> dict[str, Any]:
    return yaml.safe_load((PROJECT / f"Pulumi.{name}.yaml").read_text())["config"]


def changed(config: dict[str, Any], dotted: str, value: Any) -> dict[str, Any]:
    """The configuration with one key set, or without it."""
    config = copy.deepcopy(config)
    first, *path = dotted.split(".")
    keys: list[Any] = [f"mlops:{first}", *(int(p) if p.isdigit() else p for p in path)]
    place: Any = config
    for key in keys[:-1]:
        place = place[key] if isinstance(key, int) else place.setdefault(key, {})
    if value is MISSING:
        del place[keys[-1]]
    else:
        place[keys[-1]] = value
    return config


@pytest.mark.parametrize(("stack", "key", "value", "message"), CASES)
def test_it_is_refused_with_key_and_fix(stack: str, key: str, value: Any, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse(stack, changed(stack_file(stack), key, value))
    assert message in str(refused.value)
    assert f"mlops:{key.split('.', maxsplit=1)[0]}" in str(refused.value)


@pytest.mark.parametrize(("stack", "key", "value", "message"), CASES)
def test_the_engine_s_form_is_refused_alike(stack: str, key: str, value: Any, message: str) -> None:
    """The engine hands objects over as JSON text."""
    config = changed(stack_file(stack), key, value)
    encoded = {k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}
    with pytest.raises(SettingsError) as refused:
        parse(stack, encoded)
    assert message in str(refused.value)


@pytest.mark.parametrize("name", ["DB_PASSWORD", "apiKey", "SAS", "storage_access_key", "TOKEN"])
def test_a_secret_in_plain_text_is_refused_and_not_repeated(name: str) -> None:
    entity = "serving.endpoints.0.entities.0.environment"
    with pytest.raises(SettingsError) as refused:
        parse("prod", changed(stack_file("prod"), entity, {name: "hunter2"}))
    assert "hunter2" not in str(refused.value)
    assert "{{secrets/<scope>/<key>}}" in str(refused.value)


def test_a_reference_to_a_secret_is_accepted() -> None:
    entity = "serving.endpoints.0.entities.0.environment"
    given = {"DB_PASSWORD": "{{secrets/serving/db}}", "REGION": "eastus2"}
    settings = parse("prod", changed(stack_file("prod"), entity, given))
    assert settings.serving.endpoints[0].entities[0].environment == given


@pytest.mark.parametrize("key", ["databricks:token", "azure-native:clientSecret"])
def test_a_provider_s_static_credential_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(SettingsError, match="every provider is explicit") as refused:
        parse("dev", {**stack_file("dev"), key: "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_more_contacts_than_a_monitor_takes_are_refused() -> None:
    addresses = [f"person-{number}@example.com" for number in range(6)]
    with pytest.raises(SettingsError, match="at most 5; use a mailing list"):
        parse("prod", changed(stack_file("prod"), "workloads.contacts", addresses))
    assert parse("dev", changed(stack_file("dev"), "workloads.contacts", addresses))


def test_an_encrypted_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="no setting is a secret"):
        parse("dev", stack_file("dev"), secret_keys=["mlops:tags"])


def test_a_repeated_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text("config:\n  mlops:tags: {}\n  mlops:tags: {}\n")
    with pytest.raises(SettingsError, match="mlops:tags stands twice"):
        load_stack_file(path)


def test_every_problem_is_listed_at_once() -> None:
    config = changed(stack_file("dev"), "compute.nodeType", "x")
    config = changed(config, "azure.tenantId", "y")
    with pytest.raises(SettingsError) as refused:
        parse("dev", config)
    assert len(refused.value.problems) == 2


def test_the_three_stack_files_agree() -> None:
    check_stacks(load_stack_files())


STACK_CASES: list[tuple[dict[str, list[tuple[str, Any]]], str]] = [
    (
        {
            "dev": [
                ("network.addressSpace", "10.1.0.0/16"),
                ("network.hostSubnet", "10.1.1.0/24"),
                ("network.containerSubnet", "10.1.2.0/24"),
                ("network.endpointSubnet", "10.1.3.0/24"),
            ]
        },
        "mlops:network.addressSpace 10.1.0.0/16 of dev overlaps 10.1.0.0/16 of test",
    ),
    ({"dev": [("environment.name", "test")]}, "mlops:environment.name test is used by dev and"),
    ({"dev": [("catalog.name", "ml_test_catalog")]}, "catalog ml_test_catalog is used by"),
    ({"dev": [("catalog.name", "ml_models_catalog")]}, "mlops:sharedEstate.registry.name"),
    ({"dev": [("azure.location", "westeurope")]}, "mlops:azure.location differs"),
    ({"dev": [("sharedEstate.stack", "organization/mlops/test")]}, "name the stack prod"),
    (
        {"prod": [("sharedEstate", {"role": "reader", "stack": "organization/mlops/dev"})]},
        "no stack owns the shared estate",
    ),
    ({"dev": [("sharedEstate", None)]}, "dev and prod owns the shared estate"),
]


@pytest.mark.parametrize(("changes", "message"), STACK_CASES)
def test_stacks_that_contradict_each_other_are_refused(
    changes: dict[str, list[tuple[str, Any]]], message: str
) -> None:
    stacks: dict[str, Any] = {}
    for name in ("dev", "test", "prod"):
        config = stack_file(name)
        for key, value in changes.get(name, []):
            owner = stack_file("prod")["mlops:sharedEstate"]
            config = changed(config, key, owner if value is None else value)
        stacks[name] = parse(name, config)
    with pytest.raises(SettingsError) as refused:
        check_stacks(stacks)
    assert message in str(refused.value)
