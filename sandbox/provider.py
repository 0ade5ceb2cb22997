"""One stand-in provider, without its gRPC clothes: checks, differs, creates, reads, changes, deletes.

Generic over types: shapes come from the SDK (:mod:`sandbox.schema`), behaviour from the rules
(:mod:`sandbox.rules`), what exists from the clouds (:mod:`sandbox.state`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox import differ, naming
from sandbox.faults import with_retries
from sandbox.occupancy import occupied
from sandbox.rules import FUNCTIONS, REGISTRY, UNKNOWN, Invocation, Record, Refusal, Request
from sandbox.validate import Fault, suggest, validate

if TYPE_CHECKING:
    from sandbox.flavours import Flavour
    from sandbox.rules import Operation
    from sandbox.schema import Schema, Shape
    from sandbox.state import Cloud

Values = dict[str, Any]


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

    def shape(self, token: str) -> Shape:
        """The shape of a type; an unknown one is an error with the closest known token."""
        shape = self.schema.resource(token)
        if shape is None:
            raise ProviderError(
                f"unrecognized resource type '{token}': {self.schema.package} "
                f"{self.schema.version} has no such resource."
                + self.flavour.unknown_type_hint(token)
                + suggest(token, self.schema.tokens())
            )
        return shape

    def check(
        self, urn: str, news: Values, olds: Values, seed: bytes
    ) -> tuple[Values, list[Fault]]:
        """Fill in names and defaults, then hold the inputs against the shape and the check rules."""
        token = naming.type_token(urn)
        shape = self.shape(token)
        inputs = self.flavour.defaults(self, urn, shape, dict(news), olds, seed)
        faults = validate(self.schema, shape, inputs)
        if not faults:  # rules may rely on the shape
            request = Request("create", token, urn, inputs, self.config, seed="")
            faults = [
                fault for rule, _ in REGISTRY[token].checks for fault in _judge(rule, request)
            ]
        return inputs, faults

    def diff(self, urn: str, old_inputs: Values, news: Values) -> list[differ.Change]:
        """What changed, and what of it replaces."""
        token = naming.type_token(urn)
        replacing = {
            *self.shape(token).replaces,
            *REGISTRY[token].immutable,
            *self.flavour.replacing(token, self.shape(token)),
        }
        return differ.changes(old_inputs, news, replacing)

    def preview(self, urn: str, inputs: Values, old: Values | None) -> Values:
        """The outputs as far as a preview knows them."""
        return self.flavour.preview(self.shape(naming.type_token(urn)), inputs, old)

    def create(self, urn: str, inputs: Values) -> tuple[str, Values]:
        """Create a resource.

        Returns:
            Its id and outputs.

        Raises:
            ProviderError: the cloud refused, in its words.
        """
        record = self._operate("create", urn, inputs, None, lambda: self._create(urn, inputs))
        return record.id, self.answer(record)

    def update(self, urn: str, resource_id: str, inputs: Values) -> Values:
        """Update a resource in place and return its outputs."""
        token = naming.type_token(urn)
        old = self.cloud.get(resource_id, token)
        return self.answer(
            self._operate(
                "update", urn, inputs, old, lambda: self._update(urn, resource_id, inputs)
            )
        )

    def delete(self, urn: str, resource_id: str) -> None:
        """Delete a resource; one that is gone already is no error, as with the real providers."""
        token = naming.type_token(urn)
        old = self.cloud.get(resource_id, token)
        if old is not None:
            inputs = dict(old.inputs)
            self._operate("delete", urn, inputs, old, lambda: self._delete(urn, resource_id))

    def read(
        self, urn: str, resource_id: str, old_inputs: Values, old_outputs: Values
    ) -> tuple[str, Values, Values] | None:
        """A resource as the cloud holds it now: id, inputs, outputs; ``None`` when it is gone.

        Without old inputs (an import) they are reconstructed from what the cloud holds.
        """
        token = naming.type_token(urn)
        shape = self.shape(token)
        self._reach(token, urn)
        record = self.cloud.get(resource_id, token)
        if record is None:
            return None
        outputs = self.answer(record)
        if old_inputs:
            inputs = differ.carry_over(old_inputs, old_outputs, outputs, shape.inputs)
        else:
            held = {**record.inputs, **outputs}
            inputs = {name: held[name] for name in shape.inputs if name in held}
        return record.id, inputs, outputs

    def invoke(self, token: str, args: Values) -> tuple[Values, list[Fault]]:
        """Answer a function."""
        shape = self.schema.function(token)
        if shape is None:
            raise ProviderError(
                f"unrecognized function '{token}': {self.schema.package} {self.schema.version} has "
                f"no such function.{suggest(token, self.schema.tokens('invoke'))}"
            )
        if faults := validate(self.schema, shape, args):
            return {}, faults
        rule = FUNCTIONS[token][0] if token in FUNCTIONS else self.flavour.function(self, token)
        if rule is None:
            raise ProviderError(
                f"the sandbox has no answer for function '{token}' yet: add one with @function "
                "(sandbox/README.md shows how)"
            )
        try:
            self.flavour.reach(self, token)
            invocation = Invocation(token, args, self.config)
            answer = with_retries(self.cloud, token, "invoke", lambda: rule(invocation, self.cloud))
        except Refusal as refusal:
            raise ProviderError(self.flavour.worded(refusal, "read", token, "")) from refusal
        return dict(answer), []

    def answer(self, record: Record) -> Values:
        """A record's outputs as the provider reports them: the properties of its type alone."""
        shape = self.shape(record.token)
        known = {name: record.outputs[name] for name in shape.outputs if name in record.outputs}
        if shape.api_version:
            known["azureApiVersion"] = record.inputs.get("azureApiVersion", shape.api_version)
        return known

    def _reach(self, token: str, urn: str) -> None:
        try:
            self.flavour.reach(self, token)
        except Refusal as refusal:
            raise ProviderError(self.flavour.worded(refusal, "read", token, urn)) from refusal

    def _operate(
        self, operation: Operation, urn: str, inputs: Values, old: Record | None, work: Any
    ) -> Any:
        token = naming.type_token(urn)
        request = Request(operation, token, urn, inputs, self.config, old)
        try:
            with occupied(self.cloud, request):
                return with_retries(self.cloud, token, operation, work)
        except Refusal as refusal:
            raise ProviderError(self.flavour.worded(refusal, operation, token, urn)) from refusal

    def _create(self, urn: str, inputs: Values) -> Record:
        token = naming.type_token(urn)
        shape, rules = self.shape(token), REGISTRY[token]
        with self.cloud.transaction():
            self.flavour.reach(self, token)
            path_id = self.flavour.path_id(self, token, shape, inputs)
            taken = self.cloud.get(path_id, token) if path_id else None
            if taken is not None and not rules.adopts:
                raise self.flavour.exists(token, taken.id)
            seed = self.cloud.seed_of(taken) if taken else self.cloud.birth_seed(urn)
            request = Request("create", token, urn, inputs, self.config, taken, seed)
            for rule, _ in rules.admits:
                rule(request, self.cloud)
            outputs = self._outputs(request)
            resource_id = str(outputs.get("id") or path_id or self.flavour.new_id(inputs, seed))
            if taken is None and (taken := self.cloud.get(resource_id, token)) is not None:
                if not rules.adopts:
                    raise self.flavour.exists(token, resource_id)
                seed = self.cloud.seed_of(taken)
            outputs["id"] = resource_id
            record = Record(resource_id, token, urn, inputs, outputs)
            self.cloud.put(record, seed)
        return record

    def _update(self, urn: str, resource_id: str, inputs: Values) -> Record:
        token = naming.type_token(urn)
        with self.cloud.transaction():
            self.flavour.reach(self, token)
            old = self.cloud.get(resource_id, token)
            if old is None:
                raise self.flavour.gone(token, resource_id)
            seed = self.cloud.seed_of(old)
            request = Request("update", token, urn, inputs, self.config, old, seed)
            for rule, _ in REGISTRY[token].admits:
                rule(request, self.cloud)
            outputs = self._outputs(request)
            outputs["id"] = old.id
            record = Record(old.id, token, urn, inputs, outputs)
            self.cloud.put(record, seed)
        return record

    def _delete(self, urn: str, resource_id: str) -> None:
        token = naming.type_token(urn)
        with self.cloud.transaction():
            self.flavour.reach(self, token)
            old = self.cloud.get(resource_id, token)
            if old is None:
                return
            seed = self.cloud.seed_of(old)
            request = Request("delete", token, urn, old.inputs, self.config, old, seed)
            for rule, _ in REGISTRY[token].releases:
                rule(request, self.cloud)
            left = [rule(request, self.cloud) for rule, _ in REGISTRY[token].remains]
            self.cloud.remove(old)
            for record in filter(None, left):
                self.cloud.put(record, seed)

    def _outputs(self, request: Request) -> Values:
        held: Values = {}
        if request.old is not None:
            given = request.old.inputs
            held = {name: value for name, value in request.old.outputs.items() if name not in given}
        held.update(request.inputs)
        shape = self.shape(request.token)
        held.update(self.flavour.outputs(request.token, shape, dict(request.inputs)))
        for rule, _ in REGISTRY[request.token].outputs:
            answer: Mapping[str, Any] = rule(request, self.cloud)
            held.update((name, value) for name, value in answer.items() if value is not None)
        unknown = [name for name, value in held.items() if value is UNKNOWN]
        for name in unknown:
            del held[name]
        return held


def _judge(rule: Any, request: Request) -> list[Fault]:
    try:
        rule(request)
    except Refusal as refusal:
        return [Fault(refusal.prop, f"{refusal.code}: {refusal.message}")]
    return []
