"""The access matrix: which group may do what in which catalog, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies import tokens
from policies.findings import Deferred, Violation, show, words
from policies.model import UNKNOWN, dig
from policies.privileges import (
    EVERYBODY,
    GRANT_TYPES,
    SECURABLES,
    SHARING,
    entries,
    held,
    is_group,
)
from policies.references import same
from policies.registry import ADVISED_IN_DEV, Levels, matrix, rule, strings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config, Matrix

_VISIT = frozenset({"BROWSE", "USE_CATALOG", "USE_SCHEMA"})
_READ = _VISIT | {"EXECUTE", "READ_VOLUME", "SELECT"}
_USE_MODELS = _VISIT | {"EXECUTE"}
_LEVELS: Final = {
    "none": frozenset({"BROWSE"}),
    "visit": _VISIT,
    "read": _READ,
    "write": _READ | {"CREATE_TABLE", "MODIFY", "WRITE_VOLUME"},
    "use-models": _USE_MODELS,
    "make-models": _USE_MODELS | {"APPLY_TAG", "CREATE_MODEL", "CREATE_MODEL_VERSION"},
}
_CHANGES = {"CREATE_MODEL", "MODIFY"}
_LEFT_TO_OTHERS = SHARING | {"ALL_PRIVILEGES", "MANAGE"}
# By name, a part of a catalog; by kind, what reaches the storage below all catalogs.
_NAMED = ("catalog", "function", "model", "schema", "table", "volume")
_STORAGE = ("credential", "externalLocation", "storageCredential")
_HOLDERS = (tokens.CATALOG, tokens.SCHEMA, tokens.REGISTERED_MODEL, tokens.VOLUME)

_REGISTRY: Final[Matrix] = {
    "ml_models_catalog": {
        "data_scientists": "visit",
        "ml_engineers": "visit",
        "devops_engineers": "visit",
        "model_consumers": "visit",
        "mlops_release": "visit",
    },
    "ml_models_catalog.dev_models": {
        "data_scientists": "make-models",
        "ml_engineers": "make-models",
        "devops_engineers": "use-models",
    },
    "ml_models_catalog.candidate_models": {
        "ml_engineers": "make-models",
        "devops_engineers": "make-models",
    },
    "ml_models_catalog.production_models": {
        "ml_engineers": "make-models",
        "devops_engineers": "make-models",
        "model_consumers": "use-models",
        "mlops_release": "make-models",
    },
    "ml_models_catalog.archived_models": {
        "ml_engineers": "make-models",
        "devops_engineers": "make-models",
    },
    # System tables: usage, audit, job runs.
    "system": {"observers": "read"},
}


@rule(
    "ml-10-access-matrix",
    title="Nobody holds more in a catalog than the access matrix says",
    severity="high",
    rationale="The matrix is what was agreed; a grant beside it is how a test account comes to "
    "write production.",
    remediation="Grant at most the level that the matrix gives the group, or change the matrix in "
    "the policy configuration, where a reviewer sees it.",
    types=[*GRANT_TYPES, *_HOLDERS],
    levels=ADVISED_IN_DEV,
    scope="stack",
    config={
        "matrix": matrix(
            "Level by catalog, or catalog and schema, and group; the longest name that fits "
            "counts, and a group without a level holds nothing. Storage is named by its kind, for "
            "example externalLocation.",
            dev={
                "ml_dev_catalog": {
                    "data_scientists": "write",
                    "ml_engineers": "write",
                    "devops_engineers": "read",
                },
                **_REGISTRY,
            },
            test={
                "ml_test_catalog": {
                    "data_scientists": "read",
                    "ml_engineers": "write",
                    "devops_engineers": "write",
                    "model_consumers": "read",
                },
                **_REGISTRY,
            },
            prod={
                "ml_prod_catalog": {
                    "data_scientists": "read",
                    "ml_engineers": "read",
                    "devops_engineers": "write",
                    "model_consumers": "read",
                },
                **_REGISTRY,
            },
            allowed=_LEVELS,
        ),
        "ownerGroups": strings("Groups that the matrix does not limit.", "platform_owners"),
    },
)
def access_matrix(stack: Stack, config: Config) -> Findings:
    """Everybody's groups are ML-11's, users SEC-70's, sharing and the metastore SEC-67's."""
    for resource in stack.all(*GRANT_TYPES):
        for securable in _securables(resource, stack):
            yield from _judge(resource, securable, config)
    for holder in stack.all(tokens.CATALOG, tokens.SCHEMA, tokens.VOLUME):
        yield from _owned(holder, stack, config)


def _owned(holder: Resource, stack: Stack, config: Config) -> Findings:
    """An owner may do everything without a grant, so a group of the matrix has to have a lot.

    Groups that the matrix does not know, and owners that are not known yet, are ML-13's.
    """
    owner, rows = holder.get("owner"), config["matrix"]
    if not isinstance(owner, str) or owner in config["ownerGroups"]:
        return
    if not any(owner in row for row in rows.values()):
        return
    name = _name_of(holder, stack)
    if name is None:
        yield Deferred("name", holder.urn)
        return
    level = _row(rows, name).get(owner, "none")
    if _LEVELS[level].isdisjoint(_CHANGES):
        yield Violation(
            f"owner is {show(owner)}, who may then do everything in {name}; the access matrix "
            f"says {level}; set it to {' or '.join(config['ownerGroups'])}",
            holder.urn,
        )


def _judge(resource: Resource, securable: str | None, config: Config) -> Findings:
    for path, entry in entries(resource):
        principal = dig(entry, "principal")
        if principal in config["ownerGroups"] or _left_to_others(principal):
            continue
        privileges, complete = held(entry)
        if not complete:
            yield Deferred(f"{path}privileges", resource.urn)
        asked = privileges - _LEVELS["none"] - _LEFT_TO_OTHERS
        if not asked:
            continue
        if principal is UNKNOWN or securable is None:
            yield Deferred(f"{path}principal", resource.urn)
            continue
        level = _row(config["matrix"], securable).get(str(principal), "none")
        excess = sorted(asked - _LEVELS[level])
        if excess:
            yield Violation(
                f"{path}privileges gives {show(principal)} {', '.join(excess)} on {securable}; "
                f"the access matrix says {level}",
                resource.urn,
            )


def _left_to_others(principal: Any) -> bool:
    return isinstance(principal, str) and ("@" in principal or principal.casefold() in EVERYBODY)


def _row(rows: Mapping[str, Mapping[str, str]], securable: str) -> Mapping[str, str]:
    """The row with the longest name that the securable is, or lies in."""
    fitting = [name for name in rows if f"{securable}.".startswith(f"{name.casefold()}.")]
    return rows[max(fitting, key=len)] if fitting else {}


def _securables(resource: Resource, stack: Stack) -> Iterator[str | None]:
    """What the grants are on, in lower case; ``None`` for what is not known yet."""
    for key in SECURABLES:
        if resource.get(key) is None:
            continue
        if key in _NAMED:
            yield full_name(resource, key, stack)
        elif key in _STORAGE:
            yield key


def full_name(resource: Resource, path: str, stack: Stack) -> str | None:
    """The full name that a property holds, or will: a new schema's id is known by its parts."""
    value = resource.get(path)
    if value is not UNKNOWN:
        return str(value).replace("`", "").casefold()
    sources = resource.dependencies.get(path, ())
    # The nearest holder: a schema's id is computed from its catalog as well.
    for holder in reversed(list(stack.all(*_HOLDERS))):
        if holder.urn in sources:
            return _name_of(holder, stack)
    return None


def _name_of(holder: Resource, stack: Stack) -> str | None:
    parts = [] if holder.type == tokens.CATALOG else [full_name(holder, "catalogName", stack)]
    if holder.type in (tokens.REGISTERED_MODEL, tokens.VOLUME):
        schema = full_name(holder, "schemaName", stack)
        parts.append(schema.rpartition(".")[2] if schema else None)
    own = holder.get("name")
    parts.append(own.casefold() if isinstance(own, str) else None)
    return ".".join(filter(None, parts)) if None not in parts else None


@rule(
    "ml-16-production-models-released",
    title="The release group owns production models and their schema",
    severity="high",
    rationale="Only an owner moves an alias, so whoever owns a production model decides which "
    "version answers.",
    remediation="Set owner to the release group.",
    types=[tokens.REGISTERED_MODEL, tokens.SCHEMA, tokens.CATALOG, tokens.VOLUME],
    levels=Levels("disabled", "disabled", "mandatory"),
    scope="stack",
    config={
        "productionSchemas": strings(
            "Schemas of production models, with their catalog.",
            "ml_models_catalog.production_models",
        ),
        "releaseGroups": strings("Groups that may own them.", "mlops_release"),
    },
)
def production_models_released(stack: Stack, config: Config) -> Findings:
    """An owner that is no group at all is ML-13's; who may add versions is in ML-10's matrix."""
    production = words(*config["productionSchemas"])
    for resource in stack.all(tokens.SCHEMA, tokens.REGISTERED_MODEL):
        owner = resource.get("owner")
        if owner in config["releaseGroups"] or (owner is not UNKNOWN and not is_group(owner)):
            continue
        name = _name_of(resource, stack)
        place = name if name is None or resource.type == tokens.SCHEMA else name.rpartition(".")[0]
        if place is None or (owner is UNKNOWN and production(place)):
            yield Deferred("owner", resource.urn)
        elif production(place) and not any(same(owner, group) for group in config["releaseGroups"]):
            yield Violation(
                f"owner is {show(owner)}; set it to {' or '.join(config['releaseGroups'])}",
                resource.urn,
            )
