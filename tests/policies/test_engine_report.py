"""The report against the engine: the real production stack, judged by both."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from policies import config, registry
from policies.notices import EXEMPTIONS, NOTICES
from policies.registry import order
from policies.report.verdicts import Judged, judged
from policies.settings import normalised, resolve
from policies.snapshot import read
from tests.policies.harness import soon
from tests.stack.estate import Estate

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

PACK = config.ROOT / "platform"
# What a compliant stack still breaks: with each of these, rules of both scopes have violations.
STRICTER: dict[str, dict[str, Any]] = {
    "cost-01-azure-tags": {"required": ["env", "owner", "nobody-has-this"]},
    "cost-12-policy-bounds": {"maximumMinutes": 1},
    "sec-35-log-retention": {"minimumDays": 720},
    "sec-41-token-lifetime": {"maximumDays": 1},
    "sec-62-catalog-isolated": {"sharedCatalogs": []},
}
EXEMPT = f"""
- rule: cost-01-azure-tags
  resource: "azure-native:privatedns:*"
  reason: Zones cost next to nothing.
  owner: platform
  ticket: OPS-1
  expires: {soon()}
- rule: sec-14-storage-encrypted-transport
  resource: "*"
  reason: Nothing needs this.
  owner: platform
  ticket: OPS-2
  expires: {soon()}
"""

Verdicts = set[tuple[str, str, str, str]]


class Watched(Estate):
    """An estate whose runs may leave an event log, a flag that the CLI shows to tools only."""

    @property
    def environment(self) -> dict[str, str]:
        """The estate's, and what shows the flag."""
        return {**super().environment, "PULUMI_DEBUG_COMMANDS": "true"}


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Everything advises, so that an update goes through to its end."""
    content = config.load(config.path("prod"))
    for name, keys in STRICTER.items():
        content[name] |= keys
    for value in content.values():
        if value["enforcementLevel"] == "mandatory":
            value["enforcementLevel"] = "advisory"
    exemptions = tmp_path / "exempt.yaml"
    exemptions.write_text(EXEMPT)
    content[EXEMPTIONS]["file"] = str(exemptions)
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(content))
    return file


def by_engine(log: Path) -> tuple[Verdicts, set[str]]:
    """What the pack reported to the engine: violations, and the notices' texts."""
    verdicts: Verdicts = set()
    notices: set[str] = set()
    for line in log.read_text().splitlines():
        if event := json.loads(line).get("policyEvent"):
            message = event["message"].partition("\n")[2].strip()
            if event["policyName"] in NOTICES:
                notices.add(message)
            else:
                level = event["enforcementLevel"]
                urn = event.get("resourceUrn", "")
                verdicts.add((event["policyName"], urn, level, message))
    return verdicts, notices


def by_report(text: str, settings: Path) -> Judged:
    given, today = normalised(config.load(settings)), datetime.now(UTC).date()  # as the engine's
    return judged(read(text, "file"), resolve(given, [*registry.load().values()], today), "prod")


def violations(found: Judged) -> Verdicts:
    return {
        (each.active.rule.name, each.urn, each.active.level, message)
        for each in found.of("fail")
        for message in each.messages
    }


def notices(found: Judged) -> set[str]:
    exempt = found.of("exempt")
    told = set(found.unused) | set(found.expired)
    for entry in {each.exemption for each in exempt}:
        count = sum(each.exemption == entry for each in exempt)
        told.add(f"{count} check{'s' * (count != 1)} exempt: {entry}")
    waiting: Counter[str] = Counter()
    for each in found.of("deferred"):
        waiting[each.active.rule.id] += len(each.messages)
    count = waiting.total()
    rules = ", ".join(f"{number} ({waiting[number]})" for number in sorted(waiting, key=order))
    deferred = f"{count} check{'s' * (count != 1)} deferred until it is known: {rules}"
    return told | ({deferred} if waiting else set())


def test_report_and_engine_agree_on_previews_updates_and_states(
    tmp_path: Path, settings: Path
) -> None:
    estate = Watched(tmp_path)
    estate.init("prod")
    pack = ("--policy-pack", str(PACK), "--policy-pack-config", str(settings))
    logs = {name: tmp_path / f"{name}.jsonl" for name in ("first", "up", "again")}
    shown = ("--json", "--show-sames")

    first = estate.pulumi(
        "preview", *shown, *pack, "--event-log", str(logs["first"]), stack="prod"
    ).stdout
    estate.pulumi(
        "up", "--yes", "--skip-preview", *pack, "--event-log", str(logs["up"]), stack="prod"
    )
    state = estate.pulumi("stack", "export", stack="prod").stdout
    again = estate.pulumi(
        "preview", *shown, *pack, "--event-log", str(logs["again"]), stack="prod"
    ).stdout

    for name, text in (("first", first), ("up", state), ("again", again)):
        engine, told = by_engine(logs[name])
        found = by_report(text, settings)
        assert {rule for rule, *_ in engine} >= {*STRICTER}, name
        assert violations(found) == engine, name
        assert notices(found) == told, name

    # And the engine's own analysis of the state.
    analysis = tmp_path / "analysis.jsonl"
    analysis.write_text(analyze(estate, state, settings))
    assert by_engine(analysis) == by_engine(logs["up"])
    assert by_engine(analysis)[0] == violations(by_report(state, settings))


def analyze(estate: Estate, state: str, settings: Path) -> str:
    """The events of ``pulumi policy analyze``, which needs neither stack nor backend."""
    file = settings.with_name("state.json")
    file.write_text(state)
    pack = ("--policy-pack", str(PACK), "--policy-pack-config", str(settings))
    return subprocess.run(
        ["pulumi", "policy", "analyze", "--json", "--file", str(file), *pack],
        env=estate.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
