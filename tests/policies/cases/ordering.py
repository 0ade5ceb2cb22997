"""Cases of policies/rules/ordering.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("rel-16-one-metastore")
rule.fails("metastore-west", "region", "eastus2", "EastUS2", "")
rule.absent("fails", "metastore-west", "region")
rule.unknown("defers", "metastore", "region")

rule = For("rel-19-patient-timeouts")
for name in ("workspace", "ui-endpoint", "endpoint"):
    rule.other("fail", "fails", name, "@create_seconds", 0)
    rule.other("fail", "fails", name, "@create_seconds", 3599)

rule = For("rel-20-made-in-order")
rule.other("fail", "fails", "explicit", "@after", [])
rule.absent("passes", "assignment", "")
rule.absent("passes", "connectivity", "")
rule.unknown("passes", "workspace", "publicNetworkAccess")
