"""Cases of policies/rules/network_access.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-40-ip-access-list")
rule.fails("offices", "enabled", False)
rule.fails(
    "offices", "ipAddresses", [], ["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["office"], ["::/0"]
)
rule.fails("conf-ip", "customConfig.enableIpAccessLists", "false")
rule.absent("fails", "conf-ip", "")
rule.absent("passes", "offices", "enabled")
rule.unknown("defers", "offices", "enabled", "ipAddresses", "ipAddresses.0")
rule.unknown("defers", "conf-ip", "customConfig")

network = "egress.networkAccess"
rule = For("sec-51-serverless-egress")
rule.fails("egress-policy", f"{network}.restrictionMode", "FULL_ACCESS")
rule.fails("egress-policy", f"{network}.policyEnforcement.enforcementMode", "DRY_RUN")
rule.fails("egress-here", "workspaceId", "2")
rule.absent("fails", "egress-policy", network, f"{network}.restrictionMode")
rule.absent("passes", "egress-policy", f"{network}.policyEnforcement")
rule.absent("fails", "egress-here", "", "workspaceId")
rule.unknown("defers", "egress-policy", network, f"{network}.restrictionMode")
rule.unknown("defers", "egress-here", "workspaceId")

rule = For("sec-52-ncc-bound")
rule.fails("ncc-here", "workspaceId", "2")
rule.absent("fails", "ncc-here", "", "workspaceId")
rule.unknown("defers", "ncc-here", "workspaceId")

rule = For("sec-65-metastore-assigned")
rule.fails("metastore-here", "workspaceId", 2)
rule.absent("fails", "metastore-here", "", "workspaceId")
rule.unknown("defers", "metastore-here", "workspaceId")
