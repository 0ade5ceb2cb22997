"""Unity Catalog's securable objects: how they are named, found and nested, and which can be seen.

Names are one name in any case. An isolated catalog, credential or external location is seen through
the workspaces it is bound to only; making it binds the workspace it was made through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sandbox.databricks import tokens
from sandbox.databricks.errors import absent, denied
from sandbox.databricks.scope import home, home_metastore
from sandbox.databricks.values import given_of, prop, same, text

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Record


class Kind(NamedTuple):
    """One kind of securable: its token, its property in a grants resource, its name in messages."""

    token: str
    grants: str
    words: str
    securable: str


# The last column is the kind as the API's privilege messages spell it.
KINDS = (
    Kind(tokens.METASTORE, "metastore", "Metastore", "METASTORE/METASTORE_STANDARD"),
    Kind(tokens.CATALOG, "catalog", "Catalog", "CATALOG/CATALOG_STANDARD"),
    Kind(tokens.SCHEMA, "schema", "Schema", "SCHEMA/SCHEMA_STANDARD"),
    Kind(tokens.VOLUME, "volume", "Volume", "VOLUME/VOLUME_STANDARD"),
    Kind(tokens.TABLE, "table", "Table", "TABLE/TABLE_STANDARD"),
    Kind(tokens.REGISTERED_MODEL, "model", "Routine or Model", "FUNCTION/REGISTERED_MODEL"),
    Kind(
        tokens.EXTERNAL_LOCATION,
        "externalLocation",
        "External Location",
        "EXTERNAL_LOCATION/EXTERNAL_LOCATION_STANDARD",
    ),
    Kind(
        tokens.STORAGE_CREDENTIAL,
        "storageCredential",
        "Storage Credential",
        "CREDENTIAL/STORAGE_CREDENTIAL",
    ),
)
BY_TOKEN = {kind.token: kind for kind in KINDS}
BY_GRANTS = {kind.grants: kind for kind in KINDS}
_BINDING_TYPES = {
    tokens.CATALOG: "catalog",
    tokens.EXTERNAL_LOCATION: "external_location",
    tokens.STORAGE_CREDENTIAL: "storage_credential",
}
ISOLATED = frozenset({"ISOLATED", "ISOLATION_MODE_ISOLATED"})


def full_name(record: Record) -> str:
    """The name that other objects refer to it by; a metastore's is its id."""
    if record.token == tokens.METASTORE:
        return text(prop(record, "metastoreId")) or record.id
    parts = [
        text(prop(record, part)).casefold()
        for part in given_of(record.inputs, ("catalogName", "schemaName"))
    ]
    return ".".join([*parts, text(prop(record, "name")).casefold()])


def title(record: Record) -> str:
    """The name that messages show."""
    return text(prop(record, "name")) if record.token == tokens.METASTORE else full_name(record)


def find(cloud: Cloud, token: str, name: str, metastore: str) -> Record | None:
    """The securable of this kind and name in a metastore."""
    for record in cloud.all(token):
        if same(full_name(record), name) and token == tokens.METASTORE:
            return record
        if same(full_name(record), name) and in_metastore(record, cloud, metastore):
            return record
    return None


def in_metastore(record: Record, cloud: Cloud, metastore: str) -> bool:
    """Whether a stored securable is in this metastore."""
    return same(home_metastore(record, cloud), metastore)


def need(cloud: Cloud, token: str, name: str, metastore: str, prop_name: str = "") -> Record:
    """The securable of this kind and name; refuses in the API's words when there is none."""
    found = find(cloud, token, name, metastore)
    if found is None:
        raise absent(BY_TOKEN[token].words, name, prop_name)
    return found


def children(cloud: Cloud, token: str, parent: Record) -> list[Record]:
    """The objects of one kind inside a catalog or schema."""
    inside = f"{full_name(parent)}."
    metastore = home_metastore(parent, cloud)
    return [
        record
        for record in cloud.all(token)
        if full_name(record).startswith(inside) and in_metastore(record, cloud, metastore)
    ]


def bound(cloud: Cloud, record: Record, workspace: str, *, writing: bool = False) -> bool:
    """Whether a workspace sees the securable and, if asked, may change what is in it."""
    if text(prop(record, "isolationMode")) not in ISOLATED or home(record) == workspace:
        return True
    kind = _BINDING_TYPES[record.token]
    for binding in cloud.all(tokens.WORKSPACE_BINDING):
        named = text(binding.inputs.get("securableName")) or text(binding.inputs.get("catalogName"))
        if (
            same(named, full_name(record))
            and (text(binding.inputs.get("securableType")) or "catalog") == kind
            and str(binding.inputs.get("workspaceId")) == workspace
        ):
            return not writing or binding.inputs.get("bindingType") != "BINDING_TYPE_READ_ONLY"
    return False


def need_bound(cloud: Cloud, record: Record, workspace: str, *, writing: bool = False) -> None:
    """Refuse what goes through a workspace that does not see the securable.

    The words: https://github.com/databricks/terraform-provider-databricks/issues/2446
    """
    words, name = BY_TOKEN[record.token].words, full_name(record)
    if not bound(cloud, record, workspace):
        raise denied(f"{words} '{name}' is not accessible in current workspace")
    if not bound(cloud, record, workspace, writing=writing):
        raise denied(f"{words} '{name}' is bound to workspace {workspace} for reading only")
