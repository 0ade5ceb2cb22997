"""The form that Databricks keeps AI/BI dashboards in. Pure.

That of an exported dashboard (``.lvdash.json``): datasets with their SQL, and a page of widgets on
a grid of six columns. Databricks publishes an example:
https://docs.databricks.com/aws/en/admin/system-tables/mlflow (the dashboard to download). A widget
that draws has version 3, a counter or table version 2.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from components import queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]

COLUMNS = 6
_HEIGHTS = {"counter": 2, "line": 6, "bar": 6, "table": 7}
_DRAWN = 3
_SHOWN = 2


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A statement and the values that its parameters start with."""

    name: str
    title: str
    statement: str
    """Name of the statement in :mod:`components.queries`."""
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Widget:
    """One picture of one dataset."""

    kind: Literal["counter", "line", "bar", "table"]
    title: str
    dataset: str
    columns: Sequence[str]
    """Of the dataset: time and number of a drawing, the number of a counter, a table's columns."""
    total: Literal["SUM", "MAX", "AVG"] = "SUM"
    """How numbers that share a place are drawn as one."""
    color: str = ""
    """Column that tells the series apart."""
    width: int = COLUMNS


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """One dashboard with one page."""

    name: str
    """Part of the resource's name."""
    title: str
    datasets: Sequence[Dataset]
    widgets: Sequence[Widget]

    def serialized(self) -> str:
        """The dashboard as Databricks keeps it; the same text for the same dashboard."""
        page = {
            "name": self.name,
            "displayName": self.title,
            "pageType": "PAGE_TYPE_CANVAS",
            "layout": _layout(self.widgets),
        }
        content = {"datasets": [_dataset(each) for each in self.datasets], "pages": [page]}
        return json.dumps(content, sort_keys=True)


def _dataset(dataset: Dataset) -> Json:
    return {
        "name": dataset.name,
        "displayName": dataset.title,
        "queryLines": queries.statement(dataset.statement).splitlines(keepends=True),
        "parameters": [
            {
                "displayName": name.replace("_", " "),
                "keyword": name,
                "dataType": "STRING",
                "defaultSelection": {
                    "values": {"dataType": "STRING", "values": [{"value": dataset.values[name]}]}
                },
            }
            for name in queries.parameters(dataset.statement)
        ],
    }


def _layout(widgets: Sequence[Widget]) -> list[Json]:
    """The widgets from left to right, in rows as high as their highest."""
    placed: list[Json] = []
    x = y = height = 0
    for number, widget in enumerate(widgets, start=1):
        if x + widget.width > COLUMNS:
            x, y, height = 0, y + height, 0
        own = _HEIGHTS[widget.kind]
        position = {"x": x, "y": y, "width": widget.width, "height": own}
        placed.append({"widget": _widget(f"widget_{number}", widget), "position": position})
        x, height = x + widget.width, max(height, own)
    return placed


def _widget(name: str, widget: Widget) -> Json:
    fields, encodings = _ENCODERS[widget.kind](widget)
    query = {
        "datasetName": widget.dataset,
        "fields": fields,
        "disaggregated": widget.kind == "table",
    }
    return {
        "name": name,
        "queries": [{"name": "main_query", "query": query}],
        "spec": {
            "version": _DRAWN if widget.kind in ("line", "bar") else _SHOWN,
            "widgetType": widget.kind,
            "encodings": encodings,
            "frame": {"title": widget.title, "showTitle": True},
        },
    }


def _counter(widget: Widget) -> tuple[list[Json], Json]:
    number = _total(widget, widget.columns[0])
    return [number], {"value": {"fieldName": number["name"], "displayName": widget.title}}


def _drawing(widget: Widget) -> tuple[list[Json], Json]:
    time, column = widget.columns
    number = _total(widget, column)
    fields = [_column(time), number]
    encodings: Json = {
        "x": {"fieldName": time, "displayName": time, "scale": {"type": "temporal"}},
        "y": {
            "fieldName": number["name"],
            "displayName": column,
            "scale": {"type": "quantitative"},
        },
    }
    if widget.color:
        fields.append(_column(widget.color))
        encodings["color"] = {
            "fieldName": widget.color,
            "displayName": widget.color,
            "scale": {"type": "categorical"},
        }
    return fields, encodings


def _table(widget: Widget) -> tuple[list[Json], Json]:
    columns = [{"fieldName": name, "displayName": name} for name in widget.columns]
    return [_column(name) for name in widget.columns], {"columns": columns}


_ENCODERS = {"counter": _counter, "line": _drawing, "bar": _drawing, "table": _table}


def _column(name: str) -> Json:
    return {"name": name, "expression": f"`{name}`"}


def _total(widget: Widget, name: str) -> Json:
    return {"name": f"{widget.total.lower()}({name})", "expression": f"{widget.total}(`{name}`)"}
