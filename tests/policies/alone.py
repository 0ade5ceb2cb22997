"""One rule alone, on resources of the compliant stack with something changed."""

from __future__ import annotations

from typing import Any

from policies import registry
from tests.policies.compliant import compliant
from tests.policies.harness import Item, Outcome, judge


def judged(name: str, *items: Item, **settings: Any) -> Outcome:
    """What one rule says of these resources alone."""
    changes = {name: settings} if settings else {}
    return judge(items, rules=[registry.load()[name]], settings=changes)


def changed(resource: str, **values: Any) -> Item:
    """A resource with other values; two underscores in a name stand for the dot of a path."""
    item = compliant()[resource]
    for path, value in values.items():
        item = item.with_value(path.replace("__", "."), value)
    return item
