"""Privileges in Unity Catalog."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Deferred, Violation
from policies.model import UNKNOWN, dig
from policies.privileges import EVERYBODY, SECURABLES, entries, held
from policies.registry import ADVISED_IN_DEV, EVERYWHERE, rule, strings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

# Securables whose full name is made of their own inputs.
_NAMED = {
    tokens.CATALOG: ("name",),
    tokens.SCHEMA: ("catalogName", "name"),
    tokens.REGISTERED_MODEL: ("catalogName", "schemaName", "name"),
    tokens.VOLUME: ("catalogName", "schemaName", "name"),
    tokens.EXTERNAL_LOCATION: ("name",),
    tokens.STORAGE_CREDENTIAL: ("name",),
}
_BROAD = frozenset({"ALL_PRIVILEGES", "MANAGE"})
_HARMLESS = frozenset({"USE_CATALOG", "USE_SCHEMA", "BROWSE"})


@rule(
    "ml-11-least-privilege",
    title="Only owners hold ALL_PRIVILEGES or MANAGE, and everybody at most sees names",
    severity="high",
    rationale="MANAGE lets its holder grant anything to anybody, which ends the access matrix.",
    remediation="Grant the single privileges the role needs; list owning groups under ownerGroups.",
    types=[tokens.GRANTS, tokens.GRANT],
    levels=ADVISED_IN_DEV,
    config={
        "ownerGroups": strings(
            "Groups that may hold ALL_PRIVILEGES and MANAGE.", "platform_owners", "mlops_release"
        )
    },
)
def least_privilege(resource: Resource, config: Config) -> Findings:
    """An unknown principal is deferred only where its privileges need judging."""
    for path, entry in entries(resource):
        principal = dig(entry, "principal")
        privileges, complete = held(entry)
        if not complete:
            yield Deferred(f"{path}privileges")
        broad, everybody = sorted(privileges & _BROAD), sorted(privileges - _HARMLESS)
        if principal is UNKNOWN:
            if everybody:
                yield Deferred(f"{path}principal")
        elif str(principal).casefold() in EVERYBODY and everybody:
            yield Violation(
                f"{path}privileges gives '{principal}' {', '.join(everybody)}; "
                "grant it to the group that needs it"
            )
        elif broad and principal not in config["ownerGroups"]:
            yield Violation(
                f"{path}privileges gives '{principal}' {', '.join(broad)}; "
                "grant the single privileges it needs"
            )


@rule(
    "ml-12-one-grants-per-securable",
    title="The privileges on one securable are declared in one place",
    severity="high",
    rationale="Grants is authoritative: a second one, or a Grant beside it, takes away what the "
    "first gave, and each update swaps them again.",
    remediation="Put all privileges of a securable into one Grants, and name one securable in it.",
    types=[tokens.GRANTS, tokens.GRANT, *_NAMED],
    levels=EVERYWHERE,
    scope="stack",
)
def one_grants_per_securable(stack: Stack, _config: Config) -> Findings:
    """A securable that is not known yet is told apart by what its name is computed from."""
    owners: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    names = {item.urn: _full_name(item) for item in stack.all(*_NAMED)}
    for resource in stack.all(tokens.GRANTS, tokens.GRANT):
        named = [key for key in SECURABLES if resource.get(key) is not None]
        if len(named) > 1 and resource.type == tokens.GRANTS:
            yield Violation(
                f"it names {', '.join(named)}; declare one Grants for each", resource.urn
            )
        for key in named:
            identity = _identity(resource, key, names)
            if identity is None:
                yield Deferred(key, resource.urn)
            else:
                owners[key, identity].append(resource)
    for (key, _), resources in owners.items():
        authoritative = [item for item in resources if item.type == tokens.GRANTS]
        if authoritative and len(resources) > 1:
            for extra in resources:
                if extra is not authoritative[0]:
                    yield Violation(
                        f"another Grants on the same {key} overwrites it; merge the two", extra.urn
                    )


def _identity(resource: Resource, key: str, names: Mapping[str, str]) -> str | None:
    value = resource.get(key)
    if value is not UNKNOWN:
        return str(value).casefold()
    sources = resource.dependencies.get(key, ())
    # At preview an id is unknown, and the name that it will be often is not.
    known = names.get(sources[0]) if len(sources) == 1 else None
    return known or ("\n".join(sorted(sources)) if sources else None)


def _full_name(securable: Resource) -> str:
    """The name that grants use, or nothing while a part of it is not known."""
    parts = [securable.get(part) for part in _NAMED[securable.type]]
    known = [part for part in parts if isinstance(part, str)]
    return ".".join(known).casefold() if len(known) == len(parts) else ""
