"""The audit record: one type for every job, so that one report can tell the whole story."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Outcome(StrEnum):
    """How an action ended."""

    DONE = "done"
    """It took effect now."""
    REFUSED = "refused"
    """A rule or a person said no."""
    FAILED = "failed"
    """It was tried and did not work."""
    WAITING = "waiting"
    """Someone has to act first, or there is nothing to do or to judge yet."""


@dataclass(frozen=True, kw_only=True)
class AuditRecord:
    """Who did what to which object, when, and what came of it.

    Facts only: no secret, no personal data beyond the identity that acted.
    """

    actor: str
    """The identity that acted: a user's or service principal's name."""
    action: str
    """A verb in the job's words, as ``promotion.copy``."""
    object: str
    """What was acted on: a three-part model name, a table, an endpoint."""
    version: str = ""
    """The object's version; empty where it has none."""
    outcome: Outcome
    time: datetime
    """When, in UTC."""
    correlation: str
    """Groups what belongs together: the id of a promotion, a release, a job run."""
    details: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        if self.time.tzinfo is None:
            raise ValueError(f"AuditRecord.time {self.time} has no time zone; pass an aware time")
        object.__setattr__(self, "time", self.time.astimezone(UTC))

    @property
    def id(self) -> str:
        """Identifies the record by what it says, except when.

        A step that is run again after a kill says the same thing, and is kept once.
        """
        content = [self.actor, self.action, self.object, self.version, self.outcome.value,
                   self.correlation, sorted(self.details.items())]  # fmt: skip
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]

    def to_json(self) -> dict[str, Any]:
        """The record as plain data, its id included."""
        plain = asdict(self)
        plain["details"] = dict(self.details)
        return plain | {"id": self.id, "outcome": self.outcome.value, "time": self.time.isoformat()}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> AuditRecord:
        """The record that ``to_json`` wrote; ValueError when it was altered since."""
        values = dict(plain)
        claimed = values.pop("id")
        values["time"] = datetime.fromisoformat(values["time"])
        values["outcome"] = Outcome(values["outcome"])
        record = cls(**values)
        if record.id != claimed:
            raise ValueError(f"audit record {claimed} does not match its content: it was altered")
        return record
