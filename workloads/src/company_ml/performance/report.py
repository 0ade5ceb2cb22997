"""What MLflow shows, and people are told, of a window that was judged by its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml.performance.core import Verdict
from company_ml.ports import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from company_ml.performance import core
    from company_ml.performance.multiclass import GroupAccuracyReport


def metrics(
    accuracy: core.AccuracyReport, bias: core.BiasReport | GroupAccuracyReport
) -> Mapping[str, float]:
    """What MLflow shows over time."""
    return {
        "accuracy": accuracy.accuracy,
        "accuracy_lower": accuracy.interval[0],
        "accuracy_upper": accuracy.interval[1],
        "accuracy_drop": accuracy.drop,
        "baseline": accuracy.baseline,
        "predictions": float(accuracy.predictions),
        "label_coverage": accuracy.coverage,
    } | {
        f"{difference.measure.replace(' ', '_')}_difference": difference.value
        for difference in bias.differences
    }


def message(
    predictions: str,
    accuracy: core.AccuracyReport,
    bias: core.BiasReport | GroupAccuracyReport,
) -> Message:
    """What people are told."""
    lower, upper = accuracy.interval
    facts = {
        "Accuracy": f"{accuracy.verdict}: {accuracy.reason} ({lower:.3f} to {upper:.3f})",
        "Labels": f"{accuracy.labelled} of {accuracy.predictions}, {accuracy.coverage:.0%}",
    }
    for difference in bias.differences:
        if difference.verdict is Verdict.ALERT:
            low, high = difference.interval
            facts[difference.measure.capitalize()] = (
                f"{difference.higher} is {difference.value:.3f} above {difference.lower} "
                f"({low:.3f} to {high:.3f})"
            )
    window = accuracy.window
    return Message(
        title=f"Model performance: {predictions}",
        text=f"Predictions from {window.start:%Y-%m-%d} until before {window.end:%Y-%m-%d}.",
        facts=facts,
    )
