"""The report as JUnit XML: a suite per stack, a test per rule that holds and per check that fails.

What only advises does not fail a test, as it does not stop an update; its text is the test's
output. There is no published standard; this is the form that CI systems have in common:
https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.report.verdicts import Judged, Verdict

# https://www.w3.org/TR/xml/#charsets
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(stacks: Sequence[Judged]) -> str:
    """The XML document."""
    root = Element("testsuites", name="policies")
    for judged in stacks:
        suite = SubElement(root, "testsuite", name=_text(judged.snapshot.stack))
        for active in judged.rules:
            if judged.passed.get(active.rule.name):
                _case(suite, active.rule.name, active.rule.title)
        for verdict in judged.verdicts:
            _verdict(suite, verdict)
        for message in judged.expired:
            case = _case(suite, "exemptions", message)
            if judged.expired_level == "mandatory":
                SubElement(case, "failure", message=_text(message), type="expired")
        _count(suite)
    _count(root)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(suite: Element, rule: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=rule, name=_text(name))


def _verdict(suite: Element, verdict: Verdict) -> None:
    rule = verdict.active.rule
    case = _case(suite, rule.name, verdict.subject)
    message = _text("; ".join(verdict.messages))
    if verdict.binding:
        failure = SubElement(case, "failure", message=message, type=rule.severity)
        failure.text = _text(f"{rule.title}\n{verdict.urn}\n{rule.rationale}\n{rule.remediation}")
    elif verdict.outcome == "fail":
        SubElement(case, "system-out").text = f"advisory: {message}"
    else:
        SubElement(case, "skipped", message=f"{verdict.outcome}: {message}")


def _count(element: Element) -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))
    element.set("skipped", str(len(element.findall(".//skipped"))))
    element.set("errors", "0")


def _text(value: str) -> str:
    return _NOT_XML.sub("�", value)
