"""Secrets: never written out, and kept where access to them is granted one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.clusters import CLUSTER_TYPES
from policies.findings import Deferred, Violation, require, require_present
from policies.literals import (
    Text,
    is_reference,
    looks_secret,
    names_a_secret,
    texts,
    texts_of,
)
from policies.model import SECRET_NAME, UNKNOWN, dig
from policies.policy_language import definition_of
from policies.privileges import EVERYBODY
from policies.registry import BINDING_IN_PROD, EVERYWHERE, Mappings, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

# An unknown one of these may hold anything.
_HOLDERS = frozenset(
    {
        "baseParameters", "clusters", "config", "configuration", "dataAccessConfig",
        "environmentVars",
        "environmentVariables", "externalModel", "forEachTask", "jobClusters", "jobParameters",
        "namedParameters", "newCluster", "parameters", "servedEntities", "sparkConf",
        "sparkEnvVars", "tasks",
    }
)  # fmt: skip
# Not a credential, or judged by another rule (images: SEC-73).
_SKIPPED = frozenset({"dockerImage", "idempotencyToken", "preloadedDockerImages", "sshPublicKeys"})
_IMAGE = "docker_image."


@rule(
    "sec-58-no-literal-secrets",
    title="No secret is written out in a cluster, a warehouse, a job, a pipeline, an endpoint or a "
    "Git credential",
    severity="critical",
    rationale="Whoever may see the resource reads it, in the page, the API, the logs of the driver "
    "and the state of the program; marking it as secret in the program hides it from the state "
    "only.",
    remediation="Put it into a secret scope and write {{secrets/<scope>/<key>}} in its place, as "
    "the whole value; a model provider's secretReference names it. A Git credential needs none "
    "with gitProvider 'azureDevOpsServicesAad'.",
    types=[
        *CLUSTER_TYPES,
        tokens.CLUSTER_POLICY,
        tokens.GIT_CREDENTIAL,
        tokens.INSTANCE_POOL,
        tokens.MODEL_PROVIDER,
        tokens.MODEL_SERVING,
        tokens.PROVISIONED_THROUGHPUT,
        tokens.SQL_ENDPOINT,
        tokens.SQL_GLOBAL_CONFIG,
    ],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("DP-1", "INFO-29")),
)
def no_literal_secrets(resource: Resource, _config: Config) -> Findings:
    """Names the place, never the value."""
    if resource.type == tokens.GIT_CREDENTIAL:
        yield from _no_git_token(resource)
        return
    found = _judged(resource)
    # What the engine marked as secret; what only has a telling name is judged by that name.
    marked = resource.secrets
    if marked:
        marked -= {text.value for text in found if SECRET_NAME.search(text.path)}
    for text in found:
        if text.value is UNKNOWN:
            if (text.name in _HOLDERS or names_a_secret(text.name)) and not text.is_below(_SKIPPED):
                yield Deferred(text.path)
        elif _written_out(text, marked) and not text.is_below(_SKIPPED):
            yield Violation(
                f"{text.path} looks like a secret in plain text; put it into a secret scope and "
                "write {{secrets/<scope>/<key>}} as the whole value"
            )


def _no_git_token(resource: Resource) -> Findings:
    """A reference fits in nowhere here, and a token that is not known yet is one as well.

    https://learn.microsoft.com/azure/databricks/repos/automate-with-terraform
    """
    if resource.get("personalAccessToken") not in (None, ""):
        yield Violation(
            "personalAccessToken is set, and stays in the state; leave it out and log in to Azure "
            "DevOps by federation: gitProvider 'azureDevOpsServicesAad'"
        )


def _judged(resource: Resource) -> Sequence[Text]:
    if resource.type == tokens.CLUSTER_POLICY:
        return list(_in_policy(resource))
    return texts_of(resource)


def _in_policy(resource: Resource) -> Iterator[Text]:
    yield from texts(resource.get("libraries"), "libraries")
    definition = definition_of(resource)
    if isinstance(definition, Deferred):
        yield Text(definition.path, "config", UNKNOWN)
    elif not isinstance(definition, Violation):
        for attribute, limitation in definition.items():
            if not attribute.startswith(_IMAGE):
                name = attribute.partition(".")[2] or attribute
                for key in ("value", "values", "defaultValue"):
                    yield from texts(dig(limitation, key), f"{attribute}.{key}", name)


def _written_out(text: Text, marked: frozenset[str]) -> bool:
    if text.name.casefold().endswith("plaintext"):
        return text.value != ""
    suspected = text.value in marked or looks_secret(text.name, text.value)
    return suspected and not is_reference(text.value)


@rule(
    "sec-59-secret-scopes-guarded",
    title="Secrets lie in Key Vault, and not everybody may read them",
    severity="medium",
    rationale="Key Vault rotates, recovers and records; a scope that everybody manages keeps "
    "nothing secret.",
    remediation="Set keyvaultMetadata; leave initialManagePrincipal out; name groups in SecretAcl; "
    "declare a Key Vault's Secret instead of a scope's.",
    types=[tokens.SECRET_SCOPE, tokens.SECRET_ACL, tokens.SECRET],
    levels=BINDING_IN_PROD,
    mappings=Mappings(sat=("DP-1", "GOV-41")),
)
def secret_scopes_guarded(resource: Resource, _config: Config) -> Findings:
    """A scope's manager is its creator unless it says everybody.

    Nothing can be written into a scope that a Key Vault backs.
    https://learn.microsoft.com/azure/databricks/security/secrets/workspace-secret-scopes
    """
    if resource.type == tokens.SECRET:
        yield Violation("it lies in a scope that no Key Vault backs; declare a Key Vault's Secret")
        return
    path = "principal" if resource.type == tokens.SECRET_ACL else "initialManagePrincipal"
    if resource.type == tokens.SECRET_SCOPE:
        yield from require_present(
            resource, "keyvaultMetadata.resourceId", "back the scope by the environment's Key Vault"
        )
    yield from require(
        resource,
        path,
        lambda name: str(name).casefold() not in EVERYBODY,
        "name a group of its own",
        default="",
    )
