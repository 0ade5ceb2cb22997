"""The packs' configuration files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from policies import config, reference, registry
from tests.policies.harness import TODAY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    config.write(tmp_path)
    return tmp_path


def edit(file: Path, **changes: Any) -> None:
    content = json.loads(file.read_text())
    file.write_text(json.dumps({key: value for key, value in (content | changes).items() if value}))


def test_the_shipped_files_are_in_order() -> None:
    config.check(datetime.now(UTC).date())  # the real exemptions, on the real day


def test_what_is_written_passes_the_check(directory: Path) -> None:
    config.check(TODAY, directory)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sec-03-no-public-ip": {"enforcementLevel": "mandatory"}}, "'sec-03-no-public-ip' is no"),
        ({"sec-01-workspace-premium-sku": {"enforcementLevel": "must"}}, "'must' is not one of"),
        ({"sec-01-workspace-premium-sku": {"level": "advisory"}}, "'level' is no key"),
        ({"sec-01-workspace-premium-sku": "mandatory"}, "is not an object"),
        ({"sec-01-workspace-premium-sku": None}, "sec-01-workspace-premium-sku is missing"),
        (
            {
                "cost-17-serving-scale-to-zero": {
                    "enforcementLevel": "advisory",
                    "decision": "maybe",
                }
            },
            "'maybe' is not one of on, explicit",
        ),
        (
            {"cost-01-azure-tags": {"enforcementLevel": "advisory", "required": ["env", 1]}},
            "1 is not of type string",
        ),
        (
            {
                "ml-10-access-matrix": {
                    "enforcementLevel": "advisory",
                    "matrix": {"ml_prod_catalog": {"data_scientists": "everything"}},
                }
            },
            "ml_prod_catalog: data_scientists: 'everything' is not one of none, visit, read",
        ),
        (
            {
                "ml-10-access-matrix": {
                    "enforcementLevel": "advisory",
                    "matrix": ["ml_prod_catalog"],
                }
            },
            "is not of type object",
        ),
        (
            {"sec-54-supported-runtime": {"enforcementLevel": "advisory", "today": "tomorrow"}},
            "'tomorrow' does not match",
        ),
        (
            {
                "cost-03-cluster-autotermination": {
                    "enforcementLevel": "advisory",
                    "maximumMinutes": True,
                }
            },
            "True is not of type integer",
        ),
    ],
)
def test_a_wrong_entry_is_refused_by_name(
    directory: Path, changes: dict[str, Any], complaint: str
) -> None:
    edit(directory / "test.json", **changes)
    with pytest.raises(config.ConfigError, match=complaint) as refused:
        config.check(TODAY, directory)
    assert "test.json" in str(refused.value)


def test_a_missing_file_is_refused(directory: Path) -> None:
    (directory / "prod.json").unlink()
    with pytest.raises(config.ConfigError, match=r"prod\.json is missing"):
        config.check(TODAY, directory)


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_file_that_is_no_object_is_refused(directory: Path, text: str) -> None:
    (directory / "dev.json").write_text(text)
    with pytest.raises(config.ConfigError, match=r"dev\.json is not"):
        config.check(TODAY, directory)


def test_no_environment_is_stricter_than_production() -> None:
    order = {"disabled": 0, "advisory": 1, "mandatory": 2}
    # What only production needs: endpoints that stay awake, schedules, services, all its logs.
    exceptions = {
        "cost-09-photon-justified",
        "cost-17-serving-scale-to-zero",
        "cost-25-schedule-paused",
        "cost-28-nothing-left-on",
        "cost-31-log-ingestion",
    }
    for rule in registry.load().values():
        if rule.name not in exceptions:
            levels = [order[rule.levels.of(item)] for item in registry.ENVIRONMENTS]
            assert levels == sorted(levels), rule.name


def test_the_command_reports_success_failure_and_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert config.main(["check"]) == 0
    assert config.main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_every_rule_says_why_and_what_to_do() -> None:
    for rule in registry.load().values():
        assert rule.title[0].isupper(), rule.name
        assert not rule.title.endswith("."), rule.name
        assert rule.rationale.endswith("."), rule.name
        assert rule.remediation.endswith("."), rule.name


def test_the_reference_page_is_what_the_registry_writes() -> None:
    assert reference.main(["check"]) == 0


def test_the_reference_page_has_a_section_for_every_rule() -> None:
    page = reference.render()
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == [*registry.load()]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"all": "mandatory"', "not valid JSON"),
        ('{"a": "\u00e9"}'.encode("latin-1"), "not valid JSON"),
        (b'{"sec-17": {"enforcementLevel": "mandatory"}, "sec-17": "disabled"}', "'sec-17' stands"),
        (b'{"a": {"level": "mandatory", "level": "disabled"}}', "'level' stands"),
        (b"[]", "not a JSON object"),
    ],
)
def test_a_hostile_file_is_refused_by_name(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "prod.json"
    file.write_bytes(content)
    with pytest.raises(config.ConfigError, match=said) as refused:
        config.load(file)
    assert "prod.json" in str(refused.value)
