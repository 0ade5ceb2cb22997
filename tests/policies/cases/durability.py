"""Cases of policies/rules/durability.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

rule = For("rel-01-protect-stateful")
for name in ("workspace", "connector", "lake", "vault", "metastore", "catalog"):
    rule.other("fail", "fails", name, "@protect", False)

rule = For("rel-03-no-force-destroy")
for name in ("metastore", "catalog", "schema", "credential", "location"):
    rule.fails(name, "forceDestroy", True)
    rule.absent("passes", name, "forceDestroy")
    rule.unknown("defers", name, "forceDestroy")
