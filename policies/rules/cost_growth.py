"""How much dearer a change may make the stack; the estimate itself is policies/estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.estimate import assumptions, bill, compare, deployed
from policies.estimate.report import usd
from policies.findings import Deferred, NotApplicable, Violation
from policies.registry import BINDING_IN_PROD, Option, integer, rule
from policies.rules.cost_estimate import book_of_prices

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Stack
    from policies.registry import Config

_TYPES: Final = tuple(bill.PRICED)
_SHOWN: Final = 3  # resources that a message names


@rule(
    "cost-37-monthly-growth",
    title="A change does not make the estimated month much dearer than what is deployed",
    severity="high",
    rationale="Far below its ceiling a stack may double in one pull request, and nobody notices.",
    remediation="Make what the message names smaller, split the change, or have the limit raised.",
    types=_TYPES,
    levels=BINDING_IN_PROD,
    scope="stack",
    reads="cost-34-monthly-ceiling",
    config={
        "deployedState": Option(
            "File of `pulumi stack export`, relative to the folder policies. Where there is no "
            "such file the check is deferred.",
            "",
            {"type": "string"},
            {each: f"deployed/{each}.json" for each in ("dev", "test", "prod")},
        ),
        "failAbovePercent": integer(
            "Most per cent by which the expected month may rise.", dev=100, test=50, prod=25
        ),
        "failAboveUsd": integer(
            "Most USD by which the expected month may rise.", dev=1_000, test=2_500, prod=10_000
        ),
        "warnAbovePercent": integer(
            "Per cent above which a rise is warned of.", dev=50, test=25, prod=10
        ),
        "warnAboveUsd": integer(
            "USD above which a rise is warned of.", dev=500, test=1_000, prod=2_500
        ),
        "ignoredUsd": integer(
            "USD up to which a rise is neither, whatever its share: small stacks double easily.",
            dev=50, test=50, prod=200,
        ),
    },
)  # fmt: skip
def monthly_growth(stack: Stack, config: Config) -> Findings:
    """Both sides at the same prices and assumptions, those of COST-34."""
    urn = next((resource.urn for resource in stack.all(*_TYPES)), "")
    if not urn:
        return
    file: str = config["deployedState"]
    try:
        before = deployed.read(file, urn)
    except deployed.WrongStateError as error:
        yield Violation(f"deployedState: {error}; {_write(file, urn)}")
        return
    if before is None:
        missing = f"is not known: there is no {file}" if file else "is not known: it names no file"
        yield Deferred("deployedState", state=f"{missing}; {_write(file, urn)}")
        return
    usage = assumptions.Assumptions.read(config)
    book = book_of_prices()
    comparison = compare.compare(
        bill.estimate(before, book, usage), bill.estimate(stack.resources, book, usage)
    )
    if not comparison.before.month.expected:
        yield NotApplicable("nothing that is deployed costs anything yet; COST-34 bounds it")
        return
    for deferral in comparison.after.deferred:
        yield Deferred(deferral.path, deferral.urn)
    if comparison.delta > config["ignoredUsd"]:
        yield from _exceeded(comparison, config)


def _write(file: str, urn: str) -> str:
    name = urn.split("::", maxsplit=1)[0].rpartition(":")[2]
    return f"write it with: {deployed.export_to(file or f'deployed/{name}.json', name)}"


def _exceeded(comparison: compare.Comparison, config: Config) -> Findings:
    limits = compare.Limits(
        fail_usd=config["failAboveUsd"],
        fail_percent=config["failAbovePercent"],
        warn_usd=config["warnAboveUsd"],
        warn_percent=config["warnAbovePercent"],
    )
    verdict = comparison.verdict(limits)
    reasons = [sentence for which, sentence in comparison.exceeded(limits) if which == verdict]
    if not reasons:
        return
    before, after = (side.month.expected for side in (comparison.before, comparison.after))
    risen = [change for change in comparison.changes if change.delta > 0][:_SHOWN]
    parts = ", ".join(f"{item.urn.rpartition('::')[2]} {usd(item.delta)}" for item in risen)
    yield Violation(
        f"the month rises from {usd(before)} to {usd(after)} USD, most of it by {parts}: "
        f"{' and '.join(reasons)}",
        risen[0].urn if risen else "",
        advice=verdict == "warn",
    )
