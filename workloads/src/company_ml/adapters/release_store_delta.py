"""The release store as a Delta table: atomic steps through Delta's own conflict detection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from company_ml.release import codec
from company_ml.release.ports import LeaseHeldError, StaleStateError

if TYPE_CHECKING:
    from datetime import datetime

    from company_ml.ports import Parameter, Row, SqlWarehouse
    from company_ml.release.core import State

CREATE = """
CREATE TABLE IF NOT EXISTS IDENTIFIER(:table) (
  endpoint STRING, holder STRING, expires TIMESTAMP, revision BIGINT, state STRING
) USING DELTA
"""
LEASE = """
MERGE INTO IDENTIFIER(:table) AS record
USING (SELECT :endpoint AS endpoint) AS wanted ON record.endpoint = wanted.endpoint
WHEN MATCHED AND (record.holder IS NULL OR record.holder = :holder OR record.expires <= :now)
  THEN UPDATE SET record.holder = :holder, record.expires = :until
WHEN NOT MATCHED
  THEN INSERT (endpoint, holder, expires, revision, state)
  VALUES (wanted.endpoint, :holder, :until, 0, NULL)
"""
YIELD = """
UPDATE IDENTIFIER(:table) SET holder = NULL, expires = NULL
WHERE endpoint = :endpoint AND holder = :holder
"""
SAVE = """
UPDATE IDENTIFIER(:table) SET state = :state, revision = revision + 1
WHERE endpoint = :endpoint AND holder = :holder AND revision = :revision
"""
LOAD = "SELECT holder, expires, revision, state FROM IDENTIFIER(:table) WHERE endpoint = :endpoint"
# MERGE and UPDATE read what they change, so of two at the same time Delta lets one through and ends
# the other with one of these: https://docs.delta.io/latest/concurrency-control.html
_CONFLICTS = ("DELTA_CONCURRENT", "ConcurrentAppend", "ConcurrentDelete", "ConcurrentModification")


class DeltaReleaseStore:
    """ReleaseStore port on a Delta table, which is made when it is missing."""

    def __init__(self, sql: SqlWarehouse, table: str) -> None:
        self._sql = sql
        self._table = table
        sql.query(CREATE, {"table": table})

    def lease(self, endpoint: str, holder: str, *, now: datetime, until: datetime) -> None:
        """Take or renew the lease; LeaseHeldError while another holder's has not expired."""
        self._change(LEASE, endpoint=endpoint, holder=holder, now=now, until=until)
        record = self._record(endpoint)
        if record is None or record["holder"] != holder:
            held = "another run that started at this moment"
            if record is not None:
                held = f"{record['holder']} until {record['expires']}"
            raise LeaseHeldError(f"endpoint {endpoint} is being released by {held}")

    def yield_lease(self, endpoint: str, holder: str) -> None:
        """Give the lease back; nothing happens when another holder has it."""
        self._change(YIELD, endpoint=endpoint, holder=holder)

    def load(self, endpoint: str) -> State | None:
        """The last saved state; None before the first."""
        record = self._record(endpoint)
        if record is None or record["state"] is None:
            return None
        return codec.decode(str(record["state"]), cast("int", record["revision"]))

    def save(self, state: State, holder: str) -> State:
        """Save a state that follows the stored one, and return it with its new revision."""
        endpoint = state.release.endpoint
        changed = self._change(
            SAVE,
            endpoint=endpoint,
            holder=holder,
            revision=state.revision,
            state=codec.encode(state),
        )
        if not changed:
            raise StaleStateError(
                f"release state of {endpoint} no longer follows revision {state.revision}, or the "
                f"lease is no longer {holder}'s"
            )
        return replace(state, revision=state.revision + 1)

    def _record(self, endpoint: str) -> Row | None:
        rows = self._sql.query(LOAD, {"table": self._table, "endpoint": endpoint})
        return rows[0] if rows else None

    def _change(self, statement: str, **parameters: Parameter) -> bool:
        """Whether the statement changed the record; a lost race changed nothing."""
        try:
            (row,) = self._sql.query(statement, {"table": self._table, **parameters})
        except Exception as error:
            if any(name in f"{type(error).__name__} {error}" for name in _CONFLICTS):
                return False
            raise
        return bool(row["num_affected_rows"])
