"""The identity that an environment's jobs run as.

A service principal of the Databricks account without any secret: nobody logs in as it, jobs run as
it. Its rights are those of the groups it is a member of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks
from pulumi import Input, Output, ResourceOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.naming import Names

USER_ROLE = "roles/servicePrincipal.user"
"""Who may set it as run_as of a job; managing a service principal does not include it.
https://learn.microsoft.com/azure/databricks/security/auth/access-control/service-principal-acl"""


@dataclass(frozen=True, kw_only=True)
class AutomationArgs:
    """What an environment's automation identity needs."""

    names: Names
    account_id: str
    workspace_id: Input[str]
    """The workspace's number, which the identity is let into."""
    groups: Mapping[str, Input[str]]
    """Principal key to the account-wide id of each group whose rights it has."""
    deployers: Input[str]
    """Display name of the group whose members may run jobs as it."""
    account_provider: databricks.Provider


class Automation(pulumi.ComponentResource):
    """``mlops:identity:Automation``: a service principal for jobs, in its groups and workspace.

    Produces the service principal, its memberships, its assignment to the workspace, and the rule
    set that lets the deployers run jobs as it. It has no secret.
    """

    application_id: Output[str]
    """Application id: what grants and run_as name."""
    ready: Output[str]
    """The application id once the identity may be used: assigned, a member, and lent."""

    def __init__(
        self, name: str, args: AutomationArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mlops:identity:Automation", name, None, opts)
        child = ResourceOptions(parent=self, provider=args.account_provider)
        principal = databricks.ServicePrincipal(
            f"{name}-principal", display_name=args.names.of("jobs"), opts=child
        )
        members = [
            databricks.GroupMember(
                f"{name}-member-{key.replace('_', '-')}",
                group_id=group_id,
                member_id=principal.id,
                opts=child,
            )
            for key, group_id in args.groups.items()
        ]
        assignment = databricks.MwsPermissionAssignment(
            f"{name}-workspace",
            workspace_id=args.workspace_id,
            principal_id=principal.id,
            permissions=["USER"],
            opts=child,
        )
        lent = databricks.AccessControlRuleSet(
            f"{name}-users",
            name=Output.format(
                "accounts/{0}/servicePrincipals/{1}/ruleSets/default",
                args.account_id,
                principal.application_id,
            ),
            grant_rules=[
                databricks.AccessControlRuleSetGrantRuleArgs(
                    role=USER_ROLE,
                    principals=[Output.from_input(args.deployers).apply(lambda g: f"groups/{g}")],
                )
            ],
            opts=child,
        )
        self.application_id = principal.application_id
        self.ready = Output.all(
            principal.application_id, assignment.id, lent.id, *(member.id for member in members)
        ).apply(lambda values: values[0])
        self.register_outputs({"application_id": self.application_id, "ready": self.ready})
