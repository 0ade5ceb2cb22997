"""What every rule says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policies import config, registry

if TYPE_CHECKING:
    from policies.registry import Rule

RULES = pytest.mark.parametrize("rule", registry.load().values(), ids=lambda rule: rule.name)


@RULES
def test_a_rule_says_what_holds_why_and_what_to_do(rule: Rule) -> None:
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert len(rule.title) <= 110, "it heads every violation"
    assert rule.rationale.endswith(".")
    assert rule.remediation.endswith(".")
    assert rule.severity in registry.SEVERITIES


@RULES
def test_a_rule_is_known_elsewhere_or_says_why_it_is_not(rule: Rule) -> None:
    assert rule.mappings.tags() or len(rule.unmapped.split()) > 3


@RULES
def test_an_option_has_a_meaning_and_a_default_that_its_schema_allows(rule: Rule) -> None:
    for key, option in rule.config.items():
        assert option.description.endswith("."), key
        given = {rule.name: {"enforcementLevel": "mandatory", key: option.default}}
        assert config.problems_of(given) == []


@RULES
def test_a_rule_reads_the_options_of_one_that_there_is_in_its_pack(rule: Rule) -> None:
    if rule.reads:
        other = registry.load()[rule.reads]
        assert rule.id.split("-")[0] == other.id.split("-")[0]
        assert not rule.config.keys() & other.config.keys() - {"warnAtPercent"}


@RULES
def test_a_rule_is_in_exactly_one_pack_by_topic(rule: Rule) -> None:
    packs = [name for name in registry.PACKS if rule in registry.pack(name)]
    assert len(packs) == 2, "the platform pack and its own"


def test_a_catalogue_that_says_why_it_has_nothing_is_no_mapping() -> None:
    mappings = registry.Mappings(none="because")
    assert mappings.tags() == []
    assert mappings.catalogues() == {}
