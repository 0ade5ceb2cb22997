"""The report as Markdown, for a pull request's comment or a job's summary."""

from __future__ import annotations

import html
import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from policies.report.text import level, score
from policies.report.verdicts import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.report.verdicts import Judged, Verdict

# A comment holds 65,536 characters: https://github.com/orgs/community/discussions/27190
_MOST: Final = 100
_MARKS: Final = re.compile(r"([\\`*_{}\[\]|#~])")


def render(stacks: Sequence[Judged]) -> str:
    """A table of all stacks, then what was found in them, the worst first."""
    return "\n".join(_lines(stacks)) + "\n"


def _lines(stacks: Sequence[Judged]) -> Iterator[str]:
    yield "### Policy report"
    yield ""
    yield f"| stack | score | mandatory | {' | '.join(OUTCOMES)} |"
    yield "|---|--:|--:|" + "--:|" * len(OUTCOMES)
    for judged in stacks:
        counts = " | ".join(str(judged.counts[outcome]) for outcome in OUTCOMES)
        name = f"{_text(judged.snapshot.stack)} ({judged.snapshot.kind})"
        yield f"| {name} | {score(judged)} | {judged.binding} | {counts} |"
    found = [(judged, verdict) for judged in stacks for verdict in judged.of("fail")]
    found.sort(key=lambda pair: _rank(pair[1]))
    for severity, pairs in groupby(found[:_MOST], key=lambda pair: pair[1].active.rule.severity):
        yield ""
        yield f"#### {severity.capitalize()}"
        yield ""
        for judged, verdict in pairs:
            yield _violation(judged, verdict)
    if len(found) > _MOST:
        yield ""
        yield f"{len(found) - _MOST} more violations are in the other formats of this report."
    if not found:
        yield ""
        yield "No rule is broken."
    yield from _exemptions(stacks)


def _rank(verdict: Verdict) -> tuple[int, bool, str]:
    severities = ("critical", "high", "medium", "low")
    rule = verdict.active.rule
    return severities.index(rule.severity), not verdict.binding, rule.name


def _violation(judged: Judged, verdict: Verdict) -> str:
    rule = verdict.active.rule
    file, line = verdict.place
    where = f", {_text(file)}:{line}" if file else ""
    return (
        f"- **{rule.id}** ({level(verdict)}) {_text(rule.title)}  \n"
        f"  {_text(judged.snapshot.stack)}: {_text(verdict.subject)}{where}  \n"
        f"  {_text('; '.join(verdict.messages))}"
    )


def _exemptions(stacks: Sequence[Judged]) -> Iterator[str]:
    lines = [
        f"- {_text(judged.snapshot.stack)}: {_text(verdict.subject)} from "
        f"{verdict.active.rule.id} until {verdict.exemption.expires} "
        f"({_text(verdict.exemption.owner)}, {_text(verdict.exemption.ticket)}): "
        f"{_text(verdict.exemption.reason)}"
        for judged in stacks
        for verdict in judged.of("exempt")
        if verdict.exemption
    ]
    lines += [
        f"- {_text(judged.snapshot.stack)}: {_text(message)}"
        for judged in stacks
        for message in (*judged.expired, *judged.unused)
    ]
    if lines:
        yield ""
        yield "#### Exemptions"
        yield ""
        yield from lines


def _text(value: str) -> str:
    """Text that is neither Markdown nor HTML, and mentions nobody."""
    flat = " ".join(value.split())
    return _MARKS.sub(r"\\\1", html.escape(flat, quote=False)).replace("@", "&#64;")
