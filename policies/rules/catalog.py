"""Unity Catalog: metastore, catalogs and what reaches the storage below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Deferred, Violation, between, is_false, require, require_value, words
from policies.model import UNKNOWN
from policies.references import refers
from policies.registry import EVERYWHERE, Mappings, integer, rule, strings
from policies.verdicts import demand, some

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_SECONDS_A_DAY = 86_400
_SHORTEST_LIFETIME = 3_600  # seconds; less is a number of days or hours in the wrong unit


@rule(
    "sec-60-storage-credential-managed-identity",
    title="A storage credential is a managed identity, validated, and for bound workspaces",
    severity="high",
    rationale="A service principal's secret has to be stored, rotated and kept from leaking.",
    remediation="Set azureManagedIdentity with the access connector and isolationMode "
    "'ISOLATION_MODE_ISOLATED', or list the credential under sharedCredentials; leave "
    "skipValidation off.",
    types=[tokens.STORAGE_CREDENTIAL, tokens.CREDENTIAL, tokens.METASTORE_ACCESS],
    levels=EVERYWHERE,
    config={
        "sharedCredentials": strings(
            "Credentials that are open on purpose, as the locations made with them are.",
            "ml_models_catalog_storage",
        )
    },
    mappings=Mappings(sat=("GOV-22",)),
)
def managed_identity(resource: Resource, config: Config) -> Findings:
    """Only names the kind of credential, never what is in it.

    The metastore's own credential serves every workspace, so it cannot be isolated.
    """
    name, isolated = resource.get("name"), words("ISOLATION_MODE_ISOLATED")
    if name is UNKNOWN and not isolated(resource.get("isolationMode")):
        yield Deferred("name")
    elif resource.type != tokens.METASTORE_ACCESS and name not in config["sharedCredentials"]:
        yield from require(
            resource, "isolationMode", isolated, "set it to 'ISOLATION_MODE_ISOLATED'"
        )
    if resource.get("azureManagedIdentity") is None:
        yield Violation("azureManagedIdentity is not set; name the access connector")
    for key in ("azureServicePrincipal", "awsIamRole", "gcpServiceAccountKey"):
        if resource.get(key) is not None:
            yield Violation(f"{key} is set; use azureManagedIdentity instead")
    yield from require(resource, "skipValidation", is_false, "leave it off", default=False)


@rule(
    "sec-62-catalog-isolated",
    title="A catalog is visible only in the workspaces it is bound to, and written only in its own",
    severity="high",
    rationale="An open catalog of production can be read and written from every workspace of the "
    "metastore.",
    remediation="Set isolationMode to 'ISOLATED' and declare a WorkspaceBinding, for another "
    "environment's workspace with bindingType 'BINDING_TYPE_READ_ONLY', or list the catalog under "
    "sharedCatalogs when all environments need it.",
    types=[tokens.CATALOG, tokens.WORKSPACE_BINDING, tokens.WORKSPACE],
    levels=EVERYWHERE,
    scope="stack",
    mappings=Mappings(
        none="catalogues of Azure end at the workspace, SAT has no check of bindings"
    ),
    config={
        "sharedCatalogs": strings(
            "Catalogs that are open on purpose; the model registry is promoted through by all "
            "environments.",
            "ml_models_catalog",
        )
    },
)
def catalog_isolated(stack: Stack, config: Config) -> Findings:
    """Isolation without a binding leaves a catalog that nobody but the creating workspace sees."""
    yield from _written_elsewhere(stack)
    shared = {str(name).casefold() for name in config["sharedCatalogs"]}
    bound, all_known = _bound(stack)
    for catalog in stack.all(tokens.CATALOG):
        name, mode = catalog.get("name"), catalog.get("isolationMode")
        if name is UNKNOWN and not words("ISOLATED")(mode):
            yield Deferred("name", catalog.urn)
            continue
        if isinstance(name, str) and name.casefold() in shared:
            continue
        yield from require_value(
            mode, "isolationMode", words("ISOLATED"), "set it to 'ISOLATED'", urn=catalog.urn
        )
        named = catalog.urn in bound or (isinstance(name, str) and name in bound)
        yield from demand(
            named or (False if all_known else None),
            "no WorkspaceBinding names this catalog; declare one",
            "securableName",
            catalog.urn,
        )


def _written_elsewhere(stack: Stack) -> Findings:
    """Bindings that let a workspace write which this stack does not make; absent means write."""
    workspaces = list(stack.all(tokens.WORKSPACE))
    for binding in stack.all(tokens.WORKSPACE_BINDING) if workspaces else ():
        kind = binding.get("bindingType")
        if words("BINDING_TYPE_READ_ONLY")(kind):
            continue
        own = some(
            refers(binding, "workspaceId", item, item.outputs.get("workspaceId"))
            for item in workspaces
        )
        if own is None or (kind is UNKNOWN and not own):
            yield Deferred("workspaceId", binding.urn)
        elif not own:
            yield Violation(
                "it lets the workspace of another environment write; set bindingType to "
                "'BINDING_TYPE_READ_ONLY'",
                binding.urn,
            )


def _bound(stack: Stack) -> tuple[set[str], bool]:
    """Catalogs with a binding, by URN and by name, and whether these are all."""
    bound: set[str] = set()
    all_known = True
    for binding in stack.all(tokens.WORKSPACE_BINDING):
        kind = binding.get("securableType")
        if kind is not None and kind is not UNKNOWN and not words("catalog")(kind):
            continue
        for key in ("securableName", "catalogName"):
            named = binding.get(key)
            bound.update(binding.dependencies.get(key, ()))
            if named is UNKNOWN:
                all_known = False
                break
            if isinstance(named, str):
                bound.add(named)
    return bound, all_known


@rule(
    "sec-63-metastore-sharing-bounded",
    title="A metastore has a group as owner and shares outside only on purpose and for a while",
    severity="high",
    rationale="Sharing with the outside hands data to whoever holds a token; its lifetime defaults "
    "to a year.",
    remediation="Set owner to a group, deltaSharingScope to 'INTERNAL', "
    "deltaSharingRecipientTokenLifetimeInSeconds to at most 90 days, externalAccessEnabled off.",
    types=[tokens.METASTORE],
    levels=EVERYWHERE,
    config={
        "maximumTokenDays": integer(
            "Longest lifetime of a recipient's token in days.", dev=90, test=90, prod=90
        ),
        "sharingScopes": strings("Accepted values of deltaSharingScope.", "INTERNAL"),
    },
    mappings=Mappings(sat=("GOV-17", "GOV-21")),
)
def sharing_bounded(resource: Resource, config: Config) -> Findings:
    """A user's name is an e-mail address, a service principal's and a group's is not."""
    yield from require(
        resource,
        "owner",
        lambda owner: isinstance(owner, str) and owner != "" and "@" not in owner,
        "set it to a group",
    )
    yield from require(
        resource,
        "deltaSharingScope",
        words(*config["sharingScopes"]),
        f"set it to one of {', '.join(config['sharingScopes'])}",
    )
    yield from require(
        resource,
        "deltaSharingRecipientTokenLifetimeInSeconds",
        between(_SHORTEST_LIFETIME, config["maximumTokenDays"] * _SECONDS_A_DAY),
        f"set it, in seconds, between {_SHORTEST_LIFETIME} and "
        f"{config['maximumTokenDays'] * _SECONDS_A_DAY}",
    )
    yield from require(resource, "externalAccessEnabled", is_false, "leave it off", default=False)
