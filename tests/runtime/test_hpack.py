"""Header blocks, by the examples of RFC 7541 and by any bytes at all."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.rpc.hpack import Decoder, Field, HeadersError, encode

REQUEST = [(":method", "GET"), (":scheme", "http"), (":path", "/")]
HOST = (":authority", "www.example.com")
REQUESTS: list[list[Field]] = [
    [*REQUEST, HOST],
    [*REQUEST, HOST, ("cache-control", "no-cache")],
    [
        (":method", "GET"),
        (":scheme", "https"),
        (":path", "/index.html"),
        HOST,
        ("custom-key", "custom-value"),
    ],
]


@pytest.mark.parametrize(
    "blocks",
    [
        (
            "828684410f7777772e6578616d706c652e636f6d",
            "828684be58086e6f2d6361636865",
            "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        ),
        (
            "828684418cf1e3c2e5f23a6ba0ab90f4ff",
            "828684be5886a8eb10649cbf",
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ),
    ],
    ids=["plain (C.3)", "Huffman-coded (C.4)"],
)
def test_a_block_may_refer_to_those_before_it(blocks: tuple[str, ...]) -> None:
    decoder = Decoder()

    assert [decoder.decode(bytes.fromhex(block)) for block in blocks] == REQUESTS


def test_a_block_read_before_is_read_anew_once_the_table_has_changed() -> None:
    decoder = Decoder()
    decoder.decode(bytes.fromhex("4001610131"))  # a: 1, the newest field
    newest = bytes.fromhex("be")
    assert [decoder.decode(newest) for _ in range(2)] == [[("a", "1")]] * 2

    decoder.decode(bytes.fromhex("4001610132"))

    assert decoder.decode(newest) == [("a", "2")]


def test_fields_beyond_the_tables_size_are_forgotten() -> None:
    # The responses of C.5, whose table holds 256 bytes: the size comes with the first block.
    first = (
        "3fe1014803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54"
        "6e1768747470733a2f2f7777772e6578616d706c652e636f6d"
    )
    decoder = Decoder()
    decoder.decode(bytes.fromhex(first))

    second = decoder.decode(bytes.fromhex("4803333037c1c0bf"))

    assert [value for _, value in second] == [
        "307",
        "private",
        "Mon, 21 Oct 2013 20:13:21 GMT",
        "https://www.example.com",
    ]
    with pytest.raises(HeadersError):  # ":status: 302" was the oldest and gave way to 307
        decoder.decode(bytes.fromhex("c1c0bfc2"))


@pytest.mark.parametrize(
    "block",
    ["80", "be", "41", "418cf1e3", "0a", "400a6375", "ff", "4181ff", "41820000"],
    ids=[
        "index 0",
        "an index nobody filled",
        "no value",
        "a text cut off",
        "no text",
        "a name cut off",
        "an integer cut off",
        "padding as long as a byte",
        "padding that is not ones",
    ],
)
def test_a_block_that_no_encoder_sends_is_refused(block: str) -> None:
    with pytest.raises(HeadersError):
        Decoder().decode(bytes.fromhex(block))


@given(st.lists(st.tuples(st.text("abc-:", min_size=1), st.text(st.characters(codec="ascii")))))
def test_what_is_encoded_is_decoded_the_same(fields: list[Field]) -> None:
    assert Decoder().decode(encode(*fields)) == fields


@given(st.text("x", min_size=120, max_size=40_000))
def test_a_long_text_keeps_its_length(text: str) -> None:
    assert Decoder().decode(encode(("grpc-message", text))) == [("grpc-message", text)]


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_any_bytes_are_fields_or_refused(blocks: list[bytes]) -> None:
    decoder = Decoder()
    with suppress(HeadersError):
        for block in blocks:
            decoder.decode(block)
