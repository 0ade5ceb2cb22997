"""SQL statements as the wheel brings them: one file each, values by named markers only."""

from __future__ import annotations

from importlib import resources


def statement(job: str, name: str) -> str:
    """The text of ``<job>/sql/<name>.sql``."""
    return (resources.files("company_ml") / job / "sql" / f"{name}.sql").read_text("utf-8")
