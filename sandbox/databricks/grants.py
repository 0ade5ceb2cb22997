"""Grants: all privileges on one securable, as one resource."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, tokens
from sandbox.databricks.errors import denied, exists, invalid
from sandbox.databricks.ownership import need_principal, parents
from sandbox.databricks.privileges import ALLOWED, SOURCE, caller
from sandbox.databricks.securables import BY_GRANTS, full_name
from sandbox.databricks.values import given_of, items, same, text, texts
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/grants"
PROVIDER = "https://github.com/databricks/terraform-provider-databricks/blob/main/catalog/resource_grants.go"
SPELLING = "https://github.com/databricks/terraform-provider-databricks/issues/1818"
PRINCIPALS = "https://github.com/databricks/terraform-provider-databricks/issues/5045"
WORDS = (
    "https://github.com/databricks/terraform-provider-databricks/blob/main/catalog/grants_test.go"
)
MANAGE = (
    "https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/manage-privileges/"
)

SECURABLES = (
    "catalog", "credential", "externalLocation", "foreignConnection", "function", "mcpService",
    "metastore",
    "model", "modelProviderService", "modelService", "pipeline", "recipient", "schema", "secret",
    "share",
    "storageCredential", "table", "volume",
)  # fmt: skip


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _metastore(request: Request, cloud: Cloud) -> str:
    return scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))


def _field(request: Request) -> str:
    return given_of(request.inputs, SECURABLES)[0]


def _securable(request: Request, cloud: Cloud) -> Record | None:
    """The securable granted on; refuses one that does not exist. None for a kind not held."""
    kind = BY_GRANTS.get(_field(request))
    if kind is None:
        return None
    name = text(request.inputs.get(kind.grants))
    if kind.token == tokens.METASTORE:
        return scope.metastore_by_id(cloud, name)
    return securables.need(cloud, kind.token, name, _metastore(request, cloud), kind.grants)


@check(tokens.GRANTS, source=PROVIDER)
def grants_name_a_securable(request: Request) -> None:
    """The provider wants at least one securable."""
    if all(request.inputs.get(name) is None for name in SECURABLES):
        raise Refusal(
            "MISSING_PROPERTY",
            f"one of `{','.join(_snake(name) for name in SECURABLES)}` must be specified",
        )


@admit(tokens.GRANTS, source=DOC)
def grants_name_one_securable(request: Request, _: Cloud) -> None:
    """With two, the provider would pick one by chance: see its function kv."""
    seen = given_of(request.inputs, SECURABLES)
    if len(seen) != 1:
        raise invalid(
            "Every grants resource must have exactly one securable; this one has "
            f"{', '.join(seen) or 'none'}. "
            "Use one resource per securable.",
            seen[0] if seen else "",
        )


@admit(tokens.GRANTS, source=DOC)
def securable_has_one_grants(request: Request, cloud: Cloud) -> None:
    """A second authoritative resource would undo the first at every update."""
    field, metastore = _field(request), _metastore(request, cloud)
    for other in cloud.all(tokens.GRANTS):
        if (request.old and other.urn == request.old.urn) or not securables.in_metastore(
            other, cloud, metastore
        ):
            continue
        if same(other.inputs.get(field), request.inputs.get(field)):
            raise exists(
                f"{_snake(field)} '{request.inputs.get(field)}' has a grants resource already: "
                f"{other.urn}. It is "
                "required to define all permissions for a securable in a single resource.",
                field,
            )


@admit(tokens.GRANTS, source=PROVIDER)
def grants_are_not_empty(request: Request, _: Cloud) -> None:
    """The provider reads no grants at all as a resource that is gone."""
    grants = items(request.inputs.get("grants"))
    if not grants:
        raise Refusal(
            "NOT_FOUND", "got empty permissions list. Give at least one grant.", status=404
        )
    for grant in grants:
        if not texts(grant.get("privileges")):
            raise invalid(f"'{grant.get('principal')}' is granted no privilege.", "grants")


@admit(tokens.GRANTS, source=PROVIDER)
def principals_are_named_once(request: Request, _: Cloud) -> None:
    """Of two grants to one principal the last wins; the provider waits in vain for the first."""
    seen: list[str] = []
    for grant in items(request.inputs.get("grants")):
        name = text(grant.get("principal")).casefold()
        if name in seen:
            field = _field(request)
            raise invalid(
                f"permissions for {_snake(field)}-{request.inputs.get(field)} have principal "
                f"'{grant.get('principal')}' twice. Give its privileges in one grant.",
                "grants",
            )
        seen.append(name)


@admit(tokens.GRANTS, source=SPELLING)
def privileges_have_underscores(request: Request, _: Cloud) -> None:
    """SQL's spelling with spaces is not the API's."""
    for grant in items(request.inputs.get("grants")):
        for privilege in texts(grant.get("privileges")):
            if " " in privilege:
                field = _snake(_field(request))
                raise invalid(
                    f"{privilege} is not allowed on {field}. Did you mean "
                    f"{privilege.replace(' ', '_')}?",
                    "grants",
                )


@admit(tokens.GRANTS, source=SOURCE)
def privileges_fit_the_securable(request: Request, _: Cloud) -> None:
    """Each kind of securable has its own privileges; the words: catalog/grants_test.go."""
    field = _field(request)
    allowed = ALLOWED.get(field)
    kind = BY_GRANTS[field].securable if field in BY_GRANTS else _snake(field).upper()
    for grant in items(request.inputs.get("grants")):
        for privilege in texts(grant.get("privileges")):
            if allowed is not None and privilege.upper() not in allowed:
                raise invalid(
                    f"Privilege {privilege.upper()} is not applicable to this entity [{kind}]. If "
                    "this seems "
                    "unexpected, please check the privilege version of the metastore in use "
                    "[1.0]. Allowed: "
                    f"{', '.join(sorted(allowed))}.",
                    "grants",
                )


@admit(tokens.GRANTS, source=PRINCIPALS)
def grantees_exist(request: Request, cloud: Cloud) -> None:
    """Account groups by name, service principals by application id, users by user name."""
    for grant in items(request.inputs.get("grants")):
        need_principal(
            cloud, text(grant.get("principal")), scope.caller(request.provider), "grants"
        )


@admit(tokens.GRANTS, source="https://docs.databricks.com/api/workspace/grants/update")
def securable_exists_here(request: Request, cloud: Cloud) -> None:
    """The securable exists, and the workspace sees it or the catalog it is in."""
    ""
    found = _securable(request, cloud)
    if found is not None and found.token != tokens.METASTORE:
        here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
        securables.need_bound(cloud, parents(cloud, found)[-1], here)


@admit(tokens.GRANTS, source=MANAGE)
def grantor_manages_the_securable(request: Request, cloud: Cloud) -> None:
    """Granting takes the owner of the securable or of a parent, MANAGE, or a metastore admin."""
    found = _securable(request, cloud)
    asker = caller(request, cloud)
    if found is None or asker.administers() or asker.manages(*parents(cloud, found)):
        return
    words = securables.BY_TOKEN[found.token].words
    raise denied(f"User does not have MANAGE on {words} '{full_name(found)}'.")


@outputs(tokens.GRANTS, source=PROVIDER)
def grants(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the securable's kind and name."""
    field = _field(request)
    return {"id": f"{_snake(field)}/{request.inputs.get(field)}", **scope.stamp(request, cloud)}
