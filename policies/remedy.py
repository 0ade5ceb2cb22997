"""Correcting a resource's inputs before they are used, by the rules that have a remedy.

A remedy is a pure function over what a rule sees, plain data; this carries its changes over to what
the engine sent: a secret stays wrapped, what nobody changed stays as it was, and what is not known
yet is left alone, since a remedy cannot know that it is wrong.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from policies.evaluate import judge, place
from policies.findings import Violation
from policies.model import SECRET_SIGNATURE, SIGNATURE, UNKNOWN, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from policies.evaluate import Active
    from policies.model import Resource

# https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/resource/plugin/rpc.go
_UNKNOWN_MARKER: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(frozen=True)
class Correction:
    """What a rule's remedy makes of a resource: new inputs, or why it has failed.

    Attributes:
        wire: The inputs as the engine sends and takes them.
        resource: The resource with them, for the next rule.
        failure: Why nothing was corrected; empty where something was.
    """

    wire: dict[str, Any]
    resource: Resource
    failure: str = ""


def correct(active: Active, resource: Resource, wire: dict[str, Any]) -> Correction | None:
    """Apply one rule's remedy where the rule is broken.

    Args:
        active: A rule that has a remedy.
        resource: The resource as rules see it.
        wire: Its inputs as the engine sent them.

    Returns:
        ``None`` where the rule is kept, or the remedy has no answer.
    """
    remedy = active.rule.remedy
    broken = any(isinstance(result.finding, Violation) for result in judge(active, resource))
    if remedy is None or not broken:
        return None
    try:
        wanted = remedy(deepcopy(dict(resource.props)), active.config)
    except Exception as error:  # noqa: BLE001 - a remedy's bug must not end everybody's preview
        message = f"the remedy of {active.rule.name} itself failed with {place(error)}"
        return Correction(wire, resource, message)
    if wanted is None:
        return None
    new = cast("dict[str, Any]", _carried(wire, resource.props, wanted, resource.secrets))
    if new == wire:
        return None
    secrets = set(resource.secrets)
    return Correction(new, replace(resource, props=plain(new, secrets)))


def _carried(wire: Any, before: Any, after: Any, secrets: Collection[str]) -> Any:
    """The wire value with the difference between two plain values put into it."""
    if before is UNKNOWN or _same(before, after):
        return wire
    if _is_secret(wire):
        inner = _carried(wire.get("value"), before, after, secrets)
        return {**wire, "value": inner}
    if isinstance(wire, dict) and isinstance(before, dict) and isinstance(after, dict):
        old, seen = cast("dict[str, Any]", wire), cast("dict[str, Any]", before)
        return {
            key: _carried(old[key], seen[key], value, secrets)
            if key in old
            else _encoded(value, secrets)
            for key, value in _merged(seen, cast("dict[str, Any]", after)).items()
        }
    if isinstance(wire, list) and isinstance(before, list) and isinstance(after, list):
        return _carried_list(
            cast("list[Any]", wire), cast("list[Any]", before), cast("list[Any]", after), secrets
        )
    return _encoded(after, secrets)


def _merged(before: dict[str, Any], after: dict[str, Any]) -> Mapping[str, Any]:
    """The new mapping; a key that was dropped although nobody knew its value stays."""
    kept = {key: value for key, value in before.items() if value is UNKNOWN}
    return {**kept, **after}


def _carried_list(
    wire: list[Any], before: list[Any], after: list[Any], secrets: Collection[str]
) -> list[Any]:
    """Each element from its equal where there is one, else from the one at its place."""
    carried: list[Any] = []
    for index, value in enumerate(after):
        source = next((at for at, old in enumerate(before) if _same(old, value)), index)
        carried.append(
            _carried(wire[source], before[source], value, secrets)
            if source < len(before)
            else _encoded(value, secrets)
        )
    return carried


def _encoded(value: Any, secrets: Collection[str]) -> Any:
    """A plain value for the wire; a copied secret is one there too."""
    if value is UNKNOWN:
        return _UNKNOWN_MARKER
    if isinstance(value, str) and value in secrets:
        return {SIGNATURE: SECRET_SIGNATURE, "value": value}
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: _encoded(item, secrets) for key, item in items}
    if isinstance(value, list):
        return [_encoded(item, secrets) for item in cast("list[Any]", value)]
    return value


def _same(one: Any, other: Any) -> bool:
    """Equal, and of one type: to Python ``True`` equals ``1``."""
    return one is other or (type(one) is type(other) and repr(one) == repr(other))


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and cast("dict[str, Any]", value).get(SIGNATURE) == (
        SECRET_SIGNATURE
    )
