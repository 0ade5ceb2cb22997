"""Where resources are, and with whose credentials they are made."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Violation, is_false, present, require, require_value
from policies.registry import EVERYWHERE, Mappings, rule, strings

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_ANYWHERE = "global"


@rule(
    "sec-38-allowed-locations",
    title="Everything is in the regions that the environment may use",
    severity="medium",
    rationale="Data in another region is under another law, and traffic between regions is billed.",
    remediation="Set location to an allowed region, or add the region to the rule's locations.",
    types=[],
    levels=EVERYWHERE,
    config={
        "locations": strings(
            "Regions that resources may be in; with one, an environment is in one region.",
            "eastus2",
        )
    },
    mappings=Mappings(azp=("e56962a6",)),
)
def allowed_locations(resource: Resource, config: Config) -> Findings:
    """Where a location is left out, the provider's own counts, and that is judged as well."""
    azure = resource.type.startswith(tokens.AZURE) or resource.type == tokens.AZURE_PROVIDER
    if azure and resource.get("location") is not None:
        allowed = {_region(name) for name in (*config["locations"], _ANYWHERE)}
        yield from require(
            resource,
            "location",
            lambda value: _region(str(value)) in allowed,
            f"set it to one of {', '.join(config['locations'])}",
        )


@lru_cache(maxsize=256)
def _region(name: str) -> str:
    """'East US 2' and 'eastus2' are one region."""
    return re.sub(r"\s", "", name).casefold()


# Credentials that are written down somewhere; certificates' passwords too.
_WRITTEN = {
    tokens.AZURE_PROVIDER: ("clientSecret", "clientCertificatePassword", "oidcToken"),
    # The directory's provider makes the applications that pipelines log in with.
    "pulumi:providers:azuread": ("clientSecret", "clientCertificatePassword", "oidcToken"),
    tokens.DATABRICKS_PROVIDER: (
        "token",
        "password",
        "azureClientSecret",
        "clientSecret",
        "googleCredentials",
    ),
}
_DEFAULT_PROVIDER = re.compile(r"^default(_|$)")


@rule(
    "sec-39-providers-without-secrets",
    title="A provider is named, checks certificates, holds no secret, and makes what rules can see",
    severity="high",
    rationale="A token in a provider's arguments is in every state file and in every plan, and "
    "belongs to nobody. What comes from a template, a script or the older Azure provider passes "
    "every other rule unseen.",
    remediation="Log in with workload identity federation or a managed identity, pass provider= "
    "explicitly, leave skipVerify off, and declare Azure's resources with azure-native.",
    types=[],
    levels=EVERYWHERE,
    config={
        "unseen": strings(
            "Patterns of types that make Azure resources which no rule can judge.",
            "azure:*",
            "azapi:*",
            "azure-native:resources:Deployment*",
            "azure-native:resources:Resource",
            "azure-native:resources:AzureCliScript",
            "azure-native:resources:AzurePowerShellScript",
        ),
        "scripts": strings(
            "Patterns of types that may make anything; always advice, never a refusal.",
            "command:*",
            "pulumi-python:dynamic*",
            "pulumi-nodejs:dynamic*",
        ),
    },
    mappings=Mappings(none="the catalogues look at clouds, not at the arguments of providers"),
)
def providers_without_secrets(resource: Resource, config: Config) -> Findings:
    """A secret that is not known yet is one. What comes from the environment is not seen."""
    unseen = _unseen(resource.type, tuple(config["unseen"]), tuple(config["scripts"]))
    if unseen == "made":
        yield Violation(
            f"no rule sees what {resource.type} makes; declare it with azure-native's own types"
        )
    elif unseen == "scripted":
        yield Violation(
            f"no rule sees what {resource.type} does; leave no governed resource to it",
            advice=True,
        )
    for name in _WRITTEN.get(resource.type, ()):
        if present(resource.get(name)):
            yield Violation(f"{name} is set; use federation or a managed identity instead")
    if resource.type == tokens.DATABRICKS_PROVIDER:
        yield from require_value(
            resource.get("skipVerify"),
            "skipVerify",
            # Providers' arguments are JSON in strings:
            # https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/python/lib/pulumi/runtime/rpc.py
            lambda value: is_false(value) or value == "false",
            "leave it off",
            default=False,
        )
    named = resource.provider
    # Databricks' own resources are ml-20's.
    if named and resource.type.startswith(tokens.AZURE) and _DEFAULT_PROVIDER.match(named.name):
        yield Violation(f"it uses the default provider '{named.name}'; pass an explicit one")


@lru_cache(maxsize=4096)
def _unseen(token: str, made: tuple[str, ...], scripted: tuple[str, ...]) -> str:
    """How a type gets past the rules; empty where it does not."""
    if any(fnmatchcase(token, pattern) for pattern in made):
        return "made"
    return "scripted" if any(fnmatchcase(token, pattern) for pattern in scripted) else ""
