"""The DBFS root: storage of a workspace that every user may read and write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policies import tokens
from policies.clusters import CLUSTER_TYPES
from policies.findings import Deferred, Violation, require
from policies.literals import texts, texts_of
from policies.model import UNKNOWN
from policies.policy_language import definition_of, given
from policies.registry import EVERYWHERE, Mappings, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policies.findings import Findings
    from policies.literals import Text
    from policies.model import Resource
    from policies.registry import Config

# Both spellings of a path, also within a command line; /Volumes is Unity Catalog, also as dbfs:/.
_ROOT = re.compile(
    r"(?:^|[\s=,;:'\"(]|//)(?:dbfs:/+(?!/*Volumes/)|/dbfs/(?!Volumes/)|/mnt/)"
    r"|/Volumes/(?:[^\s'\"]*/)?\.\.(?:/|$)",  # out of the volumes and back into the root
    re.IGNORECASE,
)
# One of these stands in every such path, the last for what is not known yet.
_SIGNS = ("dbfs", "/mnt/", "..", "unknown")
# Judged by rules of their own: SEC-56 and REL-15. Free text says, it does not read.
_SKIPPED = frozenset({"initScripts", "clusterLogConf", "description", "comment"})
_SETTINGS = ("spark_conf.", "spark_env_vars.")
_ARTIFACT_PLACES = re.compile(r"(?:dbfs:)?/+Volumes/[^/]+/[^/]+/[^/]+/?.*|abfss://[^/]+/.*")


@rule(
    "sec-57-no-dbfs",
    title="Nothing is read from or written to the DBFS root or a mount",
    severity="high",
    rationale="Every user of the workspace reads and writes it; no grant holds there, and a mount "
    "lends its credentials to everybody.",
    remediation="Use a Unity Catalog volume (/Volumes/<catalog>/<schema>/<volume>) instead.",
    types=[
        *CLUSTER_TYPES,
        tokens.CLUSTER_POLICY,
        tokens.LIBRARY,
        tokens.METASTORE,
        tokens.CATALOG,
        tokens.SCHEMA,
        tokens.SQL_TABLE,
        tokens.VOLUME,
        tokens.MOUNT,
        tokens.DBFS_FILE,
    ],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("GOV-10", "GOV-11")),
)
def no_dbfs(resource: Resource, _config: Config) -> Findings:
    """A path that is not known yet cannot be told from any other text, so it is not deferred."""
    if resource.type in (tokens.MOUNT, tokens.DBFS_FILE):
        yield Violation(
            "it puts data where every user of the workspace reads it; use a Unity Catalog volume"
        )
        return
    for text in _judged(resource):
        if text.value is UNKNOWN:
            if text.name in ("tasks", "storageRoot", "storageLocation"):
                yield Deferred(text.path)
        elif _ROOT.search(text.value) and not text.is_below(_SKIPPED):
            yield Violation(
                f"{text.path} is a path of the DBFS root or a mount; use a Unity Catalog volume"
            )


def _judged(resource: Resource) -> Iterable[Text]:
    if resource.type == tokens.CLUSTER_POLICY:
        return _in_policy(resource)
    return texts_of(resource) if any(sign in resource.written() for sign in _SIGNS) else ()


def _in_policy(resource: Resource) -> Iterator[Text]:
    yield from texts(resource.get("libraries"), "libraries")
    definition = definition_of(resource)
    # What is not known yet or not valid is said by the rules that bound it.
    if not isinstance(definition, (Violation, Deferred)):
        for name, attribute in definition.items():
            if name.startswith(_SETTINGS):
                yield from texts(given(attribute), name)


@rule(
    "ml-17-experiment-artifacts-governed",
    title="Artifacts of experiments lie in a Unity Catalog volume or an external location",
    severity="high",
    rationale="By default models and data of every run lie in the DBFS root, readable by all, and "
    "are lost with the workspace.",
    remediation="Set artifactLocation to dbfs:/Volumes/<catalog>/<schema>/<volume> or an abfss "
    "URL.",
    types=[tokens.MLFLOW_EXPERIMENT],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("GOV-10",)),
)
def experiment_artifacts_governed(resource: Resource, _config: Config) -> Findings:
    """MLflow spells volumes with the scheme.

    https://learn.microsoft.com/azure/databricks/mlflow/experiments#create-workspace-experiment
    """
    yield from require(
        resource,
        "artifactLocation",
        lambda value: isinstance(value, str) and _ARTIFACT_PLACES.fullmatch(value) is not None,
        "set it to dbfs:/Volumes/<catalog>/<schema>/<volume>",
    )
