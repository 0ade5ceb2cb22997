"""Takes people's names out of a report, so that it can be handed on. Pure.

A pseudonym is a keyed hash: the same person has the same one in every report made with the key, and
nobody without the key can test a guess. Group and table names stay: they are no personal data.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from company_ml.compliance.core import Cell, Report, Section

_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_LEAST_KEY_BYTES = 16
ADDRESS = "address"
"""The column of network addresses; every other one of people is of identities."""
_SHOWN = 10


@dataclass(frozen=True)
class Pseudonymiser:
    """Replaces identities by keyed hashes."""

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < _LEAST_KEY_BYTES:
            raise ValueError(
                f"the pseudonym key has {len(self.key)} bytes; give at least {_LEAST_KEY_BYTES} "
                "random ones, for example from: openssl rand -hex 32"
            )

    def name(self, identity: str, kind: str = "person") -> str:
        """The pseudonym of one identity; upper and lower case are one person."""
        digest = hmac.new(self.key, identity.strip().lower().encode(), hashlib.sha256)
        return f"{kind}-{digest.hexdigest()[:_SHOWN]}"

    def report(self, report: Report) -> Report:
        """The report without identities, in any column they may be in."""
        known = {
            str(cell)
            for section in report.sections
            for index, column in enumerate(section.columns)
            if column in section.query.people
            for cell in (row[index] for row in section.rows)
            if cell
        }
        sections = tuple(self._section(section, known) for section in report.sections)
        return replace(report, sections=sections, pseudonymised=True)

    def _section(self, section: Section, known: set[str]) -> Section:
        people = section.query.people
        return replace(
            section,
            rows=tuple(
                tuple(
                    self._person(cell, column) if column in people else self._text(cell, known)
                    for column, cell in zip(section.columns, row, strict=True)
                )
                for row in section.rows
            ),
        )

    def _person(self, cell: Cell, column: str) -> Cell:
        if not cell:
            return cell
        return self.name(str(cell), "address" if column == ADDRESS else "person")

    def _text(self, cell: Cell, known: set[str]) -> Cell:
        if not isinstance(cell, str):
            return cell
        if cell in known:
            return self.name(cell)
        replaced = _ADDRESS.sub(lambda found: self.name(found[0]), cell)
        for identity in sorted(known, key=len, reverse=True):
            if identity in replaced:
                replaced = replaced.replace(identity, self.name(identity))
        return replaced
