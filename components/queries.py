"""The SQL of dashboards and alerts: statements in sql/, with named parameters. Pure.

A statement says in its head where its columns are documented; a test holds it to the one list of
them, ``workloads/src/company_ml/lineage/documented.yaml``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"
# Not part of a literal, a path of a semi-structured column (a:b) or a cast (a::b).
_PARAMETER = re.compile(r"(?<![\w':]):([a-z_]+)\b")
_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)


@cache
def statement(name: str) -> str:
    """The statement in ``sql/<name>.sql``, without its comments."""
    return _COMMENT.sub("", (FOLDER / f"{name}.sql").read_text("utf-8")).strip()


@cache
def parameters(name: str) -> tuple[str, ...]:
    """The names of a statement's parameters, in order."""
    return tuple(dict.fromkeys(_PARAMETER.findall(statement(name))))
