"""Evidence from the inference table, in SQL that Spark and SQLite both run.

The tables, with the columns that are documented for them:

- the inference table of the endpoint's AI Gateway:
  https://docs.databricks.com/aws/en/ai-gateway/inference-tables-serving-endpoints
- ``system.serving.endpoint_usage`` and ``system.serving.served_entities``, which usage tracking
  fills: https://learn.microsoft.com/azure/databricks/ai-gateway/configure-ai-gateway-endpoints

The inference table is delivered with best effort and leaves failed requests (401, 403, 429, 500)
out, so requests are counted from both: whoever judges errors by the inference table alone sees
none. Both lag, up to an hour; a gate then waits longer and is no less strict.

Neither table has a key, and best effort promises no row once alone: a request counts once, by
``databricks_request_id``, which Databricks gives each. Where its rows differ, the worst one counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from company_ml.release.gates import LatencyGate, MetricGate, Sample
from company_ml.release.ports import OWN_REQUESTS, Recorded, Replayed
from company_ml.release.statistics import Moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from company_ml.ports import Parameter, Row, SqlWarehouse
    from company_ml.release.core import Windows
    from company_ml.release.plan import Release

# The tables are of all workspaces in the region, and an endpoint's name is unique in a workspace
# alone. The workspace tells them apart, not endpoint_id: nowhere is that said to be the REST API's,
# and evidence that never comes would hold every release.
_SIDES = """
  (SELECT DISTINCT served_entity_id,
     CASE WHEN served_entity_name = :candidate THEN 'candidate' ELSE 'incumbent' END AS side
   FROM IDENTIFIER(:entities)
   WHERE workspace_id = :workspace AND endpoint_name = :endpoint)
"""
_WINDOW = """
  {alias}.request_time >= :since AND {alias}.request_time < :until
  AND ({alias}.client_request_id IS NULL OR {alias}.client_request_id NOT LIKE :own)
"""
# The inference table is clustered by its day, so this is what keeps a query from reading all of it.
_LOGGED = _WINDOW.format(alias="log") + "  AND log.request_date >= :day\n"
# 429 is the platform's own limit and says nothing about a model.
COUNTS = f"""
WITH seen AS (
  SELECT log.databricks_request_id, log.served_entity_id, log.status_code,
    log.execution_duration_ms
  FROM IDENTIFIER(:log) AS log WHERE {_LOGGED}
  UNION ALL
  SELECT usage.databricks_request_id, usage.served_entity_id, usage.status_code,
    NULL AS execution_duration_ms
  FROM IDENTIFIER(:usage) AS usage
  LEFT JOIN IDENTIFIER(:log) AS logged
    ON logged.databricks_request_id = usage.databricks_request_id AND logged.request_date >= :day
  WHERE logged.databricks_request_id IS NULL AND {_WINDOW.format(alias="usage")}
),
once AS (
  SELECT MAX(seen.served_entity_id) AS served_entity_id, MAX(seen.status_code) AS status_code,
    MAX(seen.execution_duration_ms) AS execution_duration_ms
  FROM seen GROUP BY seen.databricks_request_id
)
SELECT COUNT(*) AS requests,
  SUM(CASE WHEN once.status_code >= 400 THEN 1 ELSE 0 END) AS errors,
  SUM(CASE WHEN once.execution_duration_ms > :limit_ms THEN 1 ELSE 0 END) AS slow
FROM once JOIN {_SIDES} AS sides ON sides.served_entity_id = once.served_entity_id
WHERE sides.side = :side AND once.status_code <> 429
"""  # noqa: S608 - the parts are this module's own; every value is a parameter
METRIC = f"""
SELECT COUNT(metric.value) AS count, AVG(metric.value) AS mean,
  VAR_SAMP(metric.value) AS variance
FROM IDENTIFIER(:metrics) AS metric
JOIN (
  SELECT DISTINCT log.client_request_id
  FROM IDENTIFIER(:log) AS log
  JOIN {_SIDES} AS sides ON sides.served_entity_id = log.served_entity_id
  WHERE sides.side = :side AND {_LOGGED}
) AS asked ON asked.client_request_id = metric.client_request_id
WHERE metric.metric = :metric
"""  # noqa: S608 - the parts are this module's own; every value is a parameter
_RECORDED = f"""
SELECT log.databricks_request_id AS id, MIN(log.request) AS request,
  MIN(log.response) AS response, MIN(log.status_code) AS status
FROM IDENTIFIER(:log) AS log {{without}}
WHERE {{condition}} log.request IS NOT NULL AND log.response IS NOT NULL
  AND log.status_code = 200 AND {_LOGGED}
GROUP BY log.databricks_request_id
ORDER BY MIN(log.request_time), log.databricks_request_id LIMIT :most
"""  # noqa: S608 - the parts are this module's own; every value is a parameter
RECORDED = _RECORDED.format(without="", condition="")
UNREPLAYED = _RECORDED.format(
    without="""LEFT JOIN IDENTIFIER(:shadow) AS shadow ON shadow.release_id = :release
  AND shadow.databricks_request_id = log.databricks_request_id""",
    condition="shadow.release_id IS NULL AND",
)
KEEP = """
INSERT INTO IDENTIFIER(:shadow)
  (release_id, databricks_request_id, status_code, execution_duration_ms, response, differs)
VALUES {rows}
"""
REPLAYED = """
SELECT COUNT(*) AS requests,
  SUM(CASE WHEN once.status_code >= 400 THEN 1 ELSE 0 END) AS errors,
  SUM(CASE WHEN once.execution_duration_ms > :limit_ms THEN 1 ELSE 0 END) AS slow,
  SUM(once.differs) AS differing
FROM (SELECT databricks_request_id, MIN(status_code) AS status_code,
        MIN(execution_duration_ms) AS execution_duration_ms, MIN(differs) AS differs
      FROM IDENTIFIER(:shadow) WHERE release_id = :release GROUP BY databricks_request_id) AS once
"""
SHADOW_COLUMNS = (
    "release_id STRING, databricks_request_id STRING, status_code INT, "
    "execution_duration_ms BIGINT, response STRING, differs INT"
)
METRIC_COLUMNS = "client_request_id STRING, metric STRING, value DOUBLE"
_BATCH = 100
_NEVER_SLOW = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Names of the tables the evidence is in."""

    log: str
    """The endpoint's inference table."""
    usage: str = "system.serving.endpoint_usage"
    entities: str = "system.serving.served_entities"
    metrics: str = ""
    """Business metrics by client request id (``METRIC_COLUMNS``), filled by those who know them;
    needed for metric gates alone."""
    shadow: str = ""
    """The shadow log (``SHADOW_COLUMNS``), needed for shadow releases alone."""


class SqlEvidence:
    """EvidenceSource port on SQL."""

    def __init__(self, sql: SqlWarehouse, tables: Tables, workspace_id: str) -> None:
        """Read evidence.

        Args:
            sql: Where statements run.
            tables: What they read.
            workspace_id: Number of the workspace that the endpoint is in.
        """
        self._sql = sql
        self._tables = tables
        self._workspace_id = workspace_id

    def traffic(self, release: Release, windows: Windows) -> tuple[Sample, Sample]:
        """The candidate's requests and the others', without the controller's own."""
        candidate = self._sample(release, "candidate", windows.candidate_from, None)
        incumbent = self._sample(
            release, "incumbent", windows.incumbent_from, windows.incumbent_until
        )
        return candidate, incumbent

    def recorded(self, release: Release, *, since: datetime, limit: int) -> list[Recorded]:
        """Production requests not replayed in this release yet, the oldest first."""
        common: dict[str, Parameter] = {
            "log": self._tables.log,
            "most": limit,
            **_window(since, None),
        }
        if self._tables.shadow:
            replayed = {"shadow": self._tables.shadow, "release": release.id}
            rows = self._sql.query(UNREPLAYED, {**common, **replayed})
        else:
            rows = self._sql.query(RECORDED, common)
        return [
            Recorded(
                id=str(row["id"]),
                request=str(row["request"]),
                response=str(row["response"]),
                status=_whole(row["status"]),
            )
            for row in rows
        ]

    def keep(self, release: Release, answers: Sequence[Replayed]) -> None:
        """Log the candidate's answers; the same request is counted once."""
        for start in range(0, len(answers), _BATCH):
            batch = answers[start : start + _BATCH]
            values: dict[str, Parameter] = {"shadow": self._tables.shadow, "release": release.id}
            rows: list[str] = []
            for number, answer in enumerate(batch):
                rows.append(
                    f"(:release, :i{number}, :s{number}, :m{number}, :r{number}, :d{number})"
                )
                values |= {
                    f"i{number}": answer.id,
                    f"s{number}": answer.status,
                    f"m{number}": answer.milliseconds,
                    f"r{number}": answer.response,
                    f"d{number}": int(answer.differs),
                }
            self._sql.query(KEEP.format(rows=", ".join(rows)), values)

    def replayed(self, release: Release) -> Sample:
        """The candidate's answers to replayed requests so far."""
        (row,) = self._sql.query(
            REPLAYED,
            {
                "shadow": self._tables.shadow,
                "release": release.id,
                "limit_ms": _limit(release),
            },
        )
        return _counts(row)

    def _sample(
        self, release: Release, side: str, since: datetime, until: datetime | None
    ) -> Sample:
        common: dict[str, Parameter] = {
            "log": self._tables.log,
            "entities": self._tables.entities,
            "workspace": self._workspace_id,
            "endpoint": release.endpoint,
            "candidate": release.candidate.name,
            "side": side,
            **_window(since, until),
        }
        (row,) = self._sql.query(
            COUNTS, {**common, "usage": self._tables.usage, "limit_ms": _limit(release)}
        )
        metrics: dict[str, Moments] = {}
        for gate in release.gates:
            if isinstance(gate, MetricGate):
                (moments,) = self._sql.query(
                    METRIC, {**common, "metrics": self._tables.metrics, "metric": gate.metric}
                )
                metrics[gate.metric] = Moments(
                    count=_whole(moments["count"]),
                    mean=_number(moments["mean"]),
                    variance=_number(moments["variance"]),
                )
        counted = _counts(row)
        return Sample(
            requests=counted.requests, errors=counted.errors, slow=counted.slow, metrics=metrics
        )


def _window(since: datetime, until: datetime | None) -> dict[str, Parameter]:
    # An open window ends beyond any row, so that one statement serves both.
    return {
        "since": since,
        "day": (since - timedelta(days=1)).date().isoformat(),
        "until": until or datetime(9999, 1, 1, tzinfo=since.tzinfo),
        "own": f"{OWN_REQUESTS}%",
    }


def _limit(release: Release) -> int:
    limits = [gate.limit_ms for gate in release.gates if isinstance(gate, LatencyGate)]
    return min(limits, default=_NEVER_SLOW)


def _counts(row: Row) -> Sample:
    return Sample(
        requests=_whole(row["requests"]),
        errors=_whole(row["errors"]),
        slow=_whole(row["slow"]),
        differing=_whole(row.get("differing")),
    )


def _whole(value: object) -> int:
    return int(cast("int", value or 0))


def _number(value: object) -> float:
    return float(cast("float", value or 0.0))
