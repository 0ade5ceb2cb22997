"""What lies in a key vault: keys and secrets end one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import (
    Deferred,
    Violation,
    elements,
    is_number,
    require_present,
    require_value,
    show,
    words,
)
from policies.model import UNKNOWN, dig
from policies.registry import BINDING_IN_PROD, Mappings, Option, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config


@rule(
    "sec-26-key-expires-and-rotates",
    title="A key expires, and is rotated before it does",
    severity="medium",
    rationale="A key that never ends is trusted long after everybody forgot who had it.",
    remediation="Set properties.attributes.expires and a properties.rotationPolicy with a "
    "lifetime action of type 'rotate'.",
    types=[tokens.KEY],
    levels=BINDING_IN_PROD,
    config={
        "hardware": Option(
            "Whether the key has to be in a hardware module (kty ending in -HSM; premium vaults).",
            default=False,
            schema={"type": "boolean"},
        )
    },
    mappings=Mappings(
        cis=("8.3.1", "8.3.9"),
        azp=("152b15f7", "d8cf8476"),
        ckv=("CKV_AZURE_40",),
        azu=("AZU-0014",),
    ),
)
def key_rotates(resource: Resource, config: Config) -> Findings:
    """An expiry of 0 is none."""
    yield from _expires(resource)
    actions = resource.get("properties.rotationPolicy.lifetimeActions")
    kinds = [dig(item, "action.type") for item in elements(actions)]
    if actions is UNKNOWN or (UNKNOWN in kinds and not any(map(words("rotate"), kinds))):
        yield Deferred("properties.rotationPolicy.lifetimeActions")
    elif not any(map(words("rotate"), kinds)):
        yield Violation(
            "properties.rotationPolicy has no lifetime action that rotates; add one of type "
            "'rotate'"
        )
    if config["hardware"]:
        yield from require_value(
            resource.get("properties.kty"),
            "properties.kty",
            words("RSA-HSM", "EC-HSM"),
            "set it to 'RSA-HSM' or 'EC-HSM'",
        )


# Seconds since 1970 until 2100: what ends later was given in milliseconds, or is not meant to end.
_END_OF_TIME = 4_102_444_800


def _expires(resource: Resource) -> Findings:
    path = "properties.attributes.expires"
    expires = resource.get(path)
    if resource.get("properties.attributes") is UNKNOWN:
        yield Deferred(path)
    elif expires is not UNKNOWN and not (is_number(expires) and 0 < expires < _END_OF_TIME):
        yield Violation(
            f"{path} is {show(expires)}; set it to a time of this century in seconds since 1970"
        )


@rule(
    "sec-27-secret-expires",
    title="A secret expires and says what it is",
    severity="medium",
    rationale="A secret without an end is never rotated; one without a type is never recognised.",
    remediation="Set properties.attributes.expires and properties.contentType.",
    types=[tokens.VAULT_SECRET],
    levels=BINDING_IN_PROD,
    mappings=Mappings(
        cis=("8.3.3",),
        azp=("98728c90", "75262d3e"),
        ckv=("CKV_AZURE_41", "CKV_AZURE_114"),
        azu=("AZU-0015", "AZU-0017"),
    ),
)
def secret_expires(resource: Resource, _config: Config) -> Findings:
    """The value is never looked at. A time that is not known yet is one."""
    yield from _expires(resource)
    yield from require_present(resource, "properties.contentType", "say what the secret is")
