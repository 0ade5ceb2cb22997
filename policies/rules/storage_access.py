"""Who passes the firewall of a storage account, and for how long a signature lets somebody in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import (
    Deferred,
    NotApplicable,
    Violation,
    between,
    elements,
    is_false,
    require,
    require_present,
    require_value,
)
from policies.model import UNKNOWN, dig
from policies.registry import ADVISED, BINDING_IN_PROD, Mappings, Option, integer, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config

_CONNECTOR = "/providers/microsoft.databricks/accessconnectors/"


@rule(
    "sec-18-storage-firewall-exceptions",
    title="The firewall of a storage account lets by only whom it is meant to",
    severity="medium",
    rationale="'AzureServices' lets services of every tenant's subscriptions try; a rule for one "
    "access connector lets that one through.",
    remediation="Set networkRuleSet.bypass as configured, and for a data lake a "
    "resourceAccessRules entry with the access connector's id.",
    types=[tokens.STORAGE_ACCOUNT],
    levels=BINDING_IN_PROD,
    config={
        "bypass": Option(
            "What networkRuleSet.bypass has to be. Databricks' reference architecture asks for "
            "'None', the benchmarks in the mappings for 'AzureServices'.",
            "None",
            {"type": "string", "enum": ["None", "AzureServices"]},
        )
    },
    mappings=Mappings(cis=("9.3.5",), azp=("c9d007d0",), ckv=("CKV_AZURE_36",), azu=("AZU-0010",)),
)
def firewall_exceptions(resource: Resource, config: Config) -> Findings:
    """Absent means AzureServices. Several words in one string are several exceptions.

    Without a rule set there is no firewall, which is sec-17's to say.
    """
    if resource.get("networkRuleSet") is None:
        return
    wanted = config["bypass"]
    yield from require(
        resource,
        "networkRuleSet.bypass",
        lambda value: _exceptions(value) == {wanted.casefold()},
        f"set it to '{wanted}' alone",
        default="AzureServices",
    )
    path = "networkRuleSet.resourceAccessRules"
    for item in elements(resource.get(path)):
        if "*" in str(dig(item, "resourceId")):
            yield Violation(f"{path} lets in every resource of a kind; name the one that may")
    lake = resource.get("isHnsEnabled")
    if lake is UNKNOWN or lake is True:
        rules = resource.get("networkRuleSet.resourceAccessRules")
        ids = [dig(item, "resourceId") for item in elements(rules)]
        if rules is UNKNOWN or (lake is UNKNOWN and not ids):
            yield Deferred("networkRuleSet.resourceAccessRules")
        elif not any(_connector(item) for item in ids):
            yield Violation(
                "networkRuleSet.resourceAccessRules names no access connector; add the one of the "
                "storage credential"
            )


def _exceptions(value: Any) -> set[str]:
    return {word.strip().casefold() for word in str(value).split(",")} - {""}


def _connector(resource_id: Any) -> bool:
    """An id that is not known yet is that of something being made, so it counts."""
    return resource_id is UNKNOWN or _CONNECTOR in str(resource_id).casefold()


@rule(
    "sec-22-storage-signatures-expire",
    title="Where account keys are allowed, they are rotated and their signatures expire",
    severity="low",
    rationale="A shared access signature works for whoever holds it until it expires.",
    remediation="Set allowSharedKeyAccess to false, or sasPolicy.sasExpirationPeriod and "
    "keyPolicy.keyExpirationPeriodInDays.",
    types=[tokens.STORAGE_ACCOUNT],
    levels=ADVISED,
    config={
        "maximumKeyDays": integer(
            "Days after which an account key has to be rotated.", dev=90, test=90, prod=90
        )
    },
    mappings=Mappings(cis=("9.3.1.1",), azp=("bc1b984e",), ckv=("CKV2_AZURE_41",)),
)
def signatures_expire(resource: Resource, config: Config) -> Findings:
    """Without account keys there is nothing to expire."""
    allowed = resource.get("allowSharedKeyAccess")
    if allowed is UNKNOWN:
        yield Deferred("allowSharedKeyAccess")
    elif is_false(allowed):
        yield NotApplicable("the storage account accepts no account keys")
    else:
        yield from require_present(resource, "sasPolicy.sasExpirationPeriod", "set a period")
        yield from require_value(
            resource.get("keyPolicy.keyExpirationPeriodInDays"),
            "keyPolicy.keyExpirationPeriodInDays",
            between(1, config["maximumKeyDays"]),
            f"set it to at most {config['maximumKeyDays']} days",
        )
