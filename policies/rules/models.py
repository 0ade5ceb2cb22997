"""Registered models, and who answers for what Unity Catalog holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Deferred, Violation, elements, present, require, require_present, show
from policies.model import UNKNOWN, dig
from policies.privileges import is_group
from policies.references import refers
from policies.registry import ADVISED, ADVISED_IN_DEV, EVERYWHERE, Mappings, rule, strings
from policies.verdicts import demand, some

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config


@rule(
    "ml-01-models-in-unity-catalog",
    title="Models are registered in Unity Catalog, not in a workspace",
    severity="high",
    rationale="The workspace registry knows no grants across environments, no lineage and no "
    "audit; its stages are replaced by aliases.",
    remediation="Declare a RegisteredModel with catalogName and schemaName; remove MlflowModel and "
    "MlflowWebhook.",
    types=[
        tokens.REGISTERED_MODEL,
        tokens.MLFLOW_MODEL,
        tokens.MLFLOW_WEBHOOK,
        tokens.PERMISSIONS,
    ],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("GOV-28",)),
)
def models_in_unity_catalog(resource: Resource, _config: Config) -> Findings:
    """Permissions on a registered model exist for the workspace registry only."""
    if resource.type in (tokens.MLFLOW_MODEL, tokens.MLFLOW_WEBHOOK):
        yield Violation("it belongs to the workspace registry; declare a RegisteredModel instead")
    elif resource.type == tokens.PERMISSIONS:
        if resource.get("registeredModelId") is not None:
            yield Violation(
                "registeredModelId names a model of the workspace registry; grant EXECUTE on the "
                "model in Unity Catalog instead"
            )
    else:
        for key in ("catalogName", "schemaName"):
            yield from require_present(resource, key, "name the place in Unity Catalog")


@rule(
    "ml-02-aliases-not-stages",
    title="A model's versions are told apart by the agreed aliases",
    severity="medium",
    rationale="Endpoints, jobs and rollback look for these names; a stage's name as an alias "
    "promises a process that no longer exists.",
    remediation="Use the allowed aliases, each once.",
    types=[tokens.REGISTERED_MODEL],
    levels=EVERYWHERE,
    config={
        "allowed": strings("Names that an alias may have.", "champion", "challenger", "baseline")
    },
)
def aliases_not_stages(resource: Resource, config: Config) -> Findings:
    """Usually the release moves aliases, and a program declares none."""
    aliases = resource.get("aliases")
    if aliases is UNKNOWN:
        yield Deferred("aliases")
    seen: set[str] = set()
    for index, alias in enumerate(elements(aliases)):
        path = f"aliases[{index}].aliasName"
        name = dig(alias, "aliasName")
        if name is UNKNOWN:
            yield Deferred(path)
        elif name not in config["allowed"]:
            yield Violation(f"{path} is {show(name)}; use one of {', '.join(config['allowed'])}")
        elif name in seen:
            yield Violation(f"{path} is {show(name)} a second time; give each version its own")
        else:
            seen.add(str(name))


@rule(
    "ml-13-owned-by-a-group",
    title="A group owns every catalog, schema and model",
    severity="medium",
    rationale="An owner grants, and drops; when a person leaves, nobody can any more.",
    remediation="Set owner to a group.",
    types=[tokens.CATALOG, tokens.SCHEMA, tokens.REGISTERED_MODEL],
    levels=ADVISED_IN_DEV,
    mappings=Mappings(sat=("GOV-21",)),
)
def owned_by_a_group(resource: Resource, _config: Config) -> Findings:
    """Absent means whoever deploys."""
    yield from require(resource, "owner", is_group, "set it to a group")


@rule(
    "ml-14-described-and-classified",
    title="A catalog says what it holds and how sensitive that is, a model what it is for",
    severity="low",
    rationale="Lineage shows where data went; only the class says whether it may.",
    remediation="Set comment; declare an EntityTagAssignment of the classification tag for the "
    "catalog.",
    types=[tokens.CATALOG, tokens.REGISTERED_MODEL, tokens.ENTITY_TAG],
    levels=ADVISED,
    scope="stack",
    config={"tagKeys": strings("Tags that classify data.", "data_classification")},
)
def described_and_classified(stack: Stack, config: Config) -> Findings:
    """Tags can be assigned to catalogs, not to models; what a catalog holds inherits its tag."""
    for resource in stack.all(tokens.CATALOG, tokens.REGISTERED_MODEL):
        comment = resource.get("comment")
        if comment is not UNKNOWN and not present(comment):
            yield Violation("comment is not set; say what it holds or is for", resource.urn)
    tags = list(stack.all(tokens.ENTITY_TAG))
    for catalog in stack.all(tokens.CATALOG):
        yield from demand(
            some(_classifies(tag, catalog, config["tagKeys"]) for tag in tags),
            f"no EntityTagAssignment gives it {' or '.join(config['tagKeys'])}; declare one",
            "entityName",
            catalog.urn,
        )


def _classifies(tag: Resource, catalog: Resource, keys: list[str]) -> bool | None:
    key, kind = tag.get("tagKey"), tag.get("entityType")
    if (key is not UNKNOWN and key not in keys) or (kind is not UNKNOWN and kind != "catalogs"):
        return False
    named = refers(tag, "entityName", catalog, catalog.get("name"))
    return named if key is not UNKNOWN and kind is not UNKNOWN else (named and None)
