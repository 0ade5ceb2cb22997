"""Settings inside a Databricks workspace, and the providers that reach it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policies import tokens
from policies.findings import Deferred, Violation, show
from policies.model import UNKNOWN
from policies.registry import EVERYWHERE, Mappings, integer, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource, Stack
    from policies.registry import Config

_DEFAULT_PROVIDER = re.compile(r"^default(_\d+_\d+_\d+\S*)?$")


@rule(
    "sec-41-token-lifetime",
    title="Personal access tokens expire soon, or do not exist",
    severity="high",
    rationale="A token acts as its owner from anywhere, and a forgotten one is found years later.",
    remediation="Declare a WorkspaceConf whose customConfig has maxTokenLifetimeDays within the "
    "limit, or enableTokensConfig 'false'.",
    types=[tokens.WORKSPACE, tokens.WORKSPACE_CONF],
    levels=EVERYWHERE,
    scope="stack",
    config={
        "maximumDays": integer("Longest lifetime of a token in days.", dev=90, test=60, prod=30)
    },
    mappings=Mappings(sat=("IA-4", "IA-5", "IA-10"), cis=("2.1.6",)),
)
def token_lifetime(stack: Stack, config: Config) -> Findings:
    """Zero or a negative number means no limit to Databricks, so it fails."""
    confs = list(stack.all(tokens.WORKSPACE_CONF))
    governed = False
    for conf in confs:
        custom = conf.get("customConfig")
        days, enabled = conf.get("customConfig.maxTokenLifetimeDays"), _enabled(conf)
        if custom is UNKNOWN or days is UNKNOWN or enabled is UNKNOWN:
            governed = True
            yield Deferred("customConfig", conf.urn)
        elif enabled == "false":
            governed = True
        elif days is not None:
            governed = True
            if not _within(days, config["maximumDays"]):
                yield Violation(
                    f"customConfig.maxTokenLifetimeDays is {show(days)}; "
                    f"set it between 1 and {config['maximumDays']}",
                    conf.urn,
                )
    if not governed:
        for workspace in stack.all(tokens.WORKSPACE):
            yield Violation(
                "no WorkspaceConf limits the lifetime of its tokens; set "
                f"maxTokenLifetimeDays to at most {config['maximumDays']}",
                workspace.urn,
            )


def _enabled(conf: Resource) -> Any:
    value = conf.get("customConfig.enableTokensConfig")
    return value if value is UNKNOWN else str(value).casefold()


def _within(days: Any, limit: int) -> bool:
    try:
        return 1 <= int(str(days)) <= limit
    except ValueError:
        return False


@rule(
    "ml-20-explicit-databricks-provider",
    title="Every Databricks resource names its provider",
    severity="high",
    rationale="A default provider takes whatever login the machine has; that is how a test change "
    "lands in production.",
    remediation="Pass provider= with the environment's own provider in the resource's options.",
    types=[],
    levels=EVERYWHERE,
)
def explicit_provider(resource: Resource, _config: Config) -> Findings:
    """The engine names default providers after their version."""
    if not resource.type.startswith(tokens.DATABRICKS) or resource.provider is None:
        return
    if _DEFAULT_PROVIDER.match(resource.provider.name):
        yield Violation(
            f"it uses the default provider '{resource.provider.name}'; pass an explicit one"
        )
