"""How a rule of the clouds is written: one small function, one decorator, one source link.

A rule is looked up by the resource's type token. There are five kinds:

- ``@check``: judges the inputs alone, at preview and at update (names, formats, enums, ranges).
- ``@admit``: judges a create or update against what the cloud holds (references, limits, order).
- ``@release``: judges a delete against what the cloud holds (something still depends on it).
- ``@outputs``: computes what the cloud answers beside the echoed inputs (ids, hosts, addresses).
- ``immutable``: names input properties whose change replaces the resource.

Three more say what the cloud does around an operation: ``@exclusive`` names what two operations may
not change at once, ``@remains`` what a delete leaves behind (a soft-deleted vault keeps its name),
``@takes`` what it takes along. And two say where a provider's update is not the program's wish:
``@remembers`` what it keeps instead, ``sent_when_changed`` what it sends only after a change.

Beside resources there are functions (invokes): ``@function`` computes what one answers. And
``adopts`` names the types whose create takes an existing object over instead of refusing.

Rules refuse with :class:`Refusal`, in the cloud's words. This module knows no provider and no type.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Operation = Literal["create", "update", "delete"]
AnyRule = TypeVar("AnyRule")


class Unknown:
    """A value that is not known until update. There is one, :data:`UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


class Refusal(Exception):  # noqa: N818 - a refusal is the cloud's answer, not a fault of ours
    """The cloud says no.

    Args:
        code: The API's error code, for example ``NetcfgSubnetRangeOutsideVnet``.
        message: The API's message, as close to its words as is known.
        status: The HTTP status. 429 and 409 and 5xx are what a real provider may retry.
        prop: The input property at fault, in wire (camelCase) spelling, dotted; "" for none.
    """

    def __init__(self, code: str, message: str, *, status: int = 400, prop: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.prop = prop


class Record(NamedTuple):
    """One resource as the cloud holds it: wire names (camelCase), plain values.

    Attributes:
        realm: Within what the id is unique: a Databricks account, metastore or workspace. Empty in
            Azure, whose ids are paths from the root.
    """

    id: str
    token: str
    urn: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    realm: str = ""


class Request(NamedTuple):
    """What is asked of the cloud. Unknown values are :data:`UNKNOWN`, at any depth.

    Attributes:
        token: The type token, for example ``azure-native:network:Subnet``.
        urn: The Pulumi URN; its last part is the logical name.
        inputs: The checked inputs, wire names, secrets in plain.
        provider: The configuration of the provider instance the resource was declared with.
        old: The record before an update or delete, ``None`` on create.
        seed: A stable hexadecimal digest of the URN, for deterministic ids and addresses.
    """

    operation: Operation
    token: str
    urn: str
    inputs: Mapping[str, Any]
    provider: Mapping[str, Any]
    old: Record | None = None
    seed: str = ""


class Invocation(NamedTuple):
    """What a function is asked. The engine never calls one with unknown arguments.

    Attributes:
        token: The function's token, for example ``databricks:index/getGroup:getGroup``.
        args: The arguments, wire names, already checked against the SDK's types.
        provider: The configuration of the provider instance that is asked.
    """

    token: str
    args: Mapping[str, Any]
    provider: Mapping[str, Any]


class Cloud(Protocol):
    """What both clouds hold, over all stacks, as a rule may read it."""

    def get(self, resource_id: str, token: str = "", realm: str | None = None) -> Record | None:
        """The record with this id (ARM ids compare without regard to case), or ``None``.

        A Databricks id is unique per type and realm only: give the token and the realm where
        another record may share it.
        """
        ...

    def all(self, token: str) -> Sequence[Record]:
        """Every record of a type."""
        ...

    def find(self, token: str, **properties: Any) -> Sequence[Record]:
        """The records of a type whose outputs (or inputs) have these values."""
        ...


if TYPE_CHECKING:
    CheckRule = Callable[[Request], None]
    CloudRule = Callable[[Request, Cloud], None]
    OutputRule = Callable[[Request, Cloud], Mapping[str, Any]]
    FunctionRule = Callable[[Invocation, Cloud], Mapping[str, Any]]
    ExclusiveRule = Callable[[Request], tuple[str, Refusal] | None]
    RemainsRule = Callable[[Request, Cloud], Sequence[Record]]
    MemoryRule = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Rules:
    """All rules of one type token."""

    def __init__(self) -> None:
        self.checks: list[tuple[CheckRule, str]] = []
        self.admits: list[tuple[CloudRule, str]] = []
        self.releases: list[tuple[CloudRule, str]] = []
        self.outputs: list[tuple[OutputRule, str]] = []
        self.immutable: dict[str, str] = {}
        self.adopts = ""
        self.sent_when_changed: dict[str, str] = {}
        self.remembers: list[tuple[MemoryRule, str]] = []
        self.exclusives: list[tuple[ExclusiveRule, str]] = []
        self.remains: list[tuple[RemainsRule, str]] = []
        self.takes: list[tuple[RemainsRule, str]] = []


REGISTRY: defaultdict[str, Rules] = defaultdict(Rules)
FUNCTIONS: dict[str, tuple[FunctionRule, str]] = {}


def _register(
    tokens: Sequence[str], source: str, kind: Callable[[Rules], list[tuple[AnyRule, str]]]
) -> Callable[[AnyRule], AnyRule]:
    """The decorator that adds a rule to the list of its kind, under each of the tokens."""

    def add(rule: AnyRule) -> AnyRule:
        for token in tokens:
            kind(REGISTRY[token]).append((rule, source))
        return rule

    return add


def check(*tokens: str, source: str) -> Callable[[CheckRule], CheckRule]:
    """Register a rule on inputs alone; it also runs in previews and must let UNKNOWN pass."""
    return _register(tokens, source, lambda rules: rules.checks)


def admit(*tokens: str, source: str) -> Callable[[CloudRule], CloudRule]:
    """Register a rule that judges a create or update against what the cloud holds."""
    return _register(tokens, source, lambda rules: rules.admits)


def release(*tokens: str, source: str) -> Callable[[CloudRule], CloudRule]:
    """Register a rule that judges a delete against what the cloud holds."""
    return _register(tokens, source, lambda rules: rules.releases)


def outputs(*tokens: str, source: str) -> Callable[[OutputRule], OutputRule]:
    """Register what the cloud answers beside the echoed inputs; later rules override earlier.

    The key ``id`` sets the resource's id. Without it an Azure resource gets the ARM id of its path,
    a Databricks one its name or a digest of its URN. It also runs for updates (``request.old``).
    """
    return _register(tokens, source, lambda rules: rules.outputs)


def immutable(token: str, properties: Iterable[str], *, source: str) -> None:
    """Name input properties (wire names, dotted for nested ones) whose change replaces."""
    REGISTRY[token].immutable.update(dict.fromkeys(properties, source))


def sent_when_changed(token: str, properties: Iterable[str], *, source: str) -> None:
    """Name input properties that an update sends only when the program changed them.

    What something else changed in the cloud then stays, although the program says otherwise.
    """
    REGISTRY[token].sent_when_changed.update(dict.fromkeys(properties, source))


def remembers(*tokens: str, source: str) -> Callable[[MemoryRule], MemoryRule]:
    """Register what the provider keeps of the inputs where that is not what the program said.

    It compares what it kept with what the program says, so the difference is a change in every
    update unless the program says it in the same way, or ignores changes of the property.
    """
    return _register(tokens, source, lambda rules: rules.remembers)


def function(*tokens: str, source: str) -> Callable[[FunctionRule], FunctionRule]:
    """Register what a function (invoke) answers; raise :class:`Refusal` for "not found"."""

    def register(rule: FunctionRule) -> FunctionRule:
        for token in tokens:
            FUNCTIONS[token] = (rule, source)
        return rule

    return register


def adopts(*tokens: str, source: str) -> None:
    """Name types whose create takes over an object that exists already (settings, permissions).

    For every other type a create whose id is taken is refused, as the clouds do.
    """
    for token in tokens:
        REGISTRY[token].adopts = source


def exclusive(*tokens: str, source: str) -> Callable[[ExclusiveRule], ExclusiveRule]:
    """Register what no two operations may change at once.

    The rule answers a key (any text; ARM ids in lower case) and the refusal that an operation gets
    while another with the same key is under way, or ``None``. A refusal with the code
    ``AnotherOperationInProgress`` is one the real provider waits out instead of reporting it.
    """
    return _register(tokens, source, lambda rules: rules.exclusives)


def takes(*tokens: str, source: str) -> Callable[[RemainsRule], RemainsRule]:
    """Register what a delete takes along: records that have no life without the deleted one."""
    return _register(tokens, source, lambda rules: rules.takes)


def remains(*tokens: str, source: str) -> Callable[[RemainsRule], RemainsRule]:
    """Register what a delete leaves in the cloud: records to store in place of the deleted one."""
    return _register(tokens, source, lambda rules: rules.remains)
