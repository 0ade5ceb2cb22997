"""The price book: list prices with where and when each was read, and how far to trust it.

A price that is not in the book is an error and never 0: a node type nobody looked up would
otherwise be the cheapest of all.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BOOK: Final = Path(__file__).with_name("prices.json")
EVERYWHERE: Final = "global"
"""The region of prices that are the same in all regions."""

Confidence = Literal["A", "B", "C"]
Origin = Literal["published", "entered"]


class BookError(ValueError):
    """The book cannot be used; the message names the entry and what is wrong with it."""


class UnknownPriceError(LookupError):
    """The book has no such price; the message says which, and what it has instead."""


@dataclass(frozen=True)
class Price:
    """One price or factor.

    Attributes:
        key: What it is the price of, for example ``vm/Standard_D4ds_v5/on-demand``.
        region: Azure region name, or :data:`EVERYWHERE`.
        value: In ``unit``.
        unit: For example ``USD per hour`` or ``DBU per hour``.
        currency: ISO code; empty where the value is no money.
        source: Where it was read.
        date: When the source was read, or is from.
        confidence: A: the retail API or a test against it. B: a public source quoting it.
            C: old, unlabelled or inferred.
        origin: Whether a refresh may replace it (``published``), or somebody keeps it by hand.
    """

    key: str
    region: str
    value: float
    unit: str
    currency: str
    source: str
    date: date
    confidence: Confidence
    origin: Origin

    def as_json(self) -> dict[str, Any]:
        """The entry as it stands in the file."""
        return {**asdict(self), "date": self.date.isoformat()}


class PriceBook:
    """Prices by key and region.

    Letter case does not matter, as it does not to Azure: ``standard_lrs`` is ``Standard_LRS``.

    Args:
        prices: The entries.
        reviewed: When somebody last refreshed the book or read it through.

    Raises:
        BookError: Two entries have the same key and region.
    """

    def __init__(self, prices: Iterable[Price], reviewed: date) -> None:
        self.reviewed = reviewed
        self._prices: dict[tuple[str, str], Price] = {}
        for price in prices:
            place = (price.key.casefold(), price.region)
            if place in self._prices:
                raise BookError(f"{price.key} in {price.region} is in the book twice")
            self._prices[place] = price

    def __iter__(self) -> Iterator[Price]:
        return iter(self._prices.values())

    def age(self, today: date) -> int:
        """Days since the last review."""
        return (today - self.reviewed).days

    def get(self, key: str, region: str) -> Price | None:
        """The price in a region, or the one that holds everywhere, if there is either."""
        folded = key.casefold()
        return self._prices.get((folded, region)) or self._prices.get((folded, EVERYWHERE))

    def find(self, key: str, region: str) -> Price:
        """The same, where it has to be there.

        Raises:
            UnknownPriceError: It is not.
        """
        price = self.get(key, region)
        if price is None:
            raise UnknownPriceError(self._missing(key, region))
        return price

    def _missing(self, key: str, region: str) -> str:
        elsewhere = sorted(price.region for price in self if price.key.casefold() == key.casefold())
        if elsewhere:
            return f"no price of {key} in {region}, only in {', '.join(elsewhere)}"
        # Imported here: only a missing price needs it, and a pack starts in every preview.
        from difflib import get_close_matches

        close = get_close_matches(key, {price.key for price in self}, n=1, cutoff=0.8)
        return f"no price of {key}" + (f"; did you mean {close[0]}?" if close else "")


def load(path: Path = BOOK) -> PriceBook:
    """Read a book.

    Raises:
        BookError: The file cannot be read, or an entry is wrong.
    """
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BookError(f"{path} cannot be read: {error.strerror}") from error
    except RecursionError:
        raise BookError(f"{path} is nested too deeply to be a price book") from None
    except ValueError as error:
        raise BookError(f"{path} is not valid JSON: {error}") from error
    try:
        reviewed = date.fromisoformat(content["reviewed"])
        entries = list(content["prices"])
    except (KeyError, TypeError, ValueError) as error:
        raise BookError(
            f"{path} needs 'reviewed' (a date as YYYY-MM-DD) and 'prices' (a list)"
        ) from error
    return PriceBook((_price(entry, path) for entry in entries), reviewed)


def _price(entry: Mapping[str, Any], path: Path) -> Price:
    try:
        fields: dict[str, Any] = {**entry, "date": date.fromisoformat(entry["date"])}
        price = Price(**fields)
    except (KeyError, TypeError, ValueError) as error:
        raise BookError(f"{path}: {json.dumps(entry)} is no price: {error}") from error
    value = cast("Any", price.value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise BookError(f"{path}: {price.key}.value is {value!r}; it must be a number above 0")
    for name, allowed in (("confidence", ("A", "B", "C")), ("origin", ("published", "entered"))):
        if getattr(price, name) not in allowed:
            raise BookError(
                f"{path}: {price.key}.{name} is {getattr(price, name)!r}; "
                f"use one of {', '.join(allowed)}"
            )
    return price


def save(book: PriceBook, path: Path) -> None:
    """Write a book, one price a line and sorted, in one step: nobody reads half a book."""
    lines = sorted(book, key=lambda price: (price.key, price.region))
    text = ",\n".join(f"    {json.dumps(price.as_json())}" for price in lines)
    new = path.with_name(f".{path.name}.new")
    new.write_text(
        f'{{\n  "reviewed": "{book.reviewed.isoformat()}",\n  "prices": [\n{text}\n  ]\n}}\n',
        encoding="utf-8",
    )
    new.replace(path)
