"""Data-quality monitors, and the tables that they watch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import schedules, scope, securables, tokens
from sandbox.databricks.errors import denied, exists, invalid
from sandbox.databricks.ownership import parents
from sandbox.databricks.privileges import Caller, caller
from sandbox.databricks.values import at, given, moment, one_of, prop, same, text, texts
from sandbox.rules import UNKNOWN, admit, check, outputs, remembers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/quality_monitor"
API = "https://docs.databricks.com/api/workspace/qualitymonitors/create"
RIGHTS = "https://docs.databricks.com/aws/dev-tools/cli/reference/quality-monitors-commands"
OTHER = "https://github.com/databricks/cli/issues/2437"
ANSWER = "https://github.com/databricks/terraform-provider-databricks/issues/4229"
TABLES = "https://docs.databricks.com/api/workspace/tables/get"

_PROFILES = ("snapshot", "timeSeries", "inferenceLog")
_GRANULARITIES = ("5 minutes", "30 minutes", "1 hour", "1 day", "1 month", "1 year")
_PROBLEMS = ("PROBLEM_TYPE_CLASSIFICATION", "PROBLEM_TYPE_REGRESSION")
_MOST_ADDRESSES = 5


@check(tokens.QUALITY_MONITOR, source=API)
def monitor_has_one_profile(request: Request) -> None:
    """Exactly one of the three kinds."""
    seen = [name for name in _PROFILES if request.inputs.get(name) is not None]
    if len(seen) != 1:
        raise invalid(
            f"A monitor has exactly one of {', '.join(_PROFILES)}; this one has "
            f"{', '.join(seen) or 'none'}."
        )


@check(tokens.QUALITY_MONITOR, source=API)
def monitor_is_well_formed(request: Request) -> None:
    """Known granularities and problem types, a few addresses, an absolute folder."""
    for profile in _PROFILES[1:]:
        for each in texts(at(request.inputs, profile, "granularities")):
            count, _, unit = each.partition(" ")
            if each not in _GRANULARITIES and not (count.isdigit() and unit in ("week", "weeks")):
                raise invalid(
                    f"Granularity '{each}' is not one of {', '.join(_GRANULARITIES)}, <n> weeks.",
                    f"{profile}.granularities",
                )
    problem = at(request.inputs, "inferenceLog", "problemType")
    one_of(problem, _PROBLEMS, "inferenceLog.problemType")
    addresses = at(request.inputs, "notifications", "onFailure", "emailAddresses")
    if len(texts(addresses)) > _MOST_ADDRESSES:
        raise invalid(f"At most {_MOST_ADDRESSES} addresses are notified.", "notifications")
    folder = request.inputs.get("assetsDir")
    if folder is not UNKNOWN and not text(folder).startswith("/"):
        raise invalid(f"assets_dir '{folder}' is not an absolute path.", "assetsDir")


@admit(tokens.QUALITY_MONITOR, source=schedules.QUARTZ)
def monitor_schedule_can_be_read(request: Request, _: Cloud) -> None:
    """A Quartz schedule and a time zone that exists."""
    schedules.need_readable(request.inputs.get("schedule"), "schedule", "quartzCronExpression")


def _metastore(request: Request, cloud: Cloud) -> str:
    return scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))


def _table(request: Request, cloud: Cloud) -> Record:
    name = text(request.inputs.get("tableName"))
    return securables.need(cloud, tokens.TABLE, name, _metastore(request, cloud), "tableName")


@admit(tokens.QUALITY_MONITOR, source=API)
def monitor_has_its_tables(request: Request, cloud: Cloud) -> None:
    """The table exists, the baseline if there is one, and the schema of the metrics."""
    _table(request, cloud)
    metastore = _metastore(request, cloud)
    baseline = text(request.inputs.get("baselineTableName"))
    if baseline:
        securables.need(cloud, tokens.TABLE, baseline, metastore, "baselineTableName")
    schema = text(request.inputs.get("outputSchemaName"))
    securables.need(cloud, tokens.SCHEMA, schema, metastore, "outputSchemaName")


@admit(tokens.QUALITY_MONITOR, source=OTHER)
def table_has_one_monitor(request: Request, cloud: Cloud) -> None:
    """A second one is refused."""
    name = text(request.inputs.get("tableName"))
    for other in cloud.all(tokens.QUALITY_MONITOR):
        own = request.old is not None and other.urn == request.old.urn
        if not own and same(other.inputs.get("tableName"), name):
            raise exists(f"Data Monitor '{name}' already exists", "tableName")


@admit(tokens.QUALITY_MONITOR, source=RIGHTS)
def monitor_is_made_by_who_reads_the_table(request: Request, cloud: Cloud) -> None:
    """Owning what a table is in does not include reading it: SELECT is granted, or the table own.

    And the metrics become tables of the maker, which takes CREATE_TABLE where they go.
    """
    asker, table = caller(request, cloud), _table(request, cloud)
    chain = parents(cloud, table)
    if not asker.owns(table) and not _granted(asker, "SELECT", *chain):
        raise denied(f"User does not have SELECT on Table '{securables.full_name(table)}'.")
    name = text(request.inputs.get("outputSchemaName"))
    schema = securables.need(cloud, tokens.SCHEMA, name, _metastore(request, cloud))
    asker.need("CREATE_TABLE", *parents(cloud, schema))


def _granted(asker: Caller, privilege: str, *chain: Record) -> bool:
    return any(asker.granted(privilege, record) for record in chain)


@remembers(tokens.QUALITY_MONITOR, source=ANSWER)
def classification_is_answered_unasked(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The API answers an empty data_classification_config, and the provider takes it for said."""
    return {"dataClassificationConfig": {}, **inputs}


@outputs(tokens.QUALITY_MONITOR, source=DOC)
def quality_monitor(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the table's name; the metrics' tables are named after it."""
    name = text(request.inputs.get("tableName"))
    place = f"{request.inputs.get('outputSchemaName')}.{name.rsplit('.', 1)[-1]}"
    return {
        "id": name,
        "monitorId": name,
        "monitorVersion": 0,
        "status": "MONITOR_STATUS_ACTIVE",
        "profileMetricsTableName": f"{place}_profile_metrics",
        "driftMetricsTableName": f"{place}_drift_metrics",
        "dashboardId": "" if request.inputs.get("skipBuiltinDashboard") is True else name,
        **scope.stamp(request, cloud),
    }


@outputs(tokens.TABLE, source=TABLES)
def table(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the full name."""
    names = [text(request.inputs.get(n)).lower() for n in ("catalogName", "schemaName", "name")]
    asker = scope.caller(request.provider)
    owner = prop(request.old, "owner") if request.old else None
    return {
        "id": ".".join(names),
        "metastoreId": _metastore(request, cloud),
        "owner": owner if given(owner) else text(request.inputs.get("owner")) or asker,
        "createdAt": scope.keep(request, "createdAt", moment(request.seed)),
        **scope.stamp(request, cloud),
    }
