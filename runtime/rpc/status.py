"""How a call ends other than well."""

from __future__ import annotations

UNKNOWN, FAILED_PRECONDITION, UNIMPLEMENTED, INTERNAL = 2, 9, 12, 13


class CallError(Exception):
    """Ends a call with a status other than success.

    Args:
        message: What the caller is told.
        status: A gRPC status.
    """

    def __init__(self, message: str, status: int = UNKNOWN) -> None:
        super().__init__(message)
        self.status = status
