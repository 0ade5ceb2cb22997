"""A message as the body that a Teams workflow takes: one adaptive card, within its size limit.

The workflow "Post to a channel when a webhook request is received" goes through ``attachments``
and accepts adaptive cards alone; the message cards and bare texts of the retired connectors fail.
https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
https://github.com/prometheus/alertmanager/issues/3920
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from company_ml.ports import Message

LIMIT_BYTES = 20_000
"""Teams takes about 28 KB of what the workflow makes of the body; senders were refused from 21 on.
https://learn.microsoft.com/connectors/teams/"""
VERSION = "1.4"
LONGEST_TITLE = 200
LONGEST_FACT = 500
_MARKDOWN = re.compile(r"([\\`*_\[\]()~#<>|])")


def body(message: Message) -> bytes:
    """The request's body, JSON in UTF-8; what does not fit is counted, not silently lost."""
    facts = [
        {"title": _plain(_cut(title, LONGEST_FACT)), "value": _plain(_cut(value, LONGEST_FACT))}
        for title, value in message.facts.items()
    ]
    text, kept = message.text, len(facts)
    while True:
        rendered = _rendered(message, text, facts[:kept], left_out=len(facts) - kept)
        if len(rendered) <= LIMIT_BYTES:
            return rendered
        if kept:
            kept = kept * 3 // 4
        else:
            text = _cut(text, len(text) * 3 // 4)


def _rendered(message: Message, text: str, facts: list[dict[str, str]], *, left_out: int) -> bytes:
    blocks: list[dict[str, Any]] = [
        _text(_cut(message.title, LONGEST_TITLE), weight="Bolder", size="Medium")
    ]
    if text:
        blocks.append(_text(text))
    if facts:
        blocks.append({"type": "FactSet", "facts": facts})
    if left_out:
        blocks.append(_text(f"{left_out} more facts did not fit; the job's output has them."))
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "msteams": {"width": "Full"},
        "body": blocks,
    }
    if message.link.startswith("https://"):
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open", "url": message.link}]
    plain = {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": card,
            }
        ],
    }
    return json.dumps(plain, ensure_ascii=False).encode()


def _text(text: str, **more: str) -> dict[str, Any]:
    return {"type": "TextBlock", "text": _plain(text), "wrap": True, **more}


def _plain(text: str) -> str:
    r"""Text that shows as it is.

    Cards render Markdown: ``user_id`` would lose its underscore, and a category named
    ``[here](https://…)``, which anyone can put into a table, would become a link.
    """
    return _MARKDOWN.sub(r"\\\1", text)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: max(length - 1, 0)]}…"
