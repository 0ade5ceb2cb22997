"""What a release needs of the world beside the common ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from company_ml.release.core import State, Windows
    from company_ml.release.gates import Sample
    from company_ml.release.plan import Release

OWN_REQUESTS = "release-"
"""Beginning of the client request id of what the controller itself sends, so that it never counts
its own requests as production traffic."""


class LeaseHeldError(RuntimeError):
    """Another run works on this endpoint; the message says which and until when."""


class StaleStateError(RuntimeError):
    """Another run saved a state, or took the lease, in the meantime: this one has to stop."""


class UpdateRefusedError(RuntimeError):
    """The endpoint does not take this configuration; trying again is of no use."""


class UpdateConflictError(RuntimeError):
    """The endpoint is being changed; try again when it is done."""


class ReleaseStore(Protocol):
    """One record per endpoint: the state of its release, and the lease of the run that works on it.

    Every method is one atomic step, also between processes.
    """

    def lease(self, endpoint: str, holder: str, *, now: datetime, until: datetime) -> None:
        """Take or renew the lease; LeaseHeldError while another holder's has not expired."""
        ...

    def yield_lease(self, endpoint: str, holder: str) -> None:
        """Give the lease back; nothing happens when another holder has it."""
        ...

    def load(self, endpoint: str) -> State | None:
        """The last saved state, of a release under way or ended; None before the first."""
        ...

    def save(self, state: State, holder: str) -> State:
        """Save a state that follows the stored one, and return it with its new revision.

        Raises:
            StaleStateError: The stored revision is another one, or the lease another holder's.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A production request and the answer that was given."""

    id: str
    request: str
    response: str
    status: int


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What the candidate answered to a recorded request."""

    id: str
    status: int
    response: str
    milliseconds: int
    differs: bool


class EvidenceSource(Protocol):
    """What production answered, and what the candidate answered in its shadow."""

    def traffic(self, release: Release, windows: Windows) -> tuple[Sample, Sample]:
        """The candidate's requests and the others', without the controller's own."""
        ...

    def recorded(self, release: Release, *, since: datetime, limit: int) -> list[Recorded]:
        """Production requests not replayed in this release yet, the oldest first."""
        ...

    def keep(self, release: Release, answers: Sequence[Replayed]) -> None:
        """Log the candidate's answers; the same request is kept once."""
        ...

    def replayed(self, release: Release) -> Sample:
        """The candidate's answers to replayed requests so far."""
        ...


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One HTTP answer of a model."""

    status: int
    body: str
    milliseconds: int


class Invoker(Protocol):
    """Sends one request to one entity of an endpoint, whatever its share."""

    def invoke(self, endpoint: str, entity: str, body: str, *, request_id: str) -> Answer:
        """The entity's answer; a failure of the model is an answer too."""
        ...
