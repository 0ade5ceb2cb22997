"""Databricks runtimes: which are under long-term support, and until when.

https://learn.microsoft.com/azure/databricks/release-notes/runtime/ (as of July 2026). From
version 18 on a runtime has one key for its whole life, ``18.x-scala2.13``; up to 17 each minor
version was a release of its own. A version that is not in the table is refused, so a newer one has
to be added here, with its line from that page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final


@dataclass(frozen=True)
class Runtime:
    """One line of the page.

    Attributes:
        ends: Last day of support; ``None`` where Databricks has not set it yet.
        lts: Whether it is under long-term support.
    """

    ends: date | None
    lts: bool = False


RUNTIMES: Final = {
    "19": Runtime(None),
    "18": Runtime(date(2029, 6, 10), lts=True),
    "18.0": Runtime(date(2026, 7, 15)),
    "17.3": Runtime(date(2028, 10, 22), lts=True),
    "17.2": Runtime(date(2026, 3, 16)),
    "17.1": Runtime(date(2026, 2, 1)),
    "17.0": Runtime(date(2025, 12, 23)),
    "16.4": Runtime(date(2028, 5, 9), lts=True),
    "15.4": Runtime(date(2027, 8, 19), lts=True),
    "14.3": Runtime(date(2027, 2, 1), lts=True),
    "13.3": Runtime(date(2026, 8, 22), lts=True),
    "12.2": Runtime(date(2026, 3, 1), lts=True),
    "11.3": Runtime(date(2025, 10, 19), lts=True),
    "10.4": Runtime(date(2025, 3, 18), lts=True),
    "9.1": Runtime(date(2024, 9, 23), lts=True),
}

# 17.3.x-scala2.13, 17.3.x-cpu-ml-scala2.13, 15.4.x-photon-scala2.12, 18.x-scala2.13
_KEY = re.compile(r"(\d+(?:\.\d+)?)\.x-[a-z0-9.-]+")
# Databricks picks the newest one as a cluster starts; the others may pick one without long support.
# https://learn.microsoft.com/azure/databricks/admin/clusters/policy-definition
_LTS_ALIAS = re.compile(r"auto:(?:latest|prev)-lts(?:-ml)?(?:-gpu)?")


def version_of(key: Any) -> str | None:
    """The version in a runtime's key, for example ``17.3``; ``None`` for anything else."""
    match = _KEY.fullmatch(key) if isinstance(key, str) else None
    return match[1] if match else None


def problem_with(key: Any, today: date) -> str | None:
    """Why a runtime must not be used on a day, or ``None`` where it may."""
    if isinstance(key, str) and _LTS_ALIAS.fullmatch(key):
        return None
    version = version_of(key)
    if version is None:
        return "is no runtime under long-term support"
    runtime = RUNTIMES.get(version)
    if runtime is None:
        return "is not in the table of policies/runtimes.py"
    if runtime.ends is not None and runtime.ends < today:
        return f"has had no support since {runtime.ends.isoformat()}"
    return None if runtime.lts else "is not under long-term support"
