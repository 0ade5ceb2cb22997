"""The release store as one JSON file per endpoint, for a laptop and for tests."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from company_ml.release import codec
from company_ml.release.ports import LeaseHeldError, StaleStateError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from company_ml.release.core import State


class FileReleaseStore:
    """ReleaseStore port on a local folder. Not for volumes: those have no locks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def lease(self, endpoint: str, holder: str, *, now: datetime, until: datetime) -> None:
        """Take or renew the lease; LeaseHeldError while another holder's has not expired."""
        with self._locked(endpoint) as record:
            held, expires = record.get("holder"), record.get("expires", "")
            if held not in (None, holder) and datetime.fromisoformat(expires) > now:
                raise LeaseHeldError(
                    f"endpoint {endpoint} is being released by {held} until {expires}"
                )
            record |= {"holder": holder, "expires": until.isoformat()}

    def yield_lease(self, endpoint: str, holder: str) -> None:
        """Give the lease back; nothing happens when another holder has it."""
        with self._locked(endpoint) as record:
            if record.get("holder") == holder:
                del record["holder"], record["expires"]

    def load(self, endpoint: str) -> State | None:
        """The last saved state; None before the first."""
        with self._locked(endpoint) as record:
            if "state" not in record:
                return None
            return codec.decode(record["state"], record["revision"])

    def save(self, state: State, holder: str) -> State:
        """Save a state that follows the stored one, and return it with its new revision."""
        with self._locked(state.release.endpoint) as record:
            stored = record.get("revision", 0)
            if stored != state.revision or record.get("holder") != holder:
                raise StaleStateError(
                    f"release state of {state.release.endpoint} is at revision {stored} and leased "
                    f"to {record.get('holder')}; {holder} wanted to follow {state.revision}"
                )
            record |= {"state": codec.encode(state), "revision": stored + 1}
            return replace(state, revision=stored + 1)

    @contextmanager
    def _locked(self, endpoint: str) -> Generator[dict[str, Any]]:
        """The record, written back when it changed; an error inside leaves it as it was."""
        path = self._folder / f"{endpoint}.json"
        with (self._folder / f"{endpoint}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            text = path.read_text() if path.exists() else "{}"
            record: dict[str, Any] = json.loads(text)
            yield record
            changed = json.dumps(record)
            if changed != text:
                partial = path.with_suffix(".partial")
                with partial.open("w") as file:
                    file.write(changed)
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(path)
