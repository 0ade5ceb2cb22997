"""Code from elsewhere: which versions, from where, and what may be loaded at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from policies import tokens
from policies.clusters import CLUSTER_TYPES, Block, clusters, tasks
from policies.findings import Deferred, Violation, elements, present, show
from policies.model import UNKNOWN, dig
from policies.registry import (
    ADVISED_IN_DEV,
    OFF_ADVISED_ADVISED,
    Mappings,
    rule,
)
from policies.requirements import is_pinned, is_pinned_java, is_pinned_maven

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_FEWEST_PARTS = 4  # of /Volumes/<catalog>/<schema>/<volume>, without the empty first one
_TAGGED = re.compile(r"@sha256:[0-9a-f]{64}$|:(?!latest$)[\w.-]+$", re.IGNORECASE)
_FIX = "pin it with '==', or install a wheel from a Unity Catalog volume"


@rule(
    "sec-72-artifact-allow-list",
    title="Libraries and init scripts of shared clusters come from listed places",
    severity="low",
    rationale="On a shared cluster a JAR or an init script runs beside everybody's code.",
    remediation="Declare an ArtifactAllowlist per artifact type with a volume's path, in the stack "
    "that declares the metastore.",
    types=[tokens.METASTORE, tokens.ARTIFACT_ALLOWLIST],
    levels=OFF_ADVISED_ADVISED,
    scope="stack",
    mappings=Mappings(sat=("INFO-38",)),
)
def artifact_allow_list(stack: Stack, _config: Config) -> Findings:
    """The list belongs to the metastore; a prefix above a volume allows what anybody puts there."""
    lists = list(stack.all(tokens.ARTIFACT_ALLOWLIST))
    for item in lists:
        matchers = item.get("artifactMatchers")
        if matchers is UNKNOWN:
            yield Deferred("artifactMatchers", item.urn)
        maven = item.get("artifactType") == "LIBRARY_MAVEN"
        for matcher in elements(matchers):
            artifact = dig(matcher, "artifact")
            if artifact is UNKNOWN:
                yield Deferred("artifactMatchers", item.urn)
            elif not _narrow(str(artifact or ""), maven=maven):
                yield Violation(
                    f"artifactMatchers allows {show(artifact)}; name a volume, or a Maven group "
                    "and artifact",
                    item.urn,
                )
    if not lists:
        for metastore in stack.all(tokens.METASTORE):
            yield Violation(
                "the stack has no ArtifactAllowlist; declare one per artifact type", metastore.urn
            )


def _narrow(artifact: str, *, maven: bool) -> bool:
    if maven:
        return ":" in artifact.strip(":")
    parts = [part for part in artifact.split("/") if part]
    return artifact.startswith(("/Volumes/", "abfss://")) and len(parts) >= _FEWEST_PARTS


@rule(
    "sec-74-libraries-pinned",
    title="Every library has one version",
    severity="medium",
    rationale="Without a pin, the next run installs whatever was published last, by whomever.",
    remediation="Pin with '==', give Maven coordinates a version, or install a wheel from a Unity "
    "Catalog volume.",
    types=[*CLUSTER_TYPES, tokens.CLUSTER_POLICY, tokens.LIBRARY],
    levels=ADVISED_IN_DEV,
    mappings=Mappings(none="no catalogue looks into the libraries of clusters and jobs"),
)
def libraries_pinned(resource: Resource, _config: Config) -> Findings:
    """A requirements file's content cannot be seen from here; its place can."""
    for cluster in clusters(resource):
        yield from _image(cluster.get("dockerImage.url"), cluster.at("dockerImage.url"))
    for path, library in _libraries(resource):
        if library is UNKNOWN:
            yield Deferred(path)
        else:
            yield from _library(library, path)
    for path, line in _dependencies(resource):
        java = path.endswith("javaDependencies")
        if line is UNKNOWN:
            yield Deferred(path)
        elif not (is_pinned_java(str(line)) if java else is_pinned(str(line))):
            yield Violation(f"{path} has {show(line)}, which is not pinned; {_FIX}")


def _image(url: Any, path: str) -> Findings:
    """An image without a tag is its newest one, as is one with the tag latest."""
    if url is UNKNOWN:
        yield Deferred(path)
    elif isinstance(url, str) and not _TAGGED.search(url):
        yield Violation(f"{path} is {show(url)}, which moves; name a version's tag or a digest")


def _library(library: Any, path: str) -> Findings:
    judged = {
        "pypi.package": (is_pinned, _FIX),
        "maven.coordinates": (is_pinned_maven, "write group:artifact:version with one version"),
    }
    prefix = f"{path}." if path else ""
    for name, (pinned, fix) in judged.items():
        text = dig(library, name)
        if text is UNKNOWN:
            yield Deferred(f"{prefix}{name}")
        elif text is not None and not pinned(str(text)):
            yield Violation(f"{prefix}{name} is {show(text)}, which is not pinned; {fix}")
    for kind in ("pypi", "maven", "cran"):
        repository = dig(library, f"{kind}.repo")
        if isinstance(repository, str) and repository.strip().lower().startswith("http:"):
            yield Violation(
                f"{prefix}{kind}.repo is {show(repository)}, which anybody on the way may answer "
                "for; use https"
            )
    if dig(library, "cran.package") is not None and not present(dig(library, "cran.repo")):
        yield Violation(
            f"{prefix}cran has no repo, and CRAN only serves the newest version; name a dated "
            "snapshot"
        )


def _libraries(resource: Resource) -> Iterator[tuple[str, Any]]:
    if resource.type == tokens.LIBRARY:
        yield "", dict(resource.props)
        return
    holders = [*clusters(resource), *tasks(resource)]
    if resource.type in (tokens.PIPELINE, tokens.CLUSTER_POLICY):
        holders.append(Block("", "pipeline", resource.props))
    for holder in holders:
        libraries = holder.get("libraries")
        if libraries is UNKNOWN:
            yield holder.at("libraries"), UNKNOWN
        for index, library in enumerate(elements(libraries)):
            yield holder.at(f"libraries[{index}]"), library


def _dependencies(resource: Resource) -> Iterator[tuple[str, Any]]:
    """Serverless environments: lines as in a requirements file."""
    environments = resource.get("environments")
    if environments is UNKNOWN:
        yield "environments", UNKNOWN
    places = [
        (f"environments[{index}].spec", dig(environment, "spec"))
        for index, environment in enumerate(elements(environments))
    ]
    for path, spec in [*places, ("environment", resource.get("environment"))]:
        for name in ("dependencies", "javaDependencies"):
            lines = dig(spec, name)
            listed = cast("list[Any]", lines) if isinstance(lines, list) else []
            for line in [UNKNOWN] if lines is UNKNOWN else listed:
                yield f"{path}.{name}", line
