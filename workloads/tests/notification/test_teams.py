"""The Teams adapter against a real HTTP server that behaves as badly as the real one can."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from company_ml.adapters.fakes import START, FakeClock
from company_ml.adapters.teams import ATTEMPTS, NotificationError, TeamsNotifier
from company_ml.ports import Message
from local_http import Answer, Request, answering

if TYPE_CHECKING:
    from collections.abc import Generator

SECRET = "/workflows/0a1b/triggers/manual/paths/invoke?sig=V3ry-s3cret"  # noqa: S105 (a test's)
MESSAGE = Message(title="Drift", text="3 of 10 columns")


@dataclass
class Server:
    """A running server: what it will answer, and what it was sent."""

    url: str
    answers: list[tuple[int, dict[str, str]]]
    """Status and headers, one after the other; then 202."""
    received: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@contextmanager
def serving(*answers: tuple[int, dict[str, str]]) -> Generator[Server]:
    def answer(request: Request) -> Answer:
        state.received.append(json.loads(request.body))
        status, headers = state.answers.pop(0) if state.answers else (202, {})
        return Answer(status, headers=headers)

    with answering(answer) as url:
        state = Server(url + SECRET, list(answers))
        yield state


def waited(clock: FakeClock) -> float:
    return (clock.time - START).total_seconds()


def test_a_message_is_posted_once_when_it_is_accepted() -> None:
    clock = FakeClock()
    with serving() as server:
        TeamsNotifier(server.url, clock).send(MESSAGE)
    assert len(server.received) == 1
    assert server.received[0]["attachments"][0]["content"]["body"][0]["text"] == "Drift"
    assert waited(clock) == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_asked_again(status: int) -> None:
    clock = FakeClock()
    with serving((status, {}), (status, {})) as server:
        TeamsNotifier(server.url, clock).send(MESSAGE)
    assert len(server.received) == 3
    assert waited(clock) == 1 + 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (format_datetime(START + timedelta(seconds=9), usegmt=True), 9),
        ("86400", 60),
        ("soon", 1),
    ],
)
def test_it_waits_as_long_as_the_service_says_within_reason(header: str, seconds: int) -> None:
    clock = FakeClock()
    with serving((429, {"Retry-After": header})) as server:
        TeamsNotifier(server.url, clock).send(MESSAGE)
    assert waited(clock) == seconds


def test_after_all_attempts_it_gives_up_and_says_so_without_the_secret() -> None:
    with (
        serving(*[(503, {})] * ATTEMPTS) as server,
        pytest.raises(NotificationError, match=r"127\.0\.0\.1: HTTP 503; not delivered") as caught,
    ):
        TeamsNotifier(server.url, FakeClock()).send(MESSAGE)
    assert len(server.received) == ATTEMPTS
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 413])
def test_a_refusal_is_not_repeated_and_a_redirect_not_followed(status: int) -> None:
    with (
        serving((status, {"Location": "http://127.0.0.1:9/elsewhere"})) as server,
        pytest.raises(NotificationError, match=f"HTTP {status}"),
    ):
        TeamsNotifier(server.url, FakeClock()).send(MESSAGE)
    assert len(server.received) == 1


def test_no_answer_at_all_keeps_the_secret_too() -> None:
    with serving() as server:
        pass  # nobody listens there any more
    with pytest.raises(NotificationError, match=r"no answer \(ConnectionError\)") as caught:
        TeamsNotifier(server.url, FakeClock()).send(MESSAGE)
    seen = [str(caught.value), str(caught.value.__cause__), str(caught.value.__context__)]
    assert not any("s3cret" in text for text in seen)


def test_the_http_librarys_own_log_hides_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), serving() as server:
        TeamsNotifier(server.url, FakeClock()).send(MESSAGE)
    assert "(hidden)" in caplog.text
    assert "s3cret" not in caplog.text
    assert "0a1b" not in caplog.text


def test_a_retired_connector_or_an_open_url_is_refused_at_once() -> None:
    with pytest.raises(NotificationError, match="retired"):
        TeamsNotifier("https://x.webhook.office.com/webhookb2/s3cret", FakeClock())
    with pytest.raises(NotificationError, match="https") as caught:
        TeamsNotifier("http://example.org/s3cret", FakeClock())
    assert "s3cret" not in str(caught.value)
