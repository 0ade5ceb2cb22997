"""Tags: without them no bill can be split and no owner found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from policies import tokens
from policies.findings import Deferred, Violation, elements, present
from policies.model import UNKNOWN, dig
from policies.registry import ADVISED_IN_DEV, EVERYWHERE, Mappings, Option, rule, strings, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

# Other Azure types are judged as soon as they carry tags at all.
TAGGABLE = (
    tokens.RESOURCE_GROUP,
    tokens.VNET,
    tokens.NSG,
    tokens.NAT_GATEWAY,
    tokens.PUBLIC_IP,
    tokens.FIREWALL,
    tokens.FLOW_LOG,
    tokens.ROUTE_TABLE,
    tokens.PRIVATE_ENDPOINT,
    tokens.PRIVATE_ZONE,
    tokens.ZONE_LINK,
    tokens.WORKSPACE,
    tokens.ACCESS_CONNECTOR,
    tokens.VAULT,
    tokens.STORAGE_ACCOUNT,
    tokens.LOG_ANALYTICS,
    tokens.ACTION_GROUP,
)
# Where each kind of Databricks compute keeps the tags that reach system.billing.usage:
# https://learn.microsoft.com/azure/databricks/admin/account-settings/usage-detail-tags
_COMPUTE = {
    tokens.CLUSTER: "customTags",
    tokens.INSTANCE_POOL: "customTags",
    tokens.JOB: "tags",
    tokens.SQL_ENDPOINT: "tags.customTags",
    tokens.MODEL_SERVING: "tags",
    tokens.PIPELINE: "tags",
    tokens.PROVISIONED_THROUGHPUT: "tags",
    tokens.DATABASE_INSTANCE: "customTags",
}


def required() -> Option:
    """Which tags everything has to have."""
    return strings(
        "Tag names that must be there with a value.",
        "env",
        "owner",
        "cost-center",
        "project",
        "data-class",
    )


def _as_mapping(value: Any) -> Mapping[str, Any]:
    """A mapping of tags, also from the list of key and value that some APIs use."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    pairs = ((dig(item, "key"), dig(item, "value")) for item in elements(value))
    return {key: item for key, item in pairs if isinstance(key, str)}


def _missing(resource: Resource, path: str, required: list[str]) -> Findings:
    value = resource.get(path)
    if value is UNKNOWN:
        yield Deferred(path)
        return
    listed = elements(value) if isinstance(value, list) else []
    if any(item is UNKNOWN or dig(item, "key") is UNKNOWN for item in listed):
        yield Deferred(path)
        return
    tags = _as_mapping(value)
    # A tag whose value is not known yet is there all the same.
    missing = [
        name for name in required if tags.get(name) is not UNKNOWN and not present(tags.get(name))
    ]
    if missing:
        yield Violation(f"{path} lacks {', '.join(missing)}; add them with a value")


def _add_tags(props: Mapping[str, Any], config: Config) -> Mapping[str, Any] | None:
    """What is missing and has a configured value; a tag that is there is never overwritten."""
    tags: Any = props.get("tags", {})
    if not isinstance(tags, dict):
        return None
    present_tags = cast("dict[str, Any]", tags)
    added = {
        name: value
        for name, value in config["remedyTags"].items()
        if name in config["required"]
        and present_tags.get(name) is not UNKNOWN
        and not present(present_tags.get(name))
    }
    return {**props, "tags": {**present_tags, **added}}


@rule(
    "cost-01-azure-tags",
    title="Every taggable Azure resource carries the required tags",
    severity="medium",
    rationale="Cost management splits the bill by tags, and incidents find their owner by them.",
    remediation="Pass the environment's tags to the resource.",
    types=[],
    levels=EVERYWHERE,
    config={
        "required": required(),
        "remedyTags": texts("Values that the level remediate gives to required tags."),
    },
    mappings=Mappings(azp=("871b6d14", "1e30110a", "96670d01")),
    remedy=_add_tags,
)
def azure_tags(resource: Resource, config: Config) -> Findings:
    """Types without tags, such as subnets and role assignments, are passed over."""
    if resource.type.startswith(tokens.AZURE) and (
        resource.type in TAGGABLE or resource.get("tags") is not None
    ):
        yield from _missing(resource, "tags", config["required"])


@rule(
    "cost-02-databricks-tags",
    title="Every piece of Databricks compute carries the required tags",
    severity="medium",
    rationale="Only these tags reach system.billing.usage; without them spend belongs to nobody.",
    remediation="Set customTags or tags to the environment's tags.",
    types=_COMPUTE,
    levels=EVERYWHERE,
    config={"required": required()},
    mappings=Mappings(sat=("GOV-6", "GOV-7", "INFO-1")),
)
def databricks_tags(resource: Resource, config: Config) -> Findings:
    """Each kind of compute keeps its tags elsewhere, some as a list of key and value."""
    yield from _missing(resource, _COMPUTE[resource.type], config["required"])


@rule(
    "ml-22-endpoint-register",
    title="Every serving endpoint says who owns its model and how risky it is",
    severity="low",
    rationale="An auditor first asks which models are in use, whose they are and what they risk.",
    remediation="Add the tags model-owner and risk-tier to the endpoint.",
    types=[tokens.MODEL_SERVING],
    levels=ADVISED_IN_DEV,
    config={
        "required": strings(
            "Tag names that must be there with a value.", "model-owner", "risk-tier"
        )
    },
)
def endpoint_register(resource: Resource, config: Config) -> Findings:
    """Beside the tags that the bill needs."""
    yield from _missing(resource, "tags", config["required"])
