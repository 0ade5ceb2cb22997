"""Controls that no preview can decide, with the reason and the place that decides them instead.

A control is here or it has a rule, never both and never neither; a test holds that. The numbers
are those of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Undecided:
    """One control without a rule.

    Attributes:
        id: Its number, for example ``REL-02``.
        title: What must hold, in one sentence.
        reason: Why a rule cannot see it.
        instead: What holds it, or that nothing has to.
    """

    id: str
    title: str
    reason: str
    instead: str


UNDECIDED: Final = (
    Undecided(
        "REL-02",
        "What holds Unity Catalog data outlives its declaration",
        "The engine shows policies protect and custom timeouts, but not retainOnDelete.",
        "The components' own tests, which see each registration; deletion itself is held off by "
        "REL-01 and REL-03.",
    ),
    Undecided(
        "REL-06",
        "Blobs keep their earlier versions",
        "Accounts with hierarchical namespace, which every catalog needs, do not support blob "
        "versioning.",
        "Delta's own history and time travel, and the soft delete of REL-05.",
    ),
    Undecided(
        "REL-17",
        "No update replaces what holds data",
        "A replacement is a difference between two states, and policies see the new one only.",
        "The preview's own plan: protected resources (REL-01) refuse to be replaced.",
    ),
)
