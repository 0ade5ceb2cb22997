"""What recovery needs of Delta tables and of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from company_ml.recovery.core import Commit


class FilesGoneError(RuntimeError):
    """A version's files cannot be opened; the message names one."""


@dataclass(frozen=True)
class Fingerprint:
    """Content of a version: equal exactly when the rows are, in any order."""

    rows: int
    digest: str


class DeltaTables(Protocol):
    """Delta tables by name, with their past."""

    def history(self, table: str) -> Sequence[Commit]:
        """The versions that the log still knows; NotFoundError when there is no such table."""
        ...

    def open_files(self, table: str, version: int) -> int:
        """Open every file of a version and count them; FilesGoneError when one is gone."""
        ...

    def fingerprint(self, table: str, version: int | None = None) -> Fingerprint:
        """Read a version as a whole; the current one by default."""
        ...

    def restore(self, table: str, version: int) -> None:
        """Make a version current again, as a new version."""
        ...

    def clone(self, table: str, version: int, copy: str) -> None:
        """A copy that shares the files but whose changes never reach the original."""
        ...

    def damage(self, copy: str) -> None:
        """Delete every row of a copy; refuses a table that ``clone`` did not make."""
        ...

    def drop(self, copy: str) -> None:
        """Remove a copy; refuses a table that ``clone`` did not make."""
        ...


class ModelFiles(Protocol):
    """What is behind a registered version: the registry may know one whose files are gone."""

    def load(self, uri: str) -> None:
        """Load a model, or raise why that cannot be done."""
        ...

    def digests(self, uri: str) -> Mapping[str, str]:
        """SHA-256 of each of its files by path; raises when they cannot be read."""
        ...
