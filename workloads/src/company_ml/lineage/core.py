"""Walks table lineage. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STATEMENT = """
SELECT DISTINCT lineage.source_table_full_name AS source, lineage.target_table_full_name AS target
FROM IDENTIFIER(:table_lineage) AS lineage
WHERE lineage.event_date >= CAST(:since AS DATE) AND lineage.event_date < CAST(:until AS DATE)
  AND lineage.source_table_full_name IS NOT NULL AND lineage.target_table_full_name IS NOT NULL
"""


@dataclass(frozen=True, order=True)
class Edge:
    """Data went from one table to another."""

    source: str
    target: str


@dataclass(frozen=True, order=True)
class Step:
    """A table on the way, and how many edges away it is."""

    distance: int
    table: str


def upstream(table: str, edges: Iterable[Edge]) -> list[Step]:
    """What a table was made from, the nearest first; the table itself is not among it."""
    return _walk(table, [(edge.target, edge.source) for edge in edges])


def downstream(table: str, edges: Iterable[Edge]) -> list[Step]:
    """What was made from a table, the nearest first; the table itself is not among it."""
    return _walk(table, [(edge.source, edge.target) for edge in edges])


def _walk(start: str, pairs: list[tuple[str, str]]) -> list[Step]:
    onward: dict[str, set[str]] = {}
    for here, there in pairs:
        onward.setdefault(here, set()).add(there)
    found = {start: 0}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there in onward.get(here, ()):
            if there not in found:
                found[there] = found[here] + 1
                queue.append(there)
    return sorted(Step(distance, table) for table, distance in found.items() if distance)
