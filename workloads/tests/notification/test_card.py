"""The card: the shape that workflows take, within the limit, and harmless."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from company_ml.notification import card
from company_ml.ports import Message


def content(message: Message) -> dict[str, Any]:
    plain = json.loads(card.body(message))
    (attachment,) = plain["attachments"]
    assert plain["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    return attachment["content"]


def test_a_message_is_a_card_with_title_text_facts_and_link() -> None:
    made = content(Message(title="Drift", text="3 of 10", facts={"x": "0.4"}, link="https://a/b"))
    assert (made["type"], made["version"]) == ("AdaptiveCard", "1.4")
    assert [block["type"] for block in made["body"]] == ["TextBlock", "TextBlock", "FactSet"]
    assert made["body"][2]["facts"] == [{"title": "x", "value": "0.4"}]
    assert made["actions"] == [{"type": "Action.OpenUrl", "title": "Open", "url": "https://a/b"}]


def test_a_value_from_the_data_stays_text() -> None:
    made = content(Message(title="t", text="user_id", facts={"new": "[here](https://evil)"}))
    assert made["body"][1]["text"] == r"user\_id"
    assert made["body"][2]["facts"][0]["value"] == r"\[here\]\(https://evil\)"


def test_a_link_that_is_not_https_is_left_out() -> None:
    assert "actions" not in content(Message(title="t", text="", link="javascript:alert(1)"))


@given(
    st.text(max_size=500),
    st.text(max_size=40_000),
    st.dictionaries(st.text(max_size=300), st.text(max_size=2_000), max_size=30),
)
def test_every_message_fits_and_says_how_much_did_not(
    title: str, text: str, facts: dict[str, str]
) -> None:
    message = Message(title=title, text=text, facts=facts)
    assert len(card.body(message)) <= card.LIMIT_BYTES
    body = content(message)["body"]
    shown = sum(len(block["facts"]) for block in body if block["type"] == "FactSet")
    told = next(
        (block["text"] for block in body[1:] if "did not fit" in block.get("text", "")), "0"
    )
    assert shown + int(told.split()[0]) == len(facts)
