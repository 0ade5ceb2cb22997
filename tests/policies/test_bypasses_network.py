"""Ways around the rules of the network, and what only looks like one."""

from __future__ import annotations

from typing import Any

import pytest

from policies import tokens
from policies.model import UNKNOWN
from tests.policies.alone import changed, judged
from tests.policies.compliant import compliant
from tests.policies.compliant.common import ARM, NETWORK, TAGS
from tests.policies.harness import Item, urn

PREVIEW: dict[str, Any] = {"privateLinkServiceId": UNKNOWN, "groupIds": ["dfs"]}
LAKE = urn(tokens.STORAGE_ACCOUNT, "lake")


# SEC-05, SEC-06, SEC-19, SEC-25: private endpoints


def endpoint(name: str, prop: str, *connections: Any, **more: Any) -> Item:
    listed = list(connections)
    return Item(tokens.PRIVATE_ENDPOINT, name, {"tags": TAGS, prop: listed}, **more)


def test_an_endpoint_that_is_approved_by_hand_counts() -> None:
    vault = f"{ARM}/Microsoft.KeyVault/vaults/MLOPS-prod-KV"
    by_hand = endpoint(
        "by-hand",
        "manualPrivateLinkServiceConnections",
        {"privateLinkServiceId": vault, "groupIds": ["Vault"]},
    )
    assert judged("sec-25-key-vault-private-endpoint", compliant()["vault"], by_hand).rules == set()


def test_at_preview_an_endpoint_is_paired_by_what_its_target_is_computed_from() -> None:
    rule = "sec-19-storage-private-endpoints"
    prop = "privateLinkServiceConnections"
    lake = compliant()["lake"]
    both = {**PREVIEW, "groupIds": ["dfs", "blob"]}
    mine = endpoint("mine", prop, both, dependencies={prop: [LAKE]})
    assert judged(rule, lake, mine).rules == set()
    assert judged(rule, lake, mine).deferred == 0
    another = endpoint("x", prop, both, dependencies={prop: [urn(tokens.VAULT, "vault")]})
    assert judged(rule, lake, another).rules == {rule}
    nobody_knows = endpoint("x", prop, both)
    assert judged(rule, lake, nobody_knows).rules == set()
    assert judged(rule, lake, nobody_knows).deferred == 2


def test_dfs_alone_leaves_blob_open() -> None:
    rule = "sec-19-storage-private-endpoints"
    prop = "privateLinkServiceConnections"
    only = endpoint("dfs", prop, PREVIEW, dependencies={prop: [LAKE]})
    assert "['blob']" in judged(rule, compliant()["lake"], only).messages


def test_a_versioned_endpoint_and_account_are_judged_as_well() -> None:
    old = "azure-native:storage/v20230101:StorageAccount"
    account = Item(old, "lake", compliant()["lake"].props)
    assert judged("sec-19-storage-private-endpoints", account).rules != set()


def test_the_log_in_endpoint_may_be_another_stack_s() -> None:
    graph = compliant()
    del graph["log-in-endpoint"]
    rule = "sec-06-workspace-private-endpoints"
    assert judged(rule, *graph.values()).rules == {rule}
    assert judged(rule, *graph.values(), browserAuthentication=False).rules == set()


def test_nsg_rules_follow_the_endpoint_even_while_the_front_end_is_public() -> None:
    rule = "sec-05-workspace-nsg-rules-private"
    workspace = changed("workspace", publicNetworkAccess="Enabled", requiredNsgRules="AllRules")
    assert judged(rule, workspace).rules == set()
    assert judged(rule, workspace, compliant()["ui-endpoint"]).rules == {rule}


def test_whether_the_back_end_is_private_may_show_in_the_update_only() -> None:
    rule = "sec-05-workspace-nsg-rules-private"
    open_ = changed("workspace", publicNetworkAccess=UNKNOWN, requiredNsgRules="AllRules")
    assert judged(rule, open_).deferred == 1
    safe = changed("workspace", publicNetworkAccess=UNKNOWN)
    assert judged(rule, safe).deferred == 0


def test_a_subnet_that_may_be_delegated_waits_for_the_update() -> None:
    subnet = changed("endpoints", delegations=UNKNOWN)
    assert judged("sec-28-databricks-subnets-confined", subnet).deferred == 1


# SEC-07: names


def test_at_preview_records_and_links_are_paired_by_dependencies() -> None:
    rule = "sec-07-private-endpoint-names"
    ui, zone = compliant()["ui-endpoint"], compliant()["zone"]
    records = changed("ui-records", privateEndpointName=UNKNOWN)
    link = changed("zone-link", privateZoneName=UNKNOWN)
    assert judged(rule, ui, zone, records, link).deferred == 2
    paired = [
        records.with_dependency("privateEndpointName", urn(ui.type, ui.name)),
        link.with_dependency("privateZoneName", urn(zone.type, zone.name)),
    ]
    assert judged(rule, ui, zone, *paired).deferred == 0
    assert judged(rule, ui, zone, *paired).rules == set()


def test_a_zone_that_is_not_for_private_link_needs_no_network() -> None:
    zone = Item(tokens.PRIVATE_ZONE, "own", {"privateZoneName": "corp.example.com"})
    assert judged("sec-07-private-endpoint-names", zone).rules == set()


# SEC-29: subnets


def test_inline_subnets_and_several_prefixes_have_their_size() -> None:
    rule = "sec-29-databricks-subnet-size"
    delegation = {"serviceName": "microsoft.databricks/WORKSPACES"}
    subnet: dict[str, Any] = {
        "name": "a",
        "addressPrefixes": ["10.0.0.0/28"],
        "delegations": [delegation],
    }
    assert judged(rule, changed("vnet", subnets=[subnet])).rules == {rule}
    subnet["addressPrefixes"] = ["10.0.0.0/27", "10.0.0.64/26"]
    assert judged(rule, changed("vnet", subnets=[subnet])).rules == set()
    subnet["ipamPoolPrefixAllocations"] = [{"pool": {"id": "x"}}]
    assert judged(rule, changed("vnet", subnets=[subnet])).deferred == 1


def test_more_nodes_need_more_room() -> None:
    rule = "sec-29-databricks-subnet-size"
    assert judged(rule, compliant()["host"], nodes=251).rules == set()
    assert "room for 252" in judged(rule, compliant()["host"], nodes=252).messages


# SEC-30, SEC-31: security rules


def test_the_internet_in_a_list_of_halves_is_let_in_by_no_rule() -> None:
    relay = changed("relay", sourceAddressPrefixes=["0.0.0.0/1", "128.0.0.0/1"])
    assert judged("sec-30-nsg-no-inbound-from-internet", relay).rules != set()
    sixteenths = [f"{number}.0.0.0/8" for number in range(1, 200)]
    many = changed("relay", sourceAddressPrefixes=sixteenths)
    assert "and 198 more" in judged("sec-30-nsg-no-inbound-from-internet", many).messages


def nsg(*rules: dict[str, Any]) -> list[Item]:
    """The group of both Databricks subnets, with these outbound rules and nothing else."""
    graph = compliant()
    outbound = [{"direction": "Outbound", **rule} for rule in rules]
    group = graph["nsg"].with_value("securityRules", outbound)
    return [group, graph["host"], graph["container"], graph["workspace"]]


DENY = {
    "access": "Deny",
    "protocol": "*",
    "sourceAddressPrefix": "VirtualNetwork",
    "destinationAddressPrefix": "Internet",
    "destinationPortRange": "*",
}


@pytest.mark.parametrize(
    ("changes", "confined"),
    [
        ({}, True),
        ({"access": "deny", "destinationAddressPrefix": "INTERNET"}, True),
        ({"destinationPortRange": "0-65535"}, True),
        ({"destinationPortRange": None, "destinationPortRanges": ["0-79", "80-65535"]}, True),
        ({"destinationPortRange": None, "destinationPortRanges": ["80", "443"]}, False),
        ({"destinationAddressPrefix": "0.0.0.0/0"}, True),
        ({"destinationAddressPrefix": None, "destinationAddressPrefixes": ["0.0.0.0/1"]}, True),
        ({"destinationAddressPrefix": "Storage"}, False),
        ({"sourceAddressPrefix": "10.2.1.0/26"}, False),
        ({"access": "Allow"}, False),
        ({"protocol": "Tcp"}, False),
    ],
)
def test_only_a_denial_of_everything_to_everybody_confines(
    changes: dict[str, Any], confined: object
) -> None:
    outcome = judged("sec-31-nsg-outbound-confined", *nsg({**DENY, **changes}))
    assert (outcome.rules == set()) is confined, outcome.messages


def test_an_allowance_in_a_list_or_in_a_rule_of_its_own_is_found() -> None:
    rule = "sec-31-nsg-outbound-confined"
    several = {"access": "Allow", "destinationAddressPrefixes": ["Storage", "128.0.0.0/1"]}
    assert "'128.0.0.0/1' outbound" in judged(rule, *nsg(DENY, several)).messages
    alone = Item(
        "azure-native:network/v20240501:SecurityRule",
        "alone",
        {"direction": "outbound", "access": "allow", "destinationAddressPrefix": "*"},
    )
    assert "'*' outbound" in judged(rule, *nsg(DENY), alone).messages


def test_at_preview_a_group_is_its_subnet_s_by_dependency() -> None:
    rule = "sec-31-nsg-outbound-confined"
    group, host, *_ = nsg()
    host = host.with_value("networkSecurityGroup.id", UNKNOWN)
    paired = host.with_dependency("networkSecurityGroup", urn(group.type, group.name))
    assert judged(rule, group, paired).rules == {rule}


def test_a_group_of_other_subnets_need_not_deny() -> None:
    group, *_ = nsg()
    assert judged("sec-31-nsg-outbound-confined", group, compliant()["endpoints"]).rules == set()


# SEC-32, SEC-33


def test_a_firewall_may_have_public_addresses() -> None:
    rule = "sec-32-public-ip-for-egress-only"
    address = {"publicIPAddress": {"id": f"{NETWORK}/publicIPAddresses/egress"}}
    graph = compliant()
    for prop, value in (("ipConfigurations", [address]), ("managementIpConfiguration", address)):
        firewall = graph["firewall"].with_value(prop, value)
        assert judged(rule, graph["egress"], firewall).rules == set()
    assert judged(rule, graph["egress"], graph["firewall"]).rules == {rule}


def test_flow_logs_of_a_security_group_are_retired() -> None:
    group = f"{NETWORK}/networkSecurityGroups/nsg"
    log = changed("flow-log", targetResourceId=group)
    assert "is a security group" in judged("sec-33-flow-logs", log).messages


@pytest.mark.parametrize("days", [0, 90, 400])
def test_no_end_is_long_enough(days: int) -> None:
    log = changed("flow-log", retentionPolicy__days=days)
    assert judged("sec-33-flow-logs", log).rules == set()
