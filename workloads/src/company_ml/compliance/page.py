"""The report as one HTML page that needs nothing else: no script, no other file. Pure."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from company_ml.compliance.pseudonyms import ADDRESS
from company_ml.compliance.queries import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from company_ml.compliance.core import Cell, Report, Section

# Full names and addresses are longer than a column, and break best where their parts end.
_BREAKS, _BREAK = re.compile(r"(?<=[._@/-])(?=\w)"), "<wbr>"
MOST_ROWS = 200
"""Rows of a section on the page; the file beside it has all."""
_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 32px 24px 64px; color: #1f2933;
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 40px 0 4px; }
p { margin: 4px 0 12px; color: #52606d; max-width: 75ch; }
a { color: #2f6f9f; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px;
  margin: 24px 0; }
.card { border: 1px solid #e4e7eb; border-radius: 8px; padding: 12px 16px; }
.card b { display: block; font-size: 26px; font-variant-numeric: tabular-nums; }
.card.alert { border-color: #b4423c; } .card.alert b { color: #b4423c; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 24px; }
img { max-width: 100%; height: auto; display: block; margin: 8px 0 16px; }
.table { overflow-x: auto; border: 1px solid #e4e7eb; border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 12.5px; }
th, td { text-align: left; vertical-align: top; padding: 5px 10px; border-top: 1px solid #e4e7eb; }
thead th { position: sticky; top: 0; background: #f5f7fa; border-top: 0; white-space: nowrap; }
td { overflow-wrap: break-word; max-width: 46ch; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.note { font-size: 12.5px; }
@media print { body { max-width: none; padding: 0; } nav { display: none; }
  .table { overflow: visible; } tr { break-inside: avoid; } }
"""


def page(report: Report, pictures: Mapping[str, bytes]) -> str:
    """The whole page."""
    period = report.period
    parts = [
        f"<h1>Compliance report</h1><p>{period.since} to before {period.until} (UTC), for "
        f"<code>{escape(report.scope)}</code>. Made {_time(report.generated)} UTC."
        + (" Identities are pseudonyms." if report.pseudonymised else "")
        + "</p>",
        _cards(report),
        _contents(report),
        _coverage(report, pictures),
        *(_section(section, pictures) for section in report.sections),
    ]
    title = f"Compliance report {period.since} to {period.until}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _cards(report: Report) -> str:
    people = {
        str(cell)
        for section in report.sections
        if section.query.kind is Kind.EVENTS
        for row in section.rows
        for column, cell in zip(section.columns, row, strict=True)
        if column in section.query.people and column != ADDRESS and cell
    }
    silent = sum(gap.days for gap in report.gaps)
    denied = len(report.section("denied").rows)
    cards = [
        ("model operations", len(report.section("model_operations").rows), False),
        ("people", len(people), False),
        ("changes of grants", len(report.section("grant_changes").rows), False),
        ("denied attempts", denied, denied > 0),
        ("days without events", silent, silent > 0),
    ]
    return '<div class="cards">{}</div>'.format(
        "".join(
            f'<div class="card{" alert" if alert else ""}"><b>{number:,}</b>{label}</div>'
            for label, number, alert in cards
        )
    )


def _contents(report: Report) -> str:
    links = "".join(
        f'<a href="#{each.query.name}">{escape(each.query.title)} ({len(each.rows):,})</a>'
        for each in report.sections
    )
    return f'<nav><a href="#coverage">Coverage</a>{links}</nav>'


def _coverage(report: Report, pictures: Mapping[str, bytes]) -> str:
    rows = [
        (gap.stream, str(gap.first), str(gap.last), gap.days, gap.reason) for gap in report.gaps
    ]
    table = (
        _table(("stream", "first day", "last day", "days", "reason"), rows)
        if rows
        else "<p>Every stream has events on every day.</p>"
    )
    return (
        '<h2 id="coverage">Coverage</h2><p>Events a day of each stream this report is made from. '
        "Shaded days have none: nothing happened, or nothing was recorded. What is not recorded "
        f"is not in this report.</p>{_image(pictures, 'coverage.png', 'Events per day')}{table}"
    )


def _section(section: Section, pictures: Mapping[str, bytes]) -> str:
    query = section.query
    picture = {"model_operations": "people.png", "denied": "denied.png"}.get(query.name, "")
    shown = section.rows[:MOST_ROWS]
    note = ""
    if len(section.rows) > len(shown):
        note = f" The first {MOST_ROWS} of {len(section.rows):,}; all are in {query.name}.csv."
    body = _table(section.columns, shown) if shown else "<p>None.</p>"
    return (
        f'<h2 id="{query.name}">{escape(query.title)}</h2>'
        f"<p>{escape(query.explains)}{note}</p>"
        f"{_image(pictures, picture, query.title)}{body}"
    )


def _table(columns: Iterable[str], rows: Iterable[tuple[Cell, ...]]) -> str:
    rows = list(rows)
    head = "".join(
        f"<th{_class(row[index] for row in rows)}>{escape(column.replace('_', ' '))}</th>"
        for index, column in enumerate(columns)
    )
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f'<div class="table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _class(cells: Iterable[Cell]) -> str:
    return ' class="number"' if all(isinstance(cell, int) for cell in cells) else ""


def _cell(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f'<td class="time">{_time(cell)}</td>'
    if isinstance(cell, int):
        return f'<td class="number">{cell:,}</td>'
    text = escape("" if cell is None else str(cell))
    return f"<td>{_BREAKS.sub(_BREAK, text)}</td>"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _image(pictures: Mapping[str, bytes], name: str, meaning: str) -> str:
    if name not in pictures:
        return ""
    data = base64.b64encode(pictures[name]).decode()
    return f'<img alt="{escape(meaning)}" src="data:image/png;base64,{data}">'
