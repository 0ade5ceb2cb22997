"""Controls that no preview and no update can decide, and where they are checked instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Undecided:
    """A control, or the part of one, without a rule.

    Attributes:
        id: The control's number; a rule of that number decides the rest, where there is one.
        title: What must hold.
        reason: Why a policy cannot see it.
        checked: What checks it instead.
    """

    id: str
    title: str
    reason: str
    checked: str


UNDECIDED: Final = (
    Undecided(
        "SEC-44",
        "The pipeline that deploys logs in by federation",
        "its login is made before the program runs and is no resource",
        "the deployment workflow, which requests an OIDC token and holds no secret",
    ),
    Undecided(
        "SEC-52",
        "Storage has accepted the private endpoints of serverless compute",
        "the owner of the storage account accepts them after the update, in Azure",
        "Security Analysis Tool NS-7, and the account console",
    ),
    Undecided(
        "SEC-55",
        "Traffic between the nodes of a cluster is encrypted",
        "an init script switches it on, and a script's content is not a property",
        "Security Analysis Tool DP-2; the compliance security profile includes it",
    ),
    Undecided(
        "SEC-70",
        "Only groups and service principals are assigned to a workspace",
        "MwsPermissionAssignment names its principal by a number that users have too",
        "the components, which assign groups only; Security Analysis Tool GOV-21",
    ),
    Undecided(
        "SEC-74",
        "Every line of a requirements file is pinned",
        "the file lies in the workspace, and only its path is a property",
        "the wheel's own lock file, checked when the wheel is built",
    ),
    Undecided(
        "ML-15",
        "An endpoint of production runs as a service principal",
        "it runs as whoever creates it, and the provider's login is not shown to policies",
        "the deployment workflow, which deploys production as a service principal only",
    ),
    Undecided(
        "ML-19",
        "Test and prod have the same kinds of resources and differ in declared settings only",
        "a policy sees one stack at a time",
        "the tests that build all three stacks",
    ),
)
