"""Privileges in Unity Catalog."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from policies import tokens
from policies.findings import Deferred, Violation, elements
from policies.model import UNKNOWN, dig
from policies.registry import ADVISED_IN_DEV, EVERYWHERE, Mappings, rule, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_BROAD = frozenset({"ALL_PRIVILEGES", "MANAGE"})
_HARMLESS = frozenset({"USE_CATALOG", "USE_SCHEMA", "BROWSE"})
_EVERYBODY = frozenset({"account users", "users"})
# The properties of Grants and Grant that name what the privileges are on:
# https://www.pulumi.com/registry/packages/databricks/api-docs/grants/
SECURABLES = (
    "catalog",
    "credential",
    "externalLocation",
    "foreignConnection",
    "function",
    "mcpService",
    "metastore",
    "model",
    "modelProviderService",
    "modelService",
    "pipeline",
    "recipient",
    "schema",
    "secret",
    "share",
    "storageCredential",
    "table",
    "volume",
)


def _entries(resource: Resource) -> Iterator[tuple[str, Any]]:
    """Each grant of a Grants, or the one of a Grant, with the path to it."""
    if resource.type == tokens.GRANT:
        yield "", dict(resource.props)
        return
    grants = resource.get("grants")
    if grants is UNKNOWN:
        yield "grants", UNKNOWN
    for index, entry in enumerate(elements(grants)):
        yield f"grants[{index}].", entry


def _privilege(value: Any) -> Any:
    """Both spellings of the API: ``ALL PRIVILEGES`` and ``ALL_PRIVILEGES``."""
    return value.upper().replace(" ", "_") if isinstance(value, str) else value


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
    mappings=Mappings(sat=("INFO-18",)),
)
def least_privilege(resource: Resource, config: Config) -> Findings:
    """An unknown principal is deferred only where its privileges need judging."""
    for path, entry in _entries(resource):
        principal, privileges = dig(entry, "principal"), dig(entry, "privileges")
        if privileges is UNKNOWN:
            yield Deferred(f"{path}privileges")
            continue
        held = {_privilege(item) for item in cast("list[Any]", privileges or [])}
        if UNKNOWN in held:
            yield Deferred(f"{path}privileges")
        held.discard(UNKNOWN)
        broad, everybody = sorted(held & _BROAD), sorted(held - _HARMLESS)
        if principal is UNKNOWN:
            if everybody:
                yield Deferred(f"{path}principal")
        elif str(principal).casefold() in _EVERYBODY and everybody:
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
    types=[tokens.GRANTS, tokens.GRANT],
    levels=EVERYWHERE,
    scope="stack",
)
def one_grants_per_securable(stack: Stack, _config: Config) -> Findings:
    """A securable that is not known yet is told apart by what its name is computed from."""
    owners: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for resource in stack.all(tokens.GRANTS, tokens.GRANT):
        named = [key for key in SECURABLES if resource.get(key) is not None]
        if len(named) > 1 and resource.type == tokens.GRANTS:
            yield Violation(
                f"it names {', '.join(named)}; declare one Grants for each", resource.urn
            )
        for key in named:
            identity = _identity(resource, key)
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


def _identity(resource: Resource, key: str) -> str | None:
    value = resource.get(key)
    if value is not UNKNOWN:
        return str(value).casefold()
    sources = resource.dependencies.get(key, ())
    return "\n".join(sorted(sources)) if sources else None
