"""The cost statement on tables shaped like the documented ones: each trap of the prices once.

https://learn.microsoft.com/azure/databricks/admin/system-tables/billing
https://learn.microsoft.com/azure/databricks/admin/system-tables/pricing
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from company_ml.adapters.fakes import FakeNotifier
from company_ml.adapters.spark_sql import SparkSql
from company_ml.cost import core, run
from company_ml.lineage.documented import TABLES

if TYPE_CHECKING:
    from conftest import Lake

INSERT_USAGE = """
INSERT INTO {table} (record_id, workspace_id, sku_name, cloud, usage_start_time, usage_end_time,
  usage_date, custom_tags, usage_unit, usage_quantity, record_type, billing_origin_product)
VALUES {rows}
"""
INSERT_PRICES = "INSERT INTO {table} VALUES {rows}"


def used(
    day: str,
    quantity: float,
    *,
    sku: str = "PREMIUM_JOBS_COMPUTE",
    cloud: str = "AZURE",
    hours: tuple[str, str] = ("10:00:00", "11:00:00"),
    tags: str = "map('owner', 'fraud')",
    unit: str = "DBU",
    record: str = "ORIGINAL",
) -> str:
    """A row of usage."""
    start, end = (f"TIMESTAMP '{day} {hour}'" for hour in hours)
    return (
        f"('record', '1', '{sku}', '{cloud}', {start}, {end}, DATE '{day}', {tags}, '{unit}', "
        f"{quantity}, '{record}', 'JOBS')"
    )


def price(
    amount: float,
    *,
    sku: str = "PREMIUM_JOBS_COMPUTE",
    cloud: str = "AZURE",
    currency: str = "USD",
    start: str = "2025-01-01",
    end: str | None = None,
    promotional: float | None = None,
    unit: str = "DBU",
) -> str:
    """A row of prices."""
    until = "NULL" if end is None else f"TIMESTAMP '{end}'"
    effective = amount if promotional is None else promotional
    struct = (
        f"named_struct('default', CAST({amount} AS DECIMAL(38, 18)), "
        f"'promotional', named_struct('default', CAST({promotional or 'NULL'} AS DECIMAL(38, 18))),"
        f"'effective_list', named_struct('default', CAST({effective} AS DECIMAL(38, 18))))"
    )
    return (
        f"(TIMESTAMP '{start}', {until}, 'account', '{sku}', '{cloud}', '{currency}', '{unit}', "
        f"{struct})"
    )


DAY = "2026-11-20"


def billing_tables(lake: Lake, usage: list[str], prices: list[str]) -> tuple[str, str]:
    """The names of a usage and a price table of the documented columns, with these rows."""
    tables = lake.table("usage"), lake.table("list_prices")
    for marker, insert, table, rows in (
        ("usage", INSERT_USAGE, tables[0], usage),
        ("list_prices", INSERT_PRICES, tables[1], prices),
    ):
        columns = ", ".join(f"{name} {kind}" for name, kind in TABLES[marker].columns.items())
        lake.spark.sql(f"CREATE TABLE {table} ({columns}) USING DELTA")
        lake.spark.sql(insert.format(table=table, rows=", ".join(rows)))
    return tables


def report(
    lake: Lake, usage: list[str], prices: list[str], notifier: FakeNotifier | None = None
) -> core.CostReport:
    tables = billing_tables(lake, usage, prices)
    return run.run(
        SparkSql(lake.spark),
        notifier or FakeNotifier(),
        day=date.fromisoformat(DAY),
        cost_limits=core.CostLimits(),
        owner_tag="owner",
        usage_table=tables[0],
        list_prices_table=tables[1],
    )


@pytest.mark.spark
def test_each_record_is_priced_once_by_cloud_currency_unit_window_and_promotion(lake: Lake) -> None:
    usage = [
        used(DAY, 100),
        # The hour that ends when the new price starts is priced by the new one.
        used(DAY, 10, hours=("11:00:00", "12:00:00")),
        used(DAY, 1_000, cloud="AWS"),
        used(DAY, 5, sku="PREMIUM_SERVERLESS_SQL_COMPUTE_US_EAST_2", tags="NULL"),
    ]
    prices = [
        price(0.30, end=f"{DAY} 12:00:00"),
        price(0.40, start=f"{DAY} 12:00:00"),
        price(0.15, cloud="AWS"),
        price(0.27, currency="EUR"),
        price(99, unit="TOKEN"),
        price(0.70, sku="PREMIUM_SERVERLESS_SQL_COMPUTE_US_EAST_2", promotional=0.42),
    ]
    found = report(lake, usage, prices)
    assert found.by_sku == pytest.approx(
        {
            "PREMIUM_JOBS_COMPUTE": 100 * 0.30 + 10 * 0.40,
            "PREMIUM_SERVERLESS_SQL_COMPUTE_US_EAST_2": 5 * 0.42,
        }
    )
    assert found.by_owner == pytest.approx({"fraud": 34.0, "(no owner)": 2.1})
    assert found.unpriced == {}


@pytest.mark.spark
def test_corrections_replace_what_they_correct_and_an_unpriced_sku_is_told(lake: Lake) -> None:
    usage = [
        used(DAY, 100),
        used(DAY, -100, record="RETRACTION"),
        used(DAY, 80, record="RESTATEMENT"),
        used(DAY, 3, sku="PREMIUM_BRAND_NEW"),
    ]
    notifier = FakeNotifier()
    found = report(lake, usage, [price(0.30)], notifier)
    assert found.total == pytest.approx(24)
    assert found.unpriced == {"PREMIUM_BRAND_NEW": 3}
    (sent,) = notifier.sent
    assert sent.facts["no price: sku PREMIUM_BRAND_NEW"] == "3.00 units without a list price"
    assert "virtual machines" in sent.text


@pytest.mark.parametrize(("hour", "expected"), [(11, 23), (12, 24)])
def test_a_day_is_judged_twelve_hours_after_its_end(hour: int, expected: int) -> None:
    now = datetime(2026, 11, 25, hour, tzinfo=UTC)
    assert run.last_complete_day(now) == date(2026, 11, expected)
