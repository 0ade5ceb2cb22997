"""What a change costs: the bill after it against the bill before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from policies.estimate.report import usd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.estimate.bill import Bill

Verdict = Literal["pass", "warn", "fail"]


@dataclass(frozen=True)
class Limits:
    """From which increase of the expected month on to warn or to fail; ``None`` never does."""

    fail_usd: float | None = None
    fail_percent: float | None = None
    warn_usd: float | None = None
    warn_percent: float | None = None


@dataclass(frozen=True)
class Change:
    """One resource's expected month, in USD; 0 where it is not there."""

    urn: str
    before: float
    after: float

    @property
    def delta(self) -> float:
        """USD a month more."""
        return self.after - self.before


@dataclass(frozen=True)
class Comparison:
    """Two bills of one stack.

    Attributes:
        before: The bill of what is deployed.
        after: The bill of what there will be.
        changes: Resources whose month changes, the largest change first.
    """

    before: Bill
    after: Bill
    changes: Sequence[Change]

    @property
    def delta(self) -> float:
        """USD a month more, expected."""
        return self.after.month.expected - self.before.month.expected

    @property
    def percent(self) -> float | None:
        """The same in per cent of before; ``None`` where there was nothing before."""
        before = self.before.month.expected
        return self.delta / before * 100 if before else None

    def exceeded(self, limits: Limits) -> Iterator[tuple[Verdict, str]]:
        """Every limit that the increase is above, as a sentence."""
        judged: tuple[tuple[Verdict, float | None, float | None], ...] = (
            ("fail", limits.fail_usd, limits.fail_percent),
            ("warn", limits.warn_usd, limits.warn_percent),
        )
        for verdict, most, share in judged:
            if most is not None and self.delta > most:
                yield verdict, f"{usd(self.delta)} USD a month more is above {usd(most)}"
            # A first deployment has no percentage; the absolute limits judge it.
            if share is not None and self.percent is not None and self.percent > share:
                yield verdict, f"{self.percent:.1f} % more is above {share:g} %"

    def verdict(self, limits: Limits) -> Verdict:
        """The worst of them."""
        found = {verdict for verdict, _ in self.exceeded(limits)}
        return "fail" if "fail" in found else "warn" if "warn" in found else "pass"


def compare(before: Bill, after: Bill) -> Comparison:
    """Hold two bills against each other, resource by resource."""
    old, new = _by_resource(before), _by_resource(after)
    changes = [Change(urn, old.get(urn, 0), new.get(urn, 0)) for urn in {**old, **new}]
    moved = [change for change in changes if round(change.delta, 2)]
    return Comparison(
        before, after, sorted(moved, key=lambda change: (-abs(change.delta), change.urn))
    )


def _by_resource(bill: Bill) -> dict[str, float]:
    months: dict[str, float] = {}
    for line in bill.lines:
        urn = line.charge.urn
        months[urn] = months.get(urn, 0) + line.charge.month.expected
    return months


def markdown(comparison: Comparison, limits: Limits, *, assumed: str = "", shown: int = 20) -> str:
    """The comparison as a pull request's comment, with what both sides assume."""
    before, after = comparison.before, comparison.after
    share = "" if comparison.percent is None else f", {comparison.percent:+.1f} %"
    lines = [
        f"### Estimated cost: {_signed(comparison.delta)} USD a month{share}",
        "",
        "| | before | after | change |",
        "|---|--:|--:|--:|",
        _row("month, expected", before.month.expected, after.month.expected),
        _row("month, at most", before.month.high, after.month.high),
        _row("of it fixed", before.fixed, after.fixed),
        _row("worst hour", before.hour, after.hour),
    ]
    if comparison.changes:
        lines += ["", "| resource | before | after | change |", "|---|--:|--:|--:|"]
        lines += [
            _row(f"`{change.urn.rpartition('::')[2]}`", change.before, change.after)
            for change in comparison.changes[:shown]
        ]
        rest = comparison.changes[shown:]
        if rest:
            more = sum(change.delta for change in rest)
            lines.append(f"| {len(rest)} more | | | {_signed(more)} |")
    lines += ["", *_remarks(comparison, limits)]
    if assumed:
        lines += [f"- Assumed: {assumed}."]
    return "\n".join(lines).rstrip() + "\n"


def _remarks(comparison: Comparison, limits: Limits) -> Iterator[str]:
    for verdict, sentence in comparison.exceeded(limits):
        yield f"- **{'Fails' if verdict == 'fail' else 'Warning'}**: {sentence}."
    known = {problem.urn for problem in comparison.before.problems}
    for problem in comparison.after.problems:
        new = "" if problem.urn in known else " (new)"
        yield f"- Not in the sum{new}: `{problem.urn.rpartition('::')[2]}`, {problem.message}."
    for item in comparison.after.deferred:
        name = item.urn.rpartition("::")[2]
        yield f"- Known only after the update: `{name}` {item.path}, {item.instead}."


def _row(name: str, before: float, after: float) -> str:
    return f"| {name} | {usd(before)} | {usd(after)} | {_signed(after - before)} |"


def _signed(amount: float) -> str:
    return f"+{usd(amount)}" if amount > 0 else usd(amount)
