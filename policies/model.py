"""What a rule sees: one frozen resource with plain values and an explicit UNKNOWN.

The engine sends numbers as floats, unknown values as well-known strings and secrets as wrapped
objects. All of that ends here, so that a rule compares ordinary Python values. Only the standard
library is used: rules run as well without Pulumi installed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

T = TypeVar("T")


class Unknown:
    """A value that is known only once the update has run. There is one, :data:`UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"  # a copy is the same one, so that `is` keeps working

    def __bool__(self) -> NoReturn:
        raise TypeError("an unknown value is neither true nor false; test `is UNKNOWN` first")


UNKNOWN: Final = Unknown()

# One marker per kind of value:
# https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/resource/plugin/rpc.go
UNKNOWN_MARKERS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)

# https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/resource/sig/sig.go
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a type marker, not a secret

SECRET_NAME = re.compile(
    r"pass(word|phrase)|secret|token|accesskey|connectionstring", re.IGNORECASE
)
# Shorter strings would blank out ordinary words of a message: a switch's "false" is no secret.
_SHORTEST_MARKED = 4
_SHORTEST_NAMED = 9

STACK: Final = "pulumi:pulumi:Stack"
# azure-native:network/v20240501:Subnet (SDK v2) and azure-native_network_v20240501:network:Subnet
# (SDK v3, a generated local package) are both the resource azure-native:network:Subnet:
# https://www.pulumi.com/docs/iac/clouds/azure/azure-native/guides/accessing-any-api-version/
_VERSIONED = re.compile(r"^azure-native(?:_[a-z0-9]+_v\w+)?:([A-Za-z0-9]+)(?:/v\w+)?:(\w+)$")
# Such a local package has a provider of its own, with the same arguments.
_VERSIONED_PROVIDER = re.compile(r"^pulumi:providers:azure-native_[a-z0-9]+_v\w+$")
_MOVED: Final = {
    "azure-native:insights:ActionGroup": "azure-native:monitor:ActionGroup",
    "azure-native:insights:DiagnosticSetting": "azure-native:monitor:DiagnosticSetting",
    "azure-native:network:PrivateZone": "azure-native:privatedns:PrivateZone",
    "azure-native:network:VirtualNetworkLink": "azure-native:privatedns:VirtualNetworkLink",
}


@lru_cache(maxsize=4096)
def normalise(token: str) -> str:
    """A type token without its API version, under the module that SDK version 3 gives it."""
    match = _VERSIONED.match(token)
    if match is None:
        versioned = _VERSIONED_PROVIDER.match(token)
        return "pulumi:providers:azure-native" if versioned else token
    plain_token = f"azure-native:{match[1]}:{match[2]}"
    return _MOVED.get(plain_token, plain_token)


def plain(value: Any, secrets: set[str] | None = None, *, shortest: int = 0) -> Any:
    """A wire value as ordinary Python data, :data:`UNKNOWN` at any depth.

    Integral floats become integers. Strings that are secret, by the engine's mark or by the name
    of their property, are added to ``secrets``, so that no message can repeat them; ``shortest``
    is the least length of such a string, and 0 outside of anything secret.
    """
    if isinstance(value, str):
        if value in UNKNOWN_MARKERS:
            return UNKNOWN
        if shortest and secrets is not None and len(value) >= shortest:
            secrets.add(value)
    elif isinstance(value, float):
        value = int(value) if value.is_integer() else value
    elif isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        if mapping.get(SIGNATURE) == SECRET_SIGNATURE:
            return plain(_unwrapped(mapping), secrets, shortest=_SHORTEST_MARKED)
        return {
            key: plain(
                item,
                secrets,
                shortest=shortest or _shortest_under(key),
            )
            for key, item in mapping.items()
        }
    elif isinstance(value, list):
        return [plain(item, secrets, shortest=shortest) for item in cast("list[Any]", value)]
    return value


@lru_cache(maxsize=4096)
def _shortest_under(key: str) -> int:
    """The least length of a string that is secret by its property's name."""
    return _SHORTEST_NAMED if SECRET_NAME.search(key) else 0


def _unwrapped(secret: Mapping[str, Any]) -> Any:
    """A secret's value; in a state file it is JSON text, or encrypted and so not known.

    https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/apitype/core.go
    """
    if "plaintext" in secret:
        return json.loads(secret["plaintext"])
    return UNKNOWN if "ciphertext" in secret else secret.get("value")


def dig(value: Any, path: str) -> Any:
    """The value at a dotted path; ``None`` where absent, UNKNOWN where or below what is unknown."""
    for key in path.split("."):
        if not isinstance(value, dict):
            return UNKNOWN if value is UNKNOWN else None
        value = value.get(key)  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType] - plain wire data; a cast is a call, here of all places
    return value  # pyright: ignore[reportUnknownVariableType] - as above


_MADE: Final = "_made"


class Shared:
    """What several rules make of the same thing is made once."""

    def once(self, make: Callable[[Self], T]) -> T:
        """What a function makes of this, made when first asked for and shared by rules."""
        made: dict[Callable[[Self], Any], Any] = vars(self).setdefault(_MADE, {})
        if make not in made:
            made[make] = make(self)
        return made[make]

    def forget(self) -> None:
        """Give up what was made: of ten thousand resources it would be more than themselves."""
        vars(self).pop(_MADE, None)


@dataclass(frozen=True)
class Options:
    """The resource options that the engine shows to policies; retainOnDelete is not among them.

    ``create_seconds`` is the custom timeout of a creation, 0 where none is set.
    """

    protect: bool = False
    parent: str = ""
    create_seconds: float = 0


@dataclass(frozen=True)
class Provider:
    """The provider instance a resource was declared with."""

    type: str
    name: str


@dataclass(frozen=True)
class Resource(Shared):
    """One resource as declared.

    Attributes:
        urn: The Pulumi URN.
        type: The normalised type token.
        name: The logical name.
        props: The inputs as plain data in wire spelling; see :func:`plain`.
        provider: ``None`` for components, providers and where the engine does not say.
        dependencies: URNs per property that the value was computed from; stack rules only.
        outputs: What the cloud answered; stack rules only.
        secrets: Strings that must not appear in a message.
    """

    urn: str
    type: str
    name: str
    props: Mapping[str, Any]
    options: Options = field(default_factory=Options)
    provider: Provider | None = None
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict[str, "Sequence[str]"])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    secrets: frozenset[str] = frozenset()

    def get(self, path: str) -> Any:
        """The value at a dotted path, as :func:`dig` reads it."""
        return dig(self.props, path)

    def written(self) -> str:
        """The inputs as one text in lower case: what is nowhere in it, no property says.

        For words that are nearly never there: taking all texts apart costs ten times as much.
        Backslashes, quotes and what cannot be printed are escaped; what is unknown says so.
        """
        return self.once(_written)


def _written(resource: Resource) -> str:
    return repr(resource.props).casefold()


@dataclass(frozen=True)
class Stack(Shared):
    """All resources of a stack, as far as the stack rules have asked for their types.

    Attributes:
        resources: The resources.
        waits_for: URNs that each resource waits for: its dependencies and its provider. Of every
            resource, so that no chain breaks at a type that no rule judges.
    """

    resources: Sequence[Resource]
    waits_for: Mapping[str, Sequence[str]] = field(default_factory=dict[str, "Sequence[str]"])

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[Resource]]:
        by_type: dict[str, list[Resource]] = {}
        for resource in self.resources:
            by_type.setdefault(resource.type, []).append(resource)
        return by_type

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Strings of any resource that must not appear in a message."""
        return frozenset[str]().union(*(resource.secrets for resource in self.resources))

    def all(self, *types: str) -> Iterator[Resource]:
        """Every resource of these types, in the engine's order within a type."""
        for token in types:
            yield from self._by_type.get(token, ())

    def comes_after(self, later: Resource, *earlier: Resource) -> bool:
        """Whether the engine makes one resource only once one of the others stands."""
        return self.comes_after_one_of(later, frozenset(item.urn for item in earlier))

    def comes_after_one_of(self, later: Resource, earlier: frozenset[str]) -> bool:
        """The same by URNs, for one set of them that is asked about again and again."""
        return not (self._ahead(later.urn) - {later.urn}).isdisjoint(earlier)

    @cached_property
    def _known(self) -> dict[str, frozenset[str]]:
        return {}

    def _ahead(self, urn: str) -> frozenset[str]:
        """All that a resource waits for; remembered, as rules ask of one about many others."""
        if urn not in self._known:
            seen: set[str] = set()
            ahead = [*self.waits_for.get(urn, ())]
            while ahead:
                each = ahead.pop()
                if each not in seen:
                    seen.add(each)
                    ahead.extend(self.waits_for.get(each, ()))
            self._known[urn] = frozenset(seen)
        return self._known[urn]
