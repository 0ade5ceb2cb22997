"""How much dearer than what is deployed a change may be, and what there is to compare it with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.runtime.proto import analyzer_pb2

from policies import registry, settings, tokens
from policies.model import UNKNOWN
from policies.report.verdicts import judged as judged_by_report
from policies.snapshot import read
from tests.policies.harness import TODAY, Item, judge, urn
from tests.policies.states import state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.policies.harness import Outcome

GROWTH = "cost-37-monthly-growth"
RULE = registry.load()[GROWTH]
# A machine that never stops: 0.226 x 730 = 164.98 a month.
SMALL = {"hardwareProfile": {"vmSize": "Standard_D4ds_v5"}}


def machines(count: int) -> list[Item]:
    return [Item(tokens.VIRTUAL_MACHINE, f"vm-{number}", SMALL) for number in range(count)]


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    """The state of ten machines: 1,649.80 a month."""
    file = tmp_path / "prod.json"
    file.write_text(json.dumps(state(machines(10))))
    return file


def limits(percent: float = 1000, usd: float = 1_000_000, **warn: float) -> dict[str, float]:
    given = {"failAbovePercent": percent, "failAboveUsd": usd}
    never = {"warnAbovePercent": 1000, "warnAboveUsd": 1_000_000, "ignoredUsd": 0}
    return never | given | warn


def change(items: list[Item], file: Path | str, given: dict[str, Any] | None = None) -> Outcome:
    keys = {"deployedState": str(file), **(given or limits())}
    return judge(items, rules=[RULE], settings={GROWTH: keys})


def level(outcome: Outcome) -> int | None:
    return outcome.diagnostics[0].enforcementLevel if outcome.diagnostics else None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # Two more: 20 % and 329.96 USD.
        (limits(19), analyzer_pb2.MANDATORY),
        (limits(20), None),
        (limits(usd=329), analyzer_pb2.MANDATORY),
        (limits(usd=330), None),
        (limits(warnAbovePercent=19), analyzer_pb2.ADVISORY),
        (limits(warnAboveUsd=329), analyzer_pb2.ADVISORY),
        (limits(19, warnAbovePercent=1), analyzer_pb2.MANDATORY),
        (limits(19, ignoredUsd=330), None),
        (limits(19, ignoredUsd=329), analyzer_pb2.MANDATORY),
    ],
)
def test_a_rise_is_judged_by_its_share_and_by_its_amount(
    deployed: Path, given: dict[str, float], expected: int | None
) -> None:
    outcome = change(machines(12), deployed, given)
    assert level(outcome) == expected
    assert outcome.deferred == 0


def test_the_message_names_both_months_and_what_is_dearer(deployed: Path) -> None:
    outcome = change(machines(12), deployed, limits(10))
    assert "rises from 1,650 to 1,980 USD, most of it by vm-10 165, vm-11 165" in outcome.messages
    assert "20.0 % more is above 10 %" in outcome.messages
    assert outcome.diagnostics[0].urn == urn(tokens.VIRTUAL_MACHINE, "vm-10")


def test_a_stack_may_become_cheaper_by_any_amount(deployed: Path) -> None:
    assert not change(machines(1), deployed, limits(0, 0)).diagnostics


def test_usage_is_assumed_as_for_the_ceiling(tmp_path: Path) -> None:
    """A second all-purpose cluster beside a machine: as dear as it is assumed to be used."""
    file = tmp_path / "prod.json"
    file.write_text(json.dumps(state(machines(1))))
    spec = {"nodeTypeId": "Standard_D4ds_v5", "numWorkers": 0}
    items = [*machines(1), Item(tokens.CLUSTER, "people", spec)]
    for hours, stops in ((20, False), (22, True)):  # 0.776 an hour against 10 % of 164.98
        changes = {
            GROWTH: {"deployedState": str(file), **limits(10)},
            "cost-34-monthly-ceiling": {"clusterHours": hours},
        }
        assert bool(judge(items, rules=[RULE], settings=changes).diagnostics) == stops


@pytest.mark.parametrize("file", ["", "deployed/nowhere.json"])
def test_without_the_deployed_state_the_check_is_deferred_and_counted(file: str) -> None:
    outcome = change(machines(12), file)
    assert outcome.deferred == 1
    assert not outcome.diagnostics


def test_the_report_says_how_to_supply_what_is_missing() -> None:
    given = {GROWTH: {"enforcementLevel": "mandatory", "deployedState": "deployed/nowhere.json"}}
    seen = read(json.dumps(state(machines(1))), "file")
    (verdict,) = judged_by_report(seen, settings.resolve(given, [RULE], TODAY), "prod").verdicts
    assert verdict.outcome == "deferred"
    (message,) = verdict.messages
    assert message == (
        "deployedState is not known: there is no deployed/nowhere.json; write it with: "
        "pulumi stack export --stack prod --file policies/deployed/nowhere.json"
    )


@pytest.mark.parametrize("resources", [[], [Item(tokens.VNET, "vnet", {})]])
def test_a_first_deployment_has_no_share(tmp_path: Path, resources: list[Item]) -> None:
    file = tmp_path / "prod.json"
    file.write_text(json.dumps(state(resources)))
    outcome = change(machines(12), file, limits(0, 0))
    assert [name for name, _ in outcome.not_applicable] == [GROWTH]
    assert not outcome.diagnostics


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not one JSON document"),
        ('{"steps": []}', "is a preview and not what is deployed"),
        (
            json.dumps(state(machines(1))).replace("urn:pulumi:prod", "urn:pulumi:dev"),
            "is of urn:pulumi:dev::mlops and not of urn:pulumi:prod::mlops",
        ),
        ("{}", "is neither"),
    ],
)
def test_a_file_that_is_not_this_stacks_state_is_a_violation(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "prod.json"
    file.write_text(text)
    outcome = change(machines(1), file)
    assert level(outcome) == analyzer_pb2.MANDATORY
    assert says in outcome.messages
    assert "write it with: pulumi stack export --stack prod" in outcome.messages


def test_what_the_change_leaves_unknown_is_deferred_and_priced_at_its_dearest(
    deployed: Path,
) -> None:
    """A firewall of an unknown tier: 1.75 x 730 = 1,277.50 of 1,649.80, more than half."""
    unknown = Item(tokens.FIREWALL, "firewall", {"sku": {"tier": UNKNOWN}})
    outcome = change([*machines(10), unknown], deployed, limits(50))
    assert level(outcome) == analyzer_pb2.MANDATORY
    assert outcome.deferred == 1


def test_an_environments_limits_fall_towards_production() -> None:
    for key in ("failAbovePercent", "warnAbovePercent"):
        values = [RULE.config[key].value(item) for item in registry.ENVIRONMENTS]
        assert values == sorted(values, reverse=True)
    for name in registry.ENVIRONMENTS:
        for unit in ("Percent", "Usd"):
            warn, fail = (
                RULE.config[f"{word}Above{unit}"].value(name) for word in ("warn", "fail")
            )
            assert warn < fail
