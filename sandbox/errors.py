"""What a command of the sandbox says when it cannot be done."""

from __future__ import annotations


class CommandError(Exception):
    """What the user asked for cannot be done; the message says why and what can."""
