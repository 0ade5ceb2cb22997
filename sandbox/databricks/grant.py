"""Grant: one principal's privileges on one securable; what others have stays.

System schemas are held by Databricks and not by any stack: what may be granted on them is whether
they are switched on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, tokens
from sandbox.databricks.errors import absent, denied, exists, invalid
from sandbox.databricks.grants import SECURABLES
from sandbox.databricks.ownership import need_principal, parents
from sandbox.databricks.privileges import ALLOWED, SOURCE, caller
from sandbox.databricks.securables import BY_GRANTS
from sandbox.databricks.values import given_of, same, text, texts
from sandbox.rules import admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/grant"
SYSTEM = "https://learn.microsoft.com/azure/databricks/admin/system-tables/"

_ALWAYS_ON = ("system.billing", "system.information_schema")


def _field(request: Request) -> str:
    return given_of(request.inputs, SECURABLES)[0]


@check(tokens.GRANT, source=DOC)
def grant_names_one_securable(request: Request) -> None:
    """The provider wants exactly one."""
    seen = [name for name in SECURABLES if request.inputs.get(name) is not None]
    if len(seen) != 1:
        raise invalid(
            "Every grant resource must have exactly one securable; this one has "
            f"{', '.join(seen) or 'none'}.",
            seen[0] if seen else "",
        )


@admit(tokens.GRANT, source=SOURCE)
def grant_fits_the_securable(request: Request, _: Cloud) -> None:
    """Each kind of securable has its own privileges; at least one is given."""
    field, privileges = _field(request), texts(request.inputs.get("privileges"))
    if not privileges:
        raise invalid("privileges must not be empty.", "privileges")
    for privilege in privileges:
        if field in ALLOWED and privilege.upper() not in ALLOWED[field]:
            raise invalid(
                f"Privilege {privilege} is not applicable to this entity [{field}]. Allowed: "
                f"{', '.join(sorted(ALLOWED[field]))}.",
                "privileges",
            )


@admit(tokens.GRANT, source=DOC)
def grantee_exists(request: Request, cloud: Cloud) -> None:
    """An account group by name, a service principal by application id, a user by user name."""
    named = text(request.inputs.get("principal"))
    need_principal(cloud, named, scope.caller(request.provider), "principal")


@admit(tokens.GRANT, source=SYSTEM)
def granted_securable_exists(request: Request, cloud: Cloud) -> None:
    """A system schema is there once it is switched on; granting takes a metastore admin."""
    field, asker = _field(request), caller(request, cloud)
    kind = BY_GRANTS.get(field)
    name = text(request.inputs.get(field))
    if kind is None:
        return
    metastore = scope.metastore_key(asker.metastore)
    chain: list[Record] = []
    if kind.token == tokens.SCHEMA and name.casefold().startswith("system."):
        switched = (f"system.{each}" for each in _switched_on(cloud, metastore))
        if name.casefold() not in (*_ALWAYS_ON, *switched):
            raise absent("Schema", name, field)
    elif kind.token != tokens.METASTORE:
        chain = parents(cloud, securables.need(cloud, kind.token, name, metastore, field))
    if not (asker.administers() or asker.manages(*chain)):
        raise denied(f"User does not have MANAGE on {kind.words} '{name}'.")


def _switched_on(cloud: Cloud, metastore: str) -> list[str]:
    return [
        text(each.inputs.get("schema")).casefold()
        for each in cloud.all(tokens.SYSTEM_SCHEMA)
        if securables.in_metastore(each, cloud, metastore)
    ]


@admit(tokens.GRANT, source=DOC)
def principal_has_one_grant_here(request: Request, cloud: Cloud) -> None:
    """Two of one principal on one securable would undo each other."""
    field = _field(request)
    metastore = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    for other in cloud.all(tokens.GRANT):
        own = request.old is not None and other.urn == request.old.urn
        if own or not securables.in_metastore(other, cloud, metastore):
            continue
        if all(same(other.inputs.get(n), request.inputs.get(n)) for n in (field, "principal")):
            raise exists(
                f"{field} '{request.inputs.get(field)}' has a grant of "
                f"'{request.inputs.get('principal')}' already: {other.urn}.",
                "principal",
            )


@outputs(tokens.GRANT, source=DOC)
def grant(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the securable's kind, its name and the principal."""
    field = _field(request)
    key = f"{field}/{request.inputs.get(field)}/{request.inputs.get('principal')}"
    return {"id": key, **scope.stamp(request, cloud)}
