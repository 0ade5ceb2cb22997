"""Private endpoints: what has to be reached through one, in which order, and under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.endpoints import reached, through
from policies.findings import Deferred, Violation, elements, present, require_value, words
from policies.model import UNKNOWN, dig
from policies.references import Names
from policies.registry import BINDING_IN_PROD, OFF_ADVISED_BINDING, Mappings, Option, rule
from policies.rules.workspace import SERVERLESS, serverless
from policies.verdicts import demand, some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config
    from policies.verdicts import Verdict

_BACK_END = "databricks_ui_api"
_LOG_IN = "browser_authentication"


@rule(
    "sec-05-workspace-nsg-rules-private",
    title="A workspace with a private back end does without rules towards the public one",
    severity="medium",
    rationale="With all rules, Databricks opens the subnets to its public control plane, although "
    "the private endpoint has taken its place.",
    remediation="Set requiredNsgRules to 'NoAzureDatabricksRules'.",
    types=[tokens.WORKSPACE, tokens.PRIVATE_ENDPOINT],
    levels=BINDING_IN_PROD,
    scope="stack",
    mappings=Mappings(sat=("NS-3",)),
)
def nsg_rules_private(stack: Stack, _config: Config) -> Findings:
    """Absent means all rules. Without public access the API accepts no other value."""
    for workspace in stack.all(tokens.WORKSPACE):
        if serverless(workspace):
            yield SERVERLESS
            continue
        access = workspace.get("publicNetworkAccess")
        closed = None if access is UNKNOWN else words("Disabled")(access)
        private = some([closed, reached(stack, workspace, _BACK_END)])
        rules = workspace.get("requiredNsgRules")
        if private is None and not words("NoAzureDatabricksRules")(rules):
            yield Deferred("publicNetworkAccess", workspace.urn)
        elif private:
            yield from require_value(
                rules,
                "requiredNsgRules",
                words("NoAzureDatabricksRules"),
                "set it to 'NoAzureDatabricksRules'",
                urn=workspace.urn,
            )


@rule(
    "sec-06-workspace-private-endpoints",
    title="A workspace has a private endpoint for its interface, and then one for the log-in",
    severity="high",
    rationale="Nodes and people otherwise reach the workspace over the Internet. The log-in "
    "endpoint fails when it is made before or beside the other.",
    remediation="Declare a PrivateEndpoint with groupIds ['databricks_ui_api'] and one with "
    "['browser_authentication'] that depends on it.",
    types=[tokens.WORKSPACE, tokens.PRIVATE_ENDPOINT],
    levels=OFF_ADVISED_BINDING,
    scope="stack",
    config={
        "browserAuthentication": Option(
            "Whether the log-in endpoint has to be in this stack. There is one per region and "
            "private DNS zone, so another stack may hold it.",
            default=True,
            schema={"type": "boolean"},
        )
    },
    # The order: https://github.com/microsoft/AzureTRE/issues/3182
    mappings=Mappings(sat=("NS-3",), cis=("2.1.11",), azp=("258823f2",)),
)
def workspace_endpoints(stack: Stack, config: Config) -> Findings:
    """One log-in endpoint is enough for all workspaces of the stack."""
    workspaces = [item for item in stack.all(tokens.WORKSPACE) if not serverless(item)]
    for workspace in workspaces:
        yield from demand(
            reached(stack, workspace, _BACK_END),
            f"no PrivateEndpoint with groupIds ['{_BACK_END}'] leads to it; declare one",
            "privateLinkServiceConnections",
            workspace.urn,
        )
        first = through(stack, workspace, _BACK_END)
        for late in through(stack, workspace, _LOG_IN):
            if first and not stack.comes_after(late, *first):
                yield Violation(
                    f"it does not wait for the endpoint of {_BACK_END}; add that one to depends_on",
                    late.urn,
                )
    if workspaces and config["browserAuthentication"]:
        yield from demand(
            some(reached(stack, workspace, _LOG_IN) for workspace in workspaces),
            f"no PrivateEndpoint of the stack has groupIds ['{_LOG_IN}']; declare one",
            "privateLinkServiceConnections",
            workspaces[0].urn,
        )


@rule(
    "sec-07-private-endpoint-names",
    title="Every private endpoint has its DNS records, and every private zone its network",
    severity="medium",
    rationale="Without the record or the link the public name resolves to the public address, and "
    "traffic leaves the network without a word.",
    remediation="Declare a PrivateDnsZoneGroup with a zone for the endpoint, and a "
    "VirtualNetworkLink for the zone.",
    types=[tokens.PRIVATE_ENDPOINT, tokens.ZONE_GROUP, tokens.PRIVATE_ZONE, tokens.ZONE_LINK],
    levels=OFF_ADVISED_BINDING,
    scope="stack",
    mappings=Mappings(azp=("0eddd7f3",)),
)
def endpoint_names(stack: Stack, _config: Config) -> Findings:
    """Zones that other stacks hold are taken on trust: only their ids are seen."""
    owner, zone_name = "privateEndpointName", "privateZoneName"
    groups = Names((i.get(owner), i, owner, _filled(i)) for i in stack.all(tokens.ZONE_GROUP))
    links = Names((i.get(zone_name), i, zone_name, _tied(i)) for i in stack.all(tokens.ZONE_LINK))
    for endpoint in stack.all(tokens.PRIVATE_ENDPOINT):
        yield from demand(
            groups.verdict(endpoint, lambda filled: filled),
            "no PrivateDnsZoneGroup with a zone belongs to it; declare one",
            owner,
            endpoint.urn,
        )
    for zone in stack.all(tokens.PRIVATE_ZONE):
        name = zone.get(zone_name)
        if name is UNKNOWN:
            yield Deferred(zone_name, zone.urn)
        elif isinstance(name, str) and name.casefold().startswith("privatelink."):
            yield from demand(
                links.verdict(zone, lambda tied: tied),
                f"no VirtualNetworkLink ties '{name}' to a network; declare one",
                zone_name,
                zone.urn,
            )


def _filled(group: Resource) -> Verdict:
    """Whether a zone group has a zone."""
    configs = group.get("privateDnsZoneConfigs")
    if configs is UNKNOWN:
        return None
    zones = [dig(item, "privateDnsZoneId") for item in elements(configs)]
    return any(zone is UNKNOWN or present(zone) for zone in zones)


def _tied(link: Resource) -> Verdict:
    """Whether a link names a network."""
    network = link.get("virtualNetwork.id")
    return network is UNKNOWN or present(network)


@rule(
    "sec-19-storage-private-endpoints",
    title="A data lake is reached through private endpoints for both of its interfaces",
    severity="medium",
    rationale="Spark uses dfs and many tools blob; without its endpoint an interface is looked up "
    "on the Internet.",
    remediation="Declare a PrivateEndpoint with groupIds ['dfs'] and one with ['blob'].",
    types=[tokens.STORAGE_ACCOUNT, tokens.PRIVATE_ENDPOINT],
    levels=OFF_ADVISED_BINDING,
    scope="stack",
    mappings=Mappings(cis=("9.3.2.1",), azp=("6edd7eda",), ckv=("CKV2_AZURE_33",)),
)
def storage_endpoints(stack: Stack, _config: Config) -> Findings:
    """An account without hierarchical namespace needs one endpoint, of any interface."""
    for account in stack.all(tokens.STORAGE_ACCOUNT):
        lake = account.get("isHnsEnabled")
        for group in _interfaces(lake):
            kind = f" with groupIds ['{group}']" if group else ""
            verdict = reached(stack, account, group)
            yield from demand(
                None if lake is UNKNOWN and not verdict else verdict,
                f"no PrivateEndpoint{kind} leads to it; declare one",
                "privateLinkServiceConnections",
                account.urn,
            )


def _interfaces(lake: object) -> Iterator[str]:
    if lake is True or lake is UNKNOWN:
        yield from ("dfs", "blob")
    else:
        yield ""


@rule(
    "sec-25-key-vault-private-endpoint",
    title="A key vault is reached through a private endpoint",
    severity="medium",
    rationale="With public access off, nothing in the network reaches the vault without one.",
    remediation="Declare a PrivateEndpoint with groupIds ['vault'].",
    types=[tokens.VAULT, tokens.PRIVATE_ENDPOINT],
    levels=OFF_ADVISED_BINDING,
    scope="stack",
    mappings=Mappings(cis=("8.3.8",), azp=("a6abeaec",), ckv=("CKV2_AZURE_32",)),
)
def vault_endpoint(stack: Stack, _config: Config) -> Findings:
    """A vault has one interface."""
    for vault in stack.all(tokens.VAULT):
        yield from demand(
            reached(stack, vault, "vault"),
            "no PrivateEndpoint with groupIds ['vault'] leads to it; declare one",
            "privateLinkServiceConnections",
            vault.urn,
        )
