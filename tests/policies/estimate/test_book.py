"""The price book: whole, dated, and strict about what stands in it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from policies.estimate import book as books
from policies.estimate.book import BookError, PriceBook, UnknownPriceError
from policies.estimate.meters import METERS
from tests.policies.estimate.making import BOOK

if TYPE_CHECKING:
    from pathlib import Path

ENTRY: dict[str, Any] = {
    "key": "vm/Standard_X/on-demand",
    "region": "eastus2",
    "value": 1.5,
    "unit": "USD per hour",
    "currency": "USD",
    "source": "a page",
    "date": "2026-01-01",
    "confidence": "B",
    "origin": "published",
}


def written(folder: Path, content: Any) -> Path:
    path = folder / "prices.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_the_shipped_book_says_of_each_price_where_and_when_it_was_read() -> None:
    for price in BOOK:
        assert len(price.source) > 10, price.key
        assert date(2024, 1, 1) <= price.date <= BOOK.reviewed, price.key
        assert (price.currency == "USD") == price.unit.startswith("USD"), price.key


def test_the_shipped_book_is_written_as_a_refresh_would_write_it(tmp_path: Path) -> None:
    books.save(BOOK, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == books.BOOK.read_text()


def test_what_a_refresh_may_replace_is_what_it_knows_to_look_for() -> None:
    """Any other published price would be reported as gone each time."""
    for price in BOOK:
        if price.origin == "published" and not price.key.startswith("vm/"):
            assert price.key in METERS, price.key
            assert price.unit == METERS[price.key].per, price.key


def test_a_price_holds_in_its_region_or_everywhere_and_nowhere_else() -> None:
    assert BOOK.find("dbu/Standard_D4ds_v5", "anywhere").value == 1
    with pytest.raises(UnknownPriceError, match="only in brazilsouth, eastus, eastus2"):
        BOOK.find("dbu-rate/sql-serverless", "westeurope")
    with pytest.raises(UnknownPriceError, match=r"did you mean dbu/Standard_D4ds_v5\?"):
        BOOK.find("dbu/Standard_D4ds_v55", "eastus2")


def test_age_is_counted_from_the_last_review() -> None:
    assert PriceBook([], date(2026, 1, 1)).age(date(2026, 3, 2)) == 60


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"value": 0}, "must be a number above 0"),
        ({"value": -1}, "must be a number above 0"),
        ({"value": True}, "must be a number above 0"),
        ({"value": "1.5"}, "must be a number above 0"),
        ({"date": "last year"}, "is no price"),
        ({"confidence": "D"}, "use one of A, B, C"),
        ({"origin": "guessed"}, "use one of published, entered"),
        ({"colour": "blue"}, "is no price"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_key(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    path = written(tmp_path, {"reviewed": "2026-01-01", "prices": [{**ENTRY, **change}]})
    with pytest.raises(BookError, match=says) as caught:
        books.load(path)
    assert "vm/Standard_X/on-demand" in str(caught.value)


@pytest.mark.parametrize("name", ENTRY)
def test_an_entry_needs_everything(tmp_path: Path, name: str) -> None:
    entry = {key: value for key, value in ENTRY.items() if key != name}
    with pytest.raises(BookError, match="is no price"):
        books.load(written(tmp_path, {"reviewed": "2026-01-01", "prices": [entry]}))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not valid JSON"),
        ("[" * 5000, r"\.json is nested too deeply to be a price book"),
        ("[]", "needs 'reviewed'"),
        ({"prices": []}, "needs 'reviewed'"),
        ({"reviewed": "2026-01-01"}, "'prices'"),
        ({"reviewed": "2026-01-01", "prices": [ENTRY, ENTRY]}, "is in the book twice"),
    ],
)
def test_a_wrong_book_is_refused(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(BookError, match=says):
        books.load(written(tmp_path, content))


def test_a_missing_book_is_named(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"none\.json cannot be read"):
        books.load(tmp_path / "none.json")
