"""Answers that may still be open before an update, and how a rule judges by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.findings import Deferred, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.findings import Findings

Verdict = bool | None


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether one of them is true; not known while none is and one may still turn out so."""
    open_ = False
    for verdict in verdicts:
        if verdict:
            return True
        open_ = open_ or verdict is None
    return None if open_ else False


def both(*verdicts: Verdict) -> Verdict:
    """Whether all of them are true."""
    if False in verdicts:
        return False
    return None if None in verdicts else True


def demand(verdict: Verdict, message: str, path: str, urn: str) -> Findings:
    """A violation where the verdict is false; deferred, because of ``path``, where it is open."""
    if verdict is None:
        yield Deferred(path, urn)
    elif not verdict:
        yield Violation(message, urn)
