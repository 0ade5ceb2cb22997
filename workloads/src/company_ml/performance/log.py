"""A verdict of the performance job as an MLflow run, once per job run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml import alerts
from company_ml.performance.core import ALERTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from company_ml.performance.core import Verdict, Window
    from company_ml.ports import Tracking


def logged(
    tracking: Tracking,
    *,
    experiment: str,
    run_key: str,
    model: str,
    tables: Mapping[str, str],
    window: Window,
    metrics: Mapping[str, float],
    verdicts: Mapping[str, Verdict],
) -> str:
    """The run's id; what an earlier attempt of the same job run logged is not logged again."""
    tags = alerts.tags(model, {kind: ALERTS[verdict] for kind, verdict in verdicts.items()})
    return alerts.logged_once(
        tracking, experiment, run_key, {**tables, "window": str(window), "model": model},
        lambda key: tracking.log(
            experiment=experiment, run_name="performance", parameters=tables, metrics=metrics,
            tags={**tags, **key},
        ),
    )  # fmt: skip
