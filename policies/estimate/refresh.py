"""Brings the price book up to date with the retail catalogue, and says what that changes.

What the catalogue does not have stays as it is: DBU per machine type, Photon factors, sizes and
whatever somebody entered. A price that was in it and is gone is kept too, and named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from policies.estimate import book as books
from policies.estimate import meters
from policies.estimate.book import EVERYWHERE, Price, PriceBook
from policies.estimate.retail import ADDRESS, Catalogue

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from datetime import date

    from policies.estimate.retail import Row

_AT_A_TIME: Final = 15  # machine types in one query, to keep its address short


@dataclass(frozen=True)
class Refreshed:
    """The new book, and how it differs.

    Attributes:
        book: With the catalogue's prices.
        added: Prices that the book did not have.
        changed: Prices as they were and as they are.
        gone: Prices that the catalogue should have and has not; kept as they were.
    """

    book: PriceBook
    added: tuple[Price, ...]
    changed: tuple[tuple[Price, Price], ...]
    gone: tuple[Price, ...]


def refresh(book: PriceBook, catalogue: Catalogue, today: date) -> Refreshed:
    """Read the catalogue for every region of the book.

    Raises:
        RetailError: The service does not answer as documented. Nothing is half done then.
    """
    found = dict(_catalogue_prices(book, catalogue, today))
    old = {(price.key, price.region): price for price in book}
    added: list[Price] = []
    changed: list[tuple[Price, Price]] = []
    gone: list[Price] = []
    kept: dict[tuple[str, str], Price] = dict(old)
    for place, (value, unit) in found.items():
        before = old.get(place)
        if before is not None and before.origin == "entered":
            continue  # somebody keeps it by hand
        now = _price(*place, value, unit, today)
        kept[place] = now
        if before is None:
            added.append(now)
        elif before.value != value:
            changed.append((before, now))
    for place, price in old.items():
        if price.origin == "published" and place not in found:
            gone.append(price)
    return Refreshed(PriceBook(kept.values(), today), tuple(added), tuple(changed), tuple(gone))


def _price(key: str, region: str, value: float, unit: str, today: date) -> Price:
    return Price(key, region, value, unit, "USD", ADDRESS, today, "A", "published")


def _catalogue_prices(
    book: PriceBook, catalogue: Catalogue, today: date
) -> Iterator[tuple[tuple[str, str], tuple[float, str]]]:
    """Key and region with value and unit, for all that the catalogue has."""
    regions = sorted({price.region for price in book} - {EVERYWHERE})
    services = sorted({meter.service for meter in meters.METERS.values()})
    for region in regions:
        rows: list[Row] = []
        for service in services:
            condition = (
                f"serviceName eq '{service}' and priceType eq 'Consumption' and "
                f"(armRegionName eq '{region}' or armRegionName eq 'Global' or "
                "armRegionName eq '' or armRegionName eq 'Zone 1')"
            )
            rows += [row for row in catalogue.query(condition) if meters.sold(row, today)]
        for key, meter in meters.METERS.items():
            place = EVERYWHERE if meter.everywhere else region
            value = meters.pick(meter, place, rows)
            if value is not None:
                yield (key, place), (value, meter.per)
        yield from _machines(book, catalogue, region, today)


def _machines(
    book: PriceBook, catalogue: Catalogue, region: str, today: date
) -> Iterator[tuple[tuple[str, str], tuple[float, str]]]:
    """The machine types that the book has in a region, on demand and spot."""
    keys = [price.key for price in book if price.region == region and price.key.startswith("vm/")]
    names = sorted({key.split("/")[1] for key in keys})
    for start in range(0, len(names), _AT_A_TIME):
        some = names[start : start + _AT_A_TIME]
        any_of = " or ".join(f"armSkuName eq '{name}'" for name in some)
        condition = (
            f"serviceName eq 'Virtual Machines' and armRegionName eq '{region}' and "
            f"priceType eq 'Consumption' and ({any_of})"
        )
        rows = [row for row in catalogue.query(condition) if meters.sold(row, today)]
        for name in some:
            for kind, spot in (("on-demand", False), ("spot", True)):
                value = meters.machine(name, region, rows, spot=spot)
                if value is not None:
                    yield (f"vm/{name}/{kind}", region), (value, "USD per hour")


def describe(refreshed: Refreshed) -> str:
    """What changed, a line a price."""
    lines = [
        f"new      {price.key} in {price.region}: {price.value:g}" for price in refreshed.added
    ]
    lines += [
        f"changed  {now.key} in {now.region}: {before.value:g} -> {now.value:g} "
        f"({(now.value / before.value - 1) * 100:+.1f} %)"
        for before, now in refreshed.changed
    ]
    lines += [
        f"gone     {price.key} in {price.region}: {price.value:g} of {price.date} is kept"
        for price in refreshed.gone
    ]
    same = sum(1 for _ in refreshed.book) - len(lines)
    return "\n".join([*lines, f"{same} prices are as they were"]) + "\n"


def command(arguments: argparse.Namespace) -> tuple[str, int]:
    """``prices``: list what is weak, check the age, or refresh."""
    book = books.load(arguments.book)
    today = datetime.now(UTC).date()
    if arguments.refresh:
        refreshed = refresh(book, Catalogue(arguments.address), today)
        books.save(refreshed.book, arguments.book)
        return describe(refreshed), 0
    age = book.age(today)
    counts: Mapping[str, int] = {
        grade: sum(price.confidence == grade for price in book) for grade in ("A", "B", "C")
    }
    output = (
        f"{sum(counts.values())} prices, reviewed {age} days ago ({book.reviewed}); confidence "
        f"{', '.join(f'{grade}: {count}' for grade, count in counts.items())}\n"
    )
    if arguments.check_age is not None and age > arguments.check_age:
        return output + f"older than {arguments.check_age} days; run: make prices\n", 1
    return output, 0
