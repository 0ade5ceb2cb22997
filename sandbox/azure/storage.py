"""Storage accounts, containers, the blob service and lifecycle rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.azure import cidr, ids
from sandbox.azure.targets import root_storage_id
from sandbox.azure.values import at, flag, items, one_of, referenced, texts
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

ACCOUNTS = "https://learn.microsoft.com/azure/storage/common/storage-account-overview"
NETWORK = "https://learn.microsoft.com/azure/storage/common/storage-network-security"
_SKUS = ("Standard_LRS", "Standard_GRS", "Standard_RAGRS", "Standard_ZRS", "Premium_LRS",
         "Premium_ZRS", "Standard_GZRS", "Standard_RAGZRS")  # fmt: skip
_KINDS = ("Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage")


def refuse(code: str, message: str, prop: str, status: int = 400) -> Refusal:
    """A refusal of the storage resource provider."""
    return Refusal(code, message, status=status, prop=prop)


@check(ids.STORAGE, source=ACCOUNTS)
def account_settings_agree(request: Request) -> None:
    """Kind, SKU and TLS version are known ones, and the namespace suits the kind."""
    inputs = request.inputs
    kind, sku = inputs.get("kind"), at(inputs, "sku.name")
    one_of(kind, _KINDS, prop="kind")
    one_of(sku, _SKUS, prop="sku.name")
    one_of(
        inputs.get("minimumTlsVersion"),
        ("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"),
        prop="minimumTlsVersion",
    )
    one_of(inputs.get("accessTier"), ("Hot", "Cool", "Cold", "Premium"), prop="accessTier")
    if flag(inputs, "isHnsEnabled") and kind in {"Storage", "BlobStorage", "FileStorage"}:
        raise refuse(
            "HnsNotSupportedForKind",
            f"isHnsEnabled needs kind StorageV2 or BlockBlobStorage, not {kind}.",
            "isHnsEnabled",
        )
    if (
        flag(inputs, "isSftpEnabled")
        and ids.known(inputs.get("isHnsEnabled"))
        and not flag(inputs, "isHnsEnabled")
    ):
        raise refuse("SftpRequiresHns", "isSftpEnabled needs isHnsEnabled.", "isSftpEnabled")
    if isinstance(sku, str) and sku.startswith("Premium") and kind == "BlobStorage":
        raise refuse(
            "InvalidSkuForKind", f"SKU {sku} is not available for kind {kind}.", "sku.name"
        )


@check(ids.STORAGE, source=NETWORK)
def firewall_rules_are_complete(request: Request) -> None:
    """Resource rules have tenant and resource, IP rules are public, bypass is known."""
    rules = request.inputs.get("networkRuleSet")
    one_of(at(rules, "defaultAction"), ("Allow", "Deny"), prop="networkRuleSet.defaultAction")
    bypass = at(rules, "bypass")
    for part in bypass.split(",") if isinstance(bypass, str) else ():
        allowed = ("None", "Logging", "Metrics", "AzureServices")
        one_of(part.strip(), allowed, prop="networkRuleSet.bypass")
    for rule in items(at(rules, "resourceAccessRules")):
        resource, tenant = at(rule, "resourceId"), at(rule, "tenantId")
        if (
            resource is None
            or tenant is None
            or (isinstance(resource, str) and not ids.parse(resource))
        ):
            raise refuse(
                "InvalidValuesForRequestParameters",
                "A resource access rule needs tenantId and resourceId, the ARM id of a resource.",
                "networkRuleSet.resourceAccessRules",
            )
    for address in texts(*(at(rule, "iPAddressOrRange") for rule in items(at(rules, "ipRules")))):
        where = "networkRuleSet.ipRules"
        block = cidr.network(address if "/" in address else f"{address}/32", prop=where)
        small = "/" in address and block.prefixlen > 30  # noqa: PLR2004 - the documented limit
        if small or any(
            cidr.overlap(block, cidr.network(private, prop=where)) for private in _PRIVATE
        ):
            raise refuse(
                "InvalidValuesForRequestParameters",
                f"'{address}' cannot be an IP rule: "
                "only public addresses and ranges up to /30 are allowed.",
                where,
            )


_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


@admit(ids.STORAGE, source=ACCOUNTS)
def account_name_is_free(request: Request, cloud: Cloud) -> None:
    """Account names are unique in all of Azure; those that workspaces manage count."""
    own = ids.compose(request.token, request.inputs, request.provider)
    name = str(request.inputs.get("accountName"))
    held = [record.id for record in cloud.all(ids.STORAGE)]
    held += texts(*(root_storage_id({**w.inputs, **w.outputs}) for w in cloud.all(ids.WORKSPACE)))
    for other in held:
        if ids.same(other.rsplit("/", 1)[-1], name) and not ids.same(other, own):
            raise refuse(
                "StorageAccountAlreadyTaken",
                f"The storage account named {name} is already taken.",
                "accountName",
                409,
            )


@admit(ids.WORKSPACE, source=ACCOUNTS)
def root_storage_name_is_free(request: Request, cloud: Cloud) -> None:
    """A workspace's root storage account is named uniquely in all of Azure, too."""
    own = ids.compose(request.token, request.inputs, request.provider)
    name = at(request.inputs, "parameters.storageAccountName.value")
    held = {record.id: record.id for record in cloud.all(ids.STORAGE)}
    held |= {
        w.id: str(root_storage_id({**w.inputs, **w.outputs})) for w in cloud.all(ids.WORKSPACE)
    }
    for owner, account in held.items():
        if (
            isinstance(name, str)
            and ids.same(account.rsplit("/", 1)[-1], name)
            and not ids.same(owner, own)
        ):
            raise refuse(
                "StorageAccountAlreadyTaken",
                f"The storage account named {name} is already taken.",
                "parameters.storageAccountName",
                409,
            )


@admit(
    ids.STORAGE,
    source="https://learn.microsoft.com/azure/storage/common/infrastructure-encryption-enable",
)
def account_keeps_its_nature(request: Request, _cloud: Cloud) -> None:
    """Kind, double encryption and NFS are chosen once; the provider does not replace for them."""
    if request.old is None:
        return
    for path in (
        "kind",
        "encryption.requireInfrastructureEncryption",
        "enableNfsV3",
        "dnsEndpointType",
    ):
        old, new = at(request.old.inputs, path), at(request.inputs, path)
        upgrade = path == "kind" and old in {"Storage", "BlobStorage"} and new == "StorageV2"
        if old != new and not upgrade and (old or new):
            raise refuse(
                "PropertyChangeNotAllowed",
                f"The property '{path}' of storage account "
                f"{request.old.id} cannot be changed from {old} to {new}.",
                path,
                409,
            )


@admit(ids.STORAGE, source=NETWORK)
def firewall_subnets_exist(request: Request, cloud: Cloud) -> None:
    """The subnets that a firewall lets in exist."""
    for rule in items(at(request.inputs, "networkRuleSet.virtualNetworkRules")):
        referenced(
            cloud,
            at(rule, "virtualNetworkResourceId"),
            prop="networkRuleSet.virtualNetworkRules",
            code="NetworkAclsValidationFailure",
        )


@outputs(
    ids.STORAGE, source="https://learn.microsoft.com/rest/api/storagerp/storage-accounts/create"
)
def account_endpoints(request: Request, _cloud: Cloud) -> Mapping[str, Any]:
    """The account's public names and what the API fills in."""
    name, location = request.inputs.get("accountName"), request.inputs.get("location")
    services = ("blob", "dfs", "file", "queue", "table")
    return {
        "primaryEndpoints": {
            **{service: f"https://{name}.{service}.core.windows.net/" for service in services},
            "web": f"https://{name}.z13.web.core.windows.net/",
        },
        "primaryLocation": location,
        "statusOfPrimary": "available",
        "creationTime": "2026-01-01T00:00:00Z",
        "allowBlobPublicAccess": request.inputs.get("allowBlobPublicAccess", False),
        "enableHttpsTrafficOnly": request.inputs.get("enableHttpsTrafficOnly", True),
    }
