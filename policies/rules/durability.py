"""What must survive a wrong ``destroy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import tokens
from policies.findings import Violation, is_false, require
from policies.registry import NOT_IN_DEV, OFF_ADVISED_BINDING, rule

if TYPE_CHECKING:
    from policies.findings import Findings
    from policies.model import Resource
    from policies.registry import Config


@rule(
    "rel-01-protect-stateful",
    title="Resources that hold data or identity are protected",
    severity="high",
    rationale="A rename or a wrong stack selection otherwise deletes them in one command.",
    remediation="Set protect=True in the resource's options; unprotect it before a real removal.",
    types=[
        tokens.WORKSPACE,
        tokens.ACCESS_CONNECTOR,
        tokens.STORAGE_ACCOUNT,
        tokens.VAULT,
        tokens.KEY,
        tokens.METASTORE,
        tokens.CATALOG,
    ],
    levels=OFF_ADVISED_BINDING,
)
def protect_stateful(resource: Resource, _config: Config) -> Findings:
    """An option, not a property, so it is always known."""
    if not resource.options.protect:
        yield Violation("protect is not set; set protect=True in its options")


@rule(
    "rel-03-no-force-destroy",
    title="Deleting a container never deletes what is in it",
    severity="high",
    rationale="forceDestroy turns the removal of a catalog into the loss of all its tables.",
    remediation="Leave forceDestroy off.",
    types=[
        tokens.METASTORE,
        tokens.CATALOG,
        tokens.SCHEMA,
        tokens.STORAGE_CREDENTIAL,
        tokens.CREDENTIAL,
        tokens.METASTORE_ACCESS,
        tokens.EXTERNAL_LOCATION,
    ],
    levels=NOT_IN_DEV,
)
def no_force_destroy(resource: Resource, _config: Config) -> Findings:
    """Absent means off."""
    yield from require(resource, "forceDestroy", is_false, "leave it off", default=False)
