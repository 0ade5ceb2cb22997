"""How the databricks provider behaves, whatever the type: a Terraform provider behind a bridge.

Source of each: https://github.com/pulumi/pulumi-terraform-bridge/tree/main/pkg/tfbridge.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox import naming
from sandbox.databricks import scope, tokens
from sandbox.rules import UNKNOWN, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sandbox.flavours import Draft, Values
    from sandbox.rules import Cloud, Invocation, Request
    from sandbox.schema import Schema, Shape

# The bridge's own mark in the inputs: these were filled in by it, not by the program.
DEFAULTS = "__defaults"


class Databricks:
    """The :class:`sandbox.flavours.Flavour` of databricks."""

    def defaults(self, draft: Draft, cloud: Cloud) -> Values:
        """A missing ``name`` becomes the logical name and seven hexadecimal digits."""
        del cloud
        inputs: Values = {**draft.news, DEFAULTS: []}
        name = _named(draft.shape)
        if name and name not in inputs:
            kept = draft.olds.get(name) if name in draft.olds.get(DEFAULTS, ()) else None
            inputs[name] = kept or naming.databricks_name(draft.urn, draft.salt())
            inputs[DEFAULTS] = [name]
        return inputs

    def replacing(self, token: str, shape: Shape) -> Collection[str]:
        """All are in the table of facts."""
        del token, shape
        return ()

    def deletes_first(self, shape: Shape, old: Values, new: Values) -> bool:
        """When the name stays and was given by hand, old and new would clash."""
        name = _named(shape)
        return bool(name and old.get(name) == new.get(name) and name not in new.get(DEFAULTS, ()))

    def preview(self, schema: Schema, shape: Shape, inputs: Values, old: Values | None) -> Values:
        """A plan: inputs echoed; what only the cloud knows is unknown on create, kept on update."""
        del schema
        given = {name: value for name, value in inputs.items() if name in shape.outputs}
        if old is not None:
            return {**old, **given}
        unknown = {name: UNKNOWN for name in shape.outputs if _computed(name, shape)}
        return {**unknown, **given}

    def path_id(self, token: str, shape: Shape, inputs: Values, config: Values) -> str | None:
        """Ids are minted, or told by a rule."""
        del token, shape, inputs, config

    def new_id(self, inputs: Values, seed: str) -> str:
        """The name, else a digest."""
        name = inputs.get("name")
        return name if isinstance(name, str) else seed[:16]

    def outputs(self, token: str, shape: Shape, inputs: Values) -> Values:
        """Nothing that all types have in common."""
        del token, shape, inputs
        return {}

    def realm(self, request: Request, cloud: Cloud) -> str:
        """The account, the metastore or the workspace that the provider instance speaks to."""
        return scope.realm(request, cloud)

    def reach(self, request: Request, cloud: Cloud) -> None:
        """The right level of provider, and a workspace that exists."""
        if request.token in tokens.ACCOUNT_ONLY:
            scope.needs_the_account(request, cloud)
        elif request.token in tokens.WORKSPACE_ONLY:
            scope.needs_a_workspace(request, cloud)

    def exists(self, token: str, resource_id: str) -> Refusal:
        """As the APIs say it, with the way out."""
        return Refusal(
            "RESOURCE_ALREADY_EXISTS",
            f"{_kind(token)} '{resource_id}' already exists. Import it (pulumi import {token} NAME "
            f"'{resource_id}') or choose another name; after an interrupted run, see Recovery in "
            "sandbox/README.md.",
            status=409,
        )

    def gone(self, token: str, resource_id: str) -> Refusal:
        """As the APIs say it."""
        return Refusal(
            "RESOURCE_DOES_NOT_EXIST",
            f"{_kind(token)} '{resource_id}' does not exist. If it was removed behind the stack's "
            "back, run pulumi refresh.",
            status=404,
        )

    def worded(self, refusal: Refusal, operation: str, token: str) -> str:
        """``cannot create schema: …``, the form of the Terraform provider's diagnostics."""
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", _kind(token)).lower()
        code = f" ({refusal.code})" if refusal.code else ""
        return f"cannot {operation} {words}: {refusal.message}{code}"

    def function(
        self, token: str, schema: Schema
    ) -> Callable[[Invocation, Cloud], Mapping[str, Any]] | None:
        """Data sources have no form in common."""
        del token, schema

    def unknown_type(self, token: str) -> str:
        """Nothing to add."""
        del token
        return ""


def _kind(token: str) -> str:
    return token.rsplit(":", 1)[1]


def _named(shape: Shape) -> str:
    """The bridge names a settable ``name``, whether the provider requires it or not (names.go)."""
    prop = shape.inputs.get("name")
    return "name" if prop is not None and prop["type"] == "string" else ""


def _computed(name: str, shape: Shape) -> bool:
    if name in shape.computed or name not in shape.inputs:
        return True
    # Which optional properties the API fills in, the SDK does not say; a text or number may be one.
    return shape.inputs[name]["type"] in ("string", "integer", "number")
