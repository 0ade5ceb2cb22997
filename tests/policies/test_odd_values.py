"""No value that a program may hand over makes a rule fail itself, however odd it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from policies import tokens
from policies.evaluate import Evaluation, violations
from policies.model import UNKNOWN, Resource, Stack
from policies.registry import load
from tests.policies.compliant import compliant
from tests.policies.harness import TODAY, Item, urn

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD: Final[list[Any]] = [
    UNKNOWN,
    None,
    "",
    -1,
    True,
    [],
    {},
    "x\x00é",
    [None],
    [UNKNOWN],
    [[1]],
    {"a": UNKNOWN},
]


def resource(item: Item) -> Resource:
    return Resource(
        urn(item.type, item.name),
        item.type,
        item.name,
        item.props,
        dependencies=item.dependencies,
        outputs=item.outputs,
    )


def paths(value: Any, prefix: str = "") -> Iterator[str]:
    pairs: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        pairs = list(cast("dict[str, Any]", value).items())
    elif isinstance(value, list):
        pairs = [(str(index), each) for index, each in enumerate(cast("list[Any]", value))]
    for key, each in pairs:
        # A dot in a key is no step of a path.
        if "." not in key:
            yield f"{prefix}{key}"
            yield from paths(each, f"{prefix}{key}.")


@pytest.mark.parametrize("name", compliant())
def test_an_odd_value_anywhere_is_judged_and_breaks_no_rule(name: str) -> None:
    evaluation = Evaluation(load().values(), today=TODAY)
    graph = compliant()
    item, workspace = graph[name], resource(graph["workspace"])
    for path in paths(item.props):
        for odd in ODD:
            subject = resource(replace(item.with_value(path, odd)))
            others = [] if item.type == tokens.WORKSPACE else [workspace]
            results = evaluation.resource(subject)
            if "." not in path:
                results += evaluation.stack(Stack([*others, subject]))
            for active, violation in violations(results):
                assert "itself failed" not in violation.message, (active.rule.name, path, odd)
