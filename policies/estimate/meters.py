"""Which row of the retail catalogue is which price of the book.

Meter names and products were read in public dumps of the catalogue; a meter that is spelt with
other hyphens, spaces or capitals is the same one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from policies.estimate.book import EVERYWHERE
from policies.estimate.retail import RetailError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from policies.estimate.retail import Row

HOUR: Final = "1 Hour"
GB: Final = "1 GB"
GB_MONTH: Final = "1 GB/Month"
# Catalogue regions of what has one price for all, in the order of preference.
_COMMON: Final = ("Global", "", "Zone 1")
_NO_SALE: Final = re.compile(r"free trial|\bpoc\b|non-billable", re.IGNORECASE)


@dataclass(frozen=True)
class Meter:
    """Where a price stands in the catalogue.

    Attributes:
        service: ``serviceName``, spelt exactly: the filter is case-sensitive.
        products: ``productName``; the first that has the meter counts.
        names: ``meterName``, or its other spellings.
        unit: ``unitOfMeasure``.
        per: The book's unit.
        everywhere: Whether all regions have one price.
        sku: ``skuName``, where the meter is sold as several.
    """

    service: str
    products: tuple[str, ...]
    names: tuple[str, ...]
    unit: str
    per: str
    everywhere: bool = False
    sku: str = ""


def _dbu(name: str, *, regional: bool = False) -> Meter:
    product = "Azure Databricks Regional" if regional else "Azure Databricks"
    return Meter("Azure Databricks", (product,), (name,), HOUR, "USD per DBU")


def _storage(name: str) -> Meter:
    lake = "Azure Data Lake Storage Gen2 Hierarchical Namespace"
    products = (lake, "General Block Blob v2 Hierarchical Namespace", "General Block Blob v2")
    return Meter("Storage", products, (f"{name} Data Stored",), GB_MONTH, "USD per GB and month")


def _network(
    service: str, product: str, name: str, unit: str, *, everywhere: bool = False
) -> Meter:
    per = "USD per GB" if unit == GB else "USD per hour"
    return Meter(service, (product,), (name,), unit, per, everywhere)


_FIREWALL: Final = "Azure Firewall"
_LINK: Final = "Virtual Network Private Link"
_REDUNDANCIES: Final = {
    "Standard_LRS": "LRS",
    "Standard_ZRS": "ZRS",
    "Standard_GRS": "GRS",
    "Standard_RAGRS": "RA-GRS",
    "Standard_GZRS": "GZRS",
    "Standard_RAGZRS": "RA-GZRS",
}
METERS: Final[Mapping[str, Meter]] = {
    "dbu-rate/all-purpose": _dbu("Premium All-purpose Compute DBU"),
    "dbu-rate/jobs": _dbu("Premium Jobs Compute DBU"),
    "dbu-rate/jobs-light": _dbu("Premium Jobs Light Compute DBU"),
    "dbu-rate/sql-classic": _dbu("Premium SQL Analytics DBU"),
    "dbu-rate/dlt-core": _dbu("Premium Core Compute Delta Live Tables DBU"),
    "dbu-rate/dlt-pro": _dbu("Premium Pro Compute Delta Live Tables DBU"),
    "dbu-rate/dlt-advanced": _dbu("Premium Advanced Compute Delta Live Tables DBU"),
    # Pro stands among the serverless products, but its machines are the customer's.
    "dbu-rate/sql-pro": _dbu("Premium SQL Compute Pro DBU", regional=True),
    "dbu-rate/sql-serverless": _dbu("Premium Serverless SQL DBU", regional=True),
    "dbu-rate/jobs-serverless": _dbu("Premium Automated Serverless Compute DBU", regional=True),
    "dbu-rate/interactive-serverless": _dbu(
        "Premium Interactive Serverless Compute DBU", regional=True
    ),
    "dbu-rate/serving": _dbu("Premium Serverless Realtime Inferencing DBU", regional=True),
    "dbu-rate/database": _dbu("Premium Database Serverless Compute DBU", regional=True),
    "serving-launch": Meter(
        "Azure Databricks",
        ("Azure Databricks Regional",),
        ("Launch Charge Serverless Realtime Inferencing DBU",),
        "1",
        "USD per launch",
    ),
    "private-endpoint/hour": _network(
        "Virtual Network", _LINK, "Standard Private Endpoint", HOUR, everywhere=True
    ),
    "private-endpoint/gb": _network(
        "Virtual Network", _LINK, "Standard Data Processed - Ingress", GB, everywhere=True
    ),
    "nat-gateway/hour": _network("NAT Gateway", "NAT Gateway", "Standard Gateway", HOUR),
    "nat-gateway/gb": _network("NAT Gateway", "NAT Gateway", "Standard Data Processed", GB),
    "public-ip/Standard": _network(
        "Virtual Network", "IP Addresses", "Standard IPv4 Static Public IP", HOUR
    ),
    "public-ip/Global": _network(
        "Virtual Network", "IP Addresses", "Global IPv4 Static Public IP", HOUR
    ),
    **{
        f"firewall/{tier}/{key}": _network(_FIREWALL, _FIREWALL, f"{tier} {name}", unit)
        for tier in ("Basic", "Standard", "Premium")
        for key, name, unit in (("hour", "Deployment", HOUR), ("gb", "Data Processed", GB))
    },
    "private-dns-zone": Meter(
        "Azure DNS",
        ("Azure DNS",),
        ("Private Zone",),
        "1",
        "USD per zone and month",
        everywhere=True,
    ),
    "logs/ingested-gb": Meter(
        "Log Analytics", ("Log Analytics",), ("Pay-as-you-go Data Ingestion",), GB, "USD per GB"
    ),
    "logs/retained-gb": Meter(
        "Log Analytics",
        ("Log Analytics",),
        ("Pay-as-you-go Data Retention", "Data Retention"),
        GB_MONTH,
        "USD per GB and month",
    ),
    **{
        f"storage/{sku}/{tier}": _storage(f"{tier} {name}")
        for sku, name in _REDUNDANCIES.items()
        for tier in ("Hot", "Cool")
    },
    "key-vault/operations": Meter(
        "Key Vault",
        ("Key Vault",),
        ("Operations",),
        "10K",
        "USD per 10,000 operations",
        sku="Standard",
    ),
}


def spelling(name: str) -> str:
    """A meter's name without hyphens, spaces and capitals, in which its spellings differ."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def sold(row: Row, today: date) -> bool:
    """Whether a row is a price that somebody pays today, in USD and as they go."""
    return (
        row.currency == "USD"
        and row.type == "Consumption"
        and row.price > 0
        and not _NO_SALE.search(f"{row.sku} {row.meter}")
        and not (row.ends and row.ends[:10] < today.isoformat())
    )


def pick(meter: Meter, region: str, rows: Iterable[Row]) -> float | None:
    """A meter's price in a region; ``None`` where the catalogue does not have it.

    Args:
        meter: What to look for.
        region: Azure region name, or :data:`~policies.estimate.book.EVERYWHERE`.
        rows: Rows that are sold, of the meter's service at least.

    Raises:
        RetailError: Several rows fit, with different prices.
    """
    names = {spelling(name) for name in meter.names}
    fitting = [
        row
        for row in rows
        if spelling(row.meter) in names
        and row.service == meter.service
        and row.unit == meter.unit
        and (not meter.sku or row.sku == meter.sku)
    ]
    regions = _COMMON if region == EVERYWHERE else (region, *_COMMON)
    for product in meter.products:
        for place in regions:
            found = [row for row in fitting if row.product == product and row.region == place]
            if found:
                return _only(found, f"{meter.names[0]} in {region}")
    return None


def machine(name: str, region: str, rows: Iterable[Row], *, spot: bool) -> float | None:
    """A Linux machine's price per hour; ``None`` where the catalogue does not have it."""
    found = [
        row
        for row in rows
        if row.service == "Virtual Machines"
        and row.arm_sku == name
        and row.region == region
        and row.unit == HOUR
        and not row.product.endswith("Windows")
        and "Low Priority" not in f"{row.sku} {row.meter}"
        and ("Spot" in f"{row.sku} {row.meter}") == spot
    ]
    return _only(found, f"{name} in {region}") if found else None


def _only(rows: list[Row], what: str) -> float:
    # The first grade of a price that falls with volume; a free allowance before it is not sold.
    lowest = min(row.tier for row in rows)
    prices = sorted({row.price for row in rows if row.tier == lowest})
    if len(prices) > 1:
        raise RetailError(
            f"{what} has several prices in the catalogue, {', '.join(map(str, prices))}; "
            "policies/estimate/meters.py has to tell them apart"
        )
    return prices[0]
