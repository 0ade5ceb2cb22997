"""``show`` and ``diff``: files in, bills out."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from policies import config, registry, snapshot
from policies.estimate import bill as bills
from policies.estimate import book as books
from policies.estimate import commitment as commitments
from policies.estimate import compare, report
from policies.estimate.assumptions import Assumptions, options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from policies.estimate.bill import Bill
    from policies.estimate.book import PriceBook
    from policies.model import Resource

# The rules whose options hold what no resource says.
_USAGE_RULE = "cost-34-monthly-ceiling"
_PEAK_RULE = "cost-35-hourly-burn"
_LEVEL = "enforcementLevel"


class CommandError(ValueError):
    """The command cannot be carried out as it was given; the message says what to change."""


@dataclass(frozen=True)
class Usage:
    """What is assumed for a stack."""

    assumptions: Assumptions
    peak_users: float


def show(arguments: argparse.Namespace) -> tuple[str, int]:
    """The report, and the exit code: 1 where something costs money and is not in the sum."""
    book = books.load(arguments.book)
    total = bills.Bill([])
    undiscounted = 0.0
    assumed: dict[str, Assumptions] = {}
    peaks: dict[str, float] = {}
    for path in arguments.files:
        resources = resources_of(path)
        stack = stack_of(resources, path)
        usage = usage_of(arguments.env or stack, arguments)
        total += estimated(resources, book, usage)
        undiscounted += _dbus(estimated(resources, book, _at_list(usage)))
        assumed[stack], peaks[stack] = usage.assumptions, usage.peak_users
    settled = None
    if arguments.commitment_dbcu:
        bought = commitments.Commitment(
            arguments.commitment_dbcu, arguments.commitment_years, arguments.commitment_discount
        )
        discounts = {item.discount_percent for item in assumed.values()}
        settled = (bought, commitments.settle(bought, undiscounted, max(discounts)))
    made = report.Report(total, assumed, peaks, book.reviewed.isoformat(), settled)
    written = {"text": report.text, "markdown": report.markdown, "json": report.as_json}
    output = written[arguments.format](made)
    if arguments.plot is not None:
        # Imported here: half a second of matplotlib that only a picture needs.
        from policies.estimate import plot

        files = plot.save(total, arguments.plot)
        if arguments.format != "json":
            output += "".join(f"\nPicture: {file}" for file in files) + "\n"
    return output, 1 if total.problems else 0


def diff(arguments: argparse.Namespace) -> tuple[str, int]:
    """The comparison as Markdown, and the exit code: 1 above a limit that fails."""
    book = books.load(arguments.book)
    before, after = resources_of(arguments.old), resources_of(arguments.new)
    stack = stack_of(after, arguments.new) if after else stack_of(before, arguments.old)
    if before and after and not arguments.env and stack_of(before, arguments.old) != stack:
        raise CommandError(
            f"{arguments.old} is of stack {stack_of(before, arguments.old)!r} and {arguments.new} "
            f"of {stack!r}; compare two files of one stack, or name the assumptions with --env"
        )
    usage = usage_of(arguments.env or stack, arguments)
    comparison = compare.compare(estimated(before, book, usage), estimated(after, book, usage))
    limits = compare.Limits(
        fail_usd=arguments.fail_over,
        fail_percent=arguments.fail_over_percent,
        warn_usd=arguments.warn_over,
        warn_percent=arguments.warn_over_percent,
    )
    failed = comparison.verdict(limits) == "fail"
    assumed = report.assumed(usage.assumptions, usage.peak_users)
    return compare.markdown(comparison, limits, assumed=assumed), 1 if failed else 0


def estimated(resources: Sequence[Resource], book: PriceBook, usage: Usage) -> Bill:
    """The bill of one stack."""
    return bills.estimate(resources, book, usage.assumptions, peak_users=usage.peak_users)


def _at_list(usage: Usage) -> Usage:
    return replace(usage, assumptions=replace(usage.assumptions, discount_percent=0))


def _dbus(bill: Bill) -> float:
    return sum(line.charge.month.expected for line in bill.lines if line.charge.kind == "dbu")


def resources_of(path: Path) -> list[Resource]:
    """The resources of a preview or state; none is what a stack has before its first update.

    Raises:
        InputError: The file cannot be used.
    """
    return snapshot.load(path, may_be_empty=True).managed()


def stack_of(resources: Iterable[Resource], path: Path) -> str:
    """The stack that resources are of.

    Raises:
        CommandError: There are none.
    """
    for resource in resources:
        return resource.urn.split("::")[0].rpartition(":")[2]
    raise CommandError(f"{path} has no resources; name another file")


def usage_of(environment: str, arguments: argparse.Namespace) -> Usage:
    """The assumptions of an environment's policy configuration, with what the user changes.

    Raises:
        CommandError: There is no such configuration, or a change is wrong.
    """
    file = config.path(environment, arguments.config)  # pyright: ignore[reportArgumentType] - any stack may have a configuration
    try:
        settings: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(
            f"there are no assumptions for {environment!r}: {file} cannot be read; name an "
            f"environment with --env {'|'.join(registry.ENVIRONMENTS)}"
        ) from error
    except ValueError as error:
        raise CommandError(f"{file} is not valid JSON: {error}") from error
    except RecursionError:
        raise CommandError(f"{file} is nested too deeply to be a configuration") from None
    problems = config.problems_of(settings)
    if problems:
        raise CommandError(f"{file} is wrong:\n" + "\n".join(problems))
    usage: dict[str, Any] = {**settings.get(_USAGE_RULE, {}), **_changes(arguments.assume)}
    problems = config.problems_of({_USAGE_RULE: {_LEVEL: "advisory", **usage}})
    if problems:
        raise CommandError("\n".join(problems))
    peak = registry.load()[_PEAK_RULE].defaults() | settings.get(_PEAK_RULE, {})
    return Usage(Assumptions.read(usage), peak["peakUsers"])


def _changes(given: Sequence[str]) -> Mapping[str, float]:
    changes: dict[str, float] = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            changes[name] = float(value)
        except ValueError as error:
            raise CommandError(
                f"--assume {text}: write NAME=NUMBER, for example jobMinutes=45; names are "
                f"{', '.join(options())}"
            ) from error
    return changes
