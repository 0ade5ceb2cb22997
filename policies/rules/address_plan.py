"""Room for the nodes: a subnet that is full cannot grow while a workspace is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.addresses import capacity
from policies.findings import Deferred, Violation, show
from policies.model import UNKNOWN, dig
from policies.registry import EVERYWHERE, Mappings, integer, rule
from policies.subnets import SUBNET_TYPES, Subnet, databricks_subnets, used_by

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Stack
    from policies.registry import Config

# A /26 without the five addresses that Azure keeps. Every node takes one in each of the subnets.
# https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject
_SMALLEST = 59


@rule(
    "sec-29-databricks-subnet-size",
    title="Both Databricks subnets are large enough, and equally large",
    severity="medium",
    rationale="Each node takes an address in both subnets; the smaller one is the limit, and "
    "neither can be changed under a workspace.",
    remediation="Set addressPrefix to a /26 or larger, the same size for both, with room for the "
    "configured number of nodes.",
    types=SUBNET_TYPES,
    levels=EVERYWHERE,
    mappings=Mappings(none="no catalogue counts the addresses that clusters need"),
    scope="stack",
    config={
        "nodes": integer(
            "Cluster nodes that must fit at the same time, idle ones of pools included.",
            dev=59,
            test=59,
            prod=59,
        )
    },
)
def subnet_size(stack: Stack, config: Config) -> Findings:
    """Equality is judged between the subnets that one workspace takes."""
    rooms: dict[int, int] = {}
    needed = max(_SMALLEST, config["nodes"])
    found = [subnet for subnet, _ in databricks_subnets(stack)]
    for index, subnet in enumerate(found):
        prefixes = _prefixes(subnet)
        if UNKNOWN in prefixes:
            yield Deferred("addressPrefix", subnet.urn)
            continue
        try:
            rooms[index] = capacity(map(str, prefixes))
        except ValueError:
            yield Violation(f"addressPrefix is {show(prefixes[0])}; set it to a prefix", subnet.urn)
            continue
        if rooms[index] < needed:
            yield Violation(
                f"its addressPrefix has room for {rooms[index]} nodes; set one with room for "
                f"{needed}, at least a /26",
                subnet.urn,
            )
    for workspace in stack.all(tokens.WORKSPACE):
        used = used_by(workspace)
        own = {rooms[index] for index in rooms if found[index].names & used}
        if len(own) > 1:
            yield Violation(
                f"its subnets have room for {min(own)} and {max(own)} nodes; set addressPrefix of "
                "both to the same size",
                workspace.urn,
            )


def _prefixes(subnet: Subnet) -> list[Any]:
    """The prefixes under either name; an address pool hands them out only in the update."""
    if subnet.props is UNKNOWN or dig(subnet.props, "ipamPoolPrefixAllocations") is not None:
        return [UNKNOWN]
    single, several = dig(subnet.props, "addressPrefix"), dig(subnet.props, "addressPrefixes")
    listed: list[Any] = several if isinstance(several, list) else [several]  # pyright: ignore[reportUnknownVariableType] - JSON
    given = [value for value in (single, *listed) if value is not None]
    return [value for index, value in enumerate(given) if value not in given[:index]]
