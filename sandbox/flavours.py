"""What the two providers do differently, as one interface; each has a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sandbox.rules import Cloud, Invocation, Refusal, Request
    from sandbox.schema import Schema, Shape

Values = dict[str, Any]


class Draft(NamedTuple):
    """The inputs of one resource on their way to being checked.

    Attributes:
        news: The inputs as the program gave them.
        olds: The checked inputs of the last update, empty on create.
        salt: Makes the hexadecimal text that invented names end in: stable per URN, new for a
            replacement.
    """

    urn: str
    token: str
    shape: Shape
    news: Values
    olds: Values
    salt: Callable[[], str]
    config: Values


class Flavour(Protocol):
    """The differences, one method each."""

    def defaults(self, draft: Draft, cloud: Cloud) -> Values:
        """The inputs with what the provider fills in by itself."""
        ...

    def replacing(self, token: str, shape: Shape) -> Collection[str]:
        """Properties whose change replaces, beside those the SDK and the rules name."""
        ...

    def deletes_first(self, shape: Shape, old: Values, new: Values) -> bool:
        """Whether a replacement deletes before it creates, because names would clash."""
        ...

    def preview(self, schema: Schema, shape: Shape, inputs: Values, old: Values | None) -> Values:
        """The outputs as far as a preview knows them; ``old`` are those before an update."""
        ...

    def path_id(self, token: str, shape: Shape, inputs: Values, config: Values) -> str | None:
        """The id that follows from the inputs alone, where the cloud's ids do."""
        ...

    def new_id(self, inputs: Values, seed: str) -> str:
        """The id of a resource for which neither its path nor a rule gives one."""
        ...

    def outputs(self, token: str, shape: Shape, inputs: Values) -> Values:
        """What every resource of the cloud answers, before the rules speak."""
        ...

    def realm(self, request: Request, cloud: Cloud) -> str:
        """Within what the request's id is unique; see :class:`sandbox.rules.Record`.

        Raises:
            Refusal: the provider instance cannot reach the API that knows.
        """
        ...

    def reach(self, request: Request, cloud: Cloud) -> None:
        """Refuse a read or delete when the provider instance cannot reach the API behind it."""
        ...

    def exists(self, token: str, resource_id: str) -> Refusal:
        """The refusal to create what exists."""
        ...

    def gone(self, token: str, resource_id: str) -> Refusal:
        """The refusal to update what does not exist."""
        ...

    def worded(self, refusal: Refusal, operation: str, token: str) -> str:
        """A refusal as the provider reports it."""
        ...

    def function(
        self, token: str, schema: Schema
    ) -> Callable[[Invocation, Cloud], Mapping[str, Any]] | None:
        """The answer to a function without a rule of its own, where one follows from the type."""
        ...

    def unknown_type(self, token: str) -> str:
        """What to know about a type token that the SDK does not have; "" for nothing."""
        ...
