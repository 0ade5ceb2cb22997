"""Judging that at least one of several resources does what is asked of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.findings import Deferred, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def require_any(
    verdicts: Iterable[bool | None], path: str, message: str, urn: str
) -> Iterator[Violation | Deferred]:
    """A violation where none does; deferred where one may still turn out to.

    Args:
        verdicts: Of each candidate; ``None`` while that is not known.
        path: The property that is not known, for the deferral.
        message: What is missing and what to declare.
        urn: The resource that needs one.
    """
    seen = list(verdicts)
    if True not in seen:
        yield Deferred(path, urn) if None in seen else Violation(message, urn)
