"""Secrets: in a Databricks scope (Key Vault behind it), or, on a laptop, in a file."""

from __future__ import annotations

import base64
from pathlib import Path

from company_ml.ports import NotFoundError

FILE = "file:"


class DatabricksSecrets:
    """SecretStore port on the workspace that the job runs in."""

    def secret(self, scope: str, key: str) -> str:
        """A secret's value; NotFoundError, without the value of any other, when there is none."""
        return self.content(scope, key).decode()

    def content(self, scope: str, key: str) -> bytes:
        """A secret's bytes."""
        from databricks.sdk import WorkspaceClient  # a second to import, on Databricks alone
        from databricks.sdk.errors import NotFound

        try:
            found = WorkspaceClient().secrets.get_secret(scope, key)
        except NotFound as error:
            raise NotFoundError(f"secret scope {scope} has no key {key}") from error
        return base64.b64decode(found.value or "")


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
        return DatabricksSecrets().content(scope, key)
