"""What a cluster must not do to data and to the work in progress."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from policies import tokens
from policies.clusters import CLUSTER_TYPES, Block, clusters
from policies.findings import Deferred, Violation, is_number, present, require_value, show
from policies.model import UNKNOWN, dig
from policies.policy_language import given
from policies.registry import BINDING_IN_PROD_ONLY, EVERYWHERE, Levels, Mappings, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_CHECK = "spark.databricks.delta.retentionDurationCheck.enabled"


@rule(
    "rel-09-delta-retention-check",
    title="Delta's retention check stays on",
    severity="high",
    rationale="Without it VACUUM removes files that readers and time travel still need, and no "
    "backup brings them back.",
    remediation="Remove spark.databricks.delta.retentionDurationCheck.enabled from sparkConf.",
    types=[*CLUSTER_TYPES, tokens.CLUSTER_POLICY],
    levels=EVERYWHERE,
)
def retention_check(resource: Resource, _config: Config) -> Findings:
    """A cluster policy and a pipeline can set it as well."""
    for path, settings in _spark_settings(resource):
        if settings is UNKNOWN:
            yield Deferred(path)
        elif isinstance(settings, dict):
            for key, value in cast("dict[str, Any]", settings).items():
                # Spark reads a file of keys and values, where blanks around a key do not count.
                if key.strip() == _CHECK:
                    yield from require_value(
                        value,
                        f"{path}['{_CHECK}']",
                        lambda item: str(item).strip().casefold() == "true",
                        "remove it, so that the check stays on",
                        default="true",
                    )


def _spark_settings(resource: Resource) -> Iterator[tuple[str, Any]]:
    if resource.type == tokens.CLUSTER_POLICY:
        for name in ("definition", "policyFamilyDefinitionOverrides"):
            text = resource.get(name)
            if text is UNKNOWN:
                yield name, UNKNOWN
            yield from ((name, settings) for settings in _offered_by(text))
        return
    if resource.type == tokens.PIPELINE:
        yield "configuration", resource.get("configuration")
    for cluster in clusters(resource):
        yield cluster.at("sparkConf"), cluster.get("sparkConf")


def _offered_by(definition: Any) -> Iterator[dict[str, Any]]:
    """The Spark settings that a policy's JSON fixes or offers; invalid JSON is cost-12's to say."""
    try:
        parsed: Any = json.loads(definition) if isinstance(definition, str) else definition
    except (ValueError, RecursionError):
        return
    if not isinstance(parsed, dict):
        return
    for key, limit in cast("Mapping[str, Any]", parsed).items():
        if key.startswith("spark_conf."):
            for value in given(limit):
                yield {key.removeprefix("spark_conf."): value}


_SPOT = re.compile(r"^spot", re.IGNORECASE)


@rule(
    "rel-10-driver-not-on-spot",
    title="The driver of a production cluster is not a spot machine",
    severity="high",
    rationale="Azure takes spot machines away with half a minute's notice, and without its driver "
    "a run starts again from nothing.",
    remediation="Set azureAttributes.firstOnDemand to at least 1, or availability to "
    "'ON_DEMAND_AZURE'; pools only the latter.",
    types=[*CLUSTER_TYPES, tokens.INSTANCE_POOL],
    levels=BINDING_IN_PROD_ONLY,
    mappings=Mappings(kics=("38028698",)),
)
def driver_not_on_spot(resource: Resource, _config: Config) -> Findings:
    """On demand is the default. A pool gives its machines to drivers as well."""
    pool = resource.type == tokens.INSTANCE_POOL
    blocks: Iterable[Block | Resource] = [resource] if pool else clusters(resource)
    for cluster in blocks:
        attributes = cluster.get("azureAttributes")
        path = cluster.at("azureAttributes") if isinstance(cluster, Block) else "azureAttributes"
        availability = dig(attributes, "availability")
        first = dig(attributes, "firstOnDemand")
        safe = not pool and is_number(first) and first >= 1
        if safe or (isinstance(availability, str) and not _SPOT.match(availability)):
            continue
        if availability is UNKNOWN or (availability is not None and first is UNKNOWN and not pool):
            yield Deferred(path)
        elif availability is not None and pool:
            yield Violation(
                f"{path}.availability is {show(availability)}; set it to 'ON_DEMAND_AZURE'"
            )
        elif availability is not None:
            yield Violation(f"{path}.firstOnDemand is {show(first)}; set it to at least 1")


@rule(
    "rel-15-cluster-logs-delivered",
    title="A cluster's logs outlive the cluster",
    severity="low",
    rationale="Driver and event logs are gone with the machines, and with them why a run failed.",
    remediation="Set clusterLogConf.volumes.destination to a Unity Catalog volume.",
    types=CLUSTER_TYPES,
    levels=Levels("disabled", "advisory", "advisory"),
    mappings=Mappings(sat=("GOV-8", "GOV-9")),
)
def logs_delivered(resource: Resource, _config: Config) -> Findings:
    """The DBFS root does not count: everybody in the workspace can read and change it."""
    for cluster in clusters(resource):
        conf, path = cluster.get("clusterLogConf"), cluster.at("clusterLogConf")
        places = [dig(conf, f"{kind}.destination") for kind in ("volumes", "dbfs")]
        kept = [place for place in places if present(place) and not _in_dbfs(place)]
        if conf is UNKNOWN or (
            UNKNOWN in places and not any(place is not UNKNOWN for place in kept)
        ):
            yield Deferred(path)
        elif not kept:
            yield Violation(f"{path} names no volume; set clusterLogConf.volumes.destination")


def _in_dbfs(place: Any) -> bool:
    text = str(place).casefold()
    return text.startswith("dbfs:/") and not text.startswith("dbfs:/volumes/")
