"""One stand-in provider, without its gRPC clothes: checks, compares, creates, reads, deletes.

Generic over types: shapes come from the SDK (:mod:`sandbox.schema`), behaviour from the rules
(:mod:`sandbox.rules`), what exists from the clouds (:mod:`sandbox.state`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sandbox import config, differ, naming, operations
from sandbox.faults import with_retries
from sandbox.flavours import Draft, Flavour, Values
from sandbox.occupancy import occupied
from sandbox.rules import FUNCTIONS, REGISTRY, Invocation, Record, Refusal, Request
from sandbox.validate import Fault, suggest, validate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sandbox.schema import Schema, Shape
    from sandbox.state import Cloud

T = TypeVar("T")


class ProviderError(Exception):
    """An error in the provider's words; it reaches the user as the operation's diagnostic."""


class Provider:
    """A provider instance, configured once.

    Args:
        flavour: What azure-native and databricks do differently.
        schema: The SDK's shapes.
        cloud: What exists.
    """

    def __init__(self, flavour: Flavour, schema: Schema, cloud: Cloud) -> None:
        self.flavour = flavour
        self.schema = schema
        self.cloud = cloud
        self.config: Values = {}

    def configure(self, values: Values) -> None:
        """Take the arguments of the provider resource; rules see them with every request."""
        self.config = config.parse(self.schema, values)

    def check_config(self, urn: str, values: Values) -> list[Fault]:
        """Everything wrong with the arguments of the provider resource."""
        inputs = config.parse(self.schema, values)
        faults = config.check(self.schema, inputs)
        token = config.token(self.schema)
        return faults or _judge(Request("create", token, urn, inputs, inputs))

    def shape(self, token: str) -> Shape:
        """The shape of a type.

        Raises:
            ProviderError: the SDK has no such type; names the closest.
        """
        shape = self.schema.resource(token)
        if shape is None:
            hint = self.flavour.unknown_type(token) or suggest(token, self.schema.tokens())
            raise ProviderError(
                f"unrecognized resource type '{token}': {self.schema.package} "
                f"{self.schema.version} has no such resource.{hint}"
            )
        return shape

    def check(self, urn: str, news: Values, olds: Values) -> tuple[Values, list[Fault]]:
        """Fill in names and defaults, then hold the inputs against the shape and the check rules.

        Raises:
            ProviderError: the SDK has no such type.
        """
        token = naming.type_token(urn)
        shape = self.shape(token)
        draft = Draft(urn, token, shape, news, olds, lambda: self.cloud.next_seed(urn), self.config)
        inputs = self.flavour.defaults(draft, self.cloud)
        # Rules may rely on the shape, so they only judge inputs that have it.
        faults = validate(self.schema, shape, inputs) or _judge(
            Request("update" if olds else "create", token, urn, inputs, self.config)
        )
        return inputs, faults

    def diff(
        self, urn: str, old_inputs: Values, news: Values, ignored: Collection[str] = ()
    ) -> list[differ.Change]:
        """What changed, and what of it replaces.

        Args:
            urn: The resource.
            old_inputs: What the program said at the last update.
            news: What it says now.
            ignored: Properties whose changes the program ignores. The engine has kept their old
                inputs; what the provider remembers otherwise is to be ignored here.
        """
        token = naming.type_token(urn)
        shape = self.shape(token)
        replacing = {
            *shape.replaces,
            *REGISTRY[token].immutable,
            *self.flavour.replacing(token, shape),
        }
        kept = old_inputs
        for rule, _ in REGISTRY[token].remembers:
            kept = rule(kept)
        return [
            change
            for change in differ.changes(kept, news, replacing)
            if differ.root(change.path) not in ignored
        ]

    def preview(self, urn: str, inputs: Values, old: Values | None) -> Values:
        """The outputs as far as a preview knows them; ``old`` are those before an update."""
        shape = self.shape(naming.type_token(urn))
        return self.flavour.preview(self.schema, shape, inputs, old)

    def create(self, urn: str, inputs: Values) -> tuple[str, Values]:
        """Create a resource; its id and outputs.

        Raises:
            ProviderError: the cloud refused, in its words.
        """
        token = naming.type_token(urn)
        shape = self.shape(token)
        request = Request("create", token, urn, inputs, self.config)
        record = self._operate(
            request, lambda: operations.create(request, shape, self.flavour, self.cloud)
        )
        return record.id, self.answer(record)

    def update(
        self, urn: str, resource_id: str, inputs: Values, old_inputs: Values | None = None
    ) -> Values:
        """Update a resource in place; its outputs.

        Args:
            urn: The resource.
            resource_id: Its id.
            inputs: What the program says now.
            old_inputs: What it said before, for what is sent only when that changed.

        Raises:
            ProviderError: the cloud refused, in its words.
        """
        token = naming.type_token(urn)
        shape = self.shape(token)
        request = Request("update", token, urn, inputs, self.config)
        old = self._held(request, resource_id)
        if old is not None and old_inputs is not None:
            inputs = {**inputs, **_unsent(token, inputs, old_inputs, old)}
        request = request._replace(inputs=inputs, old=old)
        record = self._operate(
            request,
            lambda: operations.update(request, resource_id, shape, self.flavour, self.cloud),
        )
        return self.answer(record)

    def delete(self, urn: str, resource_id: str, outputs: Values) -> None:
        """Delete a resource; one that is gone already is no error, as with the real providers.

        Raises:
            ProviderError: the cloud refused, in its words.
        """
        request = Request("delete", naming.type_token(urn), urn, outputs, self.config)
        old = self._held(request, resource_id)
        if old is not None:
            request = request._replace(inputs=old.inputs, old=old)
            self._operate(
                request,
                lambda: operations.delete(request, resource_id, self.flavour, self.cloud),
            )

    def read(
        self, urn: str, resource_id: str, old_inputs: Values, old_outputs: Values
    ) -> tuple[str, Values, Values] | None:
        """A resource as the cloud holds it now: id, inputs, outputs; ``None`` when it is gone.

        Without old inputs (an import) they are reconstructed from what the cloud holds.

        Raises:
            ProviderError: the provider instance cannot reach the resource's API.
        """
        token = naming.type_token(urn)
        shape = self.shape(token)
        request = Request("update", token, urn, old_inputs, self.config)
        record = self._held(request, resource_id)
        try:
            self.flavour.reach(request, self.cloud)
        except Refusal as refusal:
            raise ProviderError(self.flavour.worded(refusal, "read", token)) from refusal
        if record is None:
            return None
        inputs, outputs = dict(record.inputs), self.answer(record)
        if old_inputs:
            inputs = differ.carry_over(old_inputs, old_outputs, outputs, shape.inputs)
        else:
            settable = {**record.inputs, **outputs}
            inputs = {name: settable[name] for name in shape.inputs if name in settable}
        return record.id, inputs, outputs

    def invoke(self, token: str, args: Values) -> tuple[Values, list[Fault]]:
        """What a function answers, or what is wrong with its arguments.

        Raises:
            ProviderError: no such function, no rule for it, or the cloud refused.
        """
        shape = self.schema.function(token)
        if shape is None:
            raise ProviderError(
                f"unrecognized function '{token}': {self.schema.package} {self.schema.version} has "
                f"no such function.{suggest(token, self.schema.tokens('invoke'))}"
            )
        if faults := validate(self.schema, shape, args):
            return {}, faults
        known = FUNCTIONS.get(token)
        rule = known[0] if known else self.flavour.function(token, self.schema)
        if rule is None:
            raise ProviderError(
                f"the sandbox has no answer for function '{token}' yet: add one with @function "
                "(sandbox/README.md shows how)"
            )
        invocation = Invocation(token, args, self.config)
        try:
            answer = with_retries(self.cloud, token, "invoke", lambda: rule(invocation, self.cloud))
        except Refusal as refusal:
            raise ProviderError(self.flavour.worded(refusal, "read", token)) from refusal
        return dict(answer), []

    def answer(self, record: Record) -> Values:
        """A record's outputs as the provider reports them: the properties of its type alone."""
        shape = self.shape(record.token)
        known = {name: record.outputs[name] for name in shape.outputs if name in record.outputs}
        if shape.api_version:
            known["azureApiVersion"] = record.inputs.get("azureApiVersion", shape.api_version)
        return known

    def _held(self, request: Request, resource_id: str) -> Record | None:
        """The record that the provider instance finds under an id."""
        try:
            realm = self.flavour.realm(request, self.cloud)
        except Refusal as refusal:
            words = self.flavour.worded(refusal, request.operation, request.token)
            raise ProviderError(words) from refusal
        return self.cloud.get(resource_id, request.token, realm)

    def _operate(self, request: Request, work: Callable[[], T]) -> T:
        def exclusively() -> T:
            with occupied(self.cloud, request):
                return work()

        try:
            return with_retries(self.cloud, request.token, request.operation, exclusively)
        except Refusal as refusal:
            words = self.flavour.worded(refusal, request.operation, request.token)
            raise ProviderError(words) from refusal


def _unsent(token: str, inputs: Values, old_inputs: Values, held: Record) -> Values:
    """What the cloud keeps of its own, because the provider does not send it."""
    return {
        name: held.inputs[name]
        for name in REGISTRY[token].sent_when_changed
        if name in held.inputs and inputs.get(name) == old_inputs.get(name)
    }


def _judge(request: Request) -> list[Fault]:
    faults: list[Fault] = []
    for rule, _ in REGISTRY[request.token].checks:
        try:
            rule(request)
        except Refusal as refusal:
            faults.append(Fault(refusal.prop, f"{refusal.code}: {refusal.message}"))
    return faults
