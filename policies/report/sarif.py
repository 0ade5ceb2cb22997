"""The report as SARIF 2.1.0, with a run per stack.

Violations are results, exempt ones suppressed results; other outcomes are counted in the run's
properties, since viewers show every result as something to fix. A result's logical location is the
URN; its physical one is the declaration, or the stack file where the engine does not say, for
GitHub shows no result without one.
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from policies.reference import CATALOGUES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.registry import Rule
    from policies.report.verdicts import Judged, Verdict

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
# GitHub's bands: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, below low.
_SECURITY_SEVERITY: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}


def render(stacks: Sequence[Judged]) -> str:
    """The SARIF log."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(judged) for judged in stacks]}
    return json.dumps(log, indent=2) + "\n"


def _run(judged: Judged) -> dict[str, Any]:
    rules = [active.rule for active in judged.rules]
    index = {rule.name: number for number, rule in enumerate(rules)}
    return {
        "tool": {
            "driver": {
                "name": "mlops-policies",
                "informationUri": "https://www.pulumi.com/docs/insights/policy/",
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "automationDetails": {"id": f"policies/{judged.snapshot.stack}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(judged, verdict, index) for verdict in judged.of("fail", "exempt")],
        "properties": {
            "environment": judged.environment,
            "score": judged.score,
            "outcomes": dict(judged.counts),
        },
    }


def _rule(rule: Rule) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "tags": [rule.id, *rule.mappings.tags()],
        "mappings": {
            CATALOGUES[key]: list(items) for key, items in rule.mappings.catalogues().items()
        },
    }
    if rule.id.startswith("SEC"):
        properties["tags"].append("security")
        properties["security-severity"] = _SECURITY_SEVERITY[rule.severity]
    return {
        "id": rule.name,
        "name": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.rationale},
        "help": {"text": rule.remediation},
        "properties": properties,
    }


def _result(judged: Judged, verdict: Verdict, index: dict[str, int]) -> dict[str, Any]:
    rule = verdict.active.rule
    file, line = verdict.place
    stack = judged.snapshot.stack
    fingerprint = hashlib.sha256(f"{rule.name} {verdict.urn}".encode()).hexdigest()
    result: dict[str, Any] = {
        "ruleId": rule.name,
        "ruleIndex": index[rule.name],
        "kind": "fail",
        "level": "error" if verdict.binding else "warning",
        "message": {"text": f"{verdict.subject}: {'; '.join(verdict.messages)}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": file or f"Pulumi.{stack}.yaml"},
                    "region": {"startLine": line or 1},
                },
                "logicalLocations": [
                    {
                        "name": verdict.subject,
                        "fullyQualifiedName": verdict.urn,
                        "kind": "resource",
                    }
                ],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint[:32]},
        "properties": {"severity": rule.severity, "stack": stack},
    }
    if verdict.exemption:
        entry = verdict.exemption
        reason = f"{entry.reason} ({entry.owner}, {entry.ticket}, until {entry.expires})"
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": reason}
        ]
    return result
