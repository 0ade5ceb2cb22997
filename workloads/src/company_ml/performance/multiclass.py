"""What can be compared between groups where no class is the positive one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from company_ml.performance.core import furthest_apart
from company_ml.performance.intervals import Proportion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from company_ml.performance.core import BiasLimits, Difference, GroupCounts, Verdict

BINARY_ALONE = (
    "demographic parity and equal opportunity are of a positive class, which problem type "
    "multiclass has not: skipped; accuracy is compared between groups instead"
)


@dataclass(frozen=True, kw_only=True)
class GroupAccuracyReport:
    """Differences between groups."""

    accuracy: Difference
    skipped: str = BINARY_ALONE

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All that was compared."""
        return (self.accuracy,)

    @property
    def verdict(self) -> Verdict:
        """That of the accuracy."""
        return self.accuracy.verdict


def group_accuracy_report(groups: Sequence[GroupCounts], limits: BiasLimits) -> GroupAccuracyReport:
    """Compare the accuracy of all groups that are large enough, two by two."""
    return GroupAccuracyReport(
        accuracy=furthest_apart(
            "accuracy by group",
            groups,
            lambda group: Proportion(group.correct, group.labelled),
            limits,
        )
    )
