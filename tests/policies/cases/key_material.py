"""Cases of policies/rules/key_material.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For

EXPIRES = "properties.attributes.expires"
ACTIONS = "properties.rotationPolicy.lifetimeActions"

rule = For("sec-26-key-expires-and-rotates")
rule.fails("key", EXPIRES, 0, "2030-01-01", True)
rule.fails("key", f"{ACTIONS}.0.action.type", "notify")
rule.absent("fails", "key", "properties.attributes", EXPIRES, "properties.rotationPolicy", ACTIONS)
rule.unknown("defers", "key", "properties.attributes", ACTIONS, f"{ACTIONS}.0.action.type")
rule.unknown("passes", "key", EXPIRES)

rule = For("sec-27-secret-expires")
rule.fails("secret", EXPIRES, 0, "soon")
rule.fails("secret", "properties.contentType", "")
rule.absent("fails", "secret", "properties.attributes", EXPIRES, "properties.contentType")
rule.unknown("defers", "secret", "properties.attributes")
rule.unknown("passes", "secret", EXPIRES, "properties.contentType")
