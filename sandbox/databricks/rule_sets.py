"""Access control rule sets: who may use and manage service principals, groups and policies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.databricks import principals, scope, tokens
from sandbox.databricks.errors import invalid, not_found
from sandbox.databricks.values import items, same, text, texts
from sandbox.rules import admit, adopts, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/access_control_rule_set"
ROLES = "https://learn.microsoft.com/azure/databricks/security/auth/access-control/service-principal-acl"

USER = "roles/servicePrincipal.user"
_NAME = (
    r"accounts/(?P<account>[^/]+)(/(?P<kind>servicePrincipals|groups|budgetPolicies|tagPolicies)"
    r"/(?P<object>[^/]+))?/ruleSets/default"
)
_ROLES = {
    "servicePrincipals": (USER, "roles/servicePrincipal.manager"),
    "groups": ("roles/group.manager",),
    "budgetPolicies": ("roles/budgetPolicy.user", "roles/budgetPolicy.manager"),
    "tagPolicies": ("roles/tagPolicy.assigner", "roles/tagPolicy.manager"),
    None: (
        "roles/marketplace.admin", "roles/billing.admin", "roles/tagPolicy.creator",
        "roles/tagPolicy.manager", "roles/tagPolicy.assigner",
    ),
}  # fmt: skip
_KINDS = ("users", "groups", "servicePrincipals")


@admit(tokens.RULE_SET, source=DOC)
def rule_set_is_of_something_that_exists(request: Request, cloud: Cloud) -> None:
    """The name is a path in the account, to an object that is there."""
    name = text(request.inputs.get("name"))
    match = re.fullmatch(_NAME, name)
    if match is None:
        raise invalid(
            f"Invalid rule set name '{name}'. It is accounts/<account>/servicePrincipals/"
            "<application id>/ruleSets/default, or that of a group, a policy or the account.",
            "name",
        )
    if match["kind"] == "servicePrincipals" and not any(
        same(principals.application(each), match["object"])
        for each in principals.service_principals(cloud)
    ):
        raise not_found(
            f"ServicePrincipal '{match['object']}' not found. A rule set names it by application "
            "id.",
            "name",
        )


@admit(tokens.RULE_SET, source=ROLES)
def rules_give_known_roles_to_known_principals(request: Request, cloud: Cloud) -> None:
    """Roles of the kind of object; principals as users/…, groups/… or servicePrincipals/…."""
    match = re.fullmatch(_NAME, text(request.inputs.get("name")))
    allowed = _ROLES[match["kind"]] if match else ()
    asker = scope.caller(request.provider)
    for rule in items(request.inputs.get("grantRules")):
        if text(rule.get("role")) not in allowed:
            raise invalid(
                f"Role '{text(rule.get('role'))}' is not one of {', '.join(allowed)}.", "grantRules"
            )
        for principal in texts(rule.get("principals")):
            kind, _, name = principal.partition("/")
            if kind not in _KINDS or not principals.account_knows(cloud, name, asker):
                raise invalid(
                    f"Principal '{principal}' does not exist. Write users/<mail address>, "
                    "groups/<display name> or servicePrincipals/<application id>.",
                    "grantRules",
                )


@outputs(tokens.RULE_SET, source=DOC)
def rule_set(request: Request, _: Cloud) -> Mapping[str, Any]:
    """The id is the name; every write brings a new etag."""
    return {"id": text(request.inputs.get("name")), "etag": request.seed[:12]}


# The default rule set of an object is there from the start; creating it is the first write.
adopts(tokens.RULE_SET, source=DOC)


def may_use(cloud: Cloud, application: str, asker: str) -> bool:
    """Whether a principal has the user role on a service principal, itself or through a group."""
    acting = principals.acts_as(cloud, asker)
    return any(
        text(rule.get("role")) == USER
        and any(
            principal.partition("/")[2].casefold() in acting
            for principal in texts(rule.get("principals"))
        )
        for held in _of(cloud, application)
        for rule in items(held.inputs.get("grantRules"))
    )


def _of(cloud: Cloud, application: str) -> list[Record]:
    wanted = f"/servicePrincipals/{application}/ruleSets/default".casefold()
    return [
        each
        for each in cloud.all(tokens.RULE_SET)
        if text(each.inputs.get("name")).casefold().endswith(wanted)
    ]
