"""The tables that a user names to a job: they are there with the columns it reads, or one error.

Asked before a job reads anything, so that a wrong name ends in a sentence and not in the plan and
the stack that Spark shows of a failed statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

from company_ml.cli import JobError
from company_ml.ports import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What IDENTIFIER takes for a column: parts, each plain or quoted.
# https://spark.apache.org/docs/4.0.0/sql-ref-identifier.html
_PLAIN = re.compile(r"\w+", re.ASCII)
_IDENTIFIER = re.compile(r"(\w+|`([^`]|``)+`)(\.(\w+|`([^`]|``)+`))*", re.ASCII)


class Tables(Protocol):
    """What the session knows of tables, without reading them."""

    def columns(self, table: str, version: int | None = None) -> Sequence[str]:
        """Names of a table's columns; NotFoundError when there is no such table or version."""
        ...

    def lacks(
        self, table: str, columns: Sequence[str], version: int | None = None
    ) -> Sequence[str]:
        """Those of the columns, or fields of them, that a statement cannot name."""
        ...

    def beside(self, table: str) -> Sequence[str]:
        """Full names of the tables in the same schema; none where that is not there either."""
        ...


@dataclass(frozen=True, kw_only=True)
class Input:
    """A table, and what a job reads of it."""

    option: str
    """What named it."""
    table: str
    columns: Mapping[str, str]
    """Columns, as identifiers, and what named each: ``""`` where the job needs that name."""
    version: int | None = None
    """Delta version; None: the latest."""


def require(tables: Tables, *inputs: Input) -> None:
    """Find each table with its columns.

    Raises:
        JobError: One is not there; the message has the option, what is missing, and what exists.
    """
    wrong = [said for each in inputs if (said := _wrong(tables, each))]
    if wrong:
        raise JobError("; ".join(wrong))


def quoted(name: str) -> str:
    """A column's name as an identifier."""
    return name if _PLAIN.fullmatch(name) else f"`{name.replace('`', '``')}`"


def _wrong(tables: Tables, given: Input) -> str:
    named = f"{given.option} {given.table}"
    try:
        known = tables.columns(given.table, given.version)
    except NotFoundError as error:
        others = {_last(name): name for name in tables.beside(given.table)}
        # The table may be there, and its version not.
        meant = "" if given.table in others.values() else _meant(_last(given.table), others)
        return f"{named}: {error}{f'; {meant}' if meant else ''}"
    readable = [name for name in given.columns if _IDENTIFIER.fullmatch(name)]
    missing = {*given.columns} - {*readable} | {*tables.lacks(given.table, readable, given.version)}
    if not missing:
        return ""
    spelt = {name: quoted(name) for name in known}
    parts = [
        _with(name, option, _meant(name.replace("`", ""), spelt))
        for name, option in given.columns.items()
        if name in missing
    ]
    return f"{named} lacks {', '.join(parts)}; it has {', '.join(spelt.values())}"


def _last(table: str) -> str:
    return table.rpartition(".")[2]


def _with(name: str, *remarks: str) -> str:
    said = ", ".join(filter(None, remarks))
    return f"{name} ({said})" if said else name


def _meant(name: str, known: Mapping[str, str]) -> str:
    """The closest of the known names, in its spelling, as a question; case does not count."""
    spelt = {each.lower(): spelling for each, spelling in known.items()}
    close = get_close_matches(name.lower(), spelt, n=1)
    return f"did you mean {spelt[close[0]]}?" if close else ""
