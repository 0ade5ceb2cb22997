"""Keys of one's own for a workspace, and what Databricks sells as enhanced security."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Violation, is_true, require, require_present, words
from policies.model import UNKNOWN
from policies.registry import ADVISED_IN_PROD, Mappings, rule, strings
from policies.rules.workspace import SERVERLESS, serverless
from policies.verdicts import demand, some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config
    from policies.verdicts import Verdict

_KEY_VAULT = words("Microsoft.Keyvault")
_FROM_VAULT = "set it to 'Microsoft.Keyvault'"


@rule(
    "sec-09-workspace-own-keys",
    title="Notebooks, secrets and disks of a workspace are encrypted with the customer's key",
    severity="medium",
    rationale="Only a key of one's own can be withdrawn, from Databricks and from everybody else.",
    remediation="Set encryption.entities.managedServices and managedDisk with keySource "
    "'Microsoft.Keyvault' and the key.",
    types=[tokens.WORKSPACE],
    # Mandatory in production once the platform has keys of its own: they need the object id that
    # Databricks has in the tenant, and an operator who rotates and never loses them.
    levels=ADVISED_IN_PROD,
    mappings=Mappings(cis=("2.1.8",)),
)
def own_keys(resource: Resource, _config: Config) -> Findings:
    """Absent means Microsoft's key. A serverless workspace has no disks in the subscription."""
    entities = ["managedServices"] if serverless(resource) else ["managedServices", "managedDisk"]
    for entity in entities:
        path = f"encryption.entities.{entity}"
        yield from require(resource, f"{path}.keySource", _KEY_VAULT, _FROM_VAULT)
        if _KEY_VAULT(resource.get(f"{path}.keySource")):
            yield from require_present(
                resource, f"{path}.keyVaultProperties.keyName", "name the key"
            )


@rule(
    "sec-10-workspace-root-own-key",
    title="The workspace's own storage is encrypted with the customer's key",
    severity="medium",
    rationale="The root storage holds job results and libraries, and Microsoft's key cannot be "
    "withdrawn.",
    remediation="Set parameters.prepareEncryption.value to true and parameters.encryption.value "
    "with keySource 'Microsoft.Keyvault' and the key.",
    types=[tokens.WORKSPACE],
    levels=ADVISED_IN_PROD,  # As sec-09.
    mappings=Mappings(ckv=("CKV2_AZURE_48",)),
)
def root_own_key(resource: Resource, _config: Config) -> Findings:
    """Preparing gives the storage the identity that may use the key."""
    if serverless(resource):
        yield SERVERLESS
        return
    yield from require(resource, "parameters.prepareEncryption.value", is_true, "set it to true")
    path = "parameters.encryption.value"
    yield from require(resource, f"{path}.keySource", _KEY_VAULT, _FROM_VAULT)
    if _KEY_VAULT(resource.get(f"{path}.keySource")):
        for name in ("keyName", "keyVaultUri"):
            yield from require_present(resource, f"{path}.{name}", "name the key and its vault")


@rule(
    "sec-11-workspace-double-encryption",
    title="The workspace's own storage is encrypted twice",
    severity="low",
    rationale="A second layer with another algorithm holds when one is broken; it cannot be added "
    "later.",
    remediation="Set parameters.requireInfrastructureEncryption.value to true before the workspace "
    "is made; a change replaces it.",
    types=[tokens.WORKSPACE],
    levels=ADVISED_IN_PROD,
    mappings=Mappings(azu=("AZU-0061",)),
)
def double_encryption(resource: Resource, _config: Config) -> Findings:
    """Absent means once."""
    if serverless(resource):
        yield SERVERLESS
        return
    yield from require(
        resource, "parameters.requireInfrastructureEncryption.value", is_true, "set it to true"
    )


# Feature: the workspace's own property, and the setting inside of it that does the same.
_FEATURES = {
    "enhancedSecurityMonitoring": (
        tokens.SECURITY_MONITORING,
        "enhancedSecurityMonitoringWorkspace.isEnabled",
    ),
    "complianceSecurityProfile": (
        tokens.SECURITY_PROFILE,
        "complianceSecurityProfileWorkspace.isEnabled",
    ),
    "automaticClusterUpdate": (
        tokens.CLUSTER_UPDATE,
        "automaticClusterUpdateWorkspace.enabled",
    ),
}


@rule(
    "sec-12-workspace-enhanced-security",
    title="A workspace has the hardened images and updates that its data class calls for",
    severity="low",
    rationale="Nodes are otherwise neither watched by an agent nor updated while they run.",
    remediation="Set enhancedSecurityCompliance.<feature>.value to 'Enabled', or declare the "
    "workspace setting of the same name.",
    types=[tokens.WORKSPACE, *(token for token, _ in _FEATURES.values())],
    # A paid add-on, charged as a share of all Databricks spend, so production may decline it.
    levels=ADVISED_IN_PROD,
    scope="stack",
    config={
        "features": strings(
            "Features that are asked for: enhancedSecurityMonitoring, complianceSecurityProfile, "
            "automaticClusterUpdate.",
            "enhancedSecurityMonitoring",
            "automaticClusterUpdate",
        )
    },
    mappings=Mappings(sat=("INFO-39", "INFO-40", "GOV-36")),
)
def enhanced_security(stack: Stack, config: Config) -> Findings:
    """A setting says nowhere which workspace it is in, so one of the stack counts for all."""
    for workspace in stack.all(tokens.WORKSPACE):
        for feature in config["features"]:
            if feature not in _FEATURES:
                known = ", ".join(_FEATURES)
                yield Violation(f"'{feature}' is no feature; configure some of {known}")
                continue
            yield from demand(
                some(_enabled(stack, workspace, feature)),
                f"enhancedSecurityCompliance.{feature} is not enabled; set its value to 'Enabled'",
                f"enhancedSecurityCompliance.{feature}",
                workspace.urn,
            )


def _enabled(stack: Stack, workspace: Resource, feature: str) -> Iterator[Verdict]:
    token, path = _FEATURES[feature]
    value = workspace.get(f"enhancedSecurityCompliance.{feature}.value")
    yield None if value is UNKNOWN else words("Enabled")(value)
    for setting in stack.all(token):
        switch = setting.get(path)
        yield None if switch is UNKNOWN else is_true(switch)


@rule(
    "sec-20-storage-own-key",
    title="A storage account is encrypted twice, and with the customer's key",
    severity="medium",
    rationale="Only a key of one's own can be withdrawn; the second layer cannot be added later.",
    remediation="Set encryption.keySource to 'Microsoft.Keyvault' with keyVaultProperties, and "
    "encryption.requireInfrastructureEncryption to true.",
    types=[tokens.STORAGE_ACCOUNT],
    levels=ADVISED_IN_PROD,  # As sec-09.
    mappings=Mappings(
        azp=("6fac406b", "4733ea7b"), ckv=("CKV2_AZURE_1",), azu=("AZU-0060", "AZU-0061")
    ),
)
def storage_own_key(resource: Resource, _config: Config) -> Findings:
    """Absent means Microsoft's key, once."""
    yield from require(resource, "encryption.keySource", _KEY_VAULT, _FROM_VAULT)
    if _KEY_VAULT(resource.get("encryption.keySource")):
        path = "encryption.keyVaultProperties.keyName"
        yield from require_present(resource, path, "name the key")
    yield from require(
        resource, "encryption.requireInfrastructureEncryption", is_true, "set it to true"
    )
