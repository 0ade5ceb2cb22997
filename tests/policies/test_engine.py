"""The packs as the real engine runs them, over a state file: no login, provider or backend."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import cli, paths
from policies import config
from policies.model import SECRET_SIGNATURE, SIGNATURE
from tests.policies.compliant import compliant
from tests.policies.deployed import deployed
from tests.policies.harness import soon
from tests.policies.states import state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.policies.harness import Item

pytestmark = pytest.mark.engine

POLICIES = Path(config.__file__).parent


class Analysis:
    """``pulumi policy analyze`` over one state."""

    def __init__(self, folder: Path, items: Iterable[Item]) -> None:
        self._folder = folder
        self._state = folder / "state.json"
        self._state.write_text(json.dumps(state(items)))

    def run(self, settings: Path, *packs: str) -> subprocess.CompletedProcess[str]:
        """Analyse with these packs, all configured by the same file."""
        pulumi = cli.remembered()
        assert pulumi is not None, "run: make setup"
        command = [str(pulumi), "policy", "analyze", "--file", str(self._state), "--color=never"]
        for pack in packs:
            command += ["--policy-pack", str(POLICIES / pack)]
            command += ["--policy-pack-config", str(settings)]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
        environment = kept | {
            "PATH": os.pathsep.join([str(paths.LANGUAGE_HOST), os.environ["PATH"]]),
            "PULUMI_HOME": str(self._folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )


def test_the_compliant_stack_passes(tmp_path: Path) -> None:
    settings = tmp_path / "prod.json"
    given = json.loads(config.path("prod").read_text())
    for rule, options in deployed().items():
        given[rule] |= options
    settings.write_text(json.dumps(given))
    run = Analysis(tmp_path, compliant().values()).run(settings, "platform")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "✅ platform" in run.stdout


def test_a_check_that_waits_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    graph = compliant()
    graph["workspace"] = replace(graph["workspace"], outputs={})
    run = Analysis(tmp_path, graph.values()).run(config.path("prod"), "platform")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "checks deferred until it is known: SEC-51 (1), SEC-52 (1)" in run.stdout


def test_a_fault_in_a_resource_and_one_in_the_stack_are_reported_with_their_level(
    tmp_path: Path,
) -> None:
    graph = compliant()
    graph["lake"] = graph["lake"].with_value("allowSharedKeyAccess", value=True)
    del graph["binding"]
    graph["endpoint"] = graph["endpoint"].with_value(
        "config.servedEntities.0.scaleToZeroEnabled", value=None
    )
    run = Analysis(tmp_path, graph.values()).run(config.path("prod"), "platform")
    assert run.returncode != 0
    reported = [line.strip() for line in run.stdout.splitlines() if "severity:" in line]
    assert sorted(line.split("(")[0].strip() for line in reported) == [
        "- [advisory] [severity: high]  cost-17-serving-scale-to-zero",
        # Where keys are allowed, their signatures and they themselves have to end.
        "- [advisory] [severity: low]  sec-22-storage-signatures-expire",
        "- [advisory] [severity: low]  sec-22-storage-signatures-expire",
        "- [mandatory] [severity: high]  sec-16-storage-shared-key-off",
        "- [mandatory] [severity: high]  sec-62-catalog-isolated",
        # Absent, the switch is on: a sleeping endpoint is dear elsewhere and slow in production.
        "- [mandatory] [severity: medium]  rel-18-serving-ready",
    ]
    assert "allowSharedKeyAccess is true; set it to false" in run.stdout
    assert "no WorkspaceBinding names this catalog; declare one" in run.stdout


def test_one_pack_alone_runs_its_own_rules_with_the_same_file(tmp_path: Path) -> None:
    graph = compliant()
    graph["lake"] = graph["lake"].with_value("allowSharedKeyAccess", value=True)
    analysis = Analysis(tmp_path, graph.values())
    assert analysis.run(config.path("prod"), "cost").returncode == 0
    both = analysis.run(config.path("prod"), "security", "reliability")
    assert both.returncode != 0
    assert "❌ security" in both.stdout
    assert "✅ reliability" in both.stdout


def test_a_misspelt_rule_in_the_configuration_stops_the_run(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"sec-03-no-public-ip": {"enforcementLevel": "mandatory"}}))
    run = Analysis(tmp_path, compliant().values()).run(settings, "platform")
    assert run.returncode != 0
    assert "did you mean 'sec-03-workspace-no-public-ip'?" in run.stderr


def test_an_unencrypted_secret_in_the_state_is_not_in_the_output(tmp_path: Path) -> None:
    graph = compliant()
    secret = {SIGNATURE: SECRET_SIGNATURE, "plaintext": json.dumps("hush-hush-hush")}
    graph["lake"] = graph["lake"].with_value("minimumTlsVersion", secret)
    run = Analysis(tmp_path, graph.values()).run(config.path("prod"), "platform")
    assert run.returncode != 0
    assert "minimumTlsVersion" in run.stdout
    assert "hush" not in run.stdout + run.stderr


def test_an_exempt_violation_does_not_stop_the_run_and_is_told(tmp_path: Path) -> None:
    graph = compliant()
    graph["lake"] = graph["lake"].with_value("allowSharedKeyAccess", value=True)
    (tmp_path / "exempt.yaml").write_text(
        "- {rule: sec-16-storage-shared-key-off, owner: o, ticket: t, reason: old loader, "
        f'resource: "azure-native:storage:StorageAccount::lake", expires: {soon()}}}\n'
        "- {rule: sec-14-storage-encrypted-transport, owner: o, ticket: t, reason: none, "
        f'resource: "*", expires: {soon()}}}\n'
    )
    content = config.load(config.path("prod"))
    content["exemptions"]["file"] = str(tmp_path / "exempt.yaml")
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(content))
    run = Analysis(tmp_path, graph.values()).run(settings, "platform")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 check exempt: sec-16-storage-shared-key-off on " in run.stdout
    assert "is not needed; remove it" in run.stdout
    assert "allowSharedKeyAccess is true" not in run.stdout
