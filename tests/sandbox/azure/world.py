"""A cloud in memory, with one complete environment in it, for judging requests one at a time."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from sandbox.azure import ids
from sandbox.rules import REGISTRY, Record, Refusal, Request
from tests.sandbox.azure.estate import ESTATE, GROUP, PROVIDER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sandbox.rules import Operation


class Memory:
    """The records of the cloud, by id without regard to case."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}

    def get(self, resource_id: str, token: str = "", realm: str | None = None) -> Record | None:
        """The record with this id and, if given, of this type; Azure has one realm."""
        del realm
        record = self.records.get(resource_id.lower())
        return record if record and token in {"", record.token} else None

    def all(self, token: str) -> Sequence[Record]:
        """Every record of a type."""
        return [record for record in self.records.values() if record.token == token]

    def find(self, token: str, **properties: Any) -> Sequence[Record]:
        """The records of a type with these properties."""
        return [
            record
            for record in self.all(token)
            if all({**record.inputs, **record.outputs}.get(k) == v for k, v in properties.items())
        ]

    def put(self, record: Record) -> None:
        """Store a record."""
        self.records[record.id.lower()] = record


def changed(inputs: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs with the values at dotted paths replaced; ``None`` removes one."""
    result = copy.deepcopy(dict(inputs))
    for path, value in changes.items():
        *steps, last = path.split(".")
        place: dict[str, Any] = result
        for step in steps:
            place = cast("dict[str, Any]", place.setdefault(step, {}))
        place.pop(last, None) if value is None else place.update({last: value})
    return result


class Refused(Exception):  # noqa: N818 - mirrors Refusal
    """A refusal, and the name of the rule that it came from."""

    def __init__(self, rule: str, refusal: Refusal) -> None:
        super().__init__(f"{rule}: {refusal}")
        self.rule, self.refusal = rule, refusal


@dataclass
class World:
    """The cloud and what is done to it; each operation runs the rules as the server does."""

    cloud: Memory = field(default_factory=Memory)

    def inputs(self, label: str) -> dict[str, Any]:
        """The inputs that the environment declares a resource with."""
        return copy.deepcopy(ESTATE[label][1])

    def record(self, label: str) -> Record:
        """The environment's resource with this label."""
        token, inputs = ESTATE[label]
        record = self.cloud.get(ids.compose(token, inputs, PROVIDER) or "")
        assert record is not None, f"{label} was not created"
        return record

    def request(
        self, operation: Operation, token: str, inputs: Mapping[str, Any], old: Record | None = None
    ) -> Request:
        """A request whose seed comes from the resource's id, as from its URN."""
        composed = ids.compose(token, inputs, PROVIDER) or token
        urn = f"urn:pulumi:dev::mlops::{token}::{composed}"
        seed = ids.seeded_uuid(composed.lower(), "seed").replace("-", "")
        return Request(operation, token, urn, inputs, PROVIDER, old, seed)

    def check(self, token: str, inputs: Mapping[str, Any]) -> None:
        """What a preview judges."""
        self._judge(self.request("create", token, inputs), [], REGISTRY[token].checks)

    def write(self, token: str, inputs: Mapping[str, Any], old: Record | None = None) -> Record:
        """Create or update: checks, then what the cloud admits, then its answer is stored."""
        self.check(token, inputs)
        request = self.request("update" if old else "create", token, inputs, old)
        self._judge(request, REGISTRY[token].admits, [])
        answer: dict[str, Any] = dict(inputs)
        for rule, _source in REGISTRY[token].outputs:
            answer.update({k: v for k, v in rule(request, self.cloud).items() if v is not None})
        record = Record(str(answer["id"]), token, request.urn, inputs, answer)
        self.cloud.put(record)
        return record

    def add(self, label: str, **changes: Any) -> Record:
        """Create a resource declared like the environment's, with changes (``__`` is a dot)."""
        return self.write(ESTATE[label][0], changed(ESTATE[label][1], _dotted(changes)))

    def change(self, label: str, **changes: Any) -> Record:
        """Update the environment's resource in place."""
        old = self.record(label)
        return self.write(old.token, changed(old.inputs, _dotted(changes)), old)

    def delete(self, label: str) -> None:
        """Delete the environment's resource."""
        self.drop(self.record(label))

    def drop(self, old: Record) -> None:
        """Delete a resource, and keep what it leaves behind."""
        request = self.request("delete", old.token, old.inputs, old)
        self._judge(request, REGISTRY[old.token].releases, [])
        left = [r for rule, _ in REGISTRY[old.token].remains for r in rule(request, self.cloud)]
        del self.cloud.records[old.id.lower()]
        for record in left:
            self.cloud.put(record)

    def _judge(
        self,
        request: Request,
        admits: Sequence[tuple[Callable[[Request, Memory], None], str]],
        checks: Sequence[tuple[Callable[[Request], None], str]],
    ) -> None:
        for check, _source in checks:
            try:
                check(request)
            except Refusal as refusal:
                raise Refused(check.__name__, refusal) from refusal
        for admit, _source in admits:
            try:
                admit(request, self.cloud)
            except Refusal as refusal:
                raise Refused(admit.__name__, refusal) from refusal


def _dotted(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {path.replace("__", "."): value for path, value in changes.items()}


def environment() -> World:
    """A world with the whole environment, each resource admitted by every rule of its type."""
    world = World()
    for token, inputs in ESTATE.values():
        world.write(token, copy.deepcopy(inputs))
    return world


def arm(path: str) -> str:
    """An id in the environment's resource group: ``Microsoft.Network/natGateways/x``."""
    return f"{GROUP}/providers/{path}"
