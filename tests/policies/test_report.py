"""The report's verdicts, its score and its command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from policies import config, registry, settings
from policies.__main__ import main
from policies.exemptions import Exemption, Exemptions
from policies.model import UNKNOWN
from policies.report.verdicts import Judged, judged
from policies.snapshot import read
from tests.policies.compliant import compliant
from tests.policies.deployed import deployed
from tests.policies.harness import TODAY, Item
from tests.policies.states import preview, state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from policies.registry import Rule

SHARED_KEY = "sec-16-storage-shared-key-off"
LOGGED = "sec-34-diagnostic-settings"
ACCOUNT = "azure-native:storage:StorageAccount"


def broken() -> dict[str, Item]:
    graph = compliant()
    lake = graph["lake"].with_value("allowSharedKeyAccess", value=True)
    # Keys that are allowed have to end; otherwise a second rule is broken.
    lake = lake.with_value("sasPolicy", {"sasExpirationPeriod": "1.00:00:00"})
    graph["lake"] = lake.with_value("keyPolicy", {"keyExpirationPeriodInDays": 90})
    return graph


def exempting(*names: str, expires: str = "2030-01-01") -> list[Exemption]:
    from datetime import date

    return [
        Exemption(
            rule=name, resource="*", reason="r", owner="o", ticket="t",
            expires=date.fromisoformat(expires),
        )
        for name in names
    ]  # fmt: skip


def verdicts(
    items: Iterable[Item],
    rules: Iterable[str] | None = None,
    entries: list[Exemption] | None = None,
) -> Judged:
    known = registry.load()
    chosen: list[Rule] = [known[name] for name in rules or known]
    given = settings.normalised(config.load(config.path("prod")) | deployed())
    given["exemptions"]["file"] = ""  # what is committed ends on days of its own
    found = settings.resolve(given, chosen, TODAY)
    seen = read(json.dumps(state(items)), "state.json")
    with_entries = settings.Settings(found.evaluation, Exemptions(entries or [], TODAY))
    return judged(seen, with_entries, "prod")


def outcome(found: Judged) -> dict[str, int]:
    return {key: count for key, count in found.counts.items() if count}


def test_a_compliant_stack_passes_everything_and_scores_100() -> None:
    found = verdicts(compliant().values())
    assert found.binding == 0
    assert found.score == 100
    assert set(outcome(found)) == {"pass", "not applicable"}
    silent = {item.active.rule.name for item in found.of("not applicable")}
    assert silent == {"sec-22-storage-signatures-expire"}  # no account keys, so nothing signs
    held = {item.type for item in compliant().values()}
    rules = registry.load().values()
    assert found.idle == [rule.name for rule in rules if rule.types and not held & {*rule.types}]


def test_each_check_has_one_outcome() -> None:
    graph = broken()
    graph["lake"] = graph["lake"].with_value("minimumTlsVersion", UNKNOWN)
    found = verdicts(graph.values(), [SHARED_KEY, "sec-14-storage-encrypted-transport"])
    assert outcome(found) == {"fail": 1, "deferred": 1}
    exempt = verdicts(graph.values(), [SHARED_KEY], exempting(SHARED_KEY))
    assert outcome(exempt) == {"exempt": 1}
    assert exempt.binding == 0
    serverless = compliant()["workspace"].with_value("computeMode", "Serverless")
    skipped = verdicts([serverless], ["sec-03-workspace-no-public-ip"])
    assert outcome(skipped) == {"not applicable": 1}
    assert "serverless" in skipped.verdicts[0].messages[0]


def test_a_failure_outweighs_what_is_deferred_in_the_same_check() -> None:
    item = compliant()["lake"].with_value("minimumTlsVersion", UNKNOWN)
    item = item.with_value("enableHttpsTrafficOnly", value=False)
    found = verdicts([item], ["sec-14-storage-encrypted-transport"])
    assert outcome(found) == {"fail": 1}
    assert found.verdicts[0].messages == ("enableHttpsTrafficOnly is false; leave it on",)


def test_a_stack_rule_is_one_check_per_resource_that_it_names_or_one_pass() -> None:
    assert outcome(verdicts(compliant().values(), [LOGGED])) == {"pass": 1}
    graph = compliant()
    del graph["vault-logs"], graph["lake-logs"]
    found = verdicts(graph.values(), [LOGGED])
    assert outcome(found) == {"fail": 2}
    assert {item.subject for item in found.verdicts} == {
        f"{ACCOUNT}::lake",
        "azure-native:keyvault:Vault::vault",
    }


def test_a_rule_without_anything_to_judge_is_idle_and_has_no_part_in_the_score() -> None:
    found = verdicts([compliant()["lake"]], [SHARED_KEY, "ml-22-endpoint-register"])
    assert found.idle == ["ml-22-endpoint-register"]
    assert found.score == 100
    nothing = verdicts([compliant()["lake"]], ["ml-22-endpoint-register"])
    assert nothing.score is None


def test_the_score_is_the_share_of_passed_checks_weighted_by_severity() -> None:
    """High (4): one of two accounts; low (1): all. (4 * 1/2 + 1 * 1) / 5 = 60 %."""
    good = compliant()
    other = Item(ACCOUNT, "other", good["lake"].props).with_value(
        "allowSharedKeyAccess", value=True
    )
    items = [good["lake"], other, good["logs"]]
    found = verdicts(items, [SHARED_KEY, "sec-35-log-retention"])
    assert found.score == 60
    # An exempt check has not passed.
    exempt = verdicts(items, [SHARED_KEY, "sec-35-log-retention"], exempting(SHARED_KEY))
    assert exempt.score == 60


def test_a_score_below_100_is_never_shown_as_100() -> None:
    good = compliant()["lake"]
    many = [Item(ACCOUNT, f"a{number}", good.props) for number in range(2999)]
    found = verdicts([*many, good.with_value("allowSharedKeyAccess", value=True)], [SHARED_KEY])
    assert found.score == 99.9


def test_expired_and_unneeded_exemptions_are_told_and_the_expired_stop_the_update() -> None:
    expired = verdicts(compliant().values(), None, exempting(SHARED_KEY, expires="2020-01-01"))
    assert expired.binding == 1
    assert "has expired" in expired.expired[0]
    unused = verdicts(compliant().values(), None, exempting(SHARED_KEY))
    assert unused.binding == 0
    assert "is not needed" in unused.unused[0]


def test_the_worst_comes_first() -> None:
    graph = broken()
    graph["lake"] = graph["lake"].with_value("allowBlobPublicAccess", value=True)
    graph["logs"] = graph["logs"].with_value("retentionInDays", 30)
    found = verdicts(graph.values())
    severities = [item.active.rule.severity for item in found.of("fail")]
    assert severities == ["critical", "high", "low"]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    documents = {
        "good": state(compliant().values()),
        "bad": state(broken().values()),
        "planned": preview(compliant().values()),
        "hidden": preview(compliant().values(), op="same", shown=False),
    }
    paths = {name: tmp_path / f"{name}.json" for name in documents}
    for name, document in documents.items():
        paths[name].write_text(json.dumps(document))
    return {name: str(path) for name, path in paths.items()}


def test_the_exit_code_says_whether_an_update_would_stop(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", files["good"]]) == 0
    assert main(["report", files["planned"]]) == 0
    assert main(["report", files["good"], files["bad"]]) == 1
    assert "allowSharedKeyAccess is true; set it to false" in capsys.readouterr().out


def test_what_only_advises_does_not_fail(files: dict[str, str], tmp_path: Path) -> None:
    lenient = tmp_path / "lenient.json"
    lenient.write_text('{"all": "advisory"}')
    assert main(["report", "--config", str(lenient), files["bad"]]) == 0


def test_one_packs_rules_alone_can_be_asked_for(files: dict[str, str]) -> None:
    assert main(["report", "--pack", "cost", files["bad"]]) == 0
    assert main(["report", "--pack", "security", files["bad"]]) == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nowhere.json"], "nowhere.json cannot be read: No such file or directory"),
        (["hidden"], "--show-sames"),
        (["--env", "staging", "good"], "(dev, prod, test)"),
        (["--config", "bad", "good"], "is no rule"),
    ],
)
def test_unusable_input_ends_with_2_and_the_fix(
    files: dict[str, str],
    words: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["report", *(files.get(word, word) for word in words)]) == 2
    assert complaint in capsys.readouterr().err


def test_a_file_that_is_no_text_is_unusable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "binary"
    file.write_bytes(b"\xff\xfe\x00")
    assert main(["report", str(file)]) == 2
    assert "is not UTF-8 text" in capsys.readouterr().err


def test_a_stack_of_another_name_needs_an_environment(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pathlib import Path as AnyPath

    other = tmp_path / "other.json"
    text = AnyPath(files["good"]).read_text()
    other.write_text(text.replace("urn:pulumi:prod:", "urn:pulumi:blue:"))
    assert main(["report", str(other)]) == 2
    assert "is of stack 'blue'" in capsys.readouterr().err
    assert main(["report", "--env", "prod", str(other)]) == 0


def test_exemptions_are_judged_on_the_day_that_is_named(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exempt = tmp_path / "exempt.yaml"
    exempt.write_text(
        f'[{{rule: {SHARED_KEY}, resource: "{ACCOUNT}::lake", reason: r, owner: o, ticket: t, '
        "expires: 2027-01-31}]"
    )
    changed: dict[str, Any] = config.load(config.path("prod"))
    changed["exemptions"]["file"] = str(exempt)
    configuration = tmp_path / "prod.json"
    configuration.write_text(json.dumps(changed))
    words = ["report", "--config", str(configuration), files["bad"], "--date"]
    assert main([*words, "2027-01-31"]) == 0
    assert "until 2027-01-31, o, t: r" in capsys.readouterr().out
    assert main([*words, "2027-02-01"]) == 1
    assert "has expired" in capsys.readouterr().out


def test_one_run_prints_one_format_and_writes_others(
    files: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from io import StringIO
    from pathlib import Path as AnyPath

    as_json, as_xml = tmp_path / "report.json", tmp_path / "report.xml"
    monkeypatch.setattr("sys.stdin", StringIO(AnyPath(files["bad"]).read_text()))
    words = ["report", "-", "--format", "markdown"]
    words += ["--write", f"json={as_json}", "--write", f"junit={as_xml}"]
    assert main(words) == 1
    assert capsys.readouterr().out.startswith("### Policy report")
    (written,) = json.loads(as_json.read_text())["stacks"]
    assert written["source"] == "standard input"
    assert written["mandatory"] == 1
    assert as_xml.read_text().startswith("<?xml")


@pytest.mark.parametrize("value", ["json", "html=x", "json=", "=x"])
def test_a_format_to_write_needs_a_known_name_and_a_file(
    files: dict[str, str], value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as misuse:
        main(["report", files["good"], "--write", value])
    assert misuse.value.code == 2
    assert "is not FORMAT=FILE with a format of text, markdown" in capsys.readouterr().err


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["report", "--help"])
    assert "exit codes: 0" in capsys.readouterr().out
