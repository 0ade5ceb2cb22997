"""One production stack that every rule accepts; the tests break it one property at a time."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from tests.policies.harness import Item, urn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def _parts() -> Iterator[Item]:
    for module in pkgutil.iter_modules(__path__):
        if module.name != "common":
            yield from importlib.import_module(f"{__name__}.{module.name}").parts()


def compliant() -> dict[str, Item]:
    """The stack by logical name, built anew for each test."""
    graph: dict[str, Item] = {}
    for item in _parts():
        assert item.name not in graph, f"two parts of the stack are called {item.name}"
        graph[item.name] = item
    return graph


def depends(name: str, prop: str, on: str) -> Mapping[str, Item]:
    """The stack in which a property of one resource is computed from another resource."""
    graph = compliant()
    item, source = graph[name], graph[on]
    graph[name] = item.with_dependency(prop, urn(source.type, source.name))
    return graph
