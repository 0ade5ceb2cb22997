"""A job run's message reaches people once, however often the run is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from company_ml.audit import AuditRecord, Outcome

if TYPE_CHECKING:
    from company_ml.ports import AuditLog, Clock, Message, Notifier


class ToldOnce:
    """Notifier port before another one, which remembers in the audit log what was told.

    Databricks tries a run again that an alert has failed, since it cannot tell one from a fault.
    The record comes after the message: a run that dies in between tells it again, never not at all.
    """

    def __init__(
        self, notifier: Notifier, audit: AuditLog, clock: Clock, *, actor: str, run_key: str
    ) -> None:
        self._notifier = notifier
        self._audit = audit
        self._clock = clock
        self._actor = actor
        self._run_key = run_key

    def send(self, message: Message) -> None:
        """Deliver a message unless this run has delivered it before."""
        told = AuditRecord(
            actor=self._actor,
            action="people.tell",
            object=message.title,
            outcome=Outcome.DONE,
            time=self._clock.now(),
            correlation=self._run_key,
            details={"text": message.text},
        )
        if told.id not in {each.id for each in self._audit.records(self._run_key)}:
            self._notifier.send(message)
            self._audit.append(told)
