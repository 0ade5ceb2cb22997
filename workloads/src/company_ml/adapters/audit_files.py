"""The audit log as JSON lines in one file, for a laptop and for tests."""

from __future__ import annotations

import fcntl
import json
import os
from typing import TYPE_CHECKING

from company_ml.audit import AuditRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class JsonLinesAudit:
    """AuditLog port on a file that is only ever appended to, by any number of processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def append(self, record: AuditRecord) -> None:
        """Add a record unless it is there; it is on the disk when this returns."""
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            content = file.read()
            known = {each.id for each in _parsed(content)}
            if record.id in known:
                return
            torn = b"\n" if content and not content.endswith(b"\n") else b""
            file.write(torn + json.dumps(record.to_json(), ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def records(self, correlation: str | None = None) -> Iterator[AuditRecord]:
        """Records in the order they were added; those of one correlation id when given."""
        if not self._path.is_file():
            return
        for record in _parsed(self._path.read_bytes()):
            if correlation in (None, record.correlation):
                yield record


def _parsed(content: bytes) -> Iterator[AuditRecord]:
    for line in content.splitlines():
        try:
            plain = json.loads(line)
        except ValueError:
            continue  # the torn last line of a process that was killed while writing
        yield AuditRecord.from_json(plain)
