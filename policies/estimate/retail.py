"""Reads the Azure Retail Prices API: every page of a query, or an error that says what is wrong.

https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices
No login. Filter values are case-sensitive. Pages are documented as 100 rows and come with up to
1,000, so only NextPageLink says whether there are more.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ADDRESS: Final = "https://prices.azure.com/api/retail/prices"
# The only version with savings plans, and the one that has meterRegion='primary'.
_VERSION: Final = "2023-01-01-preview"
_SECONDS: Final = 60
_ATTEMPTS: Final = 5
_LONGEST_WAIT: Final = 120.0
_MOST_PAGES: Final = 1000
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


class RetailError(ValueError):
    """The service did not answer as documented; the message says how, and what was asked."""


@dataclass(frozen=True)
class Row:
    """One price of the catalogue, as far as it is used."""

    service: str
    product: str
    sku: str
    meter: str
    arm_sku: str
    region: str
    unit: str
    price: float
    tier: float
    currency: str
    type: str
    ends: str


# The API's names; a row without one of them means that the schema has changed.
_TEXTS: Final = {
    "service": "serviceName",
    "product": "productName",
    "sku": "skuName",
    "meter": "meterName",
    "region": "armRegionName",
    "unit": "unitOfMeasure",
    "currency": "currencyCode",
    "type": "type",
}
_NUMBERS: Final = {"price": "retailPrice", "tier": "tierMinimumUnits"}
# Left out by some rows.
_OPTIONAL: Final = {"arm_sku": "armSkuName", "ends": "effectiveEndDate"}


class Catalogue:
    """The service.

    Args:
        address: Where it is; another one in tests.
        wait: What waits so many seconds before the next attempt.
    """

    def __init__(self, address: str = ADDRESS, wait: Callable[[float], None] = time.sleep) -> None:
        self._address = address
        self._wait = wait

    def query(self, condition: str) -> Iterator[Row]:
        """Every row that an OData condition selects.

        Raises:
            RetailError: See the class.
        """
        options = {"api-version": _VERSION, "meterRegion": "'primary'", "$filter": condition}
        link: str | None = f"{self._address}?{urllib.parse.urlencode(options)}"
        seen: set[str] = set()
        while link:
            if link in seen or len(seen) >= _MOST_PAGES:
                raise RetailError(f"the pages of [{condition}] do not end: {link} comes again")
            seen.add(link)
            page = self._page(link, condition)
            yield from self._rows(page, condition)
            link = self._next(page.get("NextPageLink"), condition)

    def _next(self, link: Any, condition: str) -> str | None:
        if not link:
            return None
        wanted, given = urllib.parse.urlsplit(self._address), urllib.parse.urlsplit(str(link))
        # The service puts ":443" into its links.
        if (given.scheme, given.hostname) != (wanted.scheme, wanted.hostname):
            raise RetailError(f"the next page of [{condition}] is at another host, {link}")
        return str(link)

    def _page(self, link: str, condition: str) -> Mapping[str, Any]:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                request = urllib.request.Request(link, headers={"Accept": "application/json"})  # noqa: S310 - the scheme is the service's own, see _next
                with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
                    body = response.read()
            except urllib.error.HTTPError as error:
                with error:
                    retried = error.code == _TOO_MANY or error.code >= _SERVER_ERROR
                    if not retried or attempt == _ATTEMPTS:
                        raise RetailError(
                            f"the price service answered {error.code} {error.reason} to "
                            f"[{condition}] (attempt {attempt})"
                        ) from error
                    self._wait(_pause(error.headers.get("Retry-After"), attempt))
            except http.client.IncompleteRead as error:
                if attempt == _ATTEMPTS:
                    raise RetailError(f"a page of [{condition}] was cut off") from error
                self._wait(_pause(None, attempt))
            except (OSError, http.client.HTTPException) as error:
                if attempt == _ATTEMPTS:
                    raise RetailError(f"the price service cannot be reached: {error}") from error
                self._wait(_pause(None, attempt))
            else:
                return _parsed(body, condition)
        raise AssertionError("the last attempt returns or raises")

    def _rows(self, page: Mapping[str, Any], condition: str) -> Iterator[Row]:
        items = page.get("Items")
        if not isinstance(items, list):
            raise RetailError(f"the answer to [{condition}] has no list 'Items': {_changed()}")
        rows = cast("list[Any]", items)
        count = page.get("Count")
        if isinstance(count, int) and count != len(rows):
            raise RetailError(
                f"a page of [{condition}] says {count} rows and has {len(rows)}: it was cut off"
            )
        for item in rows:
            yield _row(item, condition)


def _pause(retry_after: str | None, attempt: int) -> float:
    """Seconds until the next attempt: what the service asks for, or twice as long each time."""
    if retry_after is not None:
        if retry_after.strip().isdecimal():
            return min(float(retry_after), _LONGEST_WAIT)
        try:
            until = parsedate_to_datetime(retry_after)
        except ValueError:
            pass
        else:
            return min(max(0.0, (until - datetime.now(UTC)).total_seconds()), _LONGEST_WAIT)
    return min(2.0**attempt, _LONGEST_WAIT)


def _parsed(body: bytes, condition: str) -> Mapping[str, Any]:
    try:
        page: Any = json.loads(body)
    except ValueError as error:
        raise RetailError(f"the answer to [{condition}] is not valid JSON: {error}") from error
    except RecursionError:
        raise RetailError(f"the answer to [{condition}] is nested too deeply to be read") from None
    if not isinstance(page, dict):
        raise RetailError(f"the answer to [{condition}] is no JSON object: {_changed()}")
    return cast("dict[str, Any]", page)


def _row(item: Any, condition: str) -> Row:
    if not isinstance(item, dict):
        raise RetailError(f"a row of [{condition}] is no JSON object: {_changed()}")
    row = cast("dict[str, Any]", item)
    for name in _TEXTS.values():
        if not isinstance(row.get(name), str):
            raise RetailError(f"a row of [{condition}] has no text {name!r}: {_changed()}")
    for name in _NUMBERS.values():
        value = row.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise RetailError(f"a row of [{condition}] has no number {name!r}: {_changed()}")
    values: dict[str, Any] = {
        **{field: row[name] for field, name in _TEXTS.items()},
        **{field: float(row[name]) for field, name in _NUMBERS.items()},
        **{field: str(row.get(name) or "") for field, name in _OPTIONAL.items()},
    }
    return Row(**values)


def _changed() -> str:
    return "the service's schema has changed, and policies/estimate/retail.py has to follow"
