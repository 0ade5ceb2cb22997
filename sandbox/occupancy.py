"""Operations that exclude each other while they run, over all processes.

Only types with an ``@occupies`` rule pay for it: their operations take a moment, in which another
one on the same thing conflicts, as two private endpoints of one workspace do.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.rules import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.rules import Request
    from sandbox.state import Cloud

# Long enough that operations the engine starts together overlap; the real ones take minutes.
DURATION = 0.05


@contextmanager
def occupied(cloud: Cloud, request: Request) -> Iterator[None]:
    """Keep what the operation works on to itself.

    Raises:
        Refusal: the rule's, when another operation is at work on it.
    """
    keys = {
        key: refusal
        for rule, _ in REGISTRY[request.token].occupies
        for key, refusal in rule(request).items()
    }
    if not keys:
        yield
        return
    with cloud.transaction():
        for key, refusal in keys.items():
            holder = cloud.execute("SELECT pid FROM busy WHERE key = ?", key.lower())
            if holder and Path(f"/proc/{holder[0][0]}").exists():
                raise refusal
            cloud.execute("INSERT OR REPLACE INTO busy VALUES (?, ?)", key.lower(), os.getpid())
    try:
        time.sleep(DURATION)
        yield
    finally:
        with cloud.transaction():
            for key in keys:
                cloud.execute("DELETE FROM busy WHERE key = ?", key.lower())
