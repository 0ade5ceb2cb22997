"""Who may change, give away and drop a Unity Catalog object, and who may own one.

The trap these rules set as the cloud does: an object that is handed to a group which the deploying
identity is not a member of can no longer be changed, filled or dropped by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import principals, scope, securables, tokens
from sandbox.databricks.errors import denied
from sandbox.databricks.privileges import OWNERSHIP, Caller, caller
from sandbox.databricks.securables import BY_TOKEN, full_name
from sandbox.databricks.values import prop, text
from sandbox.rules import Refusal, admit, release

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Record, Request

OWNED = (
    tokens.CATALOG,
    tokens.SCHEMA,
    tokens.VOLUME,
    tokens.REGISTERED_MODEL,
    tokens.EXTERNAL_LOCATION,
    tokens.STORAGE_CREDENTIAL,
)
PRINCIPALS = "https://github.com/databricks/terraform-provider-databricks/issues/4680"
CATALOG_API = "https://docs.databricks.com/api/workspace/catalogs/delete"


def need_principal(cloud: Cloud, name: str, asker: str, prop_name: str) -> None:
    """Refuse a principal that the account does not know, such as a workspace's own group."""
    if not principals.account_knows(cloud, name, asker):
        raise Refusal(
            "PRINCIPAL_DOES_NOT_EXIST",
            f"Could not find principal with name {name}. Use an account group's display name, a "
            "service "
            "principal's application id or a user name.",
            status=404,
            prop=prop_name,
        )


def parents(cloud: Cloud, record: Record) -> list[Record]:
    """The object itself and what it is in, innermost first."""
    chain = [record]
    metastore = scope.home_metastore(record, cloud)
    parts = full_name(record).split(".") if record.token not in _FLAT else []
    for token, length in ((tokens.SCHEMA, 2), (tokens.CATALOG, 1)):
        if len(parts) > length:
            outer = securables.find(cloud, token, ".".join(parts[:length]), metastore)
            chain.extend([outer] if outer else [])
    return chain


_FLAT = (tokens.EXTERNAL_LOCATION, tokens.STORAGE_CREDENTIAL, tokens.CATALOG, tokens.METASTORE)


@admit(*OWNED, tokens.METASTORE, source=PRINCIPALS)
def owner_exists(request: Request, cloud: Cloud) -> None:
    """Only account-level principals own Unity Catalog objects."""
    owner = text(request.inputs.get("owner"))
    if owner:
        need_principal(cloud, owner, scope.caller(request.provider), "owner")


@admit(*OWNED, source=OWNERSHIP)
def only_owners_change(request: Request, cloud: Cloud) -> None:
    """An update takes the owner or MANAGE; a metastore admin may change the owner alone."""
    if request.old is None:
        return
    asker = caller(request, cloud)
    old, chain = request.old, parents(cloud, request.old)
    if asker.manages(*chain) or (asker.administers() and _only_owner_changes(request, old)):
        return
    raise _not_owner(old, asker)


def _only_owner_changes(request: Request, old: Record) -> bool:
    names = {*request.inputs, *old.inputs} - {"owner"}
    return all(request.inputs.get(name) == old.inputs.get(name) for name in names)


@release(*OWNED, source=CATALOG_API)
def only_owners_drop(request: Request, cloud: Cloud) -> None:
    """Dropping takes an owner, a parent's or MANAGE; for a catalog a metastore admin will do."""
    if request.old is None:
        return
    asker = caller(request, cloud)
    admin = request.token == tokens.CATALOG and asker.administers()
    if not (admin or asker.manages(*parents(cloud, request.old))):
        raise _not_owner(request.old, asker)


def _not_owner(record: Record, asker: Caller) -> Refusal:
    owner: Any = prop(record, "owner")
    return denied(
        f"User is not an owner of {BY_TOKEN[record.token].words} '{full_name(record)}'. It is "
        "owned by "
        f"'{owner}'; {asker.name} is neither that nor a member of it, and has no MANAGE."
    )
