"""A run that is tried again does not tell people the same twice."""

from __future__ import annotations

import pytest

from company_ml.adapters.fakes import FakeAudit, FakeClock, FakeNotifier
from company_ml.notification.once import ToldOnce
from company_ml.ports import Message, Notifier

ALERT = Message(title="Drift: main.t.features", text="7 of 20 columns drifted", facts={"age": "1"})


def once(audit: FakeAudit, notifier: Notifier, run_key: str = "run-1") -> ToldOnce:
    return ToldOnce(notifier, audit, FakeClock(), actor="jobs", run_key=run_key)


def test_a_retry_of_a_run_tells_nothing_that_was_told() -> None:
    audit, people = FakeAudit(), FakeNotifier()
    for _ in range(3):
        once(audit, people).send(ALERT)
    assert people.sent == [ALERT]
    (told,) = audit.kept
    assert (told.action, told.object, told.correlation) == ("people.tell", ALERT.title, "run-1")


def test_another_run_or_another_finding_is_told() -> None:
    audit, people = FakeAudit(), FakeNotifier()
    once(audit, people).send(ALERT)
    once(audit, people, "run-2").send(ALERT)
    worse = Message(title=ALERT.title, text="9 of 20 columns drifted", facts={})
    once(audit, people).send(worse)
    assert people.sent == [ALERT, ALERT, worse]


def test_what_could_not_be_delivered_is_told_by_the_next_attempt() -> None:
    class Down:
        def send(self, message: Message) -> None:
            raise ConnectionError(message.title)

    audit, people = FakeAudit(), FakeNotifier()
    with pytest.raises(ConnectionError):
        once(audit, Down()).send(ALERT)
    once(audit, people).send(ALERT)
    assert people.sent == [ALERT]
