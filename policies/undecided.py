"""Controls that no preview can decide, with the reason and the place that decides them instead.

A control is here or it has a rule, never both and never neither; a test holds that. The numbers
are those of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Undecided:
    """One control without a rule.

    Attributes:
        id: Its number, for example ``REL-02``.
        title: What must hold, in one sentence.
        reason: Why a rule cannot see it.
        instead: What holds it, or that nothing has to.
    """

    id: str
    title: str
    reason: str
    instead: str


UNDECIDED: Final = (
    Undecided(
        "ML-19",
        "Test and prod have the same kinds of resources and differ in declared settings only",
        "A policy sees one stack at a time.",
        "The tests that build all three stacks from their files.",
    ),
    Undecided(
        "REL-02",
        "What holds Unity Catalog data outlives its declaration",
        "The engine shows policies protect and custom timeouts, but not retainOnDelete.",
        "The components' own tests, which see each registration; deletion itself is held off by "
        "REL-01 and REL-03.",
    ),
    Undecided(
        "REL-06",
        "Blobs keep their earlier versions",
        "Accounts with hierarchical namespace, which every catalog needs, do not support blob "
        "versioning.",
        "Delta's own history and time travel, and the soft delete of REL-05.",
    ),
    Undecided(
        "REL-17",
        "No update replaces what holds data",
        "A replacement is a difference between two states, and policies see the new one only.",
        "The preview's own plan: protected resources (REL-01) refuse to be replaced.",
    ),
)

# The part of a control that the rule of its number cannot see.
PARTLY_UNDECIDED: Final = (
    Undecided(
        "SEC-44",
        "The pipeline that deploys logs in by federation",
        "Its login is made before the program runs and is no resource.",
        "The deployment workflow, which requests an OIDC token and holds no secret.",
    ),
    Undecided(
        "SEC-52",
        "Storage has accepted the private endpoints of serverless compute",
        "The owner of the storage account accepts them after the update, in Azure.",
        "The connections that the storage account lists, and the account console.",
    ),
    Undecided(
        "SEC-55",
        "Traffic between the nodes of a cluster is encrypted",
        "An init script switches it on, and a script's content is not a property.",
        "The compliance security profile, which includes it; CIS 2.1.3 by hand.",
    ),
    Undecided(
        "SEC-70",
        "Only groups and service principals are assigned to a workspace",
        "MwsPermissionAssignment and the assignments of the newer API name their principal by a "
        "number that users have too.",
        "The components, which assign groups only; the workspace's own list of them.",
    ),
    Undecided(
        "SEC-71",
        "Only owners are administrators of a workspace that the account assigns them to",
        "MwsPermissionAssignment, the assignments of the newer API, a PermissionAssignment with "
        "principalId and GroupMember name groups and members by numbers.",
        "The components, which make the administrators' group alone ADMIN.",
    ),
    Undecided(
        "SEC-74",
        "Every line of a requirements file is pinned",
        "The file lies in the workspace, and only its path is a property.",
        "The lock file of the wheel, checked when the wheel is built.",
    ),
    Undecided(
        "ML-15",
        "An endpoint of production runs as a service principal",
        "It runs as whoever creates it, and the provider's login is not shown to policies.",
        "The deployment workflow, which deploys production as a service principal only.",
    ),
)
