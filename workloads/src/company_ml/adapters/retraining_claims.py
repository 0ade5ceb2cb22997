"""Retraining's claims, in a Delta table or in files of a folder."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from company_ml import statements
from company_ml.retraining.core import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from company_ml.ports import Parameter, SqlWarehouse


class DeltaClaims:
    """Claims port on a Delta table, which is made when missing."""

    def __init__(self, sql: SqlWarehouse, table: str) -> None:
        self._sql, self._table = sql, table
        self._ask("create")

    def last(self, model: str) -> Claim | None:
        """The latest claim."""
        found = self._ask("last", model=model)
        return _claim(found[0]) if found else None

    def make(self, claim: Claim) -> bool:
        """Keep a claim unless one with its number exists."""
        claimant = uuid4().hex
        self._ask(
            "make",
            model=claim.model,
            sequence=claim.sequence,
            claimed=claim.claimed.astimezone(UTC).isoformat(),
            reason=claim.reason,
            claimant=claimant,
        )
        return self._ask("last", model=claim.model)[0]["claimant"] == claimant

    def finish(self, claim: Claim, run_id: str) -> None:
        """Note that it was carried out."""
        self._ask("finish", model=claim.model, sequence=claim.sequence, run_id=run_id)

    def _ask(self, name: str, **parameters: Parameter) -> list[Mapping[str, Any]]:
        statement = statements.statement("retraining", name)
        return list(self._sql.query(statement, {"table": self._table, **parameters}))


class FileClaims:
    """Claims port on a folder of a laptop: a file per claim, made by whoever is first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def last(self, model: str) -> Claim | None:
        """The latest claim."""
        found = sorted(self._folder.glob(f"{_stem(model)}-*.json"))
        return _claim(json.loads(found[-1].read_text("utf-8"))) if found else None

    def make(self, claim: Claim) -> bool:
        """Keep a claim unless one with its number exists."""
        whole = self._written(claim)
        try:
            # A link appears with its whole content or not at all, and only once.
            os.link(whole, self._path(claim))
        except FileExistsError:
            return False
        finally:
            whole.unlink()
        return True

    def finish(self, claim: Claim, run_id: str) -> None:
        """Note that it was carried out."""
        self._written(replace(claim, run_id=run_id)).replace(self._path(claim))

    def _written(self, claim: Claim) -> Path:
        file = self._folder / f".{uuid4().hex}"
        plain = asdict(claim) | {"claimed": claim.claimed.astimezone(UTC).isoformat()}
        with file.open("w", encoding="utf-8") as output:
            json.dump(plain, output)
            output.flush()
            os.fsync(output.fileno())
        return file

    def _path(self, claim: Claim) -> Path:
        return self._folder / f"{_stem(claim.model)}-{claim.sequence:08d}.json"


def _stem(model: str) -> str:
    if not re.fullmatch(r"[\w.-]+", model):
        raise ValueError(f"model {model!r}: letters, digits, '_', '-' and '.' make a file name")
    return model


def _claim(row: Mapping[str, Any]) -> Claim:
    claimed = datetime.fromisoformat(row["claimed"])
    return Claim(
        model=row["model"],
        sequence=int(row["sequence"]),
        claimed=claimed if claimed.tzinfo else claimed.replace(tzinfo=UTC),
        reason=row["reason"],
        run_id=row["run_id"],
    )
