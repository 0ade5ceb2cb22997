"""Secrets by where they are: a Databricks scope, Key Vault behind it, or a file on a laptop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from company_ml.ports import NotFoundError

if TYPE_CHECKING:
    from company_ml.ports import SecretStore

FILE = "file:"


class AnySecrets:
    """Secrets named ``scope/key`` or ``file:path``."""

    def read(self, place: str) -> bytes:
        """A secret's bytes; NotFoundError or ValueError names the place, never a value."""
        if place.startswith(FILE):
            path = Path(place.removeprefix(FILE))
            if not path.is_file():
                raise NotFoundError(f"there is no file {path}")
            return path.read_bytes().rstrip(b"\n")
        scope, separator, key = place.partition("/")
        if not separator or not key:
            raise ValueError(f"secret '{place}': write it as scope/key, or as file:path")
        return of_workspace().secret(scope, key).encode()


def of_workspace() -> SecretStore:
    """The scopes of the workspace that the job runs in."""
    # A second to import, and on Databricks alone.
    from databricks.sdk import WorkspaceClient

    from company_ml.adapters.databricks import DatabricksSecrets

    return DatabricksSecrets(WorkspaceClient())
