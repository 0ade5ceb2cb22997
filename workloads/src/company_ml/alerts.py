"""How the monitoring jobs' verdicts are found again: tags of their MLflow runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL = "model"
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
