"""Private endpoints: how any component puts one of its own targets onto the private network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import CustomTimeouts, Input, Output, ResourceOptions
from pulumi_azure_native import network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi import Resource

ZONES: Mapping[str, str] = {
    "databricks_ui_api": "privatelink.azuredatabricks.net",
    "browser_authentication": "privatelink.azuredatabricks.net",
    "blob": "privatelink.blob.core.windows.net",
    "dfs": "privatelink.dfs.core.windows.net",
    "vault": "privatelink.vaultcore.azure.net",
}
"""Sub-resource (group id) to its DNS zone.
https://learn.microsoft.com/azure/private-link/private-endpoint-dns"""

PATIENCE = CustomTimeouts(create="60m", update="60m", delete="60m")
"""Endpoint approval waits for its target, which may itself be updating."""


@dataclass(frozen=True, kw_only=True)
class PrivateLink:
    """Where private endpoints of one network go."""

    resource_group_name: Input[str]
    location: str
    tags: Mapping[str, str]
    subnet_id: Input[str]
    zone_ids: Mapping[str, Output[str]]
    """DNS zone name to its id."""


def private_endpoints(
    name: str,
    link: PrivateLink,
    *,
    target_id: Input[str],
    group_ids: Sequence[str],
    parent: Resource,
    after: Sequence[Resource] = (),
) -> list[Resource]:
    """One endpoint and its DNS records per group id, made one after the other.

    One after the other because a target refuses two at a time: a workspace answers
    ConcurrentUpdateError (https://github.com/databricks/terraform-databricks-examples/issues/177),
    a storage account StorageAccountOperationInProgress.

    Args:
        name: Prefix of the logical names, ``<component>-<target>``.
        link: Where the endpoints go.
        target_id: Azure id of what they lead to.
        group_ids: Sub-resources, in the order they are to be made.
        parent: The component that owns the target.
        after: What must stand before the first endpoint, beside the target itself.

    Returns:
        The DNS zone groups: what depends on them finds the names resolvable.
    """
    records: list[Resource] = []
    for group_id in group_ids:
        role = group_id.replace("_", "-")
        endpoint = network.PrivateEndpoint(
            f"{name}-{role}-endpoint",
            resource_group_name=link.resource_group_name,
            location=link.location,
            subnet=network.SubnetArgs(id=link.subnet_id),
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name=f"{name}-{role}",
                    private_link_service_id=target_id,
                    group_ids=[group_id],
                )
            ],
            tags=link.tags,
            opts=ResourceOptions(
                parent=parent,
                depends_on=[*after, *records[-1:]],
                custom_timeouts=PATIENCE,
                # Azure leads no endpoint to another target, such as one made anew with a new name;
                # the provider knows of nothing here that replaces.
                # https://learn.microsoft.com/azure/private-link/manage-private-endpoint
                replace_on_changes=["privateLinkServiceConnections[*].privateLinkServiceId"],
            ),
        )
        records.append(
            network.PrivateDnsZoneGroup(
                f"{name}-{role}-records",
                private_dns_zone_group_name="default",
                private_endpoint_name=endpoint.name,
                resource_group_name=link.resource_group_name,
                private_dns_zone_configs=[
                    network.PrivateDnsZoneConfigArgs(
                        name=role, private_dns_zone_id=link.zone_ids[ZONES[group_id]]
                    )
                ],
                opts=ResourceOptions(parent=parent),
            )
        )
    return records
