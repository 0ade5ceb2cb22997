"""Looks at Azure as Unity Catalog does to validate a path: account, container, role, firewall."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sandbox.databricks import tokens
from sandbox.databricks.errors import denied, invalid
from sandbox.databricks.values import at, fields, items, prop, same, text, texts

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Record

# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage
BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"

_ABFSS = (
    r"abfss://(?P<container>[a-z0-9$-]{3,63})@(?P<account>[a-z0-9]{3,24})\.dfs\.core\.windows\.net"
    r"(?P<path>/[^?#]*)?"
)


class Path(NamedTuple):
    """A directory of a container, ``parts`` outermost first."""

    account: str
    container: str
    parts: tuple[str, ...]

    def covers(self, other: Path) -> bool:
        """Whether the other path is this one or below it."""
        here = (self.account, self.container)
        return (
            here == (other.account, other.container)
            and other.parts[: len(self.parts)] == self.parts
        )

    def overlaps(self, other: Path) -> bool:
        """Whether one of the two is inside the other."""
        return self.covers(other) or other.covers(self)


def path(url: str) -> Path | None:
    """The path an ``abfss`` URL names; ``None`` for any other text."""
    found = re.fullmatch(_ABFSS, url)
    if found is None:
        return None
    parts = tuple(part for part in (found["path"] or "").split("/") if part)
    return Path(found["account"], found["container"], parts)


def need_path(url: str, prop_name: str) -> Path:
    """The path an ``abfss`` URL names; refuses any other text."""
    found = path(url)
    if found is None:
        raise invalid(
            f"Invalid storage URL '{url}'. On Azure it is "
            "abfss://<container>@<account>.dfs.core.windows.net/<path>, without an account key or "
            "SAS.",
            prop_name,
        )
    return found


def connector(cloud: Cloud, credential: Record) -> Record | None:
    """The access connector behind a storage credential."""
    named = text(at(credential.inputs, "azureManagedIdentity", "accessConnectorId"))
    return cloud.get(named) if named else None


def identity(access: Record, managed_identity_id: str = "") -> str:
    """The object id of a connector's own identity, or of the user-assigned one that is named.

    Empty where the connector does not have that identity.
    """
    if not managed_identity_id:
        return text(at(prop(access, "identity"), "principalId"))
    assigned = at(prop(access, "identity"), "userAssignedIdentities")
    for key in (*fields(assigned), *texts(assigned)):  # a map in answers, a list in requests
        if same(key, managed_identity_id):
            return text(at(assigned, key, "principalId")) or managed_identity_id
    return ""


def _account(cloud: Cloud, name: str) -> Record | None:
    found = (
        a
        for a in cloud.all(tokens.AZURE_STORAGE)
        if same(a.inputs.get("accountName") or a.outputs.get("name"), name)
    )
    return next(found, None)


def need_readable(cloud: Cloud, where: Path, url: str, credential: Record) -> None:
    """Refuse a path that the credential's identity cannot read and write.

    A credential without an access connector (a service principal's) cannot be judged and passes.
    """
    access = connector(cloud, credential)
    if access is None:
        return
    account = _account(cloud, where.account)
    if account is None:
        raise invalid(
            f"The storage account '{where.account}' of {url} does not exist or its name cannot be "
            "resolved.",
            "url",
        )
    if prop(account, "isHnsEnabled") is not True:
        raise invalid(
            f"The storage account '{where.account}' does not have hierarchical namespace enabled. "
            "Create "
            "it with isHnsEnabled.",
            "url",
        )
    _need_container(cloud, where)
    _need_open_firewall(account, access, url)
    if not has_role(cloud, account, where.container, _object_id(credential, access)):
        raise denied(
            "The contributor role on the storage account is not set or Managed Identity does not "
            "have "
            f"READ permissions on url {url}. Please contact your account admin to update the "
            "storage "
            f"credential. Grant Storage Blob Data Contributor on the account to {access.id}.",
            "url",
        )


def _object_id(credential: Record, access: Record) -> str:
    chosen = text(at(credential.inputs, "azureManagedIdentity", "managedIdentityId"))
    return identity(access, chosen)


def _need_container(cloud: Cloud, where: Path) -> None:
    for container in cloud.all(tokens.AZURE_CONTAINER):
        if same(container.inputs.get("accountName"), where.account) and same(
            container.inputs.get("containerName") or container.outputs.get("name"), where.container
        ):
            return
    raise invalid(
        f"The specified filesystem does not exist: container '{where.container}' in storage "
        "account "
        f"'{where.account}'.",
        "url",
    )


def _need_open_firewall(account: Record, access: Record, url: str) -> None:
    """https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services."""
    rules = prop(account, "networkRuleSet")
    closed = (
        prop(account, "publicNetworkAccess") == "Disabled" or at(rules, "defaultAction") == "Deny"
    )
    trusted = "AzureServices" in (text(at(rules, "bypass")) or "AzureServices")
    admitted = any(
        same(rule.get("resourceId"), access.id) for rule in items(at(rules, "resourceAccessRules"))
    )
    if closed and not trusted and not admitted:
        raise denied(
            "This request is not authorized to perform this operation: the firewall of the "
            "storage account "
            f"keeps the access connector from {url}. Add a resource access rule for {access.id}.",
            "url",
        )


def has_role(cloud: Cloud, account: Record, container: str, principal: str) -> bool:
    """Whether a principal is Storage Blob Data Contributor at the container or above it."""
    target = f"{account.id}/blobServices/default/containers/{container}/".casefold()
    return any(
        same(role.inputs.get("principalId"), principal)
        and text(role.inputs.get("roleDefinitionId")).casefold().endswith(BLOB_DATA_CONTRIBUTOR)
        and target.startswith(text(role.inputs.get("scope")).casefold().rstrip("/") + "/")
        for role in cloud.all(tokens.AZURE_ROLE)
    )
