"""Exemptions: what a file may say, and what it does to a run."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from policies import config, registry
from policies.exemption_file import ExemptionError, latest, read
from policies.exemptions import label
from policies.findings import Violation
from policies.notices import EXEMPTIONS
from tests.policies.compliant import compliant
from tests.policies.harness import (
    CONTEXT,
    TODAY,
    Item,
    Outcome,
    analyze_request,
    configure_request,
    judge,
    platform,
    stack_request,
    urn,
)
from tests.policies.test_adapter import one_rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOGGED = "sec-34-diagnostic-settings"
SHARED_KEY = "sec-16-storage-shared-key-off"
ACCOUNT = "azure-native:storage:StorageAccount"
LATEST = latest(TODAY, {})
ENTRY: dict[str, Any] = {
    "rule": SHARED_KEY,
    "resource": f"{ACCOUNT}::lake",
    "reason": "The old loader knows keys only.",
    "owner": "data-platform",
    "ticket": "OPS-1",
    "expires": TODAY,
}


def written(folder: Path, *entries: Any) -> Path:
    file = folder / "exemptions.yaml"
    file.write_text(yaml.safe_dump(list(entries)))
    return file


def run(folder: Path, items: list[Item], *entries: Any, **settings: Any) -> Outcome:
    file = str(written(folder, *entries))
    return judge(items, settings={EXEMPTIONS: {"file": file, **settings}})


def broken() -> list[Item]:
    graph = compliant()
    lake = graph["lake"].with_value("allowSharedKeyAccess", value=True)
    # Keys that are allowed have to end; otherwise a second rule is broken.
    lake = lake.with_value("sasPolicy", {"sasExpirationPeriod": "1.00:00:00"})
    graph["lake"] = lake.with_value("keyPolicy", {"keyExpirationPeriodInDays": 90})
    return list(graph.values())


def notices(outcome: Outcome) -> list[tuple[int, str]]:
    return [
        (item.enforcementLevel, item.message.partition("\n")[2])
        for item in outcome.diagnostics
        if item.policyName == EXEMPTIONS
    ]


def test_an_exempt_violation_is_told_as_exempt_and_not_as_a_violation(tmp_path: Path) -> None:
    outcome = run(tmp_path, broken(), ENTRY)
    assert outcome.rules == {EXEMPTIONS}
    ((level, message),) = notices(outcome)
    assert level == 0
    assert message.startswith("1 check exempt: sec-16-storage-shared-key-off on ")
    assert "(data-platform, OPS-1: The old loader knows keys only.)" in message
    assert [name for name, reason in outcome.not_applicable if reason.startswith("exempt")] == [
        SHARED_KEY
    ]


def test_without_the_exemption_the_same_stack_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, broken()).rules == {SHARED_KEY}


@pytest.mark.parametrize(
    "pattern",
    [
        urn(ACCOUNT, "lake"),
        f"{ACCOUNT}::l?ke",
        f"{ACCOUNT}::*",
        "*::lake",
        "*",
        "urn:pulumi:prod::*::lake",
    ],
)
def test_a_pattern_means_urns_and_types_with_names(tmp_path: Path, pattern: str) -> None:
    assert run(tmp_path, broken(), ENTRY | {"resource": pattern}).rules == {EXEMPTIONS}


@pytest.mark.parametrize("pattern", [f"{ACCOUNT}::lak", "lake*", "*::Lake", "urn:pulumi:dev::*"])
def test_a_pattern_that_does_not_match_exempts_nothing(tmp_path: Path, pattern: str) -> None:
    outcome = run(tmp_path, broken(), ENTRY | {"resource": pattern})
    assert outcome.rules == {SHARED_KEY, EXEMPTIONS}


def test_a_critical_rule_is_exempt_for_resources_that_are_named(tmp_path: Path) -> None:
    for pattern in (f"{ACCOUNT}::landing-*", f"{ACCOUNT}::a", "*::landing", urn(ACCOUNT, "a")):
        entry = ENTRY | {"rule": "sec-15-storage-no-anonymous-blobs", "resource": pattern}
        assert read(written(tmp_path, entry), LATEST)[0].resource == pattern


def test_brackets_are_letters_of_a_name(tmp_path: Path) -> None:
    wide = ENTRY | {"resource": f"{ACCOUNT}::[a-z]*"}
    assert SHARED_KEY in run(tmp_path, broken(), wide).rules


def test_an_exemption_answers_for_its_own_rule_only(tmp_path: Path) -> None:
    other = ENTRY | {"rule": "sec-17-storage-public-access-off"}
    assert SHARED_KEY in run(tmp_path, broken(), other).rules


def test_a_stack_rules_finding_is_exempt_by_the_resource_that_it_names(tmp_path: Path) -> None:
    graph = compliant()
    del graph["vault-logs"]
    entry = ENTRY | {
        "rule": "sec-34-diagnostic-settings",
        "resource": "azure-native:keyvault:Vault::vault",
    }
    assert run(tmp_path, list(graph.values()), entry).rules == {EXEMPTIONS}


def test_the_last_day_counts_and_the_day_after_fails_by_name(tmp_path: Path) -> None:
    over = ENTRY | {"expires": TODAY - timedelta(days=1)}
    outcome = run(tmp_path, broken(), over)
    assert outcome.rules == {SHARED_KEY, EXEMPTIONS}
    ((level, message),) = notices(outcome)
    assert level == 1
    assert f"until {over['expires']}" in message
    assert "has expired; fix the resource, or renew the exemption" in message


def test_an_expired_exemption_fails_even_where_nothing_needs_it(tmp_path: Path) -> None:
    over = ENTRY | {"expires": date(2020, 1, 1)}
    ((level, _),) = notices(run(tmp_path, list(compliant().values()), over))
    assert level == 1


def test_an_update_meets_an_expired_exemption_before_anything_is_created(tmp_path: Path) -> None:
    analyzer = platform()
    file = str(written(tmp_path, ENTRY | {"expires": date(2020, 1, 1)}))
    settings = {EXEMPTIONS: {"enforcementLevel": "mandatory", "file": file}}
    analyzer.Configure(configure_request(settings), CONTEXT)
    root = Item("pulumi:pulumi:Stack", "mlops-prod", {}, provider="")
    first = analyzer.Analyze(analyze_request(root), CONTEXT).diagnostics
    assert [item.policyName for item in first] == [EXEMPTIONS]
    last = analyzer.AnalyzeStack(stack_request([]), CONTEXT).diagnostics
    assert [item.policyName for item in last] == [], "said twice"
    again = analyzer.Analyze(analyze_request(root), CONTEXT).diagnostics
    assert [item.policyName for item in again] == [EXEMPTIONS], "the next run has to say it anew"


def test_an_exemption_that_nothing_needs_warns_once_the_stack_was_seen(tmp_path: Path) -> None:
    ((level, message),) = notices(run(tmp_path, list(compliant().values()), ENTRY))
    assert level == 0
    assert "is not needed; remove it" in message


def test_a_pack_says_nothing_of_another_packs_exemptions(tmp_path: Path) -> None:
    file = str(written(tmp_path, ENTRY))
    outcome = judge(
        compliant().values(),
        rules=registry.pack("cost"),
        settings={EXEMPTIONS: {"file": file}},
    )
    assert notices(outcome) == []


def test_an_exempt_resource_is_not_remedied(tmp_path: Path) -> None:
    tls = "sec-14-storage-encrypted-transport"
    file = str(written(tmp_path, ENTRY | {"rule": tls}))
    analyzer = platform()
    settings = {
        tls: {"enforcementLevel": "remediate"},
        EXEMPTIONS: {"enforcementLevel": "mandatory", "file": file},
    }
    analyzer.Configure(configure_request(settings), CONTEXT)
    weak = compliant()["lake"].with_value("minimumTlsVersion", "TLS1_0")
    assert list(analyzer.Remediate(analyze_request(weak), CONTEXT).remediations) == []
    assert list(analyzer.Analyze(analyze_request(weak), CONTEXT).diagnostics) == []


def test_switched_off_nothing_is_exempt_and_nothing_is_said(tmp_path: Path) -> None:
    outcome = run(tmp_path, broken(), ENTRY, enforcementLevel="disabled")
    assert outcome.rules == {SHARED_KEY}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"rule": "sec-16-storage-shared-key"}, f"did you mean '{SHARED_KEY}'"),
        ({"rule": None}, "rule is missing"),
        ({"reasons": "typo"}, "'reasons' is no key of an exemption; did you mean 'reason'"),
        ({"reason": None}, "reason is missing or not a text"),
        ({"reason": "  "}, "reason is missing or not a text"),
        ({"owner": 3}, "owner is missing or not a text"),
        ({"ticket": ""}, "ticket is missing or not a text"),
        ({"expires": "soon"}, "expires: 'soon' is not a date"),
        ({"expires": None}, "expires: None is not a date"),
        ({"expires": 20270101}, "expires: 20270101 is not a date"),
        ({"resource": "lake"}, "matches nothing; write a URN or type::name"),
        (
            {"rule": "sec-15-storage-no-anonymous-blobs", "resource": "*"},
            "which is critical; name the resource",
        ),
        (
            {"rule": "sec-15-storage-no-anonymous-blobs", "resource": f"{ACCOUNT}::*"},
            "which is critical; name the resource",
        ),
        (
            {"rule": "sec-15-storage-no-anonymous-blobs", "resource": "urn:*"},
            "which is critical; name the resource",
        ),
        *(
            (
                {"rule": "sec-15-storage-no-anonymous-blobs", "resource": pattern},
                "which is critical; name the resource",
            )
            # All of these mean everything in production, or nearly.
            for pattern in ("urn:pulumi:prod::*", "*prod*", "*::*a*", "*::??*")
        ),
    ],
)
def test_an_entry_that_cannot_be_meant_is_refused(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    entry = {key: value for key, value in (ENTRY | changes).items() if value is not None}
    with pytest.raises(ExemptionError, match="entry 2: ") as refused:
        read(written(tmp_path, ENTRY, entry), LATEST)
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("rule: x", "is not a list of exemptions"),
        ("- [", "is not valid YAML"),
        ("- {expires: 2027-13-01}", "is not valid YAML"),
        (
            "- {rule: a, expires: 2020-01-01, expires: 2030-01-01}",
            "'expires' stands in one entry twice",
        ),
        ("- just a text", "is not an object with the keys rule, resource"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(text)
    with pytest.raises(ExemptionError, match=complaint):
        read(file, LATEST)


@pytest.mark.parametrize("text", ["[" * 5000, "- " * 5000, "[" * 5000 + "]" * 5000])
def test_a_file_nested_beyond_reason_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(text)
    with pytest.raises(ExemptionError, match=r"prod\.yaml is nested too deeply"):
        read(file, LATEST)


@pytest.mark.parametrize("options", [{}, {"maximumDays": 30}])
def test_an_exemption_ends_within_the_longest_time(tmp_path: Path, options: dict[str, int]) -> None:
    last = latest(TODAY, options)
    assert last == TODAY + timedelta(days=options.get("maximumDays", 366))
    assert run(tmp_path, broken(), ENTRY | {"expires": last}, **options).rules == {EXEMPTIONS}
    for later in (last + timedelta(days=1), date(9999, 12, 31), "9999-12-31"):
        with pytest.raises(RuntimeError, match=f"is after {last}, the last day that exempt"):
            run(tmp_path, broken(), ENTRY | {"expires": later}, **options)


def test_an_exemption_that_was_legal_stays_so(tmp_path: Path) -> None:
    file = written(tmp_path, ENTRY | {"expires": LATEST})
    for days in (0, 1, 366, 3660):
        assert len(read(file, LATEST + timedelta(days=days))) == 1


def test_a_file_that_the_configuration_names_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ExemptionError, match="cannot be read: No such file"):
        read(tmp_path / "prod.yaml", LATEST)


def test_json_is_as_good_and_a_comment_alone_exempts_nothing(tmp_path: Path) -> None:
    file = tmp_path / "prod.json"
    file.write_text(
        '[{"rule": "sec-16-storage-shared-key-off", "resource": "*", "reason": "r",'
        ' "owner": "o", "ticket": "t", "expires": "2027-03-31"}]'
    )
    assert read(file, LATEST)[0].expires == date(2027, 3, 31)
    file.write_text("# nothing yet\n")
    assert read(file, LATEST) == []


def test_the_pack_refuses_a_wrong_file_when_it_is_configured(tmp_path: Path) -> None:
    file = str(written(tmp_path, ENTRY | {"rule": "sec-00-nothing"}))
    settings = {EXEMPTIONS: {"enforcementLevel": "mandatory", "file": file}}
    with pytest.raises(RuntimeError, match="INVALID_ARGUMENT: policy configuration refused"):
        platform().Configure(configure_request(settings), CONTEXT)


def test_the_check_of_all_configurations_reads_the_exemptions_too(tmp_path: Path) -> None:
    config.write(tmp_path)
    shipped = config.load(config.path("test", tmp_path))
    shipped[EXEMPTIONS]["file"] = str(written(tmp_path, {"rule": "x"}))
    import json

    config.path("test", tmp_path).write_text(json.dumps(shipped))
    with pytest.raises(config.ConfigError, match="entry 1: reason is missing"):
        config.check(TODAY, tmp_path)
    shipped[EXEMPTIONS]["file"] = str(written(tmp_path, ENTRY | {"expires": date(9999, 12, 31)}))
    config.path("test", tmp_path).write_text(json.dumps(shipped))
    with pytest.raises(config.ConfigError, match="entry 1: expires: 9999-12-31 is after"):
        config.check(TODAY, tmp_path)
    shipped[EXEMPTIONS]["maximumDays"] = "a year"
    config.path("test", tmp_path).write_text(json.dumps(shipped))
    with pytest.raises(config.ConfigError, match="maximumDays: 'a year' is not of type integer"):
        config.check(TODAY, tmp_path)


def test_a_label_has_the_types_plain_name_and_the_whole_logical_name() -> None:
    versioned = "urn:pulumi:dev::p::a:b:C$azure-native:storage/v20240101:StorageAccount::x::y"
    assert label(versioned) == f"{ACCOUNT}::x::y"


def test_what_concerns_the_stack_as_a_whole_is_about_the_stacks_own_resource(
    tmp_path: Path,
) -> None:
    def whole(_stack: object, _config: object) -> Iterator[Violation]:
        yield Violation("something is missing")

    root = Item("pulumi:pulumi:Stack", "mlops-prod", {}, provider="")
    rule = one_rule(whole, name=LOGGED, scope="stack")
    outcome = judge([compliant()["lake"], root], rules=[rule])
    assert [item.urn for item in outcome.diagnostics] == [urn(root.type, root.name)]
    entry = ENTRY | {"rule": LOGGED, "resource": "pulumi:pulumi:Stack::*"}
    file = str(written(tmp_path, entry))
    exempt = judge([root], rules=[rule], settings={EXEMPTIONS: {"file": file}})
    assert exempt.rules == {EXEMPTIONS}


def test_every_notice_is_about_a_resource(tmp_path: Path) -> None:
    """``pulumi policy analyze`` panics on a finding without a URN."""
    over = ENTRY | {"expires": date(2020, 1, 1)}
    outcome = run(tmp_path, broken(), ENTRY, over, ENTRY | {"ticket": "OPS-2"})
    assert len(notices(outcome)) == 3
    assert all(item.urn.startswith("urn:pulumi:") for item in outcome.diagnostics)
