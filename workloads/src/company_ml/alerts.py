"""How the monitoring jobs' verdicts are found again: tags of their MLflow runs."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from company_ml.ports import Tracking

MODEL = "model"
RUN_KEY = "run_key"
STANDS, CLEAR = "yes", "no"


def tag(kind: str) -> str:
    """The tag that says whether a kind's alert stands; a run without a verdict lacks it."""
    return f"alert_{kind}"


def tags(model: str, verdicts: Mapping[str, bool | None]) -> Mapping[str, str]:
    """Tags of a run that judged ``model``: per kind an alert, none, or no verdict (None)."""
    found = {
        tag(kind): STANDS if alert else CLEAR
        for kind, alert in verdicts.items()
        if alert is not None
    }
    return found | ({MODEL: model} if model else {})


def logged_once(
    tracking: Tracking,
    experiment: str,
    run_key: str,
    about: Mapping[str, str],
    log: Callable[[Mapping[str, str]], str],
) -> str:
    """The run of a verdict: what an earlier attempt of the same job run logged, or a new one.

    Args:
        tracking: Where runs are.
        experiment: The experiment's name.
        run_key: The job run's; empty: every call logs.
        about: What was judged.
        log: Logs the run with these tags, and returns its id.
    """
    if not run_key:
        return log({})
    content = json.dumps([run_key, sorted(about.items())])
    key = hashlib.sha256(content.encode()).hexdigest()[:32]
    return tracking.find(experiment, RUN_KEY, key) or log({RUN_KEY: key})
