"""The price book follows the retail catalogue, whatever that mixes in, and loses nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from policies.estimate import book as books
from policies.estimate import meters, refresh
from policies.estimate.__main__ import main
from policies.estimate.book import EVERYWHERE, Price, PriceBook
from policies.estimate.retail import Catalogue, RetailError, Row
from tests.policies.estimate.serving import ROWS, Service, cut_off, fault, says, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.policies.estimate.serving import Change, Fault

TODAY = date(2026, 11, 25)


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as running:
        yield running


def entry(key: str, value: float, region: str = "eastus2", **changes: Any) -> Price:
    fields: dict[str, Any] = {
        "unit": "USD per hour",
        "currency": "USD",
        "source": "a page",
        "date": date(2024, 6, 21),
        "confidence": "C",
        "origin": "published",
        **changes,
    }
    return Price(key, region, value, **fields)


def refreshed(service: Service, *prices: Price, waits: list[float] | None = None) -> Any:
    catalogue = Catalogue(service.address, (waits if waits is not None else []).append)
    return refresh.refresh(PriceBook(prices, date(2026, 1, 1)), catalogue, TODAY)


NOTHING = entry("dbu/Standard_D8ds_v5", 2, origin="entered")


@pytest.mark.parametrize(
    ("key", "region", "value"),
    [
        ("dbu-rate/all-purpose", "eastus2", 0.55),
        # not Standard's 0.15, the trial's 0, the 0.28 in euros or the 0.27 that has ended
        ("dbu-rate/jobs", "eastus2", 0.30),
        # spelt "Pro-Compute Delta live Tables"
        ("dbu-rate/dlt-pro", "eastus2", 0.38),
        # East US 2's, not Brazil's 1.09 or the government's 0.88
        ("dbu-rate/sql-serverless", "eastus2", 0.70),
        ("dbu-rate/sql-pro", "eastus2", 0.55),
        ("serving-launch", "eastus2", 0.07),
        # priced once for all regions
        ("private-endpoint/hour", EVERYWHERE, 0.01),
        # the first grade, not the 0.006 beyond a petabyte
        ("private-endpoint/gb", EVERYWHERE, 0.01),
        ("private-dns-zone", EVERYWHERE, 0.50),
        ("nat-gateway/hour", "eastus2", 0.045),
        # the first grade that is paid for: five GB are free
        ("logs/ingested-gb", "eastus2", 2.30),
        # hierarchical namespace, not Blob Storage's 0.0184
        ("storage/Standard_LRS/Hot", "eastus2", 0.0208),
        # only the general product has it
        ("storage/Standard_GZRS/Hot", "eastus2", 0.0458),
        ("key-vault/operations", "eastus2", 0.03),
    ],
)
def test_each_price_is_the_right_row(service: Service, key: str, region: str, value: float) -> None:
    found = refreshed(service, NOTHING).book.find(key, region)
    assert (found.region, found.value) == (region, value)
    assert (found.date, found.confidence, found.currency) == (TODAY, "A", "USD")


def test_a_machine_is_linux_on_demand_and_its_spot_price_is_linux_too(service: Service) -> None:
    """Not Windows, Low Priority, a reservation, dev/test or a savings plan."""
    old = entry("vm/Standard_DS3_v2/on-demand", 0.229)
    result = refreshed(service, old)
    assert result.book.find("vm/Standard_DS3_v2/on-demand", "eastus2").value == 0.240
    assert result.book.find("vm/Standard_DS3_v2/spot", "eastus2").value == 0.0298
    assert "vm/Standard_DS3_v2/on-demand in eastus2: 0.229 -> 0.24 (+4.8 %)" in refresh.describe(
        result
    )


@pytest.mark.parametrize("kind", ["Reservation", "DevTestConsumption"])
def test_a_row_of_another_price_type_is_not_sold_even_if_the_service_sends_it(kind: str) -> None:
    assert kind in {row["type"] for row in ROWS}
    paid = Row("s", "p", "k", "m", "a", "r", "u", 1, 0, "USD", "Consumption", "")
    assert meters.sold(paid, TODAY)
    assert not meters.sold(replace(paid, type=kind), TODAY)


def test_what_is_entered_by_hand_stays(service: Service) -> None:
    mine = entry("dbu-rate/jobs", 0.21, origin="entered", source="our contract")
    result = refreshed(service, mine, NOTHING)
    assert result.book.find("dbu-rate/jobs", "eastus2") == mine
    assert result.book.find(NOTHING.key, "eastus2") == NOTHING


def test_what_is_gone_from_the_catalogue_is_kept_and_named(service: Service) -> None:
    old = entry("vm/Standard_NC6s_v3/on-demand", 3.06)
    result = refreshed(service, old)
    assert result.gone == (old,)
    assert result.book.find(old.key, "eastus2") == old
    assert (
        "gone     vm/Standard_NC6s_v3/on-demand in eastus2: 3.06 of 2024-06-21 is kept"
        in refresh.describe(result)
    )


def test_each_region_of_the_book_is_read(service: Service) -> None:
    result = refreshed(service, entry("dbu-rate/sql-serverless", 1.0, "brazilsouth"))
    assert result.book.find("dbu-rate/sql-serverless", "brazilsouth").value == 1.09
    assert [price.key for price in result.added if price.region == "brazilsouth"].count(
        "dbu-rate/jobs-serverless"
    ) == 1
    assert result.book.get("dbu-rate/jobs", "brazilsouth") is None


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_the_size_of_pages_changes_nothing(service: Service, size: int) -> None:
    whole = list(refreshed(service, entry("vm/Standard_D8ds_v5/spot", 1)).book)
    service.page_size = size
    assert list(refreshed(service, entry("vm/Standard_D8ds_v5/spot", 1)).book) == whole


def test_a_full_last_page_is_the_last(service: Service) -> None:
    rows = service.selected("serviceName eq 'NAT Gateway' and priceType eq 'Consumption'")
    service.page_size = len(rows)
    found = list(Catalogue(service.address).query("serviceName eq 'NAT Gateway'"))
    assert len(found) == len(rows)


def test_the_service_is_asked_to_wait_as_long_as_it_says(service: Service) -> None:
    waits: list[float] = []
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    service.faults = [
        fault(429, Retry_After="7"),
        fault(503, Retry_After=later),
        cut_off,
        fault(500, Retry_After="soon"),
    ]
    list(Catalogue(service.address, waits.append).query("serviceName eq 'Key Vault'"))
    assert waits[0] == 7
    assert 25 < waits[1] <= 30
    assert waits[2:] == [8, 16], "without an answer to that, twice as long each time"


FAILURES: list[tuple[Fault, str]] = [
    (fault(429, Retry_After="1"), r"answered 429 .*\(attempt 5\)"),
    (cut_off, "was cut off"),
    (fault(400), r"answered 400 .*\(attempt 1\)"),
    (says(b"<html>"), "not valid JSON"),
    (says(b"[" * 5000), "is nested too deeply"),
    (says(b"[]"), "schema has changed"),
]


@pytest.mark.parametrize(("fail", "message"), FAILURES)
def test_a_service_that_does_not_answer_is_an_error_and_says_which_query(
    service: Service, fail: Fault, message: str
) -> None:
    service.faults = [fail] * 5
    catalogue = Catalogue(service.address, lambda _: None)
    with pytest.raises(RetailError, match=message) as caught:
        list(catalogue.query("serviceName eq 'Key Vault'"))
    assert "[serviceName eq 'Key Vault']" in str(caught.value)


def without(name: str) -> Change:
    return lambda page: {
        **page,
        "Items": [{k: v for k, v in row.items() if k != name} for row in page["Items"]],
    }


CHANGES: list[tuple[Change, str]] = [
    (lambda page: {"items": page["Items"]}, "no list 'Items'"),
    (without("retailPrice"), "no number 'retailPrice'"),
    (without("meterName"), "no text 'meterName'"),
    (lambda page: {**page, "Items": ["row"], "Count": 1}, "no JSON object"),
    (lambda page: {**page, "Count": page["Count"] + 1}, "it was cut off"),
    (lambda page: {**page, "NextPageLink": "http://elsewhere/next"}, "at another host"),
]


@pytest.mark.parametrize(("change", "message"), CHANGES)
def test_a_changed_schema_is_an_error_that_names_what_is_missing(
    service: Service, change: Change, message: str
) -> None:
    service.change = change
    with pytest.raises(RetailError, match=message):
        list(Catalogue(service.address).query("serviceName eq 'Key Vault'"))


def test_pages_that_go_round_are_an_error(service: Service) -> None:
    service.change = lambda page: {
        **page,
        "NextPageLink": f"{service.address}?%24filter=serviceName+eq+%27Key+Vault%27",
    }
    with pytest.raises(RetailError, match="do not end"):
        list(Catalogue(service.address).query("serviceName eq 'Key Vault'"))


def test_two_prices_for_one_meter_are_an_error_and_not_a_guess(service: Service) -> None:
    twin = next(row for row in service.rows if row["meterName"] == "Premium Serverless SQL DBU")
    service.rows.append({**twin, "retailPrice": 0.71})
    with pytest.raises(RetailError, match=r"Premium Serverless SQL DBU .* 0\.7, 0\.71"):
        refreshed(service, NOTHING)


def test_a_failed_refresh_leaves_the_book_as_it_is(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prices.json"
    books.save(PriceBook([NOTHING], date(2026, 1, 1)), path)
    before = path.read_text()
    service.faults = [fault(400)]
    assert main(["prices", "--refresh", "--book", str(path), "--address", service.address]) == 2
    assert "answered 400" in capsys.readouterr().err
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_command_writes_the_book_and_prints_the_difference(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prices.json"
    books.save(PriceBook([entry("dbu-rate/jobs", 0.25)], date(2026, 1, 1)), path)
    arguments = ["prices", "--book", str(path), "--address", service.address]
    assert main([*arguments, "--refresh"]) == 0
    printed = capsys.readouterr().out
    assert "changed  dbu-rate/jobs in eastus2: 0.25 -> 0.3 (+20.0 %)" in printed
    assert "new      dbu-rate/all-purpose in eastus2: 0.55" in printed
    written = json.loads(path.read_text())
    assert written["reviewed"] == datetime.now(UTC).date().isoformat()
    assert main([*arguments, "--refresh"]) == 0
    assert capsys.readouterr().out == f"{len(written['prices'])} prices are as they were\n"


def test_the_filter_names_services_as_they_are_spelt(service: Service) -> None:
    refreshed(service, NOTHING)
    named = {condition.split("'")[1] for condition in service.asked}
    known = {row["serviceName"] for row in service.rows}
    assert known - {"Virtual Machines"} <= named
