"""The tables of Databricks that statements read, as documented; the list is ``documented.yaml``.

Statements name tables by the last part of their names. Tests parse every statement of the project
and run it on real tables of exactly these columns, so what is not documented fails there and not
in an audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Table:
    """A documented table."""

    name: str
    """Without a dot where users name it: the table of an endpoint or of a monitor."""
    source: str
    """The page that documents it."""
    confirmed: str
    """Where its columns were read, as the stored pages and other people's copies had them."""
    retained_days: int | None
    """How long Databricks keeps its rows; None: as long as the object exists."""
    columns: Mapping[str, str]
    """Type of each column, in Spark's words."""


def _tables() -> dict[str, Table]:
    text = (resources.files("company_ml.lineage") / "documented.yaml").read_text("utf-8")
    found = [Table(name=name, **known) for name, known in yaml.safe_load(text).items()]
    return {table.name.rsplit(".", 1)[-1]: table for table in found}


TABLES: Mapping[str, Table] = _tables()
"""By the last part of the name, which is also the marker that a statement uses."""


def names() -> dict[str, str]:
    """Each table's marker and its name on Databricks."""
    return {marker: table.name for marker, table in TABLES.items() if "." in table.name}
