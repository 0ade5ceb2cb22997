"""Writes the report's folder: the page, a CSV file per section, the pictures."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import TYPE_CHECKING

from company_ml.compliance import manifest
from company_ml.compliance.page import page
from company_ml.compliance.pictures import PICTURES, pictures

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from company_ml.compliance.core import Cell, Report

PAGE, COVERAGE = "report.html", "coverage.csv"
# A spreadsheet takes a cell that begins so for a formula, and whoever chose the name of a model
# could then run one at the auditor's. https://owasp.org/www-community/attacks/CSV_Injection
# Blanks before it are trimmed by some, and full-width signs count as the plain ones.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_CONTROL = ("\t", "\r", "\n")


def write(report: Report, folder: Path) -> None:
    """Write everything but the manifest.

    Raises:
        FileExistsError: The folder holds something that is no part of such a report, which a run
            that died would have left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = pictures(report)
    tables = {f"{section.query.name}.csv" for section in report.sections}
    known = {PAGE, COVERAGE, manifest.NAME, *PICTURES, *tables}
    if others := sorted({path.name for path in folder.iterdir()} - known):
        raise FileExistsError(
            f"{folder} is not empty, it has {others[0]}; give a new folder for each report"
        )
    for name in set(PICTURES) - set(drawn):
        (folder / name).unlink(missing_ok=True)
    (folder / PAGE).write_text(page(report, drawn), encoding="utf-8")
    for name, data in drawn.items():
        (folder / name).write_bytes(data)
    for section in report.sections:
        write_table(folder / f"{section.query.name}.csv", section.columns, section.rows)
    gaps = [
        (gap.stream, str(gap.first), str(gap.last), gap.days, gap.reason) for gap in report.gaps
    ]
    write_table(folder / COVERAGE, ("stream", "first_day", "last_day", "days", "reason"), gaps)


def write_table(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(tuple(map(_text, row)) for row in rows)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat()
    text = str(cell)
    runs = text.startswith(_CONTROL) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if isinstance(cell, str) and runs else text
