"""The report's formats, as their readers take them."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from policies.report import as_json, junit, markdown, sarif, text
from policies.report.verdicts import OUTCOMES, Judged
from tests.policies.compliant import compliant
from tests.policies.harness import Secret
from tests.policies.test_report import LOGGED, SHARED_KEY, broken, exempting, verdicts

RULES = [SHARED_KEY, LOGGED, "cost-17-serving-scale-to-zero", "sec-03-workspace-no-public-ip"]


@pytest.fixture
def mixed() -> Judged:
    """Mandatory, advisory, exempt, not applicable and an expired exemption at once."""
    graph = broken()
    graph["workspace"] = graph["workspace"].with_value("computeMode", "Serverless")
    graph["endpoint"] = graph["endpoint"].with_value(
        "config.servedEntities.0.scaleToZeroEnabled", value=None
    )
    del graph["vault-logs"]
    entries = exempting(LOGGED) + exempting(
        "sec-15-storage-no-anonymous-blobs", expires="2020-01-01"
    )
    return verdicts(graph.values(), RULES, entries)


def test_text_ends_with_a_line_for_each_stack(mixed: Judged) -> None:
    lines = text.render([mixed, mixed]).splitlines()
    assert lines[-1] == lines[-2]
    assert lines[-1].startswith("prod (state): score ")
    assert "2 mandatory: stops the update" in lines[-1]
    assert f"  [mandatory] [high] {SHARED_KEY}  azure-native:storage:StorageAccount::lake" in lines
    assert "  [advisory] [high] cost-17-serving-scale-to-zero" in text.render([mixed])


def test_markdown_has_a_row_for_each_stack_and_a_heading_for_each_severity(mixed: Judged) -> None:
    page = markdown.render([mixed, verdicts(compliant().values())])
    rows = [line for line in page.splitlines() if line.startswith("| prod")]
    assert len(rows) == 2
    columns = {len(re.findall(r"(?<!\\)\|", line)) for line in page.splitlines() if "|" in line}
    assert columns == {len(OUTCOMES) + 4}
    assert [line for line in page.splitlines() if line.startswith("####")] == [
        "#### High",
        "#### Exemptions",
    ]
    assert "- **SEC-16** (mandatory) " in page


def test_markdown_takes_nothing_from_a_resource_as_markup_or_mention() -> None:
    item = compliant()["lake"].with_value("publicNetworkAccess", "<img>|**x** @team\n# head")
    page = markdown.render([verdicts([item], ["sec-17-storage-public-access-off"])])
    (line,) = [line for line in page.splitlines() if "img" in line]
    assert "&lt;img&gt;\\|\\*\\*x\\*\\* &#64;team \\# head" in line


def test_markdown_stays_below_what_a_comment_holds() -> None:
    lake = compliant()["lake"].with_value("allowSharedKeyAccess", value=True)
    from tests.policies.harness import Item

    many = [Item(lake.type, f"account-{number}", lake.props) for number in range(300)]
    page = markdown.render([verdicts(many, [SHARED_KEY])])
    assert len(page) < 65_536
    assert "200 more violations are in the other formats of this report." in page


def cases(root: Element) -> dict[str, Element]:
    return {f"{case.get('classname')} {case.get('name')}": case for case in root.iter("testcase")}


def test_junit_fails_what_is_mandatory_and_skips_what_was_not_decided(mixed: Judged) -> None:
    root = fromstring(junit.render([mixed]))  # noqa: S314 - our own output
    assert (root.tag, [child.tag for child in root]) == ("testsuites", ["testsuite"])
    suite = root[0]
    found = cases(root)
    failed = [name for name, case in found.items() if case.find("failure") is not None]
    assert sorted(name.split()[0] for name in failed) == ["exemptions", SHARED_KEY]
    skipped = [case.find("skipped") for case in found.values()]
    assert sorted(each.get("message", "")[:6] for each in skipped if each is not None) == [
        "exempt",
        "not ap",
    ]
    advised = next(case for name, case in found.items() if name.startswith("cost-17"))
    assert (advised.findtext("system-out") or "").startswith("advisory: ")
    assert suite.get("tests") == root.get("tests") == str(len(found))
    assert suite.get("failures") == "2"
    assert suite.get("skipped") == "2"


def test_junit_holds_no_character_that_xml_forbids() -> None:
    item = compliant()["lake"].with_value("publicNetworkAccess", "a\x00b\x1b")
    xml = junit.render([verdicts([item], ["sec-17-storage-public-access-off"])])
    assert "a�b�" in xml
    fromstring(xml)  # noqa: S314 - our own output


def run_of(found: Judged) -> dict[str, Any]:
    log = json.loads(sarif.render([found]))
    assert log["version"] == "2.1.0"
    return log["runs"][0]


def test_sarif_results_point_to_a_rule_and_to_the_resource(mixed: Judged) -> None:
    """Required properties and enumerations of sections 3.27, 3.28, 3.33 and 3.49.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    """
    run = run_of(mixed)
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        (logical,) = location["logicalLocations"]
        assert logical["fullyQualifiedName"].startswith("urn:pulumi:prod::")
        physical = location["physicalLocation"]
        assert not physical["artifactLocation"]["uri"].startswith("/")
        assert physical["region"]["startLine"] >= 1
    prints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in run["results"]]
    assert len(set(prints)) == len(prints)


def test_sarif_tells_mandatory_advisory_and_exempt_apart(mixed: Judged) -> None:
    results = {each["ruleId"]: each for each in run_of(mixed)["results"]}
    assert results[SHARED_KEY]["level"] == "error"
    assert results["cost-17-serving-scale-to-zero"]["level"] == "warning"
    (suppression,) = results[LOGGED]["suppressions"]
    assert suppression["kind"] == "external"
    assert suppression["status"] == "accepted"
    assert suppression["justification"] == "r (o, t, until 2030-01-01)"
    assert "suppressions" not in results[SHARED_KEY]


def test_sarif_rules_carry_their_mappings(mixed: Judged) -> None:
    rules = {rule["id"]: rule for rule in run_of(mixed)["tool"]["driver"]["rules"]}
    properties = rules[SHARED_KEY]["properties"]
    assert properties["mappings"]["CIS Azure 6.0.0"] == ["9.3.1.3", "9.3.3.1"]
    assert "ckv:CKV2_AZURE_40" in properties["tags"]
    assert 7 <= float(properties["security-severity"]) < 9
    assert "security-severity" not in rules["cost-17-serving-scale-to-zero"]["properties"]


def test_several_stacks_are_runs_of_their_own_in_sarif(mixed: Judged) -> None:
    assert len(json.loads(sarif.render([mixed, mixed]))["runs"]) == 2


def test_json_says_everything(mixed: Judged) -> None:
    (stack,) = json.loads(as_json.render([mixed]))["stacks"]
    assert stack["outcomes"] == {
        "pass": 0,
        "fail": 2,
        "exempt": 1,
        "not applicable": 1,
        "deferred": 0,
    }
    assert stack["mandatory"] == 2
    by_outcome = {check["outcome"]: check for check in stack["checks"]}
    assert by_outcome["exempt"]["exemption"]["expires"] == "2030-01-01"
    assert by_outcome["fail"]["exemption"] is None
    assert len(stack["expiredExemptions"]) == 1


@pytest.mark.parametrize("form", [text, markdown, junit, sarif, as_json], ids=lambda m: m.__name__)
def test_no_format_repeats_a_secret(form: Any) -> None:
    item = compliant()["lake"].with_value("publicNetworkAccess", Secret("hush-hush-hush"))
    page = form.render([verdicts([item], ["sec-17-storage-public-access-off"])])
    assert "publicNetworkAccess is '[secret]'" in page.replace("\\[", "[").replace("\\]", "]")
    assert "hush" not in page
