"""Makes the compliance report, and verifies one.

Exit: DONE; REFUSED when ``--verify`` finds a change, or when ``--fail-on-gaps`` finds a day of the
audit log without events.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, cast

from company_ml.compliance import core, files, manifest
from company_ml.compliance.core import Period, Report, Section
from company_ml.compliance.queries import DAILY, QUERIES, Query
from company_ml.lineage import documented

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from company_ml.compliance.pseudonyms import Pseudonymiser
    from company_ml.ports import Clock, Parameter, Row, SqlWarehouse


@dataclass(frozen=True, kw_only=True)
class World:
    """What a report needs."""

    sql: SqlWarehouse
    clock: Clock
    tables: Mapping[str, str]
    """Name of each system table by its marker; ``documented.names()`` on Databricks."""


def gather(period: Period, scope: str, world: World) -> Report:
    """Ask everything.

    Args:
        period: The days.
        scope: Regular expression that full names of models and tables have to match.
        world: The ports.
    """
    now = world.clock.now()
    asked: dict[str, Parameter] = {
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "scope": scope,
    }
    streams = tuple(
        core.stream(
            documented.TABLES[marker].name,
            period,
            _days(world.sql.query(statement, {**asked, marker: world.tables[marker]})),
            today=now.date(),
            retained_days=documented.TABLES[marker].retained_days,
        )
        for marker, statement in DAILY.items()
    )
    return Report(
        period=period,
        scope=scope,
        generated=now,
        sections=tuple(_section(query, asked, world) for query in QUERIES),
        streams=streams,
        pseudonymised=False,
    )


def write(
    report: Report,
    folder: Path,
    key: Ed25519PrivateKey,
    pseudonymiser: Pseudonymiser | None = None,
) -> Path:
    """Write a report's folder and sign it; the path of the manifest.

    What a run left that died is written again. A report of the same question that was finished
    stays as it was signed.

    Raises:
        FileExistsError: The folder holds another report, an altered one, or something else.
    """
    if pseudonymiser is not None:
        report = pseudonymiser.report(report)
    asked = {
        "kind": "company_ml compliance report",
        "since": report.period.since.isoformat(),
        "until": report.period.until.isoformat(),
        "scope": report.scope,
        "pseudonymised": report.pseudonymised,
        "queries": {query.name: _digest(query.statement) for query in QUERIES},
    }
    before = manifest.content(folder)
    if before is not None:
        wrong = manifest.verify(folder, key.public_key())
        if {name: before.get(name) for name in asked} != asked:
            wrong = ["it asks for something else"]
        if wrong:
            raise FileExistsError(
                f"{folder} is not empty: it holds a signed report, and {wrong[0]}; give a new "
                "folder for each report"
            )
        return folder / manifest.NAME
    files.write(report, folder)
    facts = {
        **asked,
        "generated": report.generated.isoformat(),
        "rows": {section.query.name: len(section.rows) for section in report.sections},
        "days_without_events": {each.name: _silent(each) for each in report.streams},
    }
    return manifest.write(folder, facts, key)


def _section(query: Query, asked: Mapping[str, Parameter], world: World) -> Section:
    tables = {marker: world.tables[marker] for marker in query.reads}
    used = {name: value for name, value in asked.items() if f":{name}" in query.statement}
    rows = world.sql.query(query.statement, {**used, **tables})
    return Section(
        query=query,
        rows=tuple(tuple(_utc(row[column]) for column in query.columns) for row in rows),
    )


def _utc(cell: object) -> object:
    """Spark answers times of the session's zone, UTC in these jobs, without saying so."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)
    return cell


def _days(rows: list[Row]) -> list[tuple[date, int]]:
    return [(date.fromisoformat(str(row["day"])), cast("int", row["events"])) for row in rows]


def _silent(stream: core.Stream) -> int:
    return sum(gap.days for gap in stream.gaps)


def _digest(statement: str) -> str:
    return hashlib.sha256(statement.encode()).hexdigest()
