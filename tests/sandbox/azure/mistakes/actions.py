"""How the mistakes are written down: what is done to the world, to be done later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.azure.estate import MANAGED
from tests.sandbox.azure.world import World

Mistake = Callable[[World], object]
Mistakes = dict[str, list[tuple[str, Mistake]]]


def add(label: str, **changes: Any) -> Mistake:
    """Create a resource declared like the environment's, with changes."""
    return lambda world: world.add(label, **changes)


def change(label: str, **changes: Any) -> Mistake:
    """Update a resource of the environment."""
    return lambda world: world.change(label, **changes)


def delete(label: str) -> Mistake:
    """Delete a resource of the environment."""
    return lambda world: world.delete(label)


def second(**changes: Any) -> Mistake:
    """Create another workspace."""
    return lambda world: second_workspace(world, **changes)


def second_workspace(world: World, **changes: Any) -> object:
    """Another workspace, on two subnets of its own."""
    for name, block in (("host2", "10.0.8.0/26"), ("container2", "10.0.8.64/26")):
        world.add("host", subnetName=name, addressPrefix=block)
    return world.add(
        "workspace",
        **{
            "workspaceName": "other",
            "managedResourceGroupId": f"{MANAGED}-2",
            "parameters__customPublicSubnetName__value": "host2",
            "parameters__customPrivateSubnetName__value": "container2",
            "parameters__storageAccountName__value": "otherroot",
            **changes,
        },
    )
