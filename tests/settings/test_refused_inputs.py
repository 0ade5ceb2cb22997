"""Bad input is refused before anything is created, in words that name key, value and fix."""

from __future__ import annotations

import ast
import copy
import json
from typing import TYPE_CHECKING, Any, get_args

import pulumi
import pytest
import yaml

from settings.commands import COMMANDS
from settings.errors import SettingsError
from settings.load import PROJECT, load, load_stack_file, load_stack_files, parse
from settings.stacks import check_stacks
from settings.workloads import Command
from tests.settings import mistakes, mistakes_in_use
from tests.settings.mistakes import FILE_CASES, MISSING

if TYPE_CHECKING:
    from pathlib import Path

CASES = [*mistakes.CASES, *mistakes_in_use.CASES]


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


@pytest.mark.parametrize(
    ("stack", "key", "value"),
    [
        ("dev", "tags.owner", "dapi" + "0123456789abcdef" * 2),
        ("dev", "tags.extra", {"password": "hunter2-hunter2"}),
        ("dev", "workloads.jobs.0.inputs", {"api-key": "hunter2-hunter2"}),
        ("dev", "workloads.jobs.1.steps.0.arguments.password", "hunter2-hunter2"),
        ("dev", "workspace.hardening.gitRepositories", ["https://me:hunter2-hunter2@host.test/x"]),
        (
            "dev",
            "workspace.hardening.gitRepositories",
            ["https://" + "hunter2" * 3 + "@host.test/"],
        ),
        ("prod", "serving.endpoints.0.entities.0.environment", {"DB": "Server=x;AccountKey=ab=="}),
        ("prod", "serving.endpoints.0.entities.0.model", "ghp_" + "hunter2hunter2" * 3),
        (
            "prod",
            "serving.endpoints.0.entities.0.environment",
            {"AUTH": "Bearer " + "hunter2." * 3},
        ),
        (
            "dev",
            "workloads.jobs.0.steps.0.arguments.out",
            "https://hooks.slack.com/services/hunter2",
        ),
        ("dev", "workloads.jobs.0.inputs", {"where": "https://x.webhook.office.com/a/hunter2"}),
        ("dev", "databricks.accountHost", "dose" + "0123456789abcdef" * 2),
        ("dev", "catalog.schemas", ["raw", "hunter2x" * 10 + "hunter" + "=="]),
        ("dev", "tags.cost-center", "hf_" + "hunter2hunter2" * 3),
    ],
)
def test_a_secret_anywhere_is_refused_and_not_repeated(stack: str, key: str, value: Any) -> None:
    with pytest.raises(SettingsError, match="looks like a secret in plain text") as refused:
        parse(stack, changed(stack_file(stack), key, value))
    for secret in ("0123456789abcdef", "hunter2", "AccountKey"):
        assert secret not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("mlops:network.addressSpace", "pulumi config set --path 'mlops:network.addressSpace'"),
        ("mlopps:network", "did you mean mlops:network?"),
        ("network", "did you mean mlops:network?"),
    ],
)
def test_a_key_in_the_wrong_place_is_refused_with_the_right_one(key: str, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse("dev", {**stack_file("dev"), key: "10.0.0.0/16"})
    assert message in str(refused.value)


def test_the_commands_are_those_of_the_workloads_command_line() -> None:
    module = ast.parse((PROJECT / "workloads/src/company_ml/cli.py").read_text())
    (jobs,) = (
        node.value
        for node in module.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "JOBS"
    )
    assert isinstance(jobs, ast.Dict)
    offered = {ast.literal_eval(key) for key in jobs.keys if key}
    # It wants a word of its own after it, for which a step has no place.
    assert {*get_args(Command)} == {*COMMANDS} == offered - {"features"}


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


@pytest.mark.parametrize(("written", "instead", "message"), FILE_CASES)
def test_a_file_is_refused_with_its_line_or_key(
    tmp_path: Path, written: str, instead: str, message: str
) -> None:
    text = (PROJECT / "Pulumi.dev.yaml").read_text()
    assert written in text
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(text.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"Pulumi\.dev\.yaml") as refused:
        load_stack_file(path)
    assert message in str(refused.value)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_bytes("config: {mlops:tags: {owner: Süd}}".encode("latin-1"))
    with pytest.raises(SettingsError, match="is no UTF-8"):
        load_stack_file(path)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_anchors_and_line_endings_are_read_as_yaml_means_them(tmp_path: Path, ending: str) -> None:
    text = (PROJECT / "Pulumi.dev.yaml").read_text()
    text = text.replace("owner: ml-platform", "<<: &team {owner: ml-platform}", 1)
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_bytes(text.replace("\n", ending).encode())
    assert load_stack_file(path) == parse("dev", stack_file("dev"))


def test_the_engine_is_given_the_words_without_a_traceback() -> None:
    config = changed(stack_file("dev"), "compute.nodeType", "x")
    encoded = {k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}
    pulumi.runtime.set_all_config(encoded)
    try:
        with pytest.raises(pulumi.RunError, match=r'mlops:compute\.nodeType = "x" must be'):
            load()
    finally:
        pulumi.runtime.set_all_config({})


@pytest.mark.parametrize("given", ["[" * 100_000, "9" * 5000, '{"name": "\\ud800"}'])
def test_the_engine_is_given_words_for_what_no_parser_takes(given: str) -> None:
    with pytest.raises(SettingsError):
        parse("dev", {**stack_file("dev"), "mlops:environment": given})


def test_every_problem_is_listed_at_once() -> None:
    config = changed(stack_file("dev"), "compute.nodeType", "x")
    config = changed(config, "azure.tenantId", "y")
    with pytest.raises(SettingsError) as refused:
        parse("dev", config)
    assert len(refused.value.problems) == 2


def test_the_three_stack_files_agree() -> None:
    check_stacks(load_stack_files())


FEATURES = "workloads.jobs.1.steps.0.arguments.features"
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
    (
        {"dev": [("databricks.accountHost", "https://accounts.databricks.azure.us")]},
        "mlops:databricks.accountHost differs",
    ),
    ({"prod": [("sharedEstate.registry.name", "ml_prod_catalog")]}, "catalog ml_prod_catalog is"),
    ({"dev": [("sharedEstate.stack", "organization/mlops/test")]}, "name the stack prod"),
    ({"dev": [("sharedEstate.stack", "organization/mlops/dev")]}, "name the stack prod"),
    ({"dev": [("sharedEstate.stack", "organization/other/prod")]}, "organization/mlops/prod"),
    (
        {"prod": [("serving.endpoints.0.entities.0.model", "ml_models_catalog.gold.churn")]},
        "is in no schema of the registry; use one of dev_models",
    ),
    (
        {"prod": [("serving.endpoints.0.entities.0.model", "ml_dev_catalog.raw.churn")]},
        "in the catalog of dev, which prod cannot read; name one in ml_models_catalog or",
    ),
    (
        {"prod": [("serving.endpoints.0.entities.0.model", "ml_models_catalgo.a.churn")]},
        "did you mean ml_models_catalog? If not, add ml_models_catalgo to mlops:catalog.others",
    ),
    (
        {"dev": [(FEATURES, "ml_prod_catalog.feature_store.rows")]},
        "train of dev: features ml_prod_catalog.feature_store.rows is in the catalog of prod",
    ),
    ({"dev": [(FEATURES, "ml_dev_catalog.gold.rows")]}, "gold is not a schema of ml_dev_catalog"),
    (
        {"dev": [(FEATURES, "/Volumes/ml_prod_catalog/raw/files/rows.parquet")]},
        "rows.parquet is in the catalog of prod, which dev cannot read",
    ),
    (
        {
            "prod": [
                ("workloads.jobs.11.steps.0.arguments.folder", "/Volumes/ml_prod_catalog/gold/x/y")
            ]
        },
        "gold is not a schema of ml_prod_catalog",
    ),
    ({"dev": [("catalog.others", ["ml_test_catalog"])]}, "ml_test_catalog is the catalog of test"),
    ({"dev": [("catalog.others", ["ml_dev_catalog"])]}, "may be named anyway; remove it"),
    ({"dev": [(FEATURES, "sales.crm.rows")]}, "or add sales to mlops:catalog.others"),
    (
        {"dev": [(FEATURES, "ml_prod_catalog.a.b"), ("catalog.others", ["ml_prod_catalog"])]},
        "in the catalog of prod, which dev cannot read",
    ),
    (
        {"prod": [("workloads.jobs.2.inputs.model", "ml_model_catalog.production_models.churn")]},
        "release of prod: model ml_model_catalog.production_models.churn is in a catalog that is",
    ),
    ({"test": [("network.addressSpace", "10.0.0.0/8")]}, "overlaps"),
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


@pytest.mark.parametrize(
    "name", ["sales.crm.rows", "system.billing.usage", "samples.nyctaxi.trips"]
)
def test_a_catalog_of_others_may_be_named_once_it_is_declared(name: str) -> None:
    config = changed(stack_file("dev"), "catalog.others", ["sales"])
    check_stacks({**load_stack_files(), "dev": parse("dev", changed(config, FEATURES, name))})
