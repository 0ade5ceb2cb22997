"""How a cluster runs code: access mode, runtime, disks, init scripts, images."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from policies import tokens
from policies.clusters import CLUSTER_TYPES, clusters, tasks
from policies.findings import (
    Deferred,
    Violation,
    elements,
    is_false,
    is_true,
    require,
    require_value,
    show,
    words,
)
from policies.literals import is_reference
from policies.model import UNKNOWN, dig
from policies.policy_language import (
    UNITY_CATALOG_MODES,
    any_value,
    bounded,
    definition_of,
    given,
    limited,
)
from policies.registry import ADVISED_IN_DEV, EVERYWHERE, Levels, Mappings, day, rule
from policies.runtimes import problem_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource
    from policies.policy_language import Definition
    from policies.registry import Config

_GOVERNED = words(*UNITY_CATALOG_MODES)
_FIX_MODE = "set it to 'SINGLE_USER' or 'USER_ISOLATION', which Unity Catalog governs"
_FIX_RUNTIME = "choose one under long-term support, or 'auto:latest-lts-ml' in a policy"


@rule(
    "sec-53-governed-access-mode",
    title="Every cluster runs in an access mode that Unity Catalog governs",
    severity="high",
    rationale="In the other modes code on the cluster reads whatever the cluster can reach, with "
    "no grant and no record.",
    remediation="Set dataSecurityMode to 'SINGLE_USER' or 'USER_ISOLATION', in cluster policies "
    "fix data_security_mode or allow those two.",
    types=[tokens.CLUSTER, tokens.JOB, tokens.CLUSTER_POLICY],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("GOV-12",)),
)
def governed_access_mode(resource: Resource, _config: Config) -> Findings:
    """Absent means no isolation where no policy says otherwise."""
    if resource.type == tokens.CLUSTER_POLICY:
        definition = definition_of(resource)
        if isinstance(definition, (Violation, Deferred)):
            yield definition
        elif not (
            bounded(definition, "data_security_mode", _GOVERNED)
            or _left_to_pipelines(definition, "data_security_mode")
        ):
            yield Violation(
                "data_security_mode is not bounded; fix a mode that Unity Catalog governs"
            )
        return
    for cluster in clusters(resource):
        yield from require_value(
            cluster.get("dataSecurityMode"), cluster.at("dataSecurityMode"), _GOVERNED, _FIX_MODE
        )


def _left_to_pipelines(definition: Definition, name: str) -> bool:
    """Whether a policy is for pipelines only and leaves to them what they choose by themselves.

    Their channel is their runtime, and one with a catalog runs in a mode that is governed.
    https://docs.databricks.com/delta-live-tables/configure-compute.html
    """
    kinds = definition.get("cluster_type")
    return name not in definition and limited(kinds, words("dlt"), lower=any_value)


@rule(
    "sec-54-supported-runtime",
    title="Every cluster runs a runtime under long-term support",
    severity="high",
    rationale="A runtime without support gets no security fixes, and one without long-term support "
    "has lost it within months.",
    remediation="Choose the runtime with get_spark_version(long_term_support=True, ml=True), in "
    "cluster policies fix spark_version to 'auto:latest-lts-ml'.",
    types=[
        tokens.CLUSTER,
        tokens.JOB,
        tokens.CLUSTER_POLICY,
        tokens.INSTANCE_POOL,
        tokens.PIPELINE,
        tokens.SQL_ENDPOINT,
    ],
    levels=ADVISED_IN_DEV,
    config={"today": day()},
    mappings=Mappings(sat=("GOV-5",), kics=("5a627dfa",)),
)
def supported_runtime(resource: Resource, config: Config) -> Findings:
    """What a pool preloads is what its clusters are meant to run.

    Pipelines and warehouses follow a channel, of which one is a preview.
    """
    if resource.type == tokens.PIPELINE:
        yield from require(resource, "channel", _released, "leave it at CURRENT", default="CURRENT")
        return
    if resource.type == tokens.SQL_ENDPOINT:
        fix = "leave it at CHANNEL_NAME_CURRENT"
        yield from require(resource, "channel.name", _released, fix, default="CURRENT")
        return
    today = date.fromisoformat(config["today"])
    if resource.type == tokens.CLUSTER_POLICY:
        definition = definition_of(resource)
        if isinstance(definition, (Violation, Deferred)):
            yield definition
        elif not (
            bounded(definition, "spark_version", lambda key: problem_with(key, today) is None)
            or _left_to_pipelines(definition, "spark_version")
        ):
            yield Violation(
                "spark_version admits a runtime without long-term support; fix it to "
                "'auto:latest-lts-ml', or allow named versions"
            )
        return
    for path, key in _runtimes(resource):
        problem = None if key is UNKNOWN else problem_with(key, today)
        if key is UNKNOWN:
            yield Deferred(path)
        elif problem:
            yield Violation(f"{path} is {show(key)}, which {problem}; {_FIX_RUNTIME}")


def _released(channel: Any) -> bool:
    return "PREVIEW" not in str(channel).upper()


def _runtimes(resource: Resource) -> Iterator[tuple[str, Any]]:
    if resource.type == tokens.INSTANCE_POOL:
        preloaded = resource.get("preloadedSparkVersions")
        listed = cast("list[Any]", preloaded) if isinstance(preloaded, list) else []
        for key in [UNKNOWN] if preloaded is UNKNOWN else listed:
            yield "preloadedSparkVersions", key
    for cluster in clusters(resource):
        yield cluster.at("sparkVersion"), cluster.get("sparkVersion")


@rule(
    "sec-55-local-disk-encryption",
    title="Disks of clusters are encrypted with a key of the cluster's own",
    severity="low",
    rationale="Shuffle data and cached files on local disks are copies of the tables.",
    remediation="Set enableLocalDiskEncryption to true, or use the compliance security profile.",
    types=CLUSTER_TYPES,
    # It costs time on every shuffle; Azure encrypts the disks at rest in any case.
    levels=Levels("disabled", "disabled", "advisory"),
    mappings=Mappings(sat=("DP-2",)),
)
def local_disk_encryption(resource: Resource, _config: Config) -> Findings:
    """Off by default."""
    for cluster in clusters(resource):
        path = "enableLocalDiskEncryption"
        yield from require_value(cluster.get(path), cluster.at(path), is_true, "set it to true")


# Where a script lies decides who can change it; it runs as root on every node.
# https://learn.microsoft.com/azure/databricks/init-scripts/
_SCRIPT_PLACES = ("dbfs", "file", "s3", "gcs", "abfss")
_OWN_FOLDERS = re.compile(r"(?i)^/*(?:Workspace/+)?(?:Users|Shared|Repos)/")
_FOLDER_IN_POLICY = re.compile(r"init_scripts\.[^.]+\.workspace\.destination")
_SCRIPT_IN_POLICY = re.compile(rf"init_scripts\.[^.]+\.(?:{'|'.join(_SCRIPT_PLACES)})\..*")
_FIX_SCRIPT = "keep it in a Unity Catalog volume or a folder that only the platform writes"


@rule(
    "sec-56-init-scripts-governed",
    title="Init scripts lie where only the platform can change them, and none is global",
    severity="high",
    rationale="An init script runs as root on every node; everybody can write the DBFS root.",
    remediation="Keep scripts in a Unity Catalog volume; leave GlobalInitScript.enabled off and "
    "use a cluster policy instead.",
    types=[*CLUSTER_TYPES, tokens.CLUSTER_POLICY, tokens.GLOBAL_INIT_SCRIPT],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("GOV-25", "INFO-5")),
)
def init_scripts_governed(resource: Resource, _config: Config) -> Findings:
    """A script in somebody's own folder is that person's root access to the cluster."""
    if resource.type == tokens.GLOBAL_INIT_SCRIPT:
        yield from require(
            resource, "enabled", is_false, "use a cluster policy instead", default=False
        )
    if resource.type == tokens.CLUSTER_POLICY:
        definition = definition_of(resource)
        if isinstance(definition, Deferred):
            yield definition
        elif not isinstance(definition, Violation):
            for name, attribute in definition.items():
                own = _FOLDER_IN_POLICY.fullmatch(name) and any(
                    isinstance(text, str) and _OWN_FOLDERS.match(text) for text in given(attribute)
                )
                allowed = dig(attribute, "type") != "forbidden"
                if own or (_SCRIPT_IN_POLICY.fullmatch(name) and allowed):
                    yield Violation(f"{name} is allowed; {_FIX_SCRIPT}")
    for cluster in clusters(resource):
        scripts = cluster.get("initScripts")
        if scripts is UNKNOWN:
            yield Deferred(cluster.at("initScripts"))
        for index, script in enumerate(elements(scripts)):
            yield from _script(script, cluster.at(f"initScripts[{index}]"))


def _script(script: Any, path: str) -> Findings:
    for place in _SCRIPT_PLACES:
        if script is not UNKNOWN and dig(script, place) is not None:
            yield Violation(f"{path}.{place} is set; {_FIX_SCRIPT}")
    destination = dig(script, "workspace.destination")
    if destination is UNKNOWN:
        yield Deferred(f"{path}.workspace.destination")
    elif isinstance(destination, str) and _OWN_FOLDERS.match(destination):
        yield Violation(f"{path}.workspace.destination is {show(destination)}; {_FIX_SCRIPT}")


@rule(
    "sec-73-images-and-submit",
    title="Images are fetched with a stored secret, and no task submits to Spark directly",
    severity="medium",
    rationale="A registry's password in a cluster is shown to everybody who may see the cluster; "
    "spark-submit runs outside of Unity Catalog.",
    remediation="Set dockerImage.basicAuth.password to {{secrets/<scope>/<key>}}; replace "
    "sparkSubmitTask by a wheel, notebook or JAR task.",
    types=[*CLUSTER_TYPES, tokens.INSTANCE_POOL, tokens.CLUSTER_POLICY],
    levels=EVERYWHERE,
    mappings=Mappings(kics=("375cdab9",)),
)
def images_and_submit(resource: Resource, _config: Config) -> Findings:
    """Also the images that a pool preloads and the password that a policy fixes."""
    for path, password in _passwords(resource):
        if password is UNKNOWN:
            yield Deferred(path)
        elif password is not None and not is_reference(password):
            yield Violation(
                f"{path} is a literal password; put it into a secret scope and write "
                "{{secrets/<scope>/<key>}}"
            )
    for task in tasks(resource):
        submitted = task.get("sparkSubmitTask")
        if task.props is UNKNOWN:
            yield Deferred(task.path)
        elif submitted is not None:
            yield Violation(
                f"{task.at('sparkSubmitTask')} is set; use a wheel, notebook or JAR task"
            )


def _passwords(resource: Resource) -> Iterator[tuple[str, Any]]:
    auth = "basicAuth.password"
    for cluster in clusters(resource):
        yield cluster.at(f"dockerImage.{auth}"), cluster.get(f"dockerImage.{auth}")
    images = (
        resource.get("preloadedDockerImages") if resource.type == tokens.INSTANCE_POOL else None
    )
    if images is UNKNOWN:
        yield "preloadedDockerImages", UNKNOWN
    for index, image in enumerate(elements(images)):
        yield f"preloadedDockerImages[{index}].{auth}", dig(image, auth)
    if resource.type == tokens.CLUSTER_POLICY:
        definition = definition_of(resource)
        if isinstance(definition, Deferred):
            yield definition.path, UNKNOWN
        elif not isinstance(definition, Violation):
            attribute = "docker_image.basic_auth.password"
            for key in ("value", "defaultValue"):
                yield f"{attribute}.{key}", dig(definition.get(attribute), key)
