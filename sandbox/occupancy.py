"""Operations that exclude each other while they run, over all processes.

Only types with an ``@exclusive`` rule pay for it: their operations take a moment, in which another
one on the same thing conflicts, as two private endpoints of one workspace do.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandbox.rules import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Generator

    from sandbox.rules import Refusal, Request
    from sandbox.state import Cloud

# Seconds; enough for operations that the engine starts together to overlap. Real ones take minutes.
DURATION = 0.02


@contextmanager
def occupied(cloud: Cloud, request: Request) -> Generator[None]:
    """Keep what the operation works on to itself.

    Raises:
        Refusal: the rule's, when another operation is at work on it.
    """
    claims = [claim for rule, _ in REGISTRY[request.token].exclusives if (claim := rule(request))]
    if not claims:
        yield
        return
    with cloud.transaction():
        for key, refusal in claims:
            _claim(cloud, key, refusal)
    try:
        time.sleep(DURATION)
        yield
    finally:
        with cloud.transaction():
            for key, _ in claims:
                cloud.execute("DELETE FROM busy WHERE key = ?", key)


def _claim(cloud: Cloud, key: str, refusal: Refusal) -> None:
    holder = cloud.execute("SELECT pid FROM busy WHERE key = ?", key)
    if holder and _alive(holder[0][0]):
        raise refusal
    cloud.execute("INSERT OR REPLACE INTO busy VALUES (?, ?)", key, os.getpid())


def _alive(pid: int) -> bool:
    """Whether a process still runs: what a killed one was at work on is free again."""
    if os.path.isdir("/proc"):
        return os.path.exists(f"/proc/{pid}")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
