"""Ways around the rules by declaring the same thing as another type."""

from __future__ import annotations

from typing import Any

import pytest

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.alone import changed, judged
from tests.policies.compliant import compliant
from tests.policies.harness import Item, judge, urn

UNSEEN = "sec-39-providers-without-secrets"


# SEC-39: what no rule sees


@pytest.mark.parametrize(
    "token",
    [
        "azure:storage/account:Account",
        "azure:databricks/workspace:Workspace",
        "azapi:resources:Resource",
        "azure-native:resources:Deployment",
        "azure-native:resources/v20240701:Deployment",
        "azure-native_resources_v20240701:resources:DeploymentStackAtResourceGroup",
        "azure-native:resources:DeploymentAtSubscriptionScope",
        "azure-native:resources:Resource",
        "azure-native:resources:AzureCliScript",
    ],
)
def test_what_is_made_where_no_rule_sees_it_is_refused(token: str) -> None:
    outcome = judged(UNSEEN, Item(token, "hidden", {"minTlsVersion": "TLS1_0"}))
    assert [item.enforcementLevel for item in outcome.diagnostics] == [1]
    assert "azure-native's own types" in outcome.messages


@pytest.mark.parametrize("token", ["command:local:Command", "pulumi-python:dynamic:Resource"])
def test_a_script_is_warned_of_and_never_refused(token: str) -> None:
    outcome = judged(UNSEEN, Item(token, "script", {"create": "az storage account create"}))
    assert [item.enforcementLevel for item in outcome.diagnostics] == [0]


@pytest.mark.parametrize(
    "token",
    [
        "random:index/randomId:RandomId",
        "azuread:index/group:Group",
        "azure-native:resources:ResourceGroup",
        "mlops:workspace:Workspace",
        "pulumi:pulumi:StackReference",
    ],
)
def test_what_no_rule_has_to_see_is_left_alone(token: str) -> None:
    assert judged(UNSEEN, Item(token, "other", {})).rules == set()


def test_a_provider_of_one_api_version_holds_no_secret_either() -> None:
    provider = "pulumi:providers:azure-native_storage_v20240101"
    for props, broken in (({"clientSecret": "geheim"}, {UNSEEN}), ({}, set[str]())):
        assert judged(UNSEEN, Item(provider, "local", props, provider="")).rules == broken


# Versioned tokens of every type that has rules


OLD_TYPES = {
    "lake": ("storage/v20230101:StorageAccount", "minimumTlsVersion", "TLS1_0"),
    "lake-data": ("storage/v20220901:BlobContainer", "publicAccess", "Blob"),
    "vault": ("keyvault/v20230701:Vault", "properties.enableRbacAuthorization", False),
    "key": ("keyvault/v20230701:Key", "properties.rotationPolicy", None),
    "workspace": ("databricks/v20240501:Workspace", "sku.name", "standard"),
    "custom-role": ("authorization/v20220401:RoleDefinition", "permissions.0.actions", ["*"]),
    "lake-role": ("authorization/v20220401:RoleAssignment", "principalType", "User"),
    "lake-retention": (
        "storage/v20230101:BlobServiceProperties",
        "deleteRetentionPolicy.enabled",
        False,
    ),
    "logs": ("operationalinsights/v20230901:Workspace", "retentionInDays", 7),
}


@pytest.mark.parametrize("name", OLD_TYPES)
def test_the_type_of_an_api_version_is_judged_as_the_type(name: str) -> None:
    path, prop, value = OLD_TYPES[name]
    module, _, rest = path.partition("/")
    version, _, kind = rest.partition(":")
    for token in (
        f"azure-native:{module}/{version}:{kind}",
        f"azure-native_{module}_{version}:{module}:{kind}",
    ):
        item = compliant()[name].with_value(prop, value)
        outcome = judge([Item(token, name, item.props, protect=True)])
        assert item.type in {each.urn.split("::")[2] for each in outcome.diagnostics} or any(
            each.urn == urn(token, name) for each in outcome.diagnostics
        )


# REL-08: locks have four types


def test_a_lock_of_another_type_covers_the_account_as_well() -> None:
    rule = "rel-08-data-locked"
    account, level = compliant()["lake"], {"level": "CanNotDelete"}
    on_account = {
        "resourceGroupName": "MLOPS-prod-rg",
        "resourceProviderNamespace": "Microsoft.Storage",
        "parentResourcePath": "",
        "resourceType": "storageAccounts",
        "resourceName": "mlopsprodlake",
    }
    for token, props in (
        (tokens.LOCK_ON_SUBSCRIPTION, {}),
        (tokens.LOCK_ON_GROUP, {"resourceGroupName": "MLOPS-prod-rg"}),
        (tokens.LOCK_ON_RESOURCE, on_account),
    ):
        assert judged(rule, account, Item(token, "lock", {**props, **level})).rules == set(), token
        unlocked = {**props, "level": "NotSpecified"}
        assert judged(rule, account, Item(token, "lock", unlocked)).rules == {rule}, token
    child = {**on_account, "parentResourcePath": "storageAccounts/mlopsprodlake", **level}
    assert judged(rule, account, Item(tokens.LOCK_ON_RESOURCE, "lock", child)).rules == {rule}


def test_at_preview_a_lock_and_its_account_share_the_group_they_are_made_from() -> None:
    rule, group = "rel-08-data-locked", urn(tokens.RESOURCE_GROUP, "rg")
    account = changed("lake", resourceGroupName=UNKNOWN)
    lock = Item(
        tokens.LOCK_ON_GROUP, "lock", {"resourceGroupName": UNKNOWN, "level": "CanNotDelete"}
    )
    assert judged(rule, account, lock).deferred == 1
    paired = [each.with_dependency("resourceGroupName", group) for each in (account, lock)]
    assert (judged(rule, *paired).rules, judged(rule, *paired).deferred) == (set(), 0)


# SEC-60: credentials have three types


@pytest.mark.parametrize("token", [tokens.CREDENTIAL, tokens.METASTORE_ACCESS])
def test_a_credential_of_another_type_holds_no_secret_either(token: str) -> None:
    rule = "sec-60-storage-credential-managed-identity"
    props: dict[str, Any] = {
        "name": "c",
        "isolationMode": "ISOLATION_MODE_ISOLATED",
        "azureServicePrincipal": {"clientSecret": "geheim-geheim"},
    }
    outcome = judged(rule, Item(token, "c", props))
    assert "azureServicePrincipal is set" in outcome.messages
    assert "geheim" not in outcome.messages


# ML-12: one securable under two spellings


def test_a_name_and_an_id_of_the_same_catalog_are_one_securable() -> None:
    rule = "ml-12-one-grants-per-securable"
    graph = compliant()
    by_name = Item(tokens.GRANTS, "a", {"catalog": "ML_prod_catalog", "grants": []})
    by_id = Item(tokens.GRANTS, "b", {"catalog": UNKNOWN, "grants": []})
    catalog = urn(tokens.CATALOG, "catalog")
    by_id = by_id.with_dependency("catalog", catalog)
    assert judged(rule, graph["catalog"], by_name, by_id).rules == {rule}
    registry = by_id.with_dependency("catalog", urn(tokens.CATALOG, "registry"))
    assert judged(rule, graph["catalog"], graph["registry"], by_name, registry).rules == set()
    schema = Item(tokens.GRANTS, "c", {"schema": "ml_prod_catalog.RAW", "grants": []})
    schema_id = Item(tokens.GRANTS, "d", {"schema": UNKNOWN, "grants": []}).with_dependency(
        "schema", urn(tokens.SCHEMA, "schema")
    )
    assert judged(rule, graph["schema"], schema, schema_id).rules == {rule}
