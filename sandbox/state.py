"""What the clouds hold: one SQLite database for every stack and both providers.

Write-ahead logging lets several provider processes work at once. Each operation is one transaction,
so a process killed at any point leaves the cloud before or after an operation, never inside one.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sandbox.naming import digest
from sandbox.rules import Record

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from os import PathLike

_SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, token TEXT NOT NULL, realm TEXT NOT NULL,
    urn TEXT NOT NULL, seed TEXT NOT NULL, inputs TEXT NOT NULL, outputs TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS resource_token ON resource (token);
CREATE INDEX IF NOT EXISTS resource_id ON resource (lower(id));
CREATE TABLE IF NOT EXISTS birth (urn TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fault (
    number INTEGER PRIMARY KEY, type TEXT NOT NULL, op TEXT NOT NULL, status INTEGER NOT NULL,
    code TEXT NOT NULL, times INTEGER NOT NULL, skip INTEGER NOT NULL, retry_after REAL NOT NULL,
    delay REAL NOT NULL, crash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS busy (key TEXT PRIMARY KEY, pid INTEGER NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = "key, id, token, realm, urn, inputs, outputs"
_VERSION = 2  # of the tables above


class OutdatedStateError(RuntimeError):
    """The database was written by another version of the sandbox."""


def state_path() -> str:
    """The clouds' file: ``$SANDBOX_STATE``, or one in ``$SANDBOX_DIR``, by default ``.sandbox``."""
    configured = os.environ.get("SANDBOX_STATE")
    if configured:
        return configured
    project = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folder = os.environ.get("SANDBOX_DIR") or os.path.join(project, ".sandbox")
    return os.path.join(folder, "cloud.db")


def is_arm(token: str) -> bool:
    """Whether a type lives in Azure Resource Manager, whose ids ignore case and are unique."""
    return token.startswith("azure-native:")


def _key(token: str, realm: str, resource_id: str) -> str:
    return resource_id.lower() if is_arm(token) else f"{token}|{realm}|{resource_id}"


class Cloud:
    """The clouds as rules read them (:class:`sandbox.rules.Cloud`) and as providers change them.

    Every change happens inside :meth:`transaction`. Safe for threads and for several processes.
    """

    def __init__(self, path: str | PathLike[str] = "") -> None:
        self.path = os.fspath(path) or state_path()
        folder = os.path.dirname(os.path.abspath(self.path))
        os.makedirs(folder, exist_ok=True)
        # Writers of other processes hold the lock for under a millisecond; half a minute of waiting
        # means that something is stuck.
        self._database = sqlite3.connect(
            self.path, timeout=30, check_same_thread=False, isolation_level=None
        )
        self._lock = threading.RLock()
        self._known: dict[str, tuple[tuple[str, str, str], Record]] = {}  # parsed once
        mode = self._database.execute("PRAGMA journal_mode").fetchone()[0]
        if mode != "wal":
            self._database.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing in WAL mode; only a power cut could, and this is a sandbox.
        self._database.execute("PRAGMA synchronous = NORMAL")
        version = self._database.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            self._database.close()
            raise OutdatedStateError(
                f"{self.path} has version {version} of the sandbox's tables and this is version "
                f"{_VERSION}. Begin with an empty sandbox: remove the folder {folder}."
            )
        if not version:
            self._database.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;"
            )

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Everything inside happens, or nothing does; an exception undoes it."""
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def get(self, resource_id: str, token: str = "", realm: str | None = None) -> Record | None:
        """The record with this id (case ignored in ARM), of this type and realm where given."""
        for record in self._rows("lower(id) = ?", resource_id.lower()):
            if (
                (record.token == token or not token)
                and (record.realm == realm or realm is None)
                and (is_arm(record.token) or record.id == resource_id)
            ):
                return record
        return None

    def all(self, token: str = "") -> Sequence[Record]:
        """Every record of a type, or of all types, ordered by id."""
        return self._rows("token = ?", token) if token else self._rows("1")

    def find(self, token: str, **properties: Any) -> Sequence[Record]:
        """The records of a type whose outputs (or else inputs) have these values."""
        return [
            record
            for record in self.all(token)
            if all(
                (record.outputs[name] if name in record.outputs else record.inputs.get(name))
                == value
                for name, value in properties.items()
            )
        ]

    def below(self, resource_id: str) -> Sequence[Record]:
        """Everything whose ARM id lies under this one."""
        prefix = resource_id.lower() + "/"
        return self._rows("key >= ? AND key < ?", prefix, prefix[:-1] + "0")  # "0" follows "/"

    def put(self, record: Record, seed: str) -> None:
        """Store a record, new or changed, inside a transaction."""
        self._database.execute(
            "INSERT INTO resource VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "urn = excluded.urn, inputs = excluded.inputs, outputs = excluded.outputs",
            (
                _key(record.token, record.realm, record.id), record.id, record.token, record.realm,
                record.urn, seed, json.dumps(record.inputs), json.dumps(record.outputs),
            ),
        )  # fmt: skip

    def remove(self, record: Record) -> None:
        """Delete a record and, in ARM, all that lives under it, inside a transaction."""
        if is_arm(record.token):
            for child in self.below(record.id):
                self._delete(child)
        self._delete(record)

    def _delete(self, record: Record) -> None:
        key = _key(record.token, record.realm, record.id)
        self._database.execute("DELETE FROM resource WHERE key = ?", (key,))
        self._known.pop(key, None)

    def next_seed(self, urn: str) -> str:
        """A digest of the URN and of how often it was created before.

        The count keeps a replacement, which is made before its predecessor is deleted, apart.
        """
        count = self._births(urn)
        return digest(f"{urn}#{count}" if count else urn)

    def birth_seed(self, urn: str) -> str:
        """The next seed, used up: one more resource was created for the URN; in a transaction."""
        seed = self.next_seed(urn)
        self.execute("INSERT OR REPLACE INTO birth VALUES (?, ?)", urn, self._births(urn) + 1)
        return seed

    def _births(self, urn: str) -> int:
        rows = self.execute("SELECT count FROM birth WHERE urn = ?", urn)
        return rows[0][0] if rows else 0

    def seed_of(self, record: Record) -> str:
        """The seed that a record was created with."""
        key = _key(record.token, record.realm, record.id)
        row = self._database.execute("SELECT seed FROM resource WHERE key = ?", (key,)).fetchone()
        return row[0] if row else digest(record.urn)

    def execute(self, statement: str, *values: Any) -> list[Any]:
        """Run one statement of the fault and lock tables; all rows."""
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def _rows(self, where: str, *values: str) -> list[Record]:
        query = f"SELECT {_COLUMNS} FROM resource WHERE {where} ORDER BY key"  # noqa: S608 - constants
        with self._lock:
            return [self._record(row) for row in self._database.execute(query, values)]

    def _record(self, row: Sequence[Any]) -> Record:
        key, resource_id, token, realm, urn, inputs, outputs = row
        known = self._known.get(key)
        if known is not None and known[0] == (inputs, outputs, urn):
            return known[1]
        record = Record(resource_id, token, urn, json.loads(inputs), json.loads(outputs), realm)
        self._known[key] = ((inputs, outputs, urn), record)
        return record
