"""What exists once, what takes long, and what has to stand before something else is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.endpoints import reached, through
from policies.findings import Deferred, Violation, words
from policies.model import UNKNOWN
from policies.registry import ADVISED, EVERYWHERE, Option, integer, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_SECONDS_A_MINUTE = 60


@rule(
    "rel-16-one-metastore",
    title="The metastore is declared once per region, in the stack that owns what is shared",
    severity="high",
    rationale="An account has one metastore per region; a second declaration fails, or takes the "
    "first one over and away with its own stack.",
    remediation="Declare the metastore in the owning stack only, and let the others read its id.",
    types=[tokens.METASTORE],
    levels=EVERYWHERE,
    scope="stack",
    config={
        "owner": Option(
            "Whether this stack owns the shared estate and may declare a metastore.",
            default=False,
            schema={"type": "boolean"},
            per_environment={"prod": True},
        )
    },
)
def one_metastore(stack: Stack, config: Config) -> Findings:
    """A region that is left out is the provider's, which may be any."""
    seen: dict[str, str] = {}
    for metastore in stack.all(tokens.METASTORE):
        if not config["owner"]:
            yield Violation(
                "this stack does not own the shared estate; read the owner's metastore instead, or "
                "make it the owner in the rule's configuration",
                metastore.urn,
            )
            continue
        region = metastore.get("region")
        if region is UNKNOWN:
            yield Deferred("region", metastore.urn)
        elif not isinstance(region, str) or not region:
            yield Violation("region is not set; name the metastore's region", metastore.urn)
        elif region.casefold() in seen:
            yield Violation(
                f"region '{region}' has a metastore already, '{seen[region.casefold()]}'; keep one",
                metastore.urn,
            )
        else:
            seen[region.casefold()] = metastore.name


@rule(
    "rel-19-patient-timeouts",
    title="What takes Azure and Databricks long is given the time",
    severity="low",
    rationale="When the engine gives up, the cloud does not: the resource exists, and the next "
    "update fails because of it.",
    remediation="Set custom_timeouts with create of at least the configured minutes.",
    types=[tokens.WORKSPACE, tokens.PRIVATE_ENDPOINT, tokens.MODEL_SERVING],
    levels=ADVISED,
    config={
        "minimumMinutes": integer(
            "Minutes that a creation has to be given.", dev=60, test=60, prod=60
        )
    },
)
def patient_timeouts(resource: Resource, config: Config) -> Findings:
    """An option, not a property, so it is always known."""
    seconds = resource.options.create_seconds
    if seconds < config["minimumMinutes"] * _SECONDS_A_MINUTE:
        given = f"{seconds / _SECONDS_A_MINUTE:g} minutes" if seconds else "not set"
        yield Violation(
            f"the custom timeout of create is {given}; set it to at least "
            f"{config['minimumMinutes']} minutes"
        )


# What needs the workspace's metastore, and what besides needs the way to storage of serverless
# compute. https://github.com/databricks/terraform-provider-databricks/issues/2739
_GOVERNED = (
    tokens.CATALOG,
    tokens.SCHEMA,
    tokens.STORAGE_CREDENTIAL,
    tokens.EXTERNAL_LOCATION,
    tokens.GRANTS,
    tokens.GRANT,
    tokens.MODEL_SERVING,
)
_SERVERLESS = (tokens.MODEL_SERVING, tokens.SQL_ENDPOINT)


@rule(
    "rel-20-made-in-order",
    title="Databricks resources wait for what they need: metastore, network, connectivity",
    severity="medium",
    rationale="Made at the same time, they fail or hang at random, in the first update of a new "
    "environment and nowhere else.",
    remediation="Add the MetastoreAssignment, the private endpoint or the MwsNccBinding to "
    "depends_on of the resource, or of the provider it is made with.",
    types=[
        *_GOVERNED,
        tokens.SQL_ENDPOINT,
        tokens.WORKSPACE,
        tokens.PRIVATE_ENDPOINT,
        tokens.METASTORE_ASSIGNMENT,
        tokens.NCC_BINDING,
    ],
    levels=ADVISED,
    scope="stack",
)
def made_in_order(stack: Stack, _config: Config) -> Findings:
    """One of each kind is enough: what stack it is for is not always told by its inputs."""
    assignments = frozenset(item.urn for item in stack.all(tokens.METASTORE_ASSIGNMENT))
    bindings = frozenset(item.urn for item in stack.all(tokens.NCC_BINDING))
    endpoints = frozenset(item.urn for item in _only_way_in(stack))
    for resource in stack.all(*_GOVERNED, tokens.SQL_ENDPOINT):
        needs = {"a PrivateEndpoint of the workspace": endpoints}
        if resource.type in _GOVERNED:
            needs["the MetastoreAssignment"] = assignments
        if resource.type in _SERVERLESS:
            needs["the MwsNccBinding"] = bindings
        for what, before in needs.items():
            if before and not stack.comes_after_one_of(resource, before):
                yield Violation(
                    f"it does not wait for {what}; add it to depends_on of the resource or of "
                    "its provider",
                    resource.urn,
                )


def _only_way_in(stack: Stack) -> Iterator[Resource]:
    """The endpoints of workspaces that nothing else leads to."""
    for workspace in stack.all(tokens.WORKSPACE):
        closed = words("Disabled")(workspace.get("publicNetworkAccess"))
        if closed and reached(stack, workspace, "databricks_ui_api"):
            yield from through(stack, workspace, "databricks_ui_api")
