"""Which resource another one means, by id, by name or by what the engine says it depends on.

At preview ids and generated names are unknown, and then only the dependencies tell. So an answer
is true, false or, where neither can be told before the update, ``None``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies import tokens
from policies.findings import Deferred, Violation
from policies.model import UNKNOWN, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from policies.findings import Findings
    from policies.model import Resource

Verdict = bool | None

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


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether one of them is true; not known while none is and one may still turn out so."""
    open_ = False
    for verdict in verdicts:
        if verdict:
            return True
        open_ = open_ or verdict is None
    return None if open_ else False


def both(*verdicts: Verdict) -> Verdict:
    """Whether all of them are true."""
    if False in verdicts:
        return False
    return None if None in verdicts else True


def demand(verdict: Verdict, message: str, path: str, urn: str) -> Findings:
    """A violation where the verdict is false; deferred, because of ``path``, where it is open."""
    if verdict is None:
        yield Deferred(path, urn)
    elif not verdict:
        yield Violation(message, urn)


def has_id(value: Any, source: Resource, prop: str, target: Resource) -> Verdict:
    """Whether a value is the ARM id of a resource, or of something below it.

    Args:
        value: The value.
        source: The resource that has it.
        prop: The top-level property in which it is.
        target: The resource that may be meant.
    """
    if value is UNKNOWN or value is None:
        return _computed_from(source, prop, target)
    if not isinstance(value, str):
        return False
    path = _path(value)
    own_id = target.outputs.get("id")
    if isinstance(own_id, str) and own_id:
        return path.startswith(_path(own_id))
    arm_type, _ = _ARM[target.type]
    names = [name.casefold() for name in names_of(target)]
    if not names:
        return target.urn in source.dependencies.get(prop, ()) or None
    return any(f"/providers/{arm_type}/{name}/" in path for name in names)


def has_name(source: Resource, prop: str, target: Resource) -> Verdict:
    """Whether a top-level property of one resource is the name of another."""
    if target.urn in source.dependencies.get(prop, ()):
        return True
    value = source.get(prop)
    if value is UNKNOWN:
        return _computed_from(source, prop, target)
    names = list(names_of(target))
    if not names:
        return None
    return isinstance(value, str) and value.casefold() in {name.casefold() for name in names}


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


def _computed_from(source: Resource, prop: str, target: Resource) -> Verdict:
    sources = source.dependencies.get(prop, ())
    if target.urn in sources:
        return True
    # What is computed from another such resource means that one. What is computed from a resource
    # group alone may be an id put together from names, of any resource.
    return False if any(type_in(urn) in _ARM for urn in sources) else None


def _path(resource_id: str) -> str:
    return f"/{resource_id.strip('/').casefold()}/"
