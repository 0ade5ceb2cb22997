"""An online store in a SQLite file, for a laptop: the shape of a real one, one row by its key."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from company_ml.adapters.delta_features import DeltaFeatureStore
    from company_ml.features.core import FeatureTable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS published (online_table TEXT PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS features (
  online_table TEXT NOT NULL, key TEXT NOT NULL, row TEXT NOT NULL,
  PRIMARY KEY (online_table, key)
) WITHOUT ROWID;
"""


class SqliteOnlineStore:
    """OnlinePublisher port on a file; readers see a publication whole or not at all."""

    def __init__(self, path: Path, offline: DeltaFeatureStore) -> None:
        self._path, self._offline = path, offline
        with closing(self._connection()) as connection:
            connection.executescript(_SCHEMA)

    def publish(self, table: FeatureTable, online_table: str) -> None:
        """Publish the latest row of each primary key, and forget keys that are gone."""
        version = self._offline.version(table.name)
        with closing(self._connection()) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute(
                "SELECT version FROM published WHERE online_table = ?", (online_table,)
            ).fetchone()
            if found is not None and found[0] >= version:
                return
            connection.execute("DELETE FROM features WHERE online_table = ?", (online_table,))
            connection.executemany(
                "INSERT INTO features VALUES (?, ?, ?)",
                (
                    (online_table, _key(row, table), json.dumps(row, default=str))
                    for row in self._offline.latest(table, version)
                ),
            )
            connection.execute("REPLACE INTO published VALUES (?, ?)", (online_table, version))

    def row(self, online_table: str, *key: object) -> Mapping[str, Any] | None:
        """The features of a key, times as text; None when it is not there."""
        with closing(self._connection()) as connection:
            found = connection.execute(
                "SELECT row FROM features WHERE online_table = ? AND key = ?",
                (online_table, json.dumps(key, default=str)),
            ).fetchone()
        return None if found is None else json.loads(found[0])

    def _connection(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30, isolation_level=None)


def _key(row: Mapping[str, Any], table: FeatureTable) -> str:
    return json.dumps([row[name] for name in table.primary_keys], default=str)
