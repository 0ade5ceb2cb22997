"""Ways around the Databricks rules that somebody in a hurry, or clever, would try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from policies import tokens
from policies.evaluate import Evaluation
from policies.findings import Violation
from policies.model import UNKNOWN, Resource
from policies.registry import load
from tests.policies.compliant import compliant
from tests.policies.harness import TODAY, Item, Outcome, Secret, judge, urn

if TYPE_CHECKING:
    from collections.abc import Callable

FORM = "dapi" + "0123456789abcdef" * 2
KEY_OF_AN_ACCOUNT = "A" * 86 + "=="


def only(rule: str, *items: Item, **settings: Any) -> Outcome:
    return judge(items, rules=[load()[rule]], settings={rule: settings})


def job(**props: Any) -> Item:
    return Item(tokens.JOB, "job", props)


# Clusters in every place a job can describe one.
PLACES: list[Callable[[Any], dict[str, Any]]] = [
    lambda cluster: {"newCluster": cluster},
    lambda cluster: {"jobClusters": [{"newCluster": cluster}]},
    lambda cluster: {"tasks": [{"newCluster": cluster}]},
    lambda cluster: {"tasks": [{"forEachTask": {"task": {"newCluster": cluster}}}]},
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("rule", "cluster"),
    [
        ("sec-53-governed-access-mode", {"dataSecurityMode": "NONE"}),
        ("sec-54-supported-runtime", {"sparkVersion": "17.2.x-scala2.13"}),
        ("sec-55-local-disk-encryption", {}),
        ("sec-56-init-scripts-governed", {"initScripts": [{"dbfs": {"destination": "dbfs:/a"}}]}),
        ("sec-57-no-dbfs", {"sparkConf": {"spark.a.path": "dbfs:/a"}}),
        ("sec-58-no-literal-secrets", {"sparkConf": {"fs.azure.account.key": "geheim"}}),
        ("sec-73-images-and-submit", {"dockerImage": {"basicAuth": {"password": "geheim"}}}),
        ("sec-74-libraries-pinned", {"libraries": [{"pypi": {"package": "pandas"}}]}),
    ],
)
def test_no_place_for_a_cluster_is_overlooked(place: Any, rule: str, cluster: Any) -> None:
    assert only(rule, job(**place(cluster))).rules == {rule}


@pytest.mark.parametrize(
    "definition",
    [
        '{"data_security_mode": {"type": "unlimited"}, "data_security_mode": {"type": "fixed"}}',
        '{"data_security_mode": {"type": "fixed", "value": "SINGLE_USER", "type": "unlimited"}}',
        '{"data_security_mode": {"type": "regex", "pattern": ".*"}}',
        '{"data_security_mode": {"type": "allowlist", "values": []}}',
        '{"data_security_mode": {"type": "allowlist", "values": "SINGLE_USER"}}',
        '{"data_security_mode": {"type": "blocklist", "values": ["NONE"]}}',
        '{"data_security_mode": {"type": "fixed", "value": ["SINGLE_USER"]}}',
        '{"data_security_mode": {"type": "FIXED", "value": "SINGLE_USER"}}',
        '{"data_security_mode": {"type": "fixed", "value": "SINGLE_USER", "isOptional": "true"}}',
        '{"data_security_mode": {"type": "forbidden"}}',
        '{"data_security_mode": "SINGLE_USER"}',
        '{"Data_Security_Mode": {"type": "fixed", "value": "SINGLE_USER"}}',
        "[" * 100_000,
        '[{"data_security_mode": {"type": "fixed", "value": "SINGLE_USER"}}]',
        "SINGLE_USER",
    ],
)
def test_a_definition_that_only_looks_as_if_it_fixed_the_access_mode(definition: str) -> None:
    policy = Item(tokens.CLUSTER_POLICY, "policy", {"definition": definition})
    outcome = only("sec-53-governed-access-mode", policy)
    assert outcome.rules == {"sec-53-governed-access-mode"}
    assert "itself failed" not in outcome.messages


def test_a_mode_that_is_hidden_from_the_page_is_still_fixed() -> None:
    fixed = '{"data_security_mode": {"type": "fixed", "value": "SINGLE_USER", "hidden": true}}'
    policy = Item(tokens.CLUSTER_POLICY, "policy", {"definition": fixed})
    assert only("sec-53-governed-access-mode", policy).rules == set()


def test_an_override_loosens_what_the_definition_fixes() -> None:
    policy = Item(
        tokens.CLUSTER_POLICY,
        "policy",
        {
            "definition": '{"data_security_mode": {"type": "fixed", "value": "SINGLE_USER"}}',
            "policyFamilyDefinitionOverrides": '{"data_security_mode": {"type": "unlimited"}}',
        },
    )
    assert only("sec-53-governed-access-mode", policy).rules


# Secrets.
LITERAL: list[dict[str, Any]] = [
    {"sparkEnvVars": {"HARMLESS": FORM}},
    {"sparkEnvVars": {"HARMLESS": f"prefix {FORM} suffix"}},
    {"sparkEnvVars": {"HARMLESS": KEY_OF_AN_ACCOUNT}},
    {"sparkEnvVars": {"HARMLESS": "https://user:geheim@pypi.example.com/simple"}},
    {"sparkEnvVars": {"HARMLESS": "https://a.blob.core.windows.net/c?sv=1&sig=" + "a" * 30}},
    {"sparkEnvVars": {"db_Password": "geheim"}},
    {"sparkEnvVars": {"TOKEN_KEY": "Hunter2"}},
    {"sparkEnvVars": {"DB_PASSWORD": "{{secrets/vault/key}}x"}},
    {"sparkEnvVars": {"DB_PASSWORD": "{{secrets/vault}}x"}},
    {"sparkEnvVars": {"HARMLESS": Secret("geheimer-wert")}},
    {"sparkConf": {"spark.hadoop.fs.azure.account.oauth2.client.secret": "geheim"}},
    {"sparkConf": {"fs.azure.sas.fixed.token.a.dfs.core.windows.net": "geheim"}},
    {"sparkConf": {"spark.hadoop.javax.jdo.option.ConnectionPassword": "geheim"}},
]


@pytest.mark.parametrize("props", LITERAL)
def test_a_secret_is_recognised_by_name_by_form_and_by_mark(props: dict[str, Any]) -> None:
    outcome = only("sec-58-no-literal-secrets", Item(tokens.CLUSTER, "cluster", props))
    assert outcome.rules == {"sec-58-no-literal-secrets"}
    for value in next(iter(props.values())).values():
        shown = value.value if isinstance(value, Secret) else value
        assert shown not in outcome.messages


@pytest.mark.parametrize(
    "props",
    [
        {"sparkEnvVars": {"DB_PASSWORD": "{{secrets/vault/db-password}}"}},
        {"sparkEnvVars": {"DB_PASSWORD": Secret("{{secrets/vault/db-password}}")}},
        {"sparkEnvVars": {"TOKENIZERS_PARALLELISM": "false", "MAX_TOKENS": "512"}},
        {"sparkEnvVars": {"SECRET_SCOPE": "vault", "TOKEN_URL": "https://login.example.com/t"}},
        {"sparkEnvVars": {"TOKEN_KEY": "ingest-api", "PASSWORD_KEY": "warehouse"}},
        {"sparkEnvVars": {"PWD": "/databricks/driver", "PASSWORD_FILE": "/run/key"}},
        {"sparkConf": {"fs.azure.account.auth.type.lake.dfs.core.windows.net": "OAuth"}},
        {"sparkConf": {"fs.azure.sas.token.provider.type.lake.dfs.core.windows.net": "org.Sas"}},
        {"sparkConf": {"fs.azure.account.oauth2.client.endpoint": "https://x/oauth2/token"}},
        {"sparkConf": {"spark.databricks.passthrough.enabled": "true"}},
        {
            "sparkEnvVars": {
                "TOKEN_URL": "https://login.example.com",
                "URL": "https://login.example.com",
            }
        },
        {"idempotencyToken": "run-1", "sshPublicKeys": ["ssh-rsa AAAA"]},
        {"customTags": {"checksum": "3b5d5c3712955042212316173ccf37be" * 2}},
    ],
)
def test_what_only_sounds_like_a_secret_is_left_alone(props: dict[str, Any]) -> None:
    outcome = only("sec-58-no-literal-secrets", Item(tokens.CLUSTER, "cluster", props))
    assert outcome.rules == set(), outcome.messages


@pytest.mark.parametrize(
    "props",
    [
        {"parameters": [{"name": "api_token", "default": "geheim"}]},
        {"tasks": [{"notebookTask": {"baseParameters": {"password": "geheim"}}}]},
        {"tasks": [{"sparkPythonTask": {"parameters": ["--token", "geheim"]}}]},
        {"tasks": [{"sparkPythonTask": {"parameters": ["token=geheim"]}}]},
        {"tasks": [{"sparkJarTask": {"parameters": ["-Dfs.azure.account.key=geheim"]}}]},
        {"tasks": [{"runJobTask": {"jobParameters": {"apiKey": "geheim"}}}]},
        {"tasks": [{"sqlTask": {"parameters": {"secret": "geheim"}}}]},
        {"environmentVariables": [{"spec": {"variables": {"HF_TOKEN": "geheim"}}}]},
        {"gitSource": {"url": "https://user:geheim@github.com/a/b"}},
        {"aTaskOfTomorrow": {"clientSecret": "geheim"}},
    ],
)
def test_a_job_s_parameters_are_read_in_every_form(props: dict[str, Any]) -> None:
    outcome = only("sec-58-no-literal-secrets", job(**props))
    assert outcome.rules
    assert "geheim" not in outcome.messages


def served(external: dict[str, Any]) -> Item:
    entity = {"externalModel": {"name": "gpt", "provider": "openai", **external}}
    return Item(tokens.MODEL_SERVING, "endpoint", {"config": {"servedEntities": [entity]}})


@pytest.mark.parametrize(
    "external",
    [
        {"openaiConfig": {"openaiApiKeyPlaintext": "geheim"}},
        {"openaiConfig": {"openaiApiKey": "geheim"}},
        {"openaiConfig": {"openaiApiKeyPlaintext": "{{secrets/vault/key}}"}},
        {"openaiConfig": {"microsoftEntraClientSecret": "geheim"}},
        {"googleCloudVertexAiConfig": {"privateKey": "geheim"}},
        {"customProviderConfig": {"apiKeyAuth": {"key": "X-Header", "value": "geheim"}}},
        {"customProviderConfig": {"bearerTokenAuth": {"token": "geheim"}}},
        {"databricksModelServingConfig": {"databricksApiTokenPlaintext": "geheim"}},
    ],
)
def test_an_external_model_s_key_is_a_reference(external: dict[str, Any]) -> None:
    assert only("sec-58-no-literal-secrets", served(external)).rules


def test_an_external_model_with_a_reference_passes_and_an_unknown_key_waits() -> None:
    config = {"openaiApiKey": "{{secrets/vault/openai}}", "openaiApiBase": "https://x/openai"}
    assert only("sec-58-no-literal-secrets", served({"openaiConfig": config})).rules == set()
    unknown = only("sec-58-no-literal-secrets", served({"openaiConfig": {"openaiApiKey": UNKNOWN}}))
    assert (unknown.rules, unknown.deferred) == (set(), 1)


# Grants.
def test_a_privilege_counts_however_it_is_spelt() -> None:
    for spelling in ("MODIFY", "modify", "write_volume", "WRITE VOLUME", " write  volume "):
        grant = compliant()["schema-grant"].with_value("privileges", [spelling])
        assert only("ml-10-access-matrix", grant).rules, spelling


def test_reading_the_storage_below_a_catalog_is_not_a_way_around_the_matrix() -> None:
    for kind in ("externalLocation", "storageCredential", "credential"):
        grant = Item(
            tokens.GRANT,
            "grant",
            {kind: "lake", "principal": "data_scientists", "privileges": ["READ_FILES"]},
        )
        assert only("ml-10-access-matrix", grant).rules, kind


@pytest.mark.parametrize(
    ("catalog", "owner", "rules"),
    [
        ("ml_prod_catalog", "data_scientists", {"ml-10-access-matrix"}),
        ("ml_prod_catalog", "devops_engineers", set[str]()),
        ("ml_prod_catalog", "platform_owners", set[str]()),
        ("ml_prod_catalog", "a_group_of_another_team", set[str]()),
        ("ml_prod_catalog", UNKNOWN, set[str]()),
        (UNKNOWN, "devops_engineers", set[str]()),
    ],
)
def test_owning_is_not_a_way_around_the_matrix(catalog: Any, owner: Any, rules: set[str]) -> None:
    schema = Item(tokens.SCHEMA, "raw", {"catalogName": catalog, "name": "raw", "owner": owner})
    outcome = only("ml-10-access-matrix", schema)
    assert outcome.rules == rules
    assert outcome.deferred == (1 if catalog is UNKNOWN else 0)


def test_a_catalog_or_a_group_that_the_matrix_does_not_know_gets_nothing() -> None:
    for props in (
        {"catalog": "side_catalog", "principal": "data_scientists"},
        {"catalog": "ml_prod_catalog", "principal": "contractors"},
        {"catalog": "ml_prod_catalog_copy", "principal": "data_scientists"},
        {"table": "`side_catalog`.`a`.`b`", "principal": "data_scientists"},
    ):
        grant = Item(tokens.GRANT, "grant", {**props, "privileges": ["SELECT"]})
        assert only("ml-10-access-matrix", grant).rules, props


def test_a_new_schema_is_known_by_what_it_is_computed_from() -> None:
    catalog = Item(tokens.CATALOG, "registry", {"name": "ml_models_catalog"})
    schema = Item(
        tokens.SCHEMA, "production", {"name": "production_models", "catalogName": UNKNOWN}
    ).with_dependency("catalogName", urn(tokens.CATALOG, "registry"))

    def granted(*privileges: str) -> Outcome:
        grant = {"principal": "model_consumers", "privileges": list(privileges)}
        grants = Item(
            tokens.GRANTS, "grants", {"schema": UNKNOWN, "grants": [grant]}
        ).with_dependency("schema", urn(tokens.SCHEMA, "production"))
        return only("ml-10-access-matrix", catalog, schema, grants)

    assert granted("EXECUTE").rules == set()
    outcome = granted("EXECUTE", "CREATE_MODEL")
    assert outcome.deferred == 0
    assert "CREATE_MODEL on ml_models_catalog.production_models" in outcome.messages


# Names.
@pytest.mark.parametrize(
    "value",
    [
        "ml_dev_catalog",
        "ml_dev_catalog.raw",
        "`ml_dev_catalog`.raw",
        "ml_dev_catalog_storage",
        "SELECT 1 FROM ML_DEV_CATALOG.raw.t",
        "/subscriptions/1/resourceGroups/mlops-test-rg/providers/x",
        "abfss://c@a.dfs.core.windows.net/ml_test_catalog/x",
    ],
)
def test_another_environment_s_name_is_found_within_a_text(value: str) -> None:
    item = Item(tokens.SQL_TABLE, "table", {"viewDefinition": value})
    assert only("ml-21-no-foreign-names", item).rules


@pytest.mark.parametrize(
    "props",
    [
        {"comment": "promoted from ml_dev_catalog"},
        {"url": "https://dev.azure.com/contoso/mlops-dev"},
        {"name": "mlops-development"},
        {"name": "html_dev_catalogue"},
        {"name": "dev_models", "tags": {"stage": "dev"}},
        {"host": "mlopsdev.example.com"},
    ],
)
def test_a_text_that_only_resembles_such_a_name_is_left_alone(props: dict[str, Any]) -> None:
    outcome = only("ml-21-no-foreign-names", Item(tokens.SQL_TABLE, "table", props))
    assert outcome.rules == set(), outcome.messages


def test_the_owner_of_the_shared_estate_may_be_named_by_a_stack_reference() -> None:
    reference = Item(
        "pulumi:pulumi:StackReference", "estate", {"name": "organization/mlops-test/x"}, provider=""
    )
    assert only("ml-21-no-foreign-names", reference).rules == set()


# Private link and lists.
def test_an_open_workspace_needs_a_list_and_the_switch() -> None:
    workspace = Item(tokens.WORKSPACE, "workspace", {"publicNetworkAccess": "Enabled"})
    outcome = only("sec-40-ip-access-list", workspace)
    assert "no IpAccessList of type ALLOW" in outcome.messages
    assert "enableIpAccessLists" in outcome.messages
    blocking = Item(
        tokens.IP_ACCESS_LIST, "block", {"listType": "BLOCK", "ipAddresses": ["0.0.0.0/0"]}
    )
    assert "of type ALLOW" in only("sec-40-ip-access-list", workspace, blocking).messages


def test_a_workspace_without_public_access_needs_neither() -> None:
    workspace = Item(tokens.WORKSPACE, "workspace", {"publicNetworkAccess": "Disabled"})
    assert only("sec-40-ip-access-list", workspace).rules == set()


def test_what_belongs_to_a_workspace_is_told_by_what_it_is_computed_from() -> None:
    workspace = Item(tokens.WORKSPACE, "workspace", {"sku": {}}, outputs={"workspaceId": UNKNOWN})
    binding = Item(tokens.NCC_BINDING, "binding", {"workspaceId": UNKNOWN})
    own = binding.with_dependency("workspaceId", urn(tokens.WORKSPACE, "workspace"))
    other = binding.with_dependency("workspaceId", urn(tokens.WORKSPACE, "another"))
    rule = "sec-52-ncc-bound"
    assert (only(rule, workspace, own).rules, only(rule, workspace, own).deferred) == (set(), 0)
    assert only(rule, workspace, other).rules == {rule}
    assert only(rule, workspace, binding).deferred == 1
    literal = Item(tokens.NCC_BINDING, "binding", {"workspaceId": "1"})
    assert only(rule, workspace, literal).deferred == 1


# Runtimes.
def test_a_runtime_is_judged_by_the_day_of_the_run() -> None:
    cluster = Item(tokens.CLUSTER, "cluster", {"sparkVersion": "14.3.x-cpu-ml-scala2.12"})
    rule = "sec-54-supported-runtime"
    assert only(rule, cluster, today="2027-02-01").rules == set()
    ended = only(rule, cluster, today="2027-02-02")
    assert "has had no support since 2027-02-01" in ended.messages


def test_a_runtime_that_is_too_new_is_said_to_be_missing_from_the_table() -> None:
    cluster = Item(tokens.CLUSTER, "cluster", {"sparkVersion": "23.4.x-scala2.13"})
    assert "not in the table" in only("sec-54-supported-runtime", cluster).messages


def test_without_a_day_in_its_options_a_rule_judges_by_the_day_of_the_run() -> None:
    cluster = Resource("urn", tokens.CLUSTER, "cluster", {"sparkVersion": "9.1.x-scala2.12"})
    evaluation = Evaluation([load()["sec-54-supported-runtime"]], today=TODAY)
    (result,) = evaluation.resource(cluster)
    assert isinstance(result.finding, Violation)
    assert "has had no support since 2024-09-23" in result.finding.message


@pytest.mark.parametrize(
    "text",
    [
        '{"conf": {"path": "ML_DEV_CATALOG"}}',
        "é ml_dev_catalog",
        "c:\\\\ml_dev_catalog",
    ],
)
def test_a_foreign_name_is_found_however_it_is_written(text: str) -> None:
    policy = Item(tokens.CLUSTER_POLICY, "policy", {"definition": text})
    assert only("ml-21-no-foreign-names", policy).rules == {"ml-21-no-foreign-names"}


@pytest.mark.parametrize("name", ["dev's catalog", 'the "dev" catalog', "c:\\dev", "dev\ttab"])
def test_a_foreign_name_of_odd_characters_is_found_too(name: str) -> None:
    rule, text = "ml-21-no-foreign-names", f"""it's in {name}, not in "prod" """
    item = Item(tokens.CLUSTER_POLICY, "policy", {"definition": text})
    assert only(rule, item, foreignNames=[name]).rules == {rule}
