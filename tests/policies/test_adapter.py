"""How the engine is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import json_format

from policies import registry
from policies.findings import Violation
from policies.model import UNKNOWN
from policies.notices import DEFERRED, EXEMPTIONS
from policies.registry import EVERYWHERE, Mappings, Rule
from tests.policies.compliant import compliant, depends
from tests.policies.deployed import deployed
from tests.policies.harness import (
    ABSENT,
    CONTEXT,
    EMPTY,
    Item,
    Outcome,
    Secret,
    analyze_request,
    configure_request,
    judge,
    platform,
    stack_request,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.model import Resource

PUBLIC = "sec-04-workspace-public-access-off"


def one_rule(check: Any, **changes: Any) -> Rule:
    values: dict[str, Any] = {
        "name": "sec-99-of-a-test",
        "title": "A test's demand",
        "severity": "low",
        "rationale": "",
        "remediation": "",
        "types": ("azure-native:databricks:Workspace",),
        "levels": EVERYWHERE,
        "config": {},
        "mappings": Mappings(),
        "check": check,
        "scope": "resource",
    }
    return Rule(**(values | changes))


def workspace(**changes: Any) -> Item:
    item = compliant()["workspace"]
    for path, value in changes.items():
        item = item.with_value(path, value)
    return item


def violation_of(item: Item, **settings: Any) -> Outcome:
    return judge([item], rules=[registry.load()[PUBLIC]], **settings)


@pytest.mark.parametrize(("level", "number"), [("advisory", 0), ("mandatory", 1)])
def test_a_rule_has_the_level_of_its_own_configuration(level: str, number: int) -> None:
    outcome = violation_of(
        workspace(publicNetworkAccess="Enabled"), settings={PUBLIC: {"enforcementLevel": level}}
    )
    assert [item.enforcementLevel for item in outcome.diagnostics] == [number]


def test_a_disabled_rule_is_silent() -> None:
    outcome = violation_of(
        workspace(publicNetworkAccess="Enabled"),
        settings={PUBLIC: {"enforcementLevel": "disabled"}},
    )
    assert outcome.diagnostics == []


def test_without_configuration_a_rule_advises_with_its_defaults() -> None:
    analyzer = platform([registry.load()["cost-03-cluster-autotermination"]])
    item = compliant()["cluster"].with_value("autoterminationMinutes", 25)
    found = analyzer.Analyze(analyze_request(item), CONTEXT).diagnostics
    assert [(entry.policyName, entry.enforcementLevel) for entry in found] == [
        ("cost-03-cluster-autotermination", 0)
    ]


def test_options_come_as_floats_and_are_obeyed() -> None:
    item = compliant()["cluster"].with_value("autoterminationMinutes", 45)
    rule = registry.load()["cost-03-cluster-autotermination"]
    settings = {rule.name: {"maximumMinutes": 45.0}}
    assert judge([item], rules=[rule], settings=settings).rules == set()
    assert judge([item], rules=[rule]).rules == {rule.name}


def test_rules_see_every_api_version_of_a_type() -> None:
    item = workspace(publicNetworkAccess="Enabled")
    versioned = Item("azure-native:databricks/v20240501:Workspace", item.name, item.props)
    assert violation_of(versioned).rules == {PUBLIC}


def test_deferred_checks_are_counted_once_per_run() -> None:
    analyzer = platform()
    unknown = workspace(publicNetworkAccess=UNKNOWN, defaultStorageFirewall=UNKNOWN)
    analyzer.Analyze(analyze_request(unknown), CONTEXT)
    first = analyzer.AnalyzeStack(stack_request([]), CONTEXT).diagnostics
    assert [item.policyName for item in first] == [DEFERRED]
    _, message = first[0].message.split("\n")
    assert message == "2 checks deferred until it is known: SEC-04 (1), SEC-08 (1)"
    assert list(analyzer.AnalyzeStack(stack_request([]), CONTEXT).diagnostics) == []


def test_the_count_of_deferred_checks_can_be_switched_off() -> None:
    analyzer = platform()
    off = configure_request({DEFERRED: {"enforcementLevel": "disabled"}})
    analyzer.Configure(off, CONTEXT)
    analyzer.Analyze(analyze_request(workspace(publicNetworkAccess=UNKNOWN)), CONTEXT)
    assert list(analyzer.AnalyzeStack(stack_request([]), CONTEXT).diagnostics) == []


def test_one_unknown_resource_does_not_stop_a_stack_rule_from_judging_the_others() -> None:
    graph = compliant()
    graph["workspace-logs"] = graph["workspace-logs"].with_value("resourceUri", UNKNOWN)
    graph["conf"] = graph["conf"].with_value("customConfig.maxTokenLifetimeDays", "365")
    graph["host"] = graph["host"].with_value("defaultOutboundAccess", ABSENT)
    outcome = judge(graph.values(), settings=deployed())
    assert outcome.rules == {"sec-41-token-lifetime", "sec-28-databricks-subnets-confined"}
    assert outcome.deferred == 1


def test_an_unknown_target_is_recognised_by_what_it_is_computed_from() -> None:
    graph = dict(depends("workspace-logs", "resourceUri", "workspace"))
    graph["workspace-logs"] = graph["workspace-logs"].with_value("resourceUri", UNKNOWN)
    outcome = judge(graph.values(), settings=deployed())
    assert outcome.rules == set()
    assert outcome.deferred == 0


def test_a_target_is_recognised_by_the_id_that_the_cloud_gave() -> None:
    graph = compliant()
    own_id = "/subscriptions/1/vaults/renamed"
    graph["vault"] = replace(graph["vault"], outputs={"id": own_id})
    rule = registry.load()["sec-34-diagnostic-settings"]
    assert judge(graph.values(), rules=[rule]).rules == {rule.name}
    graph["vault-logs"] = graph["vault-logs"].with_value("resourceUri", own_id.upper())
    assert judge(graph.values(), rules=[rule]).rules == set()


def test_a_subnet_is_a_workspaces_when_the_unknown_name_is_computed_from_it() -> None:
    graph = dict(depends("workspace", "parameters", "endpoints"))
    for key in ("customPublicSubnetName", "customPrivateSubnetName"):
        path = f"parameters.{key}.value"
        graph["workspace"] = graph["workspace"].with_value(path, UNKNOWN)
    outcome = judge(graph.values())
    assert outcome.rules == {"sec-28-databricks-subnets-confined"}
    assert "is not delegated" in outcome.messages


def test_a_resource_outside_a_targeted_update_is_judged_by_its_outputs() -> None:
    analyzer = platform()
    open_catalog = Item("databricks:index/catalog:Catalog", "c", {"name": "c"})
    found = analyzer.AnalyzeStack(stack_request([open_catalog]), CONTEXT).diagnostics
    assert {item.policyName for item in found} == {
        "sec-62-catalog-isolated",
        "ml-14-described-and-classified",
    }


def test_two_grants_on_one_unknown_catalog_are_recognised_by_what_they_are_computed_from() -> None:
    graph = dict(depends("catalog-grants", "catalog", "catalog"))
    first = graph["catalog-grants"].with_value("catalog", UNKNOWN)
    graph["catalog-grants"] = first
    graph["again"] = Item(first.type, "again", first.props, dependencies=first.dependencies)
    outcome = judge(graph.values())
    assert outcome.rules == {"ml-12-one-grants-per-securable"}


def test_a_serverless_workspace_is_not_asked_for_a_network() -> None:
    item = workspace(parameters=ABSENT, defaultStorageFirewall=ABSENT, accessConnector=ABSENT)
    outcome = judge([item.with_value("computeMode", "Serverless")])
    assert {name for name, _ in outcome.not_applicable} == {
        "sec-02-workspace-vnet-injection",
        "sec-03-workspace-no-public-ip",
        "sec-05-workspace-nsg-rules-private",
        "sec-08-workspace-root-storage-firewall",
        "sec-10-workspace-root-own-key",
        "sec-11-workspace-double-encryption",
    }
    assert all("serverless" in reason for _, reason in outcome.not_applicable)


def test_a_crashing_rule_becomes_a_violation_that_names_rule_and_resource() -> None:
    def broken(resource: Resource, _config: object) -> Iterator[Violation]:
        yield Violation("found before")
        raise KeyError(resource.get("adminToken"))

    item = workspace(adminToken="dapi0123456789")
    outcome = judge([item], rules=[one_rule(broken)])
    assert [entry.urn for entry in outcome.diagnostics] == [
        "urn:pulumi:prod::mlops::azure-native:databricks:Workspace::workspace"
    ] * 2
    assert "found before" in outcome.messages
    assert "sec-99-of-a-test itself failed with KeyError in broken" in outcome.messages
    assert "dapi" not in outcome.messages


@pytest.mark.parametrize("value", [Secret("hush-hush"), "hush-hush"], ids=["marked", "named"])
def test_a_secret_never_gets_into_a_message(value: Any) -> None:
    def careless(resource: Resource, _config: object) -> Iterator[Violation]:
        yield Violation(f"the token is {resource.get('adminToken')}")

    outcome = judge([workspace(adminToken=value)], rules=[one_rule(careless)])
    assert outcome.messages == "A test's demand\nthe token is [secret]"


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"sec-04-workspace-public-acess-off": {}}, f"did you mean '{PUBLIC}'"),
        ({"cost-03-cluster-autotermination": {"minutes": 5}}, "is no key of this rule"),
        ({"cost-03-cluster-autotermination": {"maximumMinutes": -5}}, "is less than 0"),
        ({"cost-03-cluster-autotermination": {"maximumMinutes": "5"}}, "is not of type integer"),
        ({PUBLIC: {"enforcementLevel": "remediate"}}, "has no remedy; use 'mandatory'"),
    ],
)
def test_a_configuration_that_the_engine_lets_pass_is_refused(
    settings: dict[str, dict[str, Any]], complaint: str
) -> None:
    analyzer = platform()
    with pytest.raises(RuntimeError, match=complaint):
        analyzer.Configure(configure_request(settings), CONTEXT)


def test_a_single_pack_takes_the_whole_environments_file() -> None:
    names = [rule.name for rule in registry.pack("cost")]
    assert names
    assert all(name.startswith("cost-") for name in names)
    judge([compliant()["cluster"]], rules=registry.pack("cost"))


def test_the_packs_together_are_the_platform_pack() -> None:
    single = [
        rule.name for name in registry.PACKS if name != "platform" for rule in registry.pack(name)
    ]
    assert sorted(single) == sorted(rule.name for rule in registry.pack("platform"))


def test_the_engine_is_told_everything_that_the_registry_knows() -> None:
    info = platform().GetAnalyzerInfo(EMPTY, CONTEXT)
    told = {policy.name: policy for policy in info.policies}
    assert set(told) == {*registry.load(), DEFERRED, EXEMPTIONS}
    policy = told["sec-03-workspace-no-public-ip"]
    assert policy.severity == 4
    assert policy.framework.specification == "2.1.9"
    assert list(policy.tags) == ["SEC-03", "sat:NS-6", "cis:2.1.9", "azp:51c1490f"]
    schema = told["cost-03-cluster-autotermination"].configSchema.properties
    assert json_format.MessageToDict(schema)["maximumMinutes"]["default"] == 20
