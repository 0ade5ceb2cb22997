"""What the stacks must agree on: disjoint networks, distinct names, one owner, one metastore."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from settings import catalog_names
from settings.errors import SettingsError
from settings.estate import OwnedEstate, ReadEstate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from settings.platform import PlatformSettings


_PROJECT = "mlops"  # as Pulumi.yaml names it


def check_stacks(stacks: Mapping[str, PlatformSettings]) -> None:
    """Hold the stacks of one project against each other.

    Raises:
        SettingsError: Two stacks contradict each other; every contradiction is listed.
    """
    problems = [
        *_overlapping_networks(stacks),
        *_shared_names(stacks),
        *_ownership(stacks),
        *_differing_accounts(stacks),
        *catalog_names.mistakes(stacks),
    ]
    if problems:
        raise SettingsError("stacks " + ", ".join(sorted(stacks)), problems)


def _overlapping_networks(stacks: Mapping[str, PlatformSettings]) -> Iterator[str]:
    for (one, a), (two, b) in combinations(sorted(stacks.items()), 2):
        if a.network.address_space.overlaps(b.network.address_space):
            yield (
                f"mlops:network.addressSpace {a.network.address_space} of {one} overlaps "
                f"{b.network.address_space} of {two}; give each environment a block of its own"
            )


def _shared_names(stacks: Mapping[str, PlatformSettings]) -> Iterator[str]:
    users: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for stack, settings in sorted(stacks.items()):
        environment = settings.environment
        users["mlops:environment.name", environment.name].append(stack)
        users["catalog", settings.catalog.name].append(f"{stack} (mlops:catalog.name)")
        if isinstance(settings.shared_estate, OwnedEstate):
            registry = settings.shared_estate.registry.name
            users["catalog", registry].append(f"{stack} (mlops:sharedEstate.registry.name)")
    for (what, name), where in users.items():
        if len(where) > 1:
            yield f"{what} {name} is used by {' and '.join(where)}; choose distinct names"


def _ownership(stacks: Mapping[str, PlatformSettings]) -> Iterator[str]:
    owners = sorted(s for s, p in stacks.items() if isinstance(p.shared_estate, OwnedEstate))
    if len(owners) != 1:
        found = " and ".join(owners) or "no stack"
        yield (
            f"mlops:sharedEstate.role: {found} owns the shared estate; "
            "exactly one stack must say owner, the others reader"
        )
        return
    for stack, settings in sorted(stacks.items()):
        estate = settings.shared_estate
        if isinstance(estate, ReadEstate):
            organization, project, name = estate.stack.split("/")
            if (project, name) != (_PROJECT, owners[0]):
                yield (
                    f"mlops:sharedEstate.stack {estate.stack} of {stack} is not the owner; "
                    f"name the stack {owners[0]}: {organization}/{_PROJECT}/{owners[0]}"
                )


def _differing_accounts(stacks: Mapping[str, PlatformSettings]) -> Iterator[str]:
    values: dict[str, defaultdict[str, list[str]]] = {
        "mlops:azure.tenantId": defaultdict(list),
        "mlops:azure.location": defaultdict(list),
        "mlops:databricks.accountId": defaultdict(list),
        "mlops:databricks.accountHost": defaultdict(list),
    }
    for stack, settings in sorted(stacks.items()):
        values["mlops:azure.tenantId"][settings.azure.tenant_id].append(stack)
        values["mlops:azure.location"][settings.azure.location].append(stack)
        values["mlops:databricks.accountId"][settings.databricks.account_id].append(stack)
        values["mlops:databricks.accountHost"][settings.databricks.account_host].append(stack)
    for key, found in values.items():
        if len(found) > 1:
            listed = ", ".join(f"{value} ({', '.join(s)})" for value, s in found.items())
            yield (
                f"{key} differs: {listed}; one metastore governs all stacks, "
                "so they share tenant, region and account; write the same in each"
            )
