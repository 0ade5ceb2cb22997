"""A network in a resource group, which a test changes between runs through ``$NETWORK``."""

from __future__ import annotations

import json
import os
from typing import Any

import pulumi
import pulumi_azure_native as azure_native

given = json.loads(os.environ["NETWORK"])
tags = {"env": "dev", **given.get("tags", {})}
secret = {"key": pulumi.Output.secret(given["secret"])} if "secret" in given else {}

group = azure_native.resources.ResourceGroup(
    "rg",
    resource_group_name="rg",
    location=given.get("location", "eastus2"),
    tags={**tags, **secret},
    opts=pulumi.ResourceOptions(
        import_=given.get("import group"), retain_on_delete="import group" in given
    ),
)
if "import group" not in given:
    # A dictionary of any kind, so that a misspelt name gets as far as the provider.
    space: Any = {given.get("prefixes", "address_prefixes"): ["10.0.0.0/16"]}
    network = azure_native.network.VirtualNetwork(
        "net",
        virtual_network_name="net",
        resource_group_name=group.name,
        address_space=space,
        tags=tags,
        opts=pulumi.ResourceOptions(import_=given.get("import network")),
    )
    azure_native.network.Subnet(
        "host",
        resource_group_name=group.name,
        virtual_network_name=network.name,
        address_prefix="10.0.1.0/24",
    )
