"""What a pack reports beside its rules, under names that a configuration may use like a rule's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from policies.registry import Option, order

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from policies.registry import Level


@dataclass(frozen=True)
class Notice:
    """One kind of report.

    Attributes:
        title: It heads every message.
        level: Where no configuration says otherwise.
        config: Configuration keys.
    """

    title: str
    level: Level
    config: Mapping[str, Option] = field(default_factory=dict[str, Option])


DEFERRED: Final = "deferred-checks"
EXEMPTIONS: Final = "exemptions"
LONGEST: Final = "maximumDays"
NOTICES: Final[Mapping[str, Notice]] = {
    DEFERRED: Notice("Checks that need a value which is not known yet", "advisory"),
    # An expired exemption is reported with this level; what is exempt or not needed only advises.
    EXEMPTIONS: Notice(
        "Violations that an exemption answers for",
        "mandatory",
        {
            "file": Option(
                "File of the exemptions, relative to the folder policies; none where empty.",
                "",
                {"type": "string"},
            ),
            # Long enough for the same day of next year, in a leap year too.
            LONGEST: Option(
                "Longest time from the day of a run to the last day of an exemption, in days.",
                366,
                {"type": "integer", "minimum": 0, "maximum": 3660},
            ),
        },
    ),
}


def waiting(numbers: Counter[str]) -> str:
    """What is deferred, by rule: ``3 checks deferred until it is known: SEC-03 (1), ML-05 (2)``."""
    rules = ", ".join(f"{number} ({numbers[number]})" for number in sorted(numbers, key=order))
    return f"{checks(numbers.total())} deferred until it is known: {rules}"


def checks(count: int) -> str:
    """So many checks, in words."""
    return f"{count} check" if count == 1 else f"{count} checks"
