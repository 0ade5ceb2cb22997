"""Cases of policies/rules/address_plan.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-29-databricks-subnet-size")
rule.fails("host", "addressPrefix", "10.2.1.0/27", "10.2.1.0/25", "10.2.1.0/33", 24, "fd00::/64")
rule.absent("fails", "container", "addressPrefix")
rule.unknown("defers", "host", "addressPrefix")
