"""Every statement that reads Databricks' own tables keeps to what is documented of them.

A parser of Databricks' dialect resolves each column to its table, and each field to its struct.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from company_ml.adapters import audit_delta
from company_ml.compliance.queries import DAILY, QUERIES, Query
from company_ml.lineage import core as lineage
from company_ml.lineage.documented import TABLES
from company_ml.predictions import table as predictions
from company_ml.release import evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

WHEEL = Path(__file__).parents[1] / "src" / "company_ml"
PROGRAM = Path(__file__).parents[2] / "components" / "sql"
DIALECT = "databricks"
READS = re.compile(r"\b(FROM|JOIN) (IDENTIFIER\(:|system\.)")
MARKED = re.compile(r"IDENTIFIER\(\s*:(\w+)\s*\)")
# Tables that go by another name in a statement than in the list.
NAMED = {
    "usage_table": "usage", "list_prices_table": "list_prices", "profile_table": "profile_metrics",
    "log": "inference_table", "usage": "endpoint_usage", "entities": "served_entities",
}  # fmt: skip
OWN = {
    "shadow": evidence.SHADOW_COLUMNS,
    "metrics": evidence.METRIC_COLUMNS,
    "audit_table": audit_delta.COLUMNS,
    "predictions": predictions.COLUMNS,
}
"""Tables of the project, by their columns as the code makes them."""
# Files whose statements read no table of Databricks: they are run on real ones by their own tests.
OTHERS = {
    "adapters/audit_delta.py", "adapters/release_store_delta.py",
    "quality/sql/age.sql", "quality/sql/counts.sql", "quality/sql/in_range.sql",
    "quality/sql/rows.sql", "retraining/sql/last.sql", "performance/sql/labelled_counts.sql",
    "performance/sql/labelled_errors.sql",
}  # fmt: skip


def columns(kinds: str) -> dict[str, str]:
    """A table's columns and their types, from what stands between the brackets."""
    made = sqlglot.parse_one(f"CREATE TABLE made ({kinds})", dialect=DIALECT)
    return {each.name: each.args["kind"].sql(DIALECT) for each in made.find_all(exp.ColumnDef)}


def read(statement: str) -> tuple[exp.Expr, set[str]]:
    """A statement's tree and the tables it reads, each by its marker or its last name."""
    text = MARKED.sub(lambda found: NAMED.get(found[1], found[1]), statement)
    tree = sqlglot.parse_one(text, dialect=DIALECT)
    common = {each.alias for each in tree.find_all(exp.CTE)}
    tables: set[str] = set()
    for table in tree.find_all(exp.Table):
        name = ".".join(part.name for part in table.parts)
        if name in common:
            continue
        marker = table.name
        # A name that is written out is the documented one, to its last letter.
        if name != marker and TABLES[marker].name != name:
            raise OptimizeError(f"there is no table {name}")
        table.set("catalog", None)
        table.set("db", None)
        tables.add(marker)
    return tree, tables


def check(statement: str) -> set[str]:
    """The tables that a statement reads; OptimizeError when it names what is not documented."""
    tree, tables = read(statement)
    known = {name: columns(kinds) for name, kinds in OWN.items()}
    known |= {marker: dict(table.columns) for marker, table in TABLES.items()}
    if unknown := tables - set(known):
        raise OptimizeError(f"there is no table {', '.join(sorted(unknown))}")
    schema = MappingSchema({name: known[name] for name in tables}, dialect=DIALECT)
    qualified = qualify(tree, schema=schema, dialect=DIALECT)
    for part in annotate_types(qualified, schema=schema, dialect=DIALECT).find_all(exp.Dot):
        fields = {
            field.name
            for field in (part.left.type.expressions if part.left.type else [])
            if isinstance(field, exp.ColumnDef)
        }
        if part.name not in fields:
            raise OptimizeError(f"{part.left.sql(DIALECT)} has no field {part.name}")
    return tables


def statements() -> Iterator[tuple[str, str]]:
    """Every statement that reads a table of Databricks, with the file it is in."""
    for path in sorted(PROGRAM.glob("*.sql")):
        yield f"components/sql/{path.name}", path.read_text("utf-8")
    yield "cost/sql/daily_cost.sql", (WHEEL / "cost" / "sql" / "daily_cost.sql").read_text("utf-8")
    for query in QUERIES:
        yield "compliance/queries.py", query.statement
    for statement in DAILY.values():
        yield "compliance/queries.py", statement
    yield "lineage/core.py", lineage.STATEMENT
    for statement in (
        evidence.COUNTS, evidence.METRIC, evidence.RECORDED, evidence.UNREPLAYED, evidence.REPLAYED
    ):  # fmt: skip
        yield "release/evidence.py", statement
    for statement in (predictions.SINCE, predictions.PENDING, predictions.ENTITIES):
        yield "predictions/table.py", statement


def cases() -> list[object]:
    return [
        pytest.param(statement, id=f"{file}-{number}")
        for number, (file, statement) in enumerate(statements())
    ]


@pytest.mark.parametrize("statement", cases())
def test_a_statement_reads_documented_tables_and_columns_only(statement: str) -> None:
    assert check(statement)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_query_of_the_report_says_which_tables_it_reads(query: Query) -> None:
    assert check(query.statement) == set(query.reads)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("SELECT audit.user FROM IDENTIFIER(:audit) AS audit", "user"),
        ("SELECT event_tme FROM system.access.audit", "event_tme"),
        ("SELECT audit.user_identity.mail FROM IDENTIFIER(:audit) AS audit", "no field mail"),
        ("SELECT audit.response FROM system.acess.audit AS audit", "no table system.acess.audit"),
        ("SELECT x.y FROM system.query.history AS x", "history"),
        ("SELECT price.pricing.effective.default FROM system.billing.list_prices AS price",
         "effective` has no field default"),
        ("WITH day AS (SELECT sku FROM system.billing.usage) SELECT sku FROM day", "sku"),
    ],
)  # fmt: skip
def test_what_is_not_documented_is_refused(statement: str, words: str) -> None:
    with pytest.raises((OptimizeError, KeyError), match=words):
        check(statement)


def test_no_statement_is_left_out() -> None:
    covered = {file for file, _ in statements()}
    found = {
        path.relative_to(WHEEL).as_posix()
        for path in WHEEL.rglob("*")
        if path.suffix in {".py", ".sql"} and READS.search(path.read_text("utf-8"))
    }
    assert found - OTHERS == {file for file in covered if not file.startswith("components/")}
    assert found >= OTHERS


def test_every_documented_table_is_read() -> None:
    assert {table for _, statement in statements() for table in read(statement)[1]} >= set(TABLES)
