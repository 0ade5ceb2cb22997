"""How programs prove who they are: tokens, secrets, and better, federation."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import (
    Deferred,
    Violation,
    between,
    present,
    require,
    require_present,
    require_value,
    show,
    words,
)
from policies.model import UNKNOWN
from policies.permissions import access_controls
from policies.privileges import EVERYBODY
from policies.registry import ADVISED_IN_DEV, EVERYWHERE, Mappings, day, integer, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_SECONDS_A_DAY = 86_400
_SHORTEST = 60  # seconds; less is a number of days or hours in the wrong unit
_HOURS_A_DAY = 24
_HOURS = re.compile(r"(\d+)h(?:\d+m)?(?:\d+s)?")
_DURATION = re.compile(r"(\d+)(?:\.\d+)?s")
# Claims of GitHub's and GitLab's tokens that every pipeline of an organisation has alike.
# https://docs.github.com/actions/reference/security/oidc
# https://docs.gitlab.com/ci/secrets/id_token_authentication/
_SHARED_CLAIMS = (
    *("actor", "actor_id", "aud", "enterprise", "iss", "namespace_id", "namespace_path"),
    *("repository_owner", "repository_owner_id", "repository_visibility", "runner_environment"),
)


@rule(
    "sec-42-no-personal-token",
    title="No personal token is made by a program, and a service principal's one expires soon",
    severity="high",
    rationale="A token in a program's state acts as its owner from anywhere, for as long as it "
    "lives.",
    remediation="Log in with OIDC federation; where a token is unavoidable declare an OboToken "
    "with lifetimeSeconds within the limit and keep it in Key Vault.",
    types=[tokens.TOKEN, tokens.OBO_TOKEN],
    levels=ADVISED_IN_DEV,
    config={
        "maximumDays": integer("Longest lifetime of a token in days.", dev=90, test=60, prod=30)
    },
    mappings=Mappings(sat=("IA-4", "GOV-2"), kics=("7d05ca25", "23e1f5f0")),
)
def no_personal_token(resource: Resource, config: Config) -> Findings:
    """Without a lifetime a token never expires."""
    if resource.type == tokens.TOKEN:
        yield Violation(
            "it is a personal token of whoever deploys; remove it and log in with OIDC federation"
        )
        return
    longest = config["maximumDays"] * _SECONDS_A_DAY
    yield from require(
        resource,
        "lifetimeSeconds",
        between(_SHORTEST, longest),
        f"set it, in seconds, between {_SHORTEST} and {longest}",
    )


@rule(
    "sec-43-token-use-limited",
    title="Not everybody may make personal access tokens",
    severity="medium",
    rationale="Who has no token cannot lose one; people log in with single sign-on.",
    remediation="In the Permissions with authorization 'tokens' name the groups that need tokens.",
    types=[tokens.PERMISSIONS],
    levels=ADVISED_IN_DEV,
    mappings=Mappings(sat=("IA-8",)),
)
def token_use_limited(resource: Resource, _config: Config) -> Findings:
    """The same property guards passwords, which are as good as tokens."""
    kind = resource.get("authorization")
    if kind is None:
        return
    if kind is UNKNOWN:
        yield Deferred("authorization")
        return
    for control in access_controls(resource):
        yield from require_value(
            control.get("groupName"),
            control.at("groupName"),
            lambda name: str(name).casefold() not in EVERYBODY,
            f"name the groups that need {kind}",
        )


@rule(
    "sec-44-federated-identity",
    title="Automation logs in by federation that names one subject, or with a secret that expires",
    severity="high",
    rationale="A federated login has nothing to steal; a subject left open lets any pipeline of "
    "the issuer log in.",
    remediation="Declare a ServicePrincipalFederationPolicy with issuer, subject and audiences; "
    "give a ServicePrincipalSecret a lifetime within the limit.",
    types=[
        tokens.FEDERATION_POLICY,
        tokens.PRINCIPAL_SECRET,
        tokens.APPLICATION_PASSWORD,
        tokens.PRINCIPAL_PASSWORD,
    ],
    levels=EVERYWHERE,
    mappings=Mappings(sat=("IA-9",)),
    config={
        "maximumDays": integer("Longest lifetime of a secret in days.", dev=90, test=60, prod=30),
        "today": day(),
    },
)
def federated_identity(resource: Resource, config: Config) -> Findings:
    """Without audiences Databricks expects the account's own id, which is as narrow.

    A secret without a lifetime lives for two years.
    https://docs.databricks.com/api/azure/account/serviceprincipalsecrets/create
    """
    days: int = config["maximumDays"]
    if resource.type in (tokens.APPLICATION_PASSWORD, tokens.PRINCIPAL_PASSWORD):
        yield from _password(resource, days, date.fromisoformat(config["today"]))
        return
    if resource.type == tokens.PRINCIPAL_SECRET:
        yield from require(
            resource,
            "lifetime",
            lambda value: _lasts(value, days * _SECONDS_A_DAY),
            f"set it to at most '{days * _SECONDS_A_DAY}s', or use federation instead",
        )
        return
    yield from require(
        resource,
        "oidcPolicy.issuer",
        lambda value: isinstance(value, str) and value.startswith("https://"),
        "set it to the https URL of the token issuer",
    )
    yield from require_present(resource, "oidcPolicy.subject", "name the one workload that may")
    subject = resource.get("oidcPolicy.subject")
    if present(subject) and "*" in str(subject):
        yield Violation(f"oidcPolicy.subject is {show(subject)}; name one workload, not a pattern")
    yield from require(
        resource,
        "oidcPolicy.subjectClaim",
        lambda claim: not words(*_SHARED_CLAIMS)(claim),
        "use 'sub', or another claim that one workload has to itself",
        default="sub",
    )


def _password(resource: Resource, days: int, today: date) -> Findings:
    """A password of Entra ends at a time, or so many hours after it is made; else in two years.

    https://www.pulumi.com/registry/packages/azuread/api-docs/applicationpassword/
    """
    latest = today + timedelta(days=days)
    path = "endDate" if resource.get("endDateRelative") is None else "endDateRelative"
    yield from require(
        resource,
        path,
        lambda value: (
            _ends(value, latest) if path == "endDate" else _lasts_hours(value, days * _HOURS_A_DAY)
        ),
        f"let it end within {days} days, or use federation instead",
    )


def _ends(value: Any, latest: date) -> bool:
    try:
        return date.fromisoformat(str(value)[:10]) <= latest
    except ValueError:
        return False


def _lasts_hours(value: Any, longest: int) -> bool:
    match = _HOURS.fullmatch(value) if isinstance(value, str) else None
    return match is not None and 1 <= int(match[1]) <= longest


def _lasts(value: Any, longest: int) -> bool:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    return match is not None and _SHORTEST <= int(match[1]) <= longest
