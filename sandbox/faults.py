"""Faults on demand: throttling, conflicts, outages, slowness, a crash around an operation.

``python -m sandbox fault add`` writes them into the sandbox's database; each takes effect so many
times and is then spent. Retries follow the real providers, in less time.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sandbox.rules import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.state import Cloud

T = TypeVar("T")

# https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/azure/client_azcore.go
# https://github.com/databricks/databricks-sdk-go/blob/main/apierr/errors.go
RETRYABLE = frozenset({408, 429, 500, 502, 503, 504})
RETRYABLE_CODES = frozenset({"AnotherOperationInProgress"})
ATTEMPTS = 4  # azcore: one and three retries
LONGEST_WAIT = 2.0  # seconds; the real ones wait up to two minutes
CRASHES = ("before", "after", "engine-before", "engine-after")
CODES = {
    408: "RequestTimeout", 409: "Conflict", 429: "TooManyRequests", 500: "InternalServerError",
    502: "BadGateway", 503: "ServiceUnavailable", 504: "GatewayTimeout",
}  # fmt: skip


class Fault(NamedTuple):
    """One fault as it takes effect.

    Attributes:
        status: The HTTP status answered; 0 answers normally.
        code: The API's error code; "" for the one that goes with the status.
        retry_after: Seconds the client is told to wait; 0 leaves it to the client.
        delay: Seconds before the operation.
        crash: One of :data:`CRASHES`: kill the provider, or the engine too.
    """

    status: int
    code: str
    retry_after: float
    delay: float
    crash: str


def retryable(refusal: Refusal) -> bool:
    """Whether the real providers try again after this answer."""
    return refusal.status in RETRYABLE or refusal.code in RETRYABLE_CODES


def claim(cloud: Cloud, token: str, operation: str) -> Fault | None:
    """The fault that hits this operation, used up by one; ``None`` for none."""
    rows = cloud.execute(
        "SELECT number, type, skip, status, code, retry_after, delay, crash FROM fault "
        "WHERE times > 0 AND op IN (?, 'any') ORDER BY number",
        operation,
    )
    for number, pattern, skip, *rest in rows:
        import fnmatch  # most runs have no fault

        if not fnmatch.fnmatchcase(token, pattern):
            continue
        column = "skip" if skip else "times"
        claimed = cloud.execute(
            f"UPDATE fault SET {column} = {column} - 1 WHERE number = ? AND {column} > 0 "  # noqa: S608 - one of two names
            "RETURNING number",
            number,
        )
        if claimed:
            return None if skip else Fault(*rest)
    return None


def with_retries(cloud: Cloud, token: str, operation: str, work: Callable[[], T]) -> T:
    """Do one operation under the faults that are set, trying again where the real provider would.

    Raises:
        Refusal: the last answer, when it cannot be retried or retries did not help.
    """
    attempt = 1
    while True:
        fault = claim(cloud, token, operation)
        try:
            return _once(fault, work)
        except Refusal as refusal:
            if not retryable(refusal):
                raise
            if attempt == ATTEMPTS:
                refusal.message += (
                    f" (tried {ATTEMPTS} times; nothing was changed: wait, then run the same "
                    "command again)"
                )
                raise
            wait = fault.retry_after if fault and fault.retry_after else 0.05 * 2**attempt
        time.sleep(min(wait, LONGEST_WAIT))
        attempt += 1


def _once(fault: Fault | None, work: Callable[[], T]) -> T:
    if fault is None:
        return work()
    time.sleep(fault.delay)
    _crash(fault, "before")
    if fault.status:
        code = fault.code or CODES.get(fault.status, "InternalServerError")
        raise Refusal(
            code, f"The request was refused with status {fault.status}.", status=fault.status
        )
    result = work()
    _crash(fault, "after")
    return result


def _crash(fault: Fault, moment: str) -> None:
    if not fault.crash.endswith(moment):
        return
    if fault.crash.startswith("engine"):
        os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
