"""What Azure Resource Manager enforces for every type: names, regions, tags, groups, ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from sandbox.azure import ids
from sandbox.azure.values import at, output, texts
from sandbox.rules import Refusal, admit, check, immutable, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

TAGS = "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources"
REGIONS = "https://learn.microsoft.com/azure/reliability/regions-list"
REPLACES = (
    "https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/gen/replacement.go"
)

REGIONS_OF_TODAY = frozenset({
    "australiacentral", "australiacentral2", "australiaeast", "australiasoutheast", "austriaeast",
    "belgiumcentral", "brazilsouth", "brazilsoutheast", "canadacentral", "canadaeast",
    "centralindia", "centralus", "chilecentral", "denmarkeast", "eastasia", "eastus", "eastus2",
    "francecentral", "francesouth", "germanynorth", "germanywestcentral", "indonesiacentral",
    "israelcentral", "italynorth", "japaneast", "japanwest", "jioindiacentral", "jioindiawest",
    "koreacentral", "koreasouth", "malaysiawest", "mexicocentral", "newzealandnorth",
    "northcentralus", "northeurope", "norwayeast", "norwaywest", "polandcentral", "qatarcentral",
    "southafricanorth", "southafricawest", "southcentralus", "southeastasia", "southindia",
    "spaincentral", "swedencentral", "swedensouth", "switzerlandnorth", "switzerlandwest",
    "uaecentral", "uaenorth", "uksouth", "ukwest", "westcentralus", "westeurope", "westindia",
    "westus", "westus2", "westus3",
})  # fmt: skip
LOCATED = (
    ids.RESOURCE_GROUP, ids.VNET, ids.NSG, ids.NAT, ids.PUBLIC_IP, ids.ROUTE_TABLE, ids.ENDPOINT,
    ids.WORKSPACE, ids.CONNECTOR, ids.VAULT, ids.STORAGE, ids.LOG_ANALYTICS, ids.ACTION_GROUP,
)  # fmt: skip
_GLOBAL = (ids.ZONE, ids.ZONE_LINK)
_TAGGED = (*LOCATED, *_GLOBAL)
# The provider knows these create-only; for the others ARM refuses the update (see below).
_LOCATION_REPLACES = (
    ids.RESOURCE_GROUP, ids.VNET, ids.PUBLIC_IP, ids.STORAGE, ids.WORKSPACE, ids.CONNECTOR,
    ids.LOG_ANALYTICS,
)  # fmt: skip

for _token, _arm in ids.TYPES.items():
    _path = [part for part in _arm.names if not part.startswith("=")]
    immutable(_token, {*_path, _arm.scope or "resourceGroupName"}, source=REPLACES)
for _token in _LOCATION_REPLACES:
    immutable(_token, ["location"], source=REPLACES)
immutable(ids.PUBLIC_IP, ["publicIPAddressVersion", "publicIPPrefix", "sku"], source=REPLACES)
immutable(ids.ENDPOINT, ["subnet"], source=REPLACES)
immutable(ids.STORAGE, ["isHnsEnabled"], source=REPLACES)
immutable(ids.ROLE_ASSIGNMENT, ["principalId"], source=REPLACES)


def region(location: object) -> str:
    """A region as ARM compares it: ``East US 2`` and ``eastus2`` are one."""
    return location.replace(" ", "").lower() if isinstance(location, str) else ""


@check(*LOCATED, source=REGIONS)
def location_exists(request: Request) -> None:
    """A location is an Azure region; only an action group may also be global."""
    location = request.inputs.get("location")
    allowed = (
        REGIONS_OF_TODAY | {"global"} if request.token == ids.ACTION_GROUP else REGIONS_OF_TODAY
    )
    if isinstance(location, str) and region(location) not in allowed:
        raise Refusal(
            "LocationNotAvailableForResourceType",
            f"The provided location '{location}' is not available for resource type "
            f"'{ids.TYPES[request.token].type}'. List of available regions for the resource "
            "type is "
            f"'{','.join(sorted(allowed))}'.",
            prop="location",
        )


@check(
    *_GLOBAL, source="https://learn.microsoft.com/azure/templates/microsoft.network/privatednszones"
)
def location_is_global(request: Request) -> None:
    """DNS is global, and the provider would fill a missing location with the group's region."""
    location = request.inputs.get("location")
    if location is None or (isinstance(location, str) and region(location) != "global"):
        raise Refusal(
            "LocationNotAvailableForResourceType",
            f"The provided location '{location or ''}' is not available for resource type "
            f"'{ids.TYPES[request.token].type}'. List of available regions for the resource "
            "type is "
            "'global'. Set location to 'global'.",
            prop="location",
        )


@check(*_TAGGED, source=TAGS)
def tags_are_within_limits(request: Request) -> None:
    """At most 50 tags (15 on DNS zones), with names and values of bounded length and characters."""
    tags = request.inputs.get("tags")
    if not isinstance(tags, dict):
        return
    pairs = cast("dict[str, Any]", tags)
    limit = 15 if request.token in _GLOBAL else 50
    longest = 128 if request.token == ids.STORAGE else 512
    if len(pairs) > limit:
        raise Refusal("TooManyTags", f"{len(pairs)} tags; the maximum is {limit}.", prop="tags")
    for name, value in pairs.items():
        if not name or len(name) > longest or re.search(r"[<>%&\\?/]", name):
            raise Refusal(
                "InvalidTagNameCharacters",
                f"The tag name '{name}' must have 1 to {longest} characters, none of <>%&\\?/.",
                prop=f"tags.{name}",
            )
        if name.lower().startswith(("microsoft", "azure", "windows")):
            raise Refusal(
                "ReservedTagName",
                f"The tag name '{name}' has a reserved prefix: microsoft, azure, windows.",
                prop=f"tags.{name}",
            )
        if isinstance(value, str) and len(value) > 256:  # noqa: PLR2004 - the documented limit
            raise Refusal(
                "InvalidTagValueLength",
                f"The value of tag '{name}' has {len(value)} characters; the maximum is 256.",
                prop=f"tags.{name}",
            )


@admit(
    *(set(LOCATED) - set(_LOCATION_REPLACES)),
    source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-resource-location",
)
def location_is_kept(request: Request, _cloud: Cloud) -> None:
    """ARM refuses to move a resource, and the provider does not replace these types by itself."""
    if request.old is None:
        return
    old, new = output(request.old, "location"), request.inputs.get("location")
    if new is not None and region(old) != region(new):
        raise Refusal(
            "InvalidResourceLocation",
            f"The resource '{request.old.outputs.get('name')}' already exists in location '{old}'. "
            f"A resource with the same name cannot be created in location '{new}'. Please select a "
            "new resource name.",
            status=409,
            prop="location",
        )


@outputs(*ids.TYPES, source=ids.SOURCE)
def identity_in_arm(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """Id, name, type, provisioning state and, if none was asked for, the group's location."""
    arm = ids.TYPES[request.token]
    answer: dict[str, Any] = {
        "id": ids.compose(request.token, request.inputs, request.provider),
        "name": request.inputs.get(arm.name),
        "type": arm.type,
    }
    if request.token in LOCATED and request.inputs.get("location") is None:
        group = next(texts(request.inputs.get("resourceGroupName")), "")
        record = cloud.get(ids.resource_group_id(request.provider, group))
        answer["location"] = output(record, "location") if record else None
    if request.token not in _WITHOUT_STATE:
        answer["provisioningState"] = "Succeeded"
    if request.token in _WITH_ETAG:
        answer["etag"] = f'W/"{ids.seeded_uuid(request.seed, "etag")}"'
    if request.token in _WITH_GUID:
        answer["resourceGuid"] = ids.seeded_uuid(request.seed, "resource")
    return answer


_WITHOUT_STATE = frozenset({
    ids.RESOURCE_GROUP, ids.CONNECTOR, ids.VAULT, ids.CONTAINER, ids.BLOB_SERVICE, ids.LIFECYCLE,
    ids.ROLE_ASSIGNMENT, ids.LOCK, ids.DIAGNOSTICS, ids.ACTION_GROUP, ids.BUDGET,
})  # fmt: skip
_WITH_ETAG = frozenset({
    ids.VNET, ids.SUBNET, ids.NSG, ids.NAT, ids.PUBLIC_IP, ids.ROUTE_TABLE, ids.ENDPOINT,
    ids.ZONE_GROUP, ids.ZONE, ids.ZONE_LINK,
})  # fmt: skip
_WITH_GUID = frozenset({ids.VNET, ids.NSG, ids.NAT, ids.PUBLIC_IP, ids.ROUTE_TABLE})


def created_at(request: Request) -> str:
    """A timestamp that an update keeps; the sandbox's clock stands still so that runs compare."""
    kept = at(request.old.outputs, "createdDate") if request.old else None
    return kept if isinstance(kept, str) else "2026-01-01T00:00:00Z"
