"""Ways around the rules of what clusters, jobs and cluster policies run and know."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.alone import judged
from tests.policies.harness import Item

SECRETS = "sec-58-no-literal-secrets"
TOKEN = "dapi" + "0123456789abcdef" * 2


def policy(definition: dict[str, Any], **props: Any) -> Item:
    return Item(tokens.CLUSTER_POLICY, "policy", {"definition": json.dumps(definition), **props})


def job(**task: Any) -> Item:
    return Item(tokens.JOB, "job", {"tasks": [{"taskKey": "t", **task}]})


# SEC-58


@pytest.mark.parametrize(
    "text",
    [
        "jdbc:sqlserver://db.example.com;user=sa;password=geheim12",
        "Driver={ODBC Driver};Pwd=geheim12;",
        '{"host": "db.example.com", "password": "geheim12"}',
        "{'client_secret': 'geheim12'}",
        "git+https://7kq2vn4xw9zr3mt8pb6d@github.com/company/features",
        "https://7kq2vn4xw9zr3mt8pb6dhs5jlf4gy@dev.azure.com/company/_git/features",
        "https://7kq2vn4xw9zr3mt8pb6d:@gitlab.example.com/features",
        "https://geheim:x-oauth-basic@github.com/company/features",
        "https://x-access-token:geheim12@github.com/company/features",
        f"https://{TOKEN}@adb-1.2.azuredatabricks.net",
        "redis://:geheim12@cache.example.com:6379",
        "Bearer 7kq2vn4xw9zr3mt8pb6dhs5jlf4gy",
        "curl -H 'authorization: bearer 7kq2vn4xw9zr3mt8pb6dhs5j' https://api.example.com",
        "https://gitlab.example.com/features?private=glpat-7kq2vn4xw9zr3mt8pb6d",
        "hf_" + "aB3d" * 8,
        b64encode(f"token {TOKEN}".encode()).decode(),
        b64encode(b"jdbc:x://db;user=sa;password=geheim12").decode(),
    ],
)
def test_a_secret_within_a_longer_or_encoded_text_is_found(text: str) -> None:
    parameters = {"notebookTask": {"baseParameters": {"source": text}}}
    outcome = judged(SECRETS, job(**parameters))
    assert outcome.rules == {SECRETS}
    assert text not in outcome.messages


@pytest.mark.parametrize(
    "text",
    [
        "jdbc:sqlserver://db.example.com;authentication=ActiveDirectoryMSI",
        "jdbc:x://db;password={{secrets/vault/db}}",
        "jdbc:x://db;password=${DB_PASSWORD}",
        "Set the password: it comes from the vault",
        "aGVsbG8gd29ybGQsIHRoaXMgaXMgbm8gc2VjcmV0",
        "/Workspace/Shared/password=",
        "https://company-machine-learning-2026@dev.azure.com/company/_git/features",
        "https://github.com/company/features@" + "0" * 40,
        "git+ssh://git@github.com/company/features",
        "https://release%40example.com@git.example.com/features",
        "https://1f0c3d5e-7a9b-4c2d-8e6f-0a1b2c3d4e5f@git.example.com/features",
        "https://0123456789abcdef0123456789abcdef@o12345.ingest.sentry.io/1",
        "https://${GIT_TOKEN}@github.com/company/features",
        "https://$GIT_TOKEN:x-oauth-basic@github.com/company/features",
        "https://<token>:x-oauth-basic@github.com/company/features",
        "https://x-access-token:$GIT_TOKEN@github.com/company/features",
        "https://user:<password>@git.example.com",
        "https://user:****@git.example.com",
        "https://{{secrets/vault/git}}@github.com/company/features",
        "abfss://landing2a3b4c5d6e7f8g9h0i@lake.dfs.core.windows.net/raw",
        "jdbc:sqlserver://db.example.com:1433;user=reader@db",
        "Bearer {{secrets/vault/api}}",
        "Bearer ${API_TOKEN_OF_THE_SERVICE}",
        "Send the header Bearer <the-token-of-the-service-v1>",
        "Bearer tokens of version 2 are described in authentication-guide-2026.md",
    ],
)
def test_a_text_about_secrets_is_none(text: str) -> None:
    parameters = {"notebookTask": {"baseParameters": {"source": text}}}
    assert judged(SECRETS, job(**parameters)).rules == set()


def test_a_number_can_be_a_password_and_is_mostly_not() -> None:
    for name, broken in (
        ("DB_PASSWORD", {SECRETS}),
        ("ADMIN_PWD", {SECRETS}),
        ("MAX_TOKENS", set[str]()),
        ("PASSWORD_TIMEOUT", set[str]()),
    ):
        cluster = Item(tokens.CLUSTER, "c", {"sparkEnvVars": {name: "20242024"}})
        assert judged(SECRETS, cluster).rules == broken, name


@pytest.mark.parametrize(
    "name",
    [
        "PGPASS",
        "DB_PASS",
        "smtp.pass",
        "AZURE_STORAGE_KEY",
        "OPENAI_KEY",
        "Ocp-Apim-Subscription-Key",
    ],
)
def test_a_secret_by_another_usual_name_is_found(name: str) -> None:
    cluster = Item(tokens.CLUSTER, "c", {"sparkEnvVars": {name: "geheim12"}})
    assert judged(SECRETS, cluster).rules == {SECRETS}


@pytest.mark.parametrize(
    "name",
    ["tokens.column", "TOKENS_PER_BATCH", "FIRST_PASS", "bypass", "COMPASS", "PARTITION_KEY"],
)
def test_what_only_contains_such_a_name_is_left_alone(name: str) -> None:
    cluster = Item(tokens.CLUSTER, "c", {"sparkEnvVars": {name: "n_tokens"}})
    assert judged(SECRETS, cluster).rules == set()


def test_tags_and_libraries_of_a_cluster_policy_are_read_by_everybody_too() -> None:
    index = [{"pypi": {"package": "a==1", "repo": "https://u:geheim12@pypi.example.com/simple"}}]
    for item in (
        policy({"custom_tags.hint": {"type": "fixed", "value": TOKEN}}),
        policy({"custom_tags.hint": {"type": "unlimited", "defaultValue": TOKEN}}),
        policy({}, libraries=index),
        Item(tokens.CLUSTER, "c", {"customTags": {"hint": TOKEN}}),
    ):
        assert judged(SECRETS, item).rules == {SECRETS}


def test_what_all_warehouses_know_is_no_place_for_a_secret() -> None:
    key = "spark.hadoop.fs.azure.account.key.lake.dfs.core.windows.net"
    config = Item(tokens.SQL_GLOBAL_CONFIG, "all", {"dataAccessConfig": {key: "geheim12"}})
    assert judged(SECRETS, config).rules == {SECRETS}
    hidden = Item(tokens.SQL_GLOBAL_CONFIG, "all", {"dataAccessConfig": UNKNOWN})
    assert judged(SECRETS, hidden).deferred == 1


# SEC-56, SEC-57, SEC-74: cluster policies bring code as well


@pytest.mark.parametrize(
    "limit",
    [
        {"type": "fixed", "value": "/Users/a@example.com/init.sh"},
        {"type": "allowlist", "values": ["/Volumes/a/b/c/i.sh", "/Workspace//Shared/i.sh"]},
        {"type": "unlimited", "defaultValue": "//Workspace/Repos/a/i.sh"},
    ],
)
def test_a_policys_init_script_in_somebodys_folder_is_found(limit: dict[str, Any]) -> None:
    rule = "sec-56-init-scripts-governed"
    assert judged(rule, policy({"init_scripts.0.workspace.destination": limit})).rules == {rule}
    platform = {"type": "fixed", "value": "/Platform/init.sh"}
    own = policy({"init_scripts.0.workspace.destination": platform})
    assert judged(rule, own).rules == set()


@pytest.mark.parametrize(
    "path", ["//Workspace/Users/a/i.sh", "Users/a/i.sh", "/workspace/shared/x"]
)
def test_a_folder_is_somebodys_however_its_path_is_written(path: str) -> None:
    rule = "sec-56-init-scripts-governed"
    scripts = [{"workspace": {"destination": path}}]
    assert judged(rule, Item(tokens.CLUSTER, "c", {"initScripts": scripts})).rules == {rule}


def test_a_policys_libraries_and_settings_are_judged_like_a_clusters() -> None:
    dbfs = "sec-57-no-dbfs"
    assert judged(dbfs, policy({}, libraries=[{"jar": "dbfs:/FileStore/a.jar"}])).rules == {dbfs}
    fixed = {"type": "fixed", "value": "dbfs:/warehouse"}
    assert judged(dbfs, policy({"spark_conf.spark.sql.warehouse.dir": fixed})).rules == {dbfs}
    pinned = "sec-74-libraries-pinned"
    for package, broken in (("pandas", {pinned}), ("pandas==2.2.3", set[str]())):
        assert (
            judged(pinned, policy({}, libraries=[{"pypi": {"package": package}}])).rules == broken
        )
    hidden = policy({}, libraries=UNKNOWN)
    assert judged(pinned, hidden).deferred == 1


@pytest.mark.parametrize(
    "item",
    [
        Item(tokens.CATALOG, "c", {"name": "c", "storageRoot": "dbfs:/catalog"}),
        Item(tokens.METASTORE, "m", {"storageRoot": "dbfs:/metastore"}),
        job(sparkPythonTask={"pythonFile": "file:///dbfs/jobs/a.py"}),
    ],
    ids=["catalog", "metastore", "file url"],
)
def test_the_dbfs_root_is_found_wherever_a_path_may_stand(item: Item) -> None:
    assert judged("sec-57-no-dbfs", item).rules == {"sec-57-no-dbfs"}


# REL-09

CHECK = "spark.databricks.delta.retentionDurationCheck.enabled"


def test_blanks_around_a_setting_do_not_hide_it() -> None:
    rule = "rel-09-delta-retention-check"
    for key, value in ((f" {CHECK}", "false"), (f"{CHECK}\t", " FALSE ")):
        assert judged(rule, Item(tokens.CLUSTER, "c", {"sparkConf": {key: value}})).rules == {rule}
    on = Item(tokens.CLUSTER, "c", {"sparkConf": {f"{CHECK} ": "true"}})
    assert judged(rule, on).rules == set()


@pytest.mark.parametrize(
    ("limit", "broken"),
    [
        ({"type": "allowlist", "values": ["true", "false"]}, True),
        ({"type": "unlimited", "defaultValue": "false"}, True),
        ({"type": "fixed", "value": "true"}, False),
    ],
)
def test_a_policy_does_not_offer_to_switch_the_check_off(
    limit: dict[str, Any], broken: object
) -> None:
    outcome = judged("rel-09-delta-retention-check", policy({f"spark_conf.{CHECK}": limit}))
    assert (outcome.rules != set()) is broken


# COST-11, COST-12: what only Python takes for JSON


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "Infinity"])
def test_a_limit_that_is_no_number_is_no_limit(number: str) -> None:
    definition = f'{{"dbus_per_hour": {{"type": "range", "maxValue": {number}}}}}'
    item = Item(tokens.CLUSTER_POLICY, "policy", {"definition": definition})
    outcome = judged("cost-11-policy-dbu-ceiling", item)
    assert f"'{number}' is not JSON" in outcome.messages
