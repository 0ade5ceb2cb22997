"""The report's pictures, as PNG."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from company_ml.compliance.core import Report, Section

INK, SOFT, GRID = "#1f2933", "#52606d", "#e4e7eb"
EVENT, GAP, DENIED = "#2f6f9f", "#f3c9a5", "#b4423c"
PICTURES = _DAYS, _PEOPLE, _DENIED = "coverage.png", "people.png", "denied.png"
_WIDTH, _ROW = 9.0, 1.15
_MOST_PEOPLE = 12
_DOTS = 150


def pictures(report: Report) -> dict[str, bytes]:
    """Each picture by name; one that would have nothing to show is left out."""
    made = {_DAYS: _coverage(report)}
    people = _people(report.section("model_operations"))
    if people:
        made[_PEOPLE] = _bars(people, "Model operations by person", EVENT)
    denied = _people(report.section("denied"))
    if denied:
        made[_DENIED] = _bars(denied, "Denied attempts by person", DENIED)
    return made


def _coverage(report: Report) -> bytes:
    """Events a day of each stream, days without any shaded."""
    figure = Figure(figsize=(_WIDTH, 0.6 + _ROW * len(report.streams)), layout="constrained")
    axes: Any = figure.subplots(len(report.streams), 1, sharex=True, squeeze=False)[:, 0]
    days = report.period.days
    for axis, stream in zip(axes, report.streams, strict=True):
        for gap in stream.gaps:
            axis.axvspan(_edge(gap.first, -1), _edge(gap.last, 1), color=GAP, lw=0)
        axis.bar(days, [stream.events.get(day, 0) for day in days], color=EVENT, width=0.8)
        axis.set_title(stream.name, loc="left", fontsize=9, color=INK)
        axis.set_xlim(_edge(days[0], -1), _edge(days[-1], 1))
        axis.set_ylim(bottom=0)
        axis.yaxis.get_major_locator().set_params(integer=True, nbins=3)
        _plain(axis)
    locator = AutoDateLocator(maxticks=8)
    axes[-1].xaxis.set_major_locator(locator)
    axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes[-1].xaxis.get_offset_text().set(size=8, color=SOFT)
    return _png(figure)


def _edge(day: Any, side: int) -> Any:
    from matplotlib.dates import date2num

    return date2num(day) + side / 2


def _people(section: Section) -> list[tuple[str, int]]:
    column = section.columns.index("who")
    counted = Counter(str(row[column] or "unknown") for row in section.rows)
    most = counted.most_common(_MOST_PEOPLE)
    rest = counted.total() - sum(count for _, count in most)
    return [*most, ("all others", rest)] if rest else most


def _bars(counted: list[tuple[str, int]], title: str, color: str) -> bytes:
    figure = Figure(figsize=(_WIDTH, 0.8 + 0.3 * len(counted)), layout="constrained")
    axis: Any = figure.subplots()
    names, counts = zip(*reversed(counted), strict=True)
    bars = axis.barh(range(len(names)), counts, color=color, height=0.65)
    axis.set_yticks(range(len(names)), names, fontsize=8)
    axis.bar_label(bars, padding=3, fontsize=8, color=SOFT)
    axis.set_title(title, loc="left", fontsize=9, color=INK)
    axis.margins(x=0.08)
    axis.xaxis.get_major_locator().set_params(integer=True)
    _plain(axis, along="x")
    return _png(figure)


def _plain(axis: Any, along: str = "y") -> None:
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.spines["bottom"].set_color(SOFT)
    axis.tick_params(length=0, labelsize=8, colors=SOFT)
    axis.grid(axis=along, color=GRID, lw=0.8)
    axis.set_axisbelow(True)


def _png(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)
    written = io.BytesIO()
    # Without the software's name and version the same report is the same file.
    figure.savefig(written, format="png", dpi=_DOTS, metadata={"Software": None})
    return written.getvalue()
