"""What an error says about a name that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def nearest(name: str, known: Collection[str]) -> str:
    """The closest known name as a question, or all of them."""
    # Imported here: only a wrong configuration needs it, and a pack starts in every preview.
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known are {', '.join(known)}" if known else "it has none"
