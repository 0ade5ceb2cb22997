"""A cloud in memory with one complete estate in it, for judging requests one at a time."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope
from sandbox.databricks.values import digest  # with it, all rules are registered
from sandbox.rules import FUNCTIONS, REGISTRY, Invocation, Record, Refusal, Request
from tests.sandbox.databricks.estate import BY_NAME, STEPS
from tests.sandbox.databricks.parts.places import AZURE, PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from sandbox.rules import Operation
    from tests.sandbox.databricks.parts.step import Step

REMOVED = object()
"""The value that takes a property away."""


class Refused(Exception):  # noqa: N818 - mirrors Refusal
    """A refusal, and the name of the rule that it came from."""

    def __init__(self, rule: str, refusal: Refusal) -> None:
        super().__init__(f"{rule}: {refusal}")
        self.rule = rule
        self.refusal = refusal


def changed(inputs: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs with the values at dotted paths replaced; numbers count the elements of a list."""
    result = copy.deepcopy(dict(inputs))
    for path, value in changes.items():
        *steps, last = path.split(".")
        place: Any = result
        for step in steps:
            place = place[int(step)] if step.isdigit() else place.setdefault(step, {})
        if value is REMOVED:
            place.pop(last)
        else:
            place[int(last) if last.isdigit() else last] = value
    return result


@dataclass
class World:
    """What both clouds hold: records by type and id, and which step of the estate made which."""

    records: dict[tuple[str, str], Record] = field(default_factory=dict[tuple[str, str], Record])
    made: dict[str, Record] = field(default_factory=dict[str, Record])

    def get(self, resource_id: str, token: str = "", realm: str | None = None) -> Record | None:
        """The record with this id, in any case, and, if given, of this type and realm."""
        for (kind, key), record in self.records.items():
            here = realm is None or realm == record.realm
            if here and key.casefold() == resource_id.casefold() and token in ("", kind):
                return record
        return None

    def all(self, token: str) -> Sequence[Record]:
        """Every record of a type."""
        return [record for (kind, _), record in self.records.items() if kind == token]

    def find(self, token: str, **properties: Any) -> Sequence[Record]:
        """The records of a type with these properties."""
        return [
            record
            for record in self.all(token)
            if all({**record.inputs, **record.outputs}.get(k) == v for k, v in properties.items())
        ]

    def put(self, record: Record) -> None:
        """Store a record."""
        self.records[record.token, record.id] = record

    def drop(self, *names: str) -> None:
        """Forget what steps made, without asking any rule."""
        for name in names:
            record = self.made.pop(name)
            self.records.pop((record.token, record.id))

    def edit(self, name: str, **inputs: Any) -> None:
        """Change what a step made behind everybody's back."""
        old = self.made[name]
        self.made[name] = old._replace(
            inputs={**old.inputs, **inputs}, outputs={**old.outputs, **inputs}
        )
        self.put(self.made[name])

    def inputs(self, name: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A step's inputs as the estate has them, with changes."""
        return changed(BY_NAME[name].inputs(self), changes or {})

    def id(self, name: str) -> str:
        """The id of what a step made."""
        return self.made[name].id

    def out(self, name: str, prop: str) -> Any:
        """An output of what a step made."""
        return self.made[name].outputs[prop]

    def create(
        self,
        step: Step,
        inputs: Mapping[str, Any],
        *,
        label: str = "",
        provider: Mapping[str, Any] | None = None,
    ) -> Record:
        """Create a resource under the rules of its type."""
        urn = f"urn:pulumi:prod::mlops::{step.token}::{label or step.name}"
        request = Request(
            "create", step.token, urn, inputs, provider or PROVIDERS[step.via], None, digest(urn)
        )
        judge(request, self)
        return self._store(request)

    def update(
        self, name: str, inputs: Mapping[str, Any], provider: Mapping[str, Any] | None = None
    ) -> Record:
        """Update what a step made, under the rules of its type."""
        request = self._request("update", name, provider)._replace(inputs=inputs)
        judge(request, self)
        self.made[name] = self._store(request)
        return self.made[name]

    def delete(self, name: str, provider: Mapping[str, Any] | None = None) -> None:
        """Delete what a step made, under the rules of its type."""
        request = self._request("delete", name, provider)
        judge(request, self)
        rules = REGISTRY[request.token]
        kept = [r for rule, _ in rules.remains for r in rule(request, self)]
        taken = [r for rule, _ in rules.takes for r in rule(request, self)]
        self.drop(name)
        for record in taken:
            self.records.pop((record.token, record.id), None)
        for record in kept:
            self.put(record)

    def invoke(
        self, token: str, args: Mapping[str, Any], via: str = "workspace"
    ) -> Mapping[str, Any]:
        """What a function answers."""
        return FUNCTIONS[token][0](Invocation(token, args, PROVIDERS[via]), self)

    def _request(
        self, operation: Operation, name: str, provider: Mapping[str, Any] | None
    ) -> Request:
        old = self.made[name]
        via = provider or PROVIDERS[BY_NAME[name].via]
        return Request(operation, old.token, old.urn, old.inputs, via, old, digest(old.urn))

    def _store(self, request: Request) -> Record:
        outputs = dict(request.inputs)
        for rule, _ in REGISTRY[request.token].outputs:
            outputs.update({k: v for k, v in rule(request, self).items() if v is not None})
        realm = scope.realm(request, self)
        record = Record(outputs["id"], request.token, request.urn, request.inputs, outputs, realm)
        self.put(record)
        return record


def judge(request: Request, world: World) -> None:
    """Ask the rules, in the provider's order.

    Raises:
        Refused: a rule said no.
    """
    rules = REGISTRY[request.token]
    deleting = request.operation == "delete"
    for rule, _ in () if deleting else rules.checks:
        with _named(rule.__name__):
            rule(request)
    for rule, _ in rules.releases if deleting else rules.admits:
        with _named(rule.__name__):
            rule(request, world)


@contextmanager
def _named(rule: str) -> Generator[None]:
    try:
        yield
    except Refusal as refusal:
        raise Refused(rule, refusal) from refusal


@cache
def _built() -> World:
    world = World()
    for record in AZURE:
        world.put(record)
    for step in STEPS:
        world.made[step.name] = world.create(step, step.inputs(world))
    return world


def estate() -> World:
    """A complete estate, built under the rules; each caller has its own."""
    built = _built()
    return World(dict(built.records), dict(built.made))
