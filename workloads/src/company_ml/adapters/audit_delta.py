"""The audit log as a Delta table, append-only by property of the table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from company_ml.audit import AuditRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from company_ml.ports import SqlWarehouse

COLUMNS = (
    "id STRING NOT NULL, actor STRING NOT NULL, action STRING NOT NULL, object STRING NOT NULL, "
    "version STRING NOT NULL, outcome STRING NOT NULL, time TIMESTAMP NOT NULL, "
    "correlation STRING NOT NULL, details STRING NOT NULL"
)
_CREATE = f"""
CREATE TABLE IF NOT EXISTS IDENTIFIER(:table) ({COLUMNS})
USING DELTA TBLPROPERTIES ('delta.appendOnly' = 'true')
"""
_INSERT = """
MERGE INTO IDENTIFIER(:table) AS kept
USING (SELECT :id AS id) AS new ON kept.id = new.id
WHEN NOT MATCHED THEN INSERT
  (id, actor, action, object, version, outcome, time, correlation, details)
VALUES
  (:id, :actor, :action, :object, :version, :outcome, :time, :correlation, :details)
"""
_SELECT = """
SELECT id, actor, action, object, version, outcome, correlation, details,
       date_format(time, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS") AS time
FROM IDENTIFIER(:table) WHERE :correlation IS NULL OR correlation = :correlation ORDER BY time, id
"""


class DeltaAudit:
    """AuditLog port on a Delta table, which is made when missing.

    ``delta.appendOnly`` makes Delta itself refuse updates and deletes; taking the property off is
    an act of its own in the table's history.
    https://docs.delta.io/4.0.0/table-properties.html
    """

    def __init__(self, sql: SqlWarehouse, table: str) -> None:
        self._sql = sql
        self._table = table
        sql.query(_CREATE, {"table": table})

    def append(self, record: AuditRecord) -> None:
        """Add a record unless it is there; it is committed when this returns."""
        plain = record.to_json()
        self._sql.query(
            _INSERT,
            plain | {"table": self._table, "time": record.time,
                     "details": json.dumps(plain["details"], sort_keys=True)},
        )  # fmt: skip

    def records(self, correlation: str | None = None) -> Iterator[AuditRecord]:
        """Records by time; those of one correlation id when given."""
        for row in self._sql.query(_SELECT, {"table": self._table, "correlation": correlation}):
            plain = dict(row)
            plain["details"] = json.loads(cast("str", plain["details"]))
            plain["time"] = f"{plain['time']}+00:00"
            yield AuditRecord.from_json(plain)
