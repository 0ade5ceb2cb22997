"""The report as plain text, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.report.verdicts import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.report.verdicts import Judged, Verdict

_TITLES: Final = {
    "fail": "Violations",
    "exempt": "Exempt",
    "deferred": "Not known before the update",
    "not applicable": "Not applicable",
}


def render(stacks: Sequence[Judged]) -> str:
    """All stacks, one after the other, and a line on each at the end."""
    lines = [line for judged in stacks for line in _stack(judged)]
    lines += ["", *(headline(judged) for judged in stacks)]
    return "\n".join(lines).strip() + "\n"


def headline(judged: Judged) -> str:
    """One stack in a line."""
    counts = ", ".join(f"{judged.counts[outcome]} {outcome}" for outcome in OUTCOMES)
    stops = "stops the update" if judged.binding else "nothing stops the update"
    return (
        f"{judged.snapshot.stack} ({judged.snapshot.kind}): score {score(judged)}; {counts}; "
        f"{judged.binding} mandatory: {stops}"
    )


def score(judged: Judged) -> str:
    """The score with one decimal, a dash where there is none."""
    return "–" if judged.score is None else f"{judged.score:.1f}"  # noqa: RUF001 - a dash is meant


def level(verdict: Verdict) -> str:
    """What a violation does."""
    return "mandatory" if verdict.binding else "advisory"


def _stack(judged: Judged) -> Iterator[str]:
    yield ""
    yield f"══ {judged.snapshot.stack}, {judged.snapshot.kind} {judged.snapshot.source}"
    for outcome, title in _TITLES.items():
        found = [verdict for verdict in judged.verdicts if verdict.outcome == outcome]
        if found:
            yield ""
            yield title
        for verdict in found:
            yield from _verdict(verdict)
    for title, messages in (
        ("Expired exemptions", judged.expired),
        ("Exemptions that nothing needs", judged.unused),
    ):
        if messages:
            yield ""
            yield title
        yield from (f"  {message}" for message in messages)


def _verdict(verdict: Verdict) -> Iterator[str]:
    rule = verdict.active.rule
    stops = f"[{level(verdict)}] " if verdict.outcome == "fail" else ""
    yield f"  {stops}[{rule.severity}] {rule.name}  {verdict.subject}"
    yield from (f"      {message}" for message in verdict.messages)
    if verdict.exemption:
        entry = verdict.exemption
        yield f"      until {entry.expires}, {entry.owner}, {entry.ticket}: {entry.reason}"
