"""Secrets by where they are: a Databricks scope, Key Vault behind it, or a file on a laptop."""

from __future__ import annotations

from pathlib import Path

from company_ml.ports import NotFoundError

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
        # A second to import, and on Databricks alone.
        from company_ml.adapters import databricks

        return databricks.secrets_of_this_workspace().secret(scope, key).encode()
