"""What a policy configuration file means outside of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from policies import config, registry, settings
from tests.policies.harness import TODAY

if TYPE_CHECKING:
    from policies.evaluate import Active

LOGS = "sec-35-log-retention"
TLS = "sec-14-storage-encrypted-transport"


def active(content: dict[str, Any]) -> dict[str, Active]:
    resolved = settings.resolve(settings.normalised(content), [*registry.load().values()], TODAY)
    return {each.rule.name: each for each in resolved.evaluation.rules}


def test_what_a_file_does_not_name_advises_with_its_defaults() -> None:
    found = active({})
    assert set(found) == set(registry.load())
    assert {each.level for each in found.values()} == {"advisory"}
    assert found[LOGS].config == {"minimumDays": 90}


def test_all_gives_its_level_to_every_rule_that_has_none_of_its_own() -> None:
    found = active({"all": "mandatory", LOGS: {"minimumDays": 30}, TLS: "disabled"})
    assert found[LOGS].level == "mandatory"
    assert found[LOGS].config == {"minimumDays": 30}
    assert TLS not in found


def test_all_may_be_an_object_too() -> None:
    assert active({"all": {"enforcementLevel": "mandatory"}})[LOGS].level == "mandatory"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"sec-35-log-retentoin": "mandatory"}, f"did you mean '{LOGS}'"),
        ({LOGS: "forbidden"}, "'forbidden' is not one of mandatory, advisory, remediate"),
        ({LOGS: 3}, "is not an object"),
        ({LOGS: {"minimumDay": 3}}, "did you mean 'minimumDays'"),
        (
            {"exemptions": {"path": "x"}},
            "'path' is no key of this rule; known are file, maximumDays",
        ),
        ({"exemptions": {"file": 3}}, "exemptions.file: 3 is not of type string"),
        ({"exemptions": {"maximumDays": 36500}}, "maximumDays: 36500 is more than 3660"),
        (
            {"cost-01-azure-tags": {"remedyTags": {"owner": 3}}},
            "cost-01-azure-tags.remedyTags: owner: 3 is not of type string",
        ),
        ({LOGS: "remediate"}, f"{LOGS}.enforcementLevel: 'remediate' is not possible"),
    ],
)
def test_what_the_engine_takes_without_a_word_is_refused(
    content: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(config.ConfigError) as refused:
        active(content)
    assert complaint in str(refused.value)


def test_remediating_everything_is_refused_in_one_line() -> None:
    with pytest.raises(config.ConfigError) as refused:
        active({"all": "remediate"})
    (line,) = str(refused.value).splitlines()
    assert "rules without a remedy" in line
    assert TLS in line


def test_the_shipped_files_mean_what_the_registry_says() -> None:
    for environment in registry.ENVIRONMENTS:
        # What is exempt ends on days of its own.
        content = config.load(config.path(environment)) | {"exemptions": "disabled"}
        found = active(content)
        for rule in registry.load().values():
            level = rule.levels.of(environment)
            assert (found[rule.name].level if rule.name in found else "disabled") == level
