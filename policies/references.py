"""Which resource another one means, by id, by name or by what the engine says it depends on.

At preview ids and generated names are unknown, and then only the dependencies tell. So an answer
is true, false or, where neither can be told before the update, ``None``.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from policies import tokens
from policies.model import UNKNOWN, normalise
from policies.verdicts import both, some

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from policies.model import Resource
    from policies.verdicts import Verdict

T = TypeVar("T")
_TYPE_AND_NAME: Final = 3  # Microsoft.KeyVault/vaults/<name>
_GROUP_DEPTH: Final = 5  # /subscriptions/<id>/resourceGroups/<name>

# The ARM type in an id, and the property that holds the resource's own name.
_ARM: Final[Mapping[str, tuple[str, str]]] = {
    tokens.WORKSPACE: ("microsoft.databricks/workspaces", "workspaceName"),
    tokens.VAULT: ("microsoft.keyvault/vaults", "vaultName"),
    tokens.STORAGE_ACCOUNT: ("microsoft.storage/storageaccounts", "accountName"),
    tokens.VNET: ("microsoft.network/virtualnetworks", "virtualNetworkName"),
    tokens.NSG: ("microsoft.network/networksecuritygroups", "networkSecurityGroupName"),
    tokens.PUBLIC_IP: ("microsoft.network/publicipaddresses", "publicIpAddressName"),
    tokens.PRIVATE_ENDPOINT: ("microsoft.network/privateendpoints", "privateEndpointName"),
    tokens.PRIVATE_ZONE: ("microsoft.network/privatednszones", "privateZoneName"),
}


def has_id(value: Any, source: Resource, prop: str, target: Resource) -> Verdict:
    """Whether a value is the ARM id of a resource, or of something below it.

    Args:
        value: The value.
        source: The resource that has it.
        prop: The top-level property in which it is.
        target: The resource that may be meant.
    """
    return Mentions([(value, source, prop, None)]).verdict(target, lambda _: True)


class _Index(Generic[T]):
    """Values that may mean resources, each with something that is found by it.

    Many resources are looked up among many values, so values are found by what they say and not
    each compared with each resource.

    Args:
        mentions: A value, the resource that has it, the top-level property in which it is, and
            what to find by it.
    """

    computed_is_enough = False
    """Whether a known text means what it is computed from, whatever it says."""

    def __init__(self, mentions: Iterable[tuple[Any, Resource, str, T]]) -> None:
        self._found: list[T] = []
        self._computed: defaultdict[str, list[int]] = defaultdict(list)
        self._anybodys: list[int] = []
        self._texts: list[int] = []
        self._texts_computed: defaultdict[str, list[int]] = defaultdict(list)
        self._said: defaultdict[str, list[int]] = defaultdict(list)
        for number, (value, source, prop, found) in enumerate(mentions):
            self._found.append(found)
            self._add(number, value, source.dependencies.get(prop, ()))

    def open(self, value: Any) -> bool:
        """Whether a value is told by what it is computed from alone."""
        return value is UNKNOWN

    def said(self, text: str) -> Iterator[str]:
        """What a text says, each as a key."""
        raise NotImplementedError

    def asked(self, target: Resource) -> list[str]:
        """The keys of a resource: one that is said means it. None while nothing of it is known."""
        raise NotImplementedError

    def _add(self, number: int, value: Any, sources: Collection[str]) -> None:
        if self.open(value):
            for urn in sources:
                self._computed[urn].append(number)
            if _anybodys(sources):
                self._anybodys.append(number)
        elif isinstance(value, str):
            self._texts.append(number)
            for urn in sources:
                self._texts_computed[urn].append(number)
            for key in self.said(value):
                self._said[key].append(number)

    def of(self, target: Resource) -> tuple[list[T], Iterable[T]]:
        """What is found by a mention of a resource, and by what may still turn out to be one."""
        numbers = set(self._computed.get(target.urn, ()))
        perhaps = self._anybodys
        keys = self.asked(target)
        for key in keys:
            numbers.update(self._said.get(key, ()))
        if not keys or self.computed_is_enough:
            numbers.update(self._texts_computed.get(target.urn, ()))
        if not keys:
            perhaps = [*perhaps, *self._texts]
        return (
            [self._found[number] for number in sorted(numbers)],
            (self._found[number] for number in perhaps if number not in numbers),
        )

    def verdict(self, target: Resource, fits: Callable[[T], Verdict]) -> Verdict:
        """Whether something is found by a mention of a resource and fits."""
        surely, perhaps = self.of(target)
        return some(chain(map(fits, surely), (both(None, fits(item)) for item in perhaps)))


class Mentions(_Index[T]):
    """Values that may be the ARM ids of resources, or of something below them."""

    def open(self, value: Any) -> bool:
        """An id that is left out may be filled in from what the property is computed from."""
        return value is UNKNOWN or value is None

    def said(self, text: str) -> Iterator[str]:
        """``/a/``, ``/a/b/`` and so on, and ``<type>/<name>`` of a resource and what extends it."""
        path = _path(text)
        yield from (path[: end + 1] for end, character in enumerate(path) if character == "/")
        _, *parts = path.split("/providers/")
        for part in parts:
            yield "/".join(part.split("/")[:_TYPE_AND_NAME])

    def asked(self, target: Resource) -> list[str]:
        """Its id; its type with its names before it has one."""
        own_id = target.outputs.get("id")
        if isinstance(own_id, str) and own_id:
            return [_path(own_id)]
        arm_type, _ = _ARM[target.type]
        return [f"{arm_type}/{name.casefold()}" for name in names_of(target)]


class Names(_Index[T]):
    """Values that may be the names of resources."""

    computed_is_enough = True

    def said(self, text: str) -> Iterator[str]:
        """The name."""
        yield text.casefold()

    def asked(self, target: Resource) -> list[str]:
        """Its names."""
        return [name.casefold() for name in names_of(target)]


def has_name(source: Resource, prop: str, target: Resource) -> Verdict:
    """Whether a top-level property of one resource is the name of another."""
    return Names([(source.get(prop), source, prop, None)]).verdict(target, lambda _: True)


def refers(source: Resource, prop: str, target: Resource, *own: Any) -> Verdict:
    """Whether a top-level property is what another resource, of any type, is called.

    Args:
        source: The resource with the property.
        prop: The property.
        target: The resource that may be named.
        own: What the target is called, for example its name or its id; unknown ones are skipped.
    """
    sources = source.dependencies.get(prop, ())
    if target.urn in sources:
        return True
    value = source.get(prop)
    if value is UNKNOWN:
        return False if any(type_in(urn) == target.type for urn in sources) else None
    if value is None:
        return False
    names = [name for name in own if name is not None]
    if any(name is not UNKNOWN and same(name, value) for name in names):
        return True
    # A literal may be the id that the target has or will have.
    return None if UNKNOWN in names or not names else False


def same(one: Any, other: Any) -> bool:
    """Equal as names and ids are: an id is a number to one API and a string to another."""
    return str(one).casefold() == str(other).casefold()


def names_of(resource: Resource) -> Iterator[str]:
    """The physical names of a resource that are known: the one declared and the one it has."""
    _, key = _ARM[resource.type]
    for name in (resource.get(key), resource.outputs.get("name")):
        if isinstance(name, str) and name:
            yield name


def below(scope: Any, resource_id: Any) -> bool:
    """Whether an ARM id is a scope or lies within it; letter case does not matter."""
    return (
        isinstance(scope, str)
        and isinstance(resource_id, str)
        and scope.strip("/") != ""
        and _path(resource_id).startswith(_path(scope))
    )


def ours(resources: Sequence[Resource]) -> list[Resource]:
    """The resources without those in a group that a workspace manages.

    Databricks makes them, the deny assignment on the group keeps everybody else from changing
    them, and a program can only read them. What governs them is the workspace's own properties.
    """
    named = (i.get("managedResourceGroupId") for i in resources if i.type == tokens.WORKSPACE)
    groups = {_group(each) for each in named} - {""}
    return [item for item in resources if _group(item.outputs.get("id")) not in groups]


def _group(resource_id: Any) -> str:
    """The id of the resource group that an ARM id is of or in; empty for anything else."""
    parts = resource_id.split("/") if isinstance(resource_id, str) else []
    return "/".join(parts[:_GROUP_DEPTH]).lower() if len(parts) >= _GROUP_DEPTH else ""


def type_in(urn: str) -> str:
    """The normalised type token that a URN contains."""
    return normalise(urn.split("::")[2].rsplit("$", 1)[-1]) if urn.count("::") > 2 else ""  # noqa: PLR2004 - a URN has four parts


def _anybodys(sources: Iterable[str]) -> bool:
    """Whether what is computed from resources may mean any other.

    What is computed from one that has an ARM id here means that one. What is computed from a
    resource group alone may be an id put together from names, of any resource.
    """
    return not any(type_in(urn) in _ARM for urn in sources)


def _path(resource_id: str) -> str:
    return f"/{resource_id.strip('/').casefold()}/"
