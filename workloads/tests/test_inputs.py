"""Tables that a user named wrongly: one sentence says the option, what is missing, what exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.test_command_line import Shell

from company_ml import inputs
from company_ml.adapters.fakes import FakeTables
from company_ml.adapters.spark_tables import SparkTables
from company_ml.cli import ExitCode, JobError
from company_ml.inputs import Input

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Lake

TABLES = FakeTables(
    {"c.s.labels": ["request_id", "label", "labelled_at"], "c.s.asked": ["Region", "a-b", "spent"]}
)


def said(*given: Input) -> str:
    with pytest.raises(JobError) as refused:
        inputs.require(TABLES, *given)
    return str(refused.value)


def test_what_is_there_is_said_nothing_of() -> None:
    inputs.require(
        TABLES,
        Input(option="--labels", table="c.s.labels", columns={"request_id": "", "LABEL": ""}),
        Input(
            option="--x", table="c.s.asked", columns={"region": "", "`a-b`": "", "spent.eur": ""}
        ),
        Input(option="--old", table="c.s.asked", columns={}, version=0),
    )


def test_a_missing_column_is_named_with_its_option_and_the_closest_that_exists() -> None:
    columns = {"request_id": "", "lable": "", "regoin": "--group-column"}
    assert said(Input(option="--labels", table="c.s.labels", columns=columns)) == (
        "--labels c.s.labels lacks lable (did you mean label?), regoin (--group-column); "
        "it has request_id, label, labelled_at"
    )
    assert said(Input(option="--x", table="c.s.asked", columns={"a-b": "--group-column"})) == (
        "--x c.s.asked lacks a-b (--group-column, did you mean `a-b`?); it has Region, `a-b`, spent"
    )


def test_all_that_is_wrong_is_said_at_once_and_missing_tables_are_looked_for() -> None:
    assert said(
        Input(option="--labels", table="c.s.lables", columns={"label": ""}),
        Input(option="--reference-table", table="c.s.asked", columns={}, version=7),
        Input(option="--current-table", table="c.other.t", columns={}),
    ) == (
        "--labels c.s.lables: there is no such table; did you mean c.s.labels?; "
        "--reference-table c.s.asked: there is no version 7; "
        "--current-table c.other.t: there is no such table"
    )


@pytest.mark.spark
def test_jobs_end_with_one_sentence_where_a_table_or_column_is_not_there(
    lake: Lake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, shell = lake.table("customers"), Shell(tmp_path, capsys)
    lake.spark.sql(
        f"CREATE TABLE {table} USING DELTA AS SELECT 1 AS user_id, 2D AS amount, "
        "named_struct('region', 'north') AS place, map('a b', array(named_struct('x', 1))) AS more"
    )
    promises = tmp_path / "promises.yaml"
    promises.write_text("table: x\nexpectations: [{check: uniqueness, column: userid, below: 1}]\n")

    def said(job: str, *arguments: str) -> str:
        assert shell(job, *shell.watching(), *arguments) == ExitCode.FAILED
        (line,) = shell.error.splitlines()
        return line.removeprefix(f"company_ml {job}: ")

    has, absent = "it has user_id, amount, place, more", "there is no such table"
    drift: tuple[str, ...] = ("drift", "--current-table", table, "--reference-table")
    assert said(*drift, f"{table}s") == (
        f"--reference-table {table}s: {absent}; did you mean {table}?"
    )
    assert said(*drift, "no_such.t") == f"--reference-table no_such.t: {absent}"
    assert "requires a single-part namespace" in said(*drift, "no.such.catalog")
    assert "9" in said(*drift, table, "--reference-version", "9")
    assert said(*drift, table, "--time-column", "at") == (
        f"--current-table {table} lacks at (--time-column); {has}"
    )
    amuont = f"{table} lacks amuont (--columns, did you mean amount?); {has}"
    assert said(*drift, table, "--columns", "amuont") == (
        f"--reference-table {amuont}; --current-table {amuont}"
    )
    assert said("quality", "--expectations", str(promises), "--table", table) == (
        f"--table {table} lacks userid (uniqueness of userid, did you mean user_id?); {has}"
    )
    labels = lake.table("labels")
    asked = ("--predictions", table, "--labels", labels, "--model", "c.s.m")
    assert said("performance", *asked, "--group-column", "place.regoin") == (
        f"--predictions {table} lacks request_id, request_time, prediction, "
        f"place.regoin (--group-column); {has}; --labels {labels}: {absent}"
    )
    columns = ["USER_ID", "place.Region", "`amount`", "more.`a b`.x", "`place`.`region`"]
    wrong = ["place.regoin", "user_id.x", "more.`a b`.y", "`place.region`"]
    assert SparkTables(lake.spark).lacks(table, [*columns, *wrong], version=0) == wrong
    lake.spark.table(table).select(*columns)  # Spark itself resolves them
