"""Azure storage accounts and blob containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.addresses import let_in
from policies.findings import Violation, is_false, is_true, require, words
from policies.registry import ADVISED_IN_DEV, EVERYWHERE, Mappings, Option, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_MODERN = words("TLS1_2", "TLS1_3")


def _encrypt(props: Mapping[str, Any], _config: Config) -> Mapping[str, Any]:
    """The least that the rule accepts; HTTPS only where it was switched off."""
    secure: dict[str, Any] = {}
    if not _MODERN(props.get("minimumTlsVersion")):
        secure["minimumTlsVersion"] = "TLS1_2"
    if props.get("enableHttpsTrafficOnly") is not None:
        secure["enableHttpsTrafficOnly"] = True
    return {**props, **secure}


def _make_private(props: Mapping[str, Any], _config: Config) -> Mapping[str, Any] | None:
    """An account's switch, or a container's access; a website is public whatever is changed."""
    if "publicAccess" in props:
        return {**props, "publicAccess": "None"}
    if "allowBlobPublicAccess" in props:
        return {**props, "allowBlobPublicAccess": False}
    return None


@rule(
    "sec-14-storage-encrypted-transport",
    title="A storage account answers over HTTPS with TLS 1.2 or newer only",
    severity="high",
    rationale="Older TLS versions have known breaks, and plain HTTP shows the data to the network.",
    remediation="Set minimumTlsVersion to 'TLS1_2' and leave enableHttpsTrafficOnly on.",
    types=[tokens.STORAGE_ACCOUNT],
    levels=EVERYWHERE,
    mappings=Mappings(
        cis=("9.3.4", "9.3.6"),
        azp=("404c3081", "fe83a0eb"),
        ckv=("CKV_AZURE_3", "CKV_AZURE_44"),
        azu=("AZU-0008", "AZU-0011"),
    ),
    remedy=_encrypt,
)
def encrypted_transport(resource: Resource, _config: Config) -> Findings:
    """HTTPS only is the service's default; the TLS version's is 1.0."""
    yield from require(resource, "enableHttpsTrafficOnly", is_true, "leave it on", default=True)
    yield from require(resource, "minimumTlsVersion", _MODERN, "set it to 'TLS1_2' or newer")


@rule(
    "sec-15-storage-no-anonymous-blobs",
    title="No blob can be read without a credential",
    severity="critical",
    rationale="An anonymous container publishes training data to whoever guesses its name.",
    remediation="Leave allowBlobPublicAccess off and publicAccess of every container at 'None', "
    "and serve no website from the account.",
    types=[tokens.STORAGE_ACCOUNT, tokens.BLOB_CONTAINER, tokens.STATIC_WEBSITE],
    levels=EVERYWHERE,
    mappings=Mappings(
        cis=("9.3.8",),
        azp=("4fa4b6c0",),
        ckv=("CKV_AZURE_34", "CKV_AZURE_190", "CKV2_AZURE_47"),
        azu=("AZU-0007",),
    ),
    remedy=_make_private,
)
def no_anonymous_blobs(resource: Resource, _config: Config) -> Findings:
    """Both default to private. The switch of an account does not reach its website.

    https://learn.microsoft.com/azure/storage/blobs/storage-blob-static-website
    """
    if resource.type == tokens.STATIC_WEBSITE:
        yield Violation("it publishes the container $web to everybody; host the site elsewhere")
    elif resource.type == tokens.BLOB_CONTAINER:
        yield from require(
            resource, "publicAccess", words("None"), "set it to 'None'", default="None"
        )
    else:
        yield from require(
            resource, "allowBlobPublicAccess", is_false, "set it to false", default=False
        )


@rule(
    "sec-16-storage-shared-key-off",
    title="A storage account accepts Entra identities only, no account keys",
    severity="high",
    rationale="An account key is a password for everything, belongs to nobody and never expires.",
    remediation="Set allowSharedKeyAccess to false and defaultToOAuthAuthentication to true.",
    types=[tokens.STORAGE_ACCOUNT],
    levels=EVERYWHERE,
    mappings=Mappings(
        cis=("9.3.1.3", "9.3.3.1"), azp=("8c6a50c6", "fd9903f1"), ckv=("CKV2_AZURE_40",)
    ),
)
def shared_key_off(resource: Resource, _config: Config) -> Findings:
    """Absent means that keys are on, and that the portal takes them first."""
    yield from require(resource, "allowSharedKeyAccess", is_false, "set it to false")
    yield from require(resource, "defaultToOAuthAuthentication", is_true, "set it to true")


@rule(
    "sec-17-storage-public-access-off",
    title="A storage account is reached through private endpoints only",
    severity="high",
    rationale="A network boundary holds when an identity is stolen.",
    remediation="Set publicNetworkAccess to 'Disabled' and networkRuleSet.defaultAction to 'Deny'.",
    types=[tokens.STORAGE_ACCOUNT],
    levels=ADVISED_IN_DEV,
    mappings=Mappings(
        cis=("9.3.2.2", "9.3.2.3"),
        azp=("b2982f36", "34c877ad"),
        ckv=("CKV_AZURE_35", "CKV_AZURE_59"),
        azu=("AZU-0012",),
    ),
)
def public_access_off(resource: Resource, _config: Config) -> Findings:
    """All are judged, so that opening one of them later does not open the account."""
    yield from require(
        resource,
        "publicNetworkAccess",
        words("Disabled", "SecuredByPerimeter"),
        "set it to 'Disabled'",
    )
    yield from require(resource, "networkRuleSet.defaultAction", words("Deny"), "set it to 'Deny'")
    yield from let_in(resource, "networkRuleSet.ipRules", "iPAddressOrRange")


@rule(
    "sec-21-storage-no-side-doors",
    title="A storage account has a hierarchical namespace, and no door that Entra does not guard",
    severity="medium",
    rationale="Each is a way to the data that Unity Catalog and Entra do not see; without the "
    "namespace Unity Catalog has no storage, and it cannot be added later without a migration.",
    remediation="Set isHnsEnabled to true and isLocalUserEnabled to false; leave isSftpEnabled, "
    "enableNfsV3 and allowCrossTenantReplication off, and declare no LocalUser.",
    types=[tokens.STORAGE_ACCOUNT, tokens.LOCAL_USER],
    levels=EVERYWHERE,
    config={
        "hierarchicalNamespace": Option(
            "Whether every account has to be a data lake; false where some hold other things.",
            default=True,
            schema={"type": "boolean"},
        )
    },
    mappings=Mappings(cis=("9.3.7",), azp=("92a89a79",), ckv=("CKV_AZURE_244",)),
)
def no_side_doors(resource: Resource, config: Config) -> Findings:
    """Local users are on where nothing is said, the other doors are not.

    NFS 3.0 lets in whoever reaches the network, with no identity at all.
    https://github.com/hashicorp/terraform-provider-azurerm/pull/24800
    https://learn.microsoft.com/azure/storage/blobs/network-file-system-protocol-support
    """
    if resource.type == tokens.LOCAL_USER:
        yield Violation("it logs in past Entra and Unity Catalog; give an identity a role instead")
        return
    if config["hierarchicalNamespace"]:
        yield from require(resource, "isHnsEnabled", is_true, "set it to true")
    yield from require(resource, "isLocalUserEnabled", is_false, "set it to false")
    for name in ("isSftpEnabled", "enableNfsV3", "allowCrossTenantReplication"):
        yield from require(resource, name, is_false, "set it to false", default=False)
