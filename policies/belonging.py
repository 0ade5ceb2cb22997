"""Whether one resource of a stack belongs to another: by dependency, by id, or not known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies.findings import Deferred, Violation
from policies.model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.findings import Findings
    from policies.model import Resource


def refers(source: Resource, path: str, target: Resource, *own: Any) -> bool | None:
    """Whether a property names another resource; ``None`` while that is not known.

    Args:
        source: The resource with the property.
        path: The property, by its top-level name.
        target: The resource that may be named.
        own: What the target is called, for example its name or its id; unknown ones are skipped.
    """
    sources = source.dependencies.get(path, ())
    if target.urn in sources:
        return True
    value = source.get(path)
    if value is UNKNOWN:
        # What it is computed from is known, and the target is not among that.
        return False if sources else None
    if value is None:
        return False
    names = [name for name in own if name is not None]
    if any(name is not UNKNOWN and same(name, value) for name in names):
        return True
    # A literal may be the id that the target has or will have.
    return None if UNKNOWN in names or not names else False


def same(one: Any, other: Any) -> bool:
    """Equal as names and ids are: an id is a number to one API and a string to another."""
    return str(one).casefold() == str(other).casefold()


def require_one(
    verdicts: Iterable[bool | None], path: str, message: str, urn: str, *, deferred: bool = False
) -> Findings:
    """Judge that at least one candidate fits.

    Args:
        verdicts: Of each candidate: it fits, does not, or that is not known.
        path: What a candidate is recognised by, for the deferral.
        message: What is missing and what to declare.
        urn: The resource that needs one.
        deferred: Whether candidates themselves are not known yet.
    """
    verdicts = list(verdicts)
    if True in verdicts:
        return
    if deferred or None in verdicts:
        yield Deferred(path, urn)
    else:
        yield Violation(message, urn)
