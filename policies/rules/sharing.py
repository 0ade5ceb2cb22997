"""Data that leaves the metastore, and the storage that enters it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.addresses import internet_in
from policies.findings import (
    Deferred,
    NotApplicable,
    Violation,
    is_false,
    is_number,
    require,
    show,
    strings_in,
    words,
)
from policies.model import UNKNOWN, dig
from policies.privileges import GRANT_TYPES, SHARING, entries, held
from policies.registry import BINDING_IN_PROD, EVERYWHERE, Mappings, rule, strings

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config


@rule(
    "sec-61-external-location-isolated",
    title="Storage enters Unity Catalog by abfss, for bound workspaces, and never past the grants",
    severity="high",
    rationale="An open location can be read and written from every workspace of the metastore; "
    "with fallback, a cluster's own credentials do where the grants do not.",
    remediation="Set an abfss url and isolationMode 'ISOLATION_MODE_ISOLATED'; leave fallback and "
    "skipValidation off, or list the location under sharedLocations.",
    types=[tokens.EXTERNAL_LOCATION],
    levels=EVERYWHERE,
    config={
        "sharedLocations": strings(
            "Locations that are open on purpose, as the catalogs in them are.",
            "ml_models_catalog_storage",
        )
    },
    mappings=Mappings(sat=("GOV-22",)),
)
def external_location_isolated(resource: Resource, config: Config) -> Findings:
    """Absent means open, without fallback."""
    yield from require(
        resource,
        "url",
        lambda url: isinstance(url, str) and url.casefold().startswith("abfss://"),
        "name a container as abfss://<container>@<account>.dfs.core.windows.net/<path>",
    )
    name = resource.get("name")
    isolated = words("ISOLATION_MODE_ISOLATED")
    if name is UNKNOWN and not isolated(resource.get("isolationMode")):
        yield Deferred("name")
    elif not words(*config["sharedLocations"])(name):
        yield from require(
            resource, "isolationMode", isolated, "set it to 'ISOLATION_MODE_ISOLATED'"
        )
    yield from require(resource, "fallback", is_false, "leave it off", default=False)
    yield from require(resource, "skipValidation", is_false, "leave it off", default=False)


@rule(
    "sec-64-recipient-bounded",
    title="A recipient with a token reads from listed addresses, until a day that is set",
    severity="medium",
    rationale="The token is a link in an e-mail: whoever holds it reads the share.",
    remediation="Set ipAccessList.allowedIpAddresses and expirationTime, or share to a Databricks "
    "account with authenticationType 'DATABRICKS'.",
    types=[tokens.RECIPIENT],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("GOV-18", "GOV-19")),
)
def recipient_bounded(resource: Resource, _config: Config) -> Findings:
    """Between Databricks accounts there is no token, so nothing to lose."""
    kind = resource.get("authenticationType")
    if kind is UNKNOWN:
        yield Deferred("authenticationType")
        return
    if words("DATABRICKS")(kind):
        yield NotApplicable("it shares between Databricks accounts, without a token")
        return
    expires = resource.get("expirationTime")
    if expires is not UNKNOWN and not (is_number(expires) and expires > 0):
        yield Violation(f"expirationTime is {show(expires)}; set the day it ends, in milliseconds")
    addresses, complete = strings_in(resource.get("ipAccessList.allowedIpAddresses"))
    if resource.get("ipAccessList") is UNKNOWN or not complete:
        yield Deferred("ipAccessList.allowedIpAddresses")
    elif not addresses:
        yield Violation("ipAccessList is not set; name the recipient's addresses")
    if public := internet_in(addresses):
        yield Violation(f"ipAccessList allows {show(public)}; name the recipient's addresses")


@rule(
    "sec-66-system-schemas",
    title="The system tables that audit, cost and lineage are read from are switched on",
    severity="medium",
    rationale="They record only from the day they are switched on.",
    remediation="Declare a SystemSchema for each in the stack that declares the metastore.",
    types=[tokens.METASTORE, tokens.SYSTEM_SCHEMA],
    levels=BINDING_IN_PROD,
    scope="stack",
    config={
        "required": strings(
            "System schemas that must be on; billing always is.",
            "access",
            "compute",
            "lakeflow",
            "serving",
        )
    },
    mappings=Mappings(sat=("GOV-34",)),
)
def system_schemas(stack: Stack, config: Config) -> Findings:
    """A stack that only reads the shared estate has neither metastore nor system schema."""
    schemas = list(stack.all(tokens.SYSTEM_SCHEMA))
    holders = [*stack.all(tokens.METASTORE), *schemas][:1]
    names = [item.get("schema") for item in schemas]
    for holder in holders:
        for name in config["required"]:
            if any(words(name)(known) for known in names):
                continue
            if UNKNOWN in names:
                yield Deferred("schema", holder.urn)
            else:
                yield Violation(
                    f"no SystemSchema switches {name} on; declare one with schema '{name}'",
                    holder.urn,
                )


@rule(
    "sec-67-no-sharing-grants",
    title="Only owners share data outside, or hold privileges on the whole metastore",
    severity="high",
    rationale="CREATE_SHARE and CREATE_RECIPIENT together hand any readable table to anybody.",
    remediation="Grant on catalogs and schemas; list owning groups under ownerGroups.",
    types=GRANT_TYPES,
    levels=EVERYWHERE,
    config={
        "ownerGroups": strings("Groups that may share and govern the metastore.", "platform_owners")
    },
    mappings=Mappings(sat=("INFO-18",)),
)
def no_sharing_grants(resource: Resource, config: Config) -> Findings:
    """A privilege on the metastore concerns everything that will ever be in it."""
    whole = resource.get("metastore") is not None
    for path, entry in entries(resource):
        principal = dig(entry, "principal")
        privileges, complete = held(entry)
        judged = sorted(privileges if whole else privileges & SHARING)
        if not complete and principal not in config["ownerGroups"]:
            yield Deferred(f"{path}privileges")
        if not judged:
            continue
        if principal is UNKNOWN:
            yield Deferred(f"{path}principal")
        elif principal not in config["ownerGroups"]:
            yield Violation(
                f"{path}privileges gives {show(principal)} {', '.join(judged)}"
                f"{' on the whole metastore' if whole else ''}; leave that to the owners"
            )
