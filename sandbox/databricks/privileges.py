"""Unity Catalog privileges: which a securable knows, and who holds which."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sandbox.databricks import principals, scope, tokens
from sandbox.databricks.errors import denied
from sandbox.databricks.securables import BY_TOKEN, full_name, in_metastore, title
from sandbox.databricks.values import items, prop, same, text, texts

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Record, Request

SOURCE = "https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/manage-privileges/privileges"
OWNERSHIP = "https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/manage-privileges/ownership"

_IN_SCHEMA = frozenset(
    {
        "CREATE_FUNCTION", "CREATE_MATERIALIZED_VIEW", "CREATE_MODEL", "CREATE_MODEL_VERSION",
        "CREATE_TABLE",
        "CREATE_VOLUME", "EXECUTE", "MODIFY", "READ_VOLUME", "REFRESH", "SELECT", "USE_SCHEMA",
        "WRITE_VOLUME",
    }
)  # fmt: skip
_EVERYWHERE = frozenset({"ALL_PRIVILEGES", "MANAGE"})
# Accepted by the API ahead of the documentation: https://github.com/databricks/cli/issues/6770
_NEW_IN_SCHEMA = frozenset({"CREATE_FEATURE", "CREATE_SECRET"})

ALLOWED: dict[str, frozenset[str]] = {
    "metastore": frozenset(
        {
            "CREATE_CATALOG", "CREATE_CLEAN_ROOM", "CREATE_CONNECTION", "CREATE_EXTERNAL_LOCATION",
            "CREATE_EXTERNAL_METADATA", "CREATE_PROVIDER", "CREATE_RECIPIENT",
            "CREATE_SERVICE_CREDENTIAL",
            "CREATE_SHARE", "CREATE_STORAGE_CREDENTIAL", "MANAGE_ALLOWLIST", "SET_SHARE_PERMISSION",
            "USE_CONNECTION", "USE_MARKETPLACE_ASSETS", "USE_PROVIDER", "USE_RECIPIENT",
            "USE_SHARE",
        }
    ),
    "catalog": _EVERYWHERE | _IN_SCHEMA | _NEW_IN_SCHEMA
    | {"APPLY_TAG", "BROWSE", "CREATE_SCHEMA", "EXTERNAL_USE_SCHEMA", "USE_CATALOG"},
    "schema": _EVERYWHERE | _IN_SCHEMA | _NEW_IN_SCHEMA | {"APPLY_TAG", "EXTERNAL_USE_SCHEMA"},
    "table": _EVERYWHERE | {"APPLY_TAG", "MODIFY", "REFRESH", "SELECT"},
    "volume": _EVERYWHERE | {"APPLY_TAG", "READ_VOLUME", "WRITE_VOLUME"},
    "model": _EVERYWHERE | {"APPLY_TAG", "CREATE_MODEL_VERSION", "EXECUTE"},
    "function": _EVERYWHERE | {"EXECUTE"},
    "externalLocation": _EVERYWHERE
    | {
        "BROWSE", "CREATE_EXTERNAL_TABLE", "CREATE_EXTERNAL_VOLUME", "CREATE_FOREIGN_SECURABLE",
        "CREATE_MANAGED_STORAGE", "EXTERNAL_USE_LOCATION", "READ_FILES", "WRITE_FILES",
    },
    "storageCredential": _EVERYWHERE
    | {"CREATE_EXTERNAL_LOCATION", "CREATE_EXTERNAL_TABLE", "READ_FILES", "WRITE_FILES"},
    "credential": _EVERYWHERE | {"ACCESS", "CREATE_CONNECTION"},
    "foreignConnection": _EVERYWHERE | {"CREATE_FOREIGN_CATALOG", "USE_CONNECTION"},
    "share": frozenset({"SELECT"}),
}  # fmt: skip

# ALL PRIVILEGES does not stand for these: the same page, "ALL PRIVILEGES".
_NOT_IN_ALL = frozenset({"MANAGE", "EXTERNAL_USE_SCHEMA", "EXTERNAL_USE_LOCATION"})


class Caller(NamedTuple):
    """Who asks, in which metastore: the rights of a principal and of all groups it is in."""

    name: str
    names: frozenset[str]
    metastore: Record
    cloud: Cloud

    def owns(self, record: Record) -> bool:
        """Whether it owns the securable, itself or through a group."""
        return text(prop(record, "owner")).casefold() in self.names

    def administers(self) -> bool:
        """Whether it is a metastore admin, which is what the metastore's owner is called."""
        return self.owns(self.metastore)

    def granted(self, privilege: str, record: Record) -> bool:
        """Whether the securable's own grants give it the privilege."""
        return privilege in granted(
            self.cloud, record, self.names, scope.metastore_key(self.metastore)
        )

    def manages(self, *chain: Record) -> bool:
        """Whether it may drop an object and manage its grants; parents' owners may too."""
        return any(self.owns(record) or self.granted("MANAGE", record) for record in chain)

    def may(self, privilege: str, *chain: Record) -> bool:
        """Whether it has the privilege on the first of the chain, or inherits it from a parent."""
        return any(self.owns(record) or self.granted(privilege, record) for record in chain)

    def need(self, privilege: str, *chain: Record) -> None:
        """Refuse in the API's words when it lacks the privilege."""
        if not self.may(privilege, *chain):
            kind = BY_TOKEN[chain[0].token].words
            raise denied(
                f"User does not have {privilege.replace('_', ' ')} on {kind} '{title(chain[0])}'."
            )


def granted(cloud: Cloud, record: Record, names: frozenset[str], metastore: str) -> frozenset[str]:
    """The privileges that a securable's grants give to any of the names."""
    kind = BY_TOKEN[record.token].grants
    found: set[str] = set()
    for grants in cloud.all(tokens.GRANTS):
        if not same(grants.inputs.get(kind), full_name(record)):
            continue
        if not in_metastore(grants, cloud, metastore):
            continue
        for grant in items(grants.inputs.get("grants")):
            if text(grant.get("principal")).casefold() in names:
                found.update(p.upper() for p in texts(grant.get("privileges")))
    for grant in cloud.all(tokens.GRANT):
        here = same(grant.inputs.get(kind), full_name(record))
        to_one = text(grant.inputs.get("principal")).casefold() in names
        if here and to_one and in_metastore(grant, cloud, metastore):
            found.update(p.upper() for p in texts(grant.inputs.get("privileges")))
    if "ALL_PRIVILEGES" in found:
        found |= ALLOWED[kind] - _NOT_IN_ALL
    return frozenset(found)


def caller(request: Request, cloud: Cloud) -> Caller:
    """Who makes a request, in the metastore it goes to."""
    name = scope.caller(request.provider)
    metastore = scope.metastore(request.provider, request.inputs, cloud)
    return Caller(name, principals.acts_as(cloud, name), metastore, cloud)
