"""Messages to a Teams channel through a Power Automate workflow's webhook.

The webhook's URL is its own password, so it appears in no error and no log: errors name the host
alone, and the HTTP library's own records are rewritten.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from company_ml.notification import card

if TYPE_CHECKING:
    from collections.abc import Generator

    from company_ml.ports import Clock, Message

ATTEMPTS = 5
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
TIMEOUT_SECONDS = (5.0, 30.0)
RETIRED = "webhook.office.com"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOO_MANY, SERVER_ERRORS = 429, 500


class NotificationError(Exception):
    """A message was not delivered; the text has no secret in it."""


class TeamsNotifier:
    """Notifier port on a workflow's webhook. A message may arrive twice, when an answer is lost.

    Args:
        url: The webhook's URL, a secret.
        clock: What waits between attempts.

    Raises:
        NotificationError: The URL cannot be a workflow's.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        parts = urlsplit(url)
        self._url, self._clock, self._host = url, clock, parts.hostname or ""
        if parts.scheme != "https" and self._host not in LOOPBACK:
            raise NotificationError(
                "the Teams webhook must be an https URL; copy it from the workflow's trigger into "
                "the secret"
            )
        if self._host.endswith(RETIRED):
            raise NotificationError(
                f"the Teams webhook is at {self._host}, an Office 365 connector, which Microsoft "
                "retired; make the workflow 'Post to a channel when a webhook request is received' "
                "and put its URL into the secret. https://devblogs.microsoft.com/microsoft365dev/"
                "retirement-of-office-365-connectors-within-microsoft-teams/"
            )

    def send(self, message: Message) -> None:
        """Deliver a message; a busy or failing service is asked again, as late as it says.

        Raises:
            NotificationError: It was refused, or there was no answer after all attempts.
        """
        content = card.body(message)
        failure = ""
        for attempt in range(ATTEMPTS):
            wait = min(FIRST_WAIT_SECONDS * 2**attempt, LONGEST_WAIT_SECONDS)
            try:
                status, asked = self._post(content)
            except requests.RequestException as error:
                failure = f"no answer ({type(error).__name__})"
            else:
                if status < 300:  # noqa: PLR2004 (success; a workflow answers 202)
                    return
                failure = f"HTTP {status}"
                if status != TOO_MANY and status < SERVER_ERRORS:
                    break
                wait = wait if asked is None else min(asked, LONGEST_WAIT_SECONDS)
            if attempt + 1 < ATTEMPTS:
                self._clock.sleep(wait)
        raise NotificationError(f"Teams workflow at {self._host}: {failure}; not delivered")

    def _post(self, content: bytes) -> tuple[int, float | None]:
        # A redirect would hand the message, and the URL as a referrer, to someone else.
        with _hidden(self._url):
            answer = requests.post(
                self._url,
                data=content,
                headers={"Content-Type": "application/json; charset=utf-8"},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        return answer.status_code, self._retry_after(answer.headers.get("Retry-After"))

    def _retry_after(self, header: str | None) -> float | None:
        """Seconds to wait: the header has a number, or a date (RFC 9110, 10.2.3)."""
        if header is None:
            return None
        if header.strip().isdigit():
            return float(header)
        try:
            at: datetime = parsedate_to_datetime(header)
        except ValueError:
            return None
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        return max((at - self._clock.now()).total_seconds(), 0.0)


@contextmanager
def _hidden(url: str) -> Generator[None]:
    """Keep the URL's path and query out of what urllib3 logs at level DEBUG."""
    parts = urlsplit(url)
    logger = logging.getLogger("urllib3.connectionpool")

    def rewrite(record: logging.LogRecord) -> bool:
        text = record.getMessage()
        for secret in (f"{parts.path}?{parts.query}", parts.query, parts.path):
            if len(secret) > 1:
                text = text.replace(secret, "(hidden)")
        record.msg, record.args = text, ()
        return True

    logger.addFilter(rewrite)
    try:
        yield
    finally:
        logger.removeFilter(rewrite)
