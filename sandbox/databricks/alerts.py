"""SQL alerts, and the notification destinations that they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import principals, rule_sets, schedules, scope, tokens
from sandbox.databricks.errors import denied, invalid, not_found
from sandbox.databricks.experiments import directories, plain
from sandbox.databricks.scope import home
from sandbox.databricks.values import (
    at,
    fields,
    given,
    given_of,
    guid,
    items,
    moment,
    number,
    one_of,
    same,
    text,
    texts,
)
from sandbox.databricks.warehouses import need_warehouse
from sandbox.rules import UNKNOWN, Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/alert_v2"
API = "https://docs.databricks.com/api/workspace/alertsv2/createalert"
PATH = "https://github.com/databricks/terraform-provider-databricks/issues/5042"
DESTINATIONS = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/notification_destination"

_OPERATORS = (
    "EQUAL", "GREATER_THAN", "GREATER_THAN_OR_EQUAL", "IS_NOT_NULL", "IS_NULL", "LESS_THAN",
    "LESS_THAN_OR_EQUAL", "NOT_EQUAL",
)  # fmt: skip
_WITHOUT_THRESHOLD = ("IS_NOT_NULL", "IS_NULL")
_STATES = ("ERROR", "OK", "TRIGGERED", "UNKNOWN")
_AGGREGATIONS = ("AVG", "COUNT", "COUNT_DISTINCT", "MAX", "MEDIAN", "MIN", "STDDEV", "SUM")
_KINDS = {
    "email": "EMAIL",
    "slack": "SLACK",
    "pagerduty": "PAGERDUTY",
    "microsoftTeams": "MICROSOFT_TEAMS",
    "genericWebhook": "WEBHOOK",
}
_FORMAT = ("HTML", "MARKDOWN")


@check(tokens.ALERT, source=DOC)
def alert_is_well_formed(request: Request) -> None:
    """Known operators, states and aggregations; something to compare with."""
    evaluation = request.inputs.get("evaluation")
    operator = at(evaluation, "comparisonOperator")
    one_of(operator, _OPERATORS, "evaluation.comparisonOperator")
    one_of(at(evaluation, "emptyResultState"), _STATES, "evaluation.emptyResultState")
    one_of(at(evaluation, "source", "aggregation"), _AGGREGATIONS, "evaluation.source.aggregation")
    one_of(request.inputs.get("customTemplateFormat"), _FORMAT, "customTemplateFormat")
    threshold = at(evaluation, "threshold")
    if threshold is None and operator not in (*_WITHOUT_THRESHOLD, UNKNOWN):
        raise invalid(f"{operator} needs a threshold.", "evaluation.threshold")
    again = number(at(evaluation, "notification", "retriggerSeconds"))
    if again is not None and again < 0:
        raise invalid(
            "retrigger_seconds must not be negative.", "evaluation.notification.retriggerSeconds"
        )


@check(tokens.ALERT, source=DOC)
def alert_parameters_are_distinct(request: Request) -> None:
    """Each parameter has a name of its own."""
    seen: list[str] = []
    for parameter in items(request.inputs.get("parameters")):
        if parameter.get("name") is UNKNOWN:
            continue
        name = text(parameter.get("name"))
        if not name or name in seen:
            raise invalid(
                f"Each parameter must have a unique, non-empty name; '{name}' is not.",
                "parameters",
            )
        seen.append(name)


@admit(tokens.ALERT, source=schedules.QUARTZ)
def alert_schedule_can_be_read(request: Request, _: Cloud) -> None:
    """A Quartz schedule and a time zone that exists."""
    schedules.need_readable(request.inputs.get("schedule"), "schedule", "quartzCronSchedule")


@admit(tokens.ALERT, source=API)
def alert_has_a_warehouse(request: Request, cloud: Cloud) -> None:
    """The warehouse is in the workspace."""
    need_warehouse(request, cloud)


@admit(tokens.ALERT, source=API)
def alert_has_a_folder(request: Request, cloud: Cloud) -> None:
    """The folder exists; unlike a dashboard's it is not made on the way."""
    path = text(request.inputs.get("parentPath"))
    if path and plain(path) not in directories(request, cloud):
        raise not_found(f"Path ({path}) doesn't exist.", "parentPath")


@admit(tokens.ALERT, source=PATH)
def alert_path_is_spelt_as_answered(request: Request, _: Cloud) -> None:
    """The provider takes another spelling in the answer for an inconsistency."""
    path = text(request.inputs.get("parentPath"))
    if path and (not path.startswith("/Workspace/") or path.endswith("/")):
        raise Refusal(
            "INCONSISTENT_RESULT",
            "Provider produced inconsistent result after apply: .parent_path was "
            f"'{path}', but now '/Workspace{plain(path)}'. Give it as the API answers it.",
            prop="parentPath",
        )


@admit(tokens.ALERT, source=DOC)
def alert_stays_in_its_folder(request: Request, _: Cloud) -> None:
    """The folder is set on create and cannot be updated."""
    old = request.old
    if old and not same(old.inputs.get("parentPath"), request.inputs.get("parentPath")):
        raise invalid("parent_path cannot be updated. Replace the alert.", "parentPath")


@admit(tokens.ALERT, source=DOC)
def alert_tells_somebody(request: Request, cloud: Cloud) -> None:
    """Each subscription names a user of the workspace or a destination that exists."""
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    prop = "evaluation.notification.subscriptions"
    known = {each.id for each in cloud.all(tokens.DESTINATION) if home(each) == here}
    for told in items(at(request.inputs, "evaluation", "notification", "subscriptions")):
        seen = given_of(told, ("destinationId", "userEmail"))
        if len(seen) != 1:
            raise invalid("A subscription has one of user_email and destination_id.", prop)
        name = text(told[seen[0]])
        if seen[0] == "destinationId" and name not in known:
            raise not_found(f"Notification destination {name} does not exist.", prop)
        if seen[0] == "userEmail" and not principals.in_workspace(
            cloud, here, name, scope.caller(request.provider)
        ):
            raise not_found(
                f"User {name} does not exist in this workspace. Tell others through a "
                "notification destination.",
                prop,
            )


@admit(tokens.ALERT, source=DOC)
def alert_runs_as_whom_the_caller_may_use(request: Request, cloud: Cloud) -> None:
    """To run as a service principal takes its user role."""
    named = text(at(request.inputs, "runAs", "servicePrincipalName"))
    asker = scope.caller(request.provider)
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    if not named or same(named, asker):
        return
    if not principals.in_workspace(cloud, here, named, asker):
        raise not_found(f"Service principal {named} does not exist in the workspace.", "runAs")
    if not rule_sets.may_use(cloud, named, asker):
        raise denied(f"{asker} needs the role {rule_sets.USER} on {named}.", "runAs")


@outputs(tokens.ALERT, source=DOC)
def alert(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is a UUID; an alert runs as its owner unless it says otherwise."""
    asker, then = scope.caller(request.provider), str(moment(request.seed))
    return {
        "id": scope.keep(request, "id", guid("alert", request.seed)),
        "lifecycleState": "ACTIVE",
        "ownerUserName": scope.keep(request, "ownerUserName", asker),
        "effectiveRunAs": request.inputs.get("runAs") or {"servicePrincipalName": asker},
        "createTime": scope.keep(request, "createTime", then),
        "updateTime": scope.keep(request, "updateTime", then),
        **scope.stamp(request, cloud),
    }


@check(tokens.DESTINATION, source=DESTINATIONS)
def destination_is_of_one_kind(request: Request) -> None:
    """Exactly one block, and for mail at least one address."""
    config = request.inputs.get("config")
    seen = [kind for kind in _KINDS if fields(config).get(kind) is not None]
    if config is not UNKNOWN and len(seen) != 1:
        raise invalid(f"config must have exactly one of {', '.join(_KINDS)}.", "config")
    addresses = at(config, "email", "addresses")
    if seen == ["email"] and addresses is not UNKNOWN and not addresses:
        raise invalid("An email destination needs at least one address.", "config.email.addresses")
    for address in texts(addresses):
        if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
            raise invalid(f"'{address}' is not a mail address.", "config.email.addresses")


@outputs(tokens.DESTINATION, source=DESTINATIONS)
def destination(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is a UUID; the kind is that of its block."""
    config = fields(request.inputs.get("config"))
    key = scope.keep(request, "id", guid("destination", request.seed))
    return {
        "id": key,
        "notificationDestinationId": key,
        "destinationType": next(word for kind, word in _KINDS.items() if given(config.get(kind))),
        **scope.stamp(request, cloud),
    }
