"""Typed fakes of the ports, for unit tests of the jobs' ``run`` modules: small, and as strict.

A fake refuses what the real one refuses. Nothing in here is used outside of tests.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from company_ml.ports import (
    Endpoint,
    FeatureSet,
    Message,
    ModelVersion,
    NotFoundError,
    ServedEntity,
    Signature,
    checked_tag,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from company_ml.audit import AuditRecord
    from company_ml.ports import Parameter, Row

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """Time that passes only when someone waits."""

    time: datetime = START

    def now(self) -> datetime:
        """The present."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.time += timedelta(seconds=seconds)


@dataclass
class FakeRegistry:
    """Models, versions, tags and aliases in memory."""

    clock: FakeClock = field(default_factory=FakeClock)
    kept: dict[str, dict[str, ModelVersion]] = field(
        default_factory=dict[str, dict[str, ModelVersion]]
    )
    aliases: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    last: dict[str, int] = field(default_factory=dict[str, int])
    """The highest number each model ever gave out: a deleted version's is not used again."""

    def add(self, name: str, *, run_id: str = "", source: str = "",
            tags: Mapping[str, str] | None = None) -> ModelVersion:  # fmt: skip
        """Register a new version, as training does."""
        if name.count(".") != 2:  # noqa: PLR2004 - catalog.schema.model
            raise ValueError(f"model name {name!r} is not catalog.schema.model")
        number = self.last[name] = self.last.get(name, 0) + 1
        made = ModelVersion(name=name, version=str(number), created=self.clock.now(),
                            run_id=run_id, source=source, tags=dict(tags or {}))  # fmt: skip
        self.kept.setdefault(name, {})[made.version] = made
        return made

    def version(self, name: str, version: str) -> ModelVersion:
        """One version; NotFoundError when there is none."""
        found = self.kept.get(name, {}).get(version)
        if found is None:
            raise NotFoundError(f"model {name} has no version {version}")
        aliases = (alias for (model, alias), at in self.aliases.items()
                   if model == name and at == version)  # fmt: skip
        return replace(found, tags=dict(found.tags), aliases=tuple(sorted(aliases)))

    def versions(self, name: str) -> list[ModelVersion]:
        """All versions, the oldest first."""
        return [self.version(name, each) for each in sorted(self.kept.get(name, {}), key=int)]

    def by_alias(self, name: str, alias: str) -> ModelVersion | None:
        """The version an alias points to, if any."""
        at = self.aliases.get((name, alias))
        return None if at is None else self.version(name, at)

    def models(self, schema: str) -> list[str]:
        """Names of the models in a schema, sorted."""
        return sorted(name for name in self.kept if name.startswith(f"{schema}."))

    def copy(self, source: ModelVersion, name: str, tags: Mapping[str, str]) -> ModelVersion:
        """A new version from an existing one; like MLflow, in several steps, the tags last."""
        origin = self.version(source.name, source.version)
        made = self.add(name, run_id=origin.run_id, source=origin.uri)
        for key, value in {**origin.tags, **tags}.items():
            self.set_tag(name, made.version, key, value)
        return self.version(name, made.version)

    def set_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Set a tag of a version; like Unity Catalog, refuse keys it does not take."""
        checked_tag(key, value)
        found = self.version(name, version)
        self.kept[name][version] = replace(found, tags={**found.tags, key: value}, aliases=())

    def delete_tag(self, name: str, version: str, key: str) -> None:
        """Remove a tag of a version."""
        found = self.version(name, version)
        tags = {each: value for each, value in found.tags.items() if each != key}
        self.kept[name][version] = replace(found, tags=tags, aliases=())

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Point an alias to a version."""
        self.aliases[name, alias] = self.version(name, version).version

    def delete_alias(self, name: str, alias: str) -> None:
        """Remove an alias."""
        self.aliases.pop((name, alias), None)

    def delete_version(self, name: str, version: str) -> None:
        """Delete a version; its aliases go with it, as in Unity Catalog."""
        self.version(name, version)
        del self.kept[name][version]
        for key in [key for key, at in self.aliases.items() if key[0] == name and at == version]:
            del self.aliases[key]


@dataclass
class FakeFeatures:
    """Feature sets in memory, each version kept."""

    kept: dict[str, list[pd.DataFrame]] = field(default_factory=dict[str, "list[pd.DataFrame]"])

    def read(self, source: str, version: str | None = None) -> FeatureSet:
        """All rows as of a version; versions are counted from 0, as Delta does."""
        frames = self.kept.get(source, [])
        number = len(frames) - 1 if version is None else int(version)
        if not 0 <= number < len(frames):
            raise NotFoundError(f"{source} has no version {version}")
        return FeatureSet(frame=frames[number].copy(), source=source, version=str(number))


@dataclass
class FakeModels:
    """Models as functions, by the run that made them."""

    functions: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = field(
        default_factory=dict[str, "Callable[[pd.DataFrame], pd.DataFrame]"]
    )
    """By run id, which a copy shares with its origin."""
    signatures: dict[str, Signature] = field(default_factory=dict[str, Signature])

    def signature(self, version: ModelVersion) -> Signature | None:
        """What the version declares."""
        return self.signatures.get(version.run_id)

    def predict(self, version: ModelVersion, frame: pd.DataFrame) -> pd.DataFrame:
        """The function's answer."""
        return self.functions[version.run_id](frame)


@dataclass
class FakeTracking:
    """Runs in memory."""

    runs: dict[str, dict[str, dict[str, object]]] = field(
        default_factory=dict[str, dict[str, dict[str, object]]]
    )

    def log(self, *, experiment: str, run_name: str, parameters: Mapping[str, str] | None = None,
            metrics: Mapping[str, float] | None = None, tags: Mapping[str, str] | None = None,
            artifacts: Sequence[Path] = ()) -> str:  # fmt: skip
        """Keep one run."""
        missing = [str(path) for path in artifacts if not path.is_file()]
        if missing:
            raise FileNotFoundError(f"artifacts do not exist: {', '.join(missing)}")
        run_id = f"run-{len(self.runs) + 1}"
        self.runs[run_id] = {
            "info": {"experiment": experiment, "run_name": run_name},
            "parameters": dict(parameters or {}), "metrics": dict(metrics or {}),
            "tags": dict(tags or {}),
            "artifacts": {path.name: path.read_bytes() for path in artifacts},
        }  # fmt: skip
        return run_id

    def find(self, experiment: str, tag: str, value: str) -> str | None:
        """The id of a run of an experiment with that tag, if there is one."""
        return next(
            (
                run_id
                for run_id, run in self.runs.items()
                if run["info"]["experiment"] == experiment and run["tags"].get(tag) == value
            ),
            None,
        )

    def metrics(self, run_id: str) -> Mapping[str, float]:
        """Metrics of a run."""
        return {key: float(str(value)) for key, value in self._run(run_id)["metrics"].items()}

    def parameters(self, run_id: str) -> Mapping[str, str]:
        """Parameters of a run."""
        return {key: str(value) for key, value in self._run(run_id)["parameters"].items()}

    def _run(self, run_id: str) -> dict[str, dict[str, object]]:
        if run_id not in self.runs:
            raise NotFoundError(f"there is no run {run_id}")
        return self.runs[run_id]


@dataclass
class FakeSql:
    """Answers by a function of statement and parameters; a statement it does not know fails."""

    answer: Callable[[str, Mapping[str, Parameter]], list[Row]]
    asked: list[tuple[str, Mapping[str, Parameter]]] = field(
        default_factory=list["tuple[str, Mapping[str, Parameter]]"]
    )

    def query(self, statement: str, parameters: Mapping[str, Parameter] | None = None) -> list[Row]:
        """What the function answers."""
        self.asked.append((statement, dict(parameters or {})))
        return self.answer(statement, dict(parameters or {}))


@dataclass
class FakeTables:
    """Tables by their full names, each with its columns; fields of a column are all there."""

    kept: Mapping[str, Sequence[str]]

    def columns(self, table: str, version: int | None = None) -> Sequence[str]:
        """The columns; version 0 is the only one."""
        if table not in self.kept:
            raise NotFoundError("there is no such table")
        if version:
            raise NotFoundError(f"there is no version {version}")
        return self.kept[table]

    def lacks(
        self, table: str, columns: Sequence[str], version: int | None = None
    ) -> Sequence[str]:
        """Columns that the table has in no case, as Spark compares names."""
        known = {name.lower() for name in self.columns(table, version)}
        return [name for name in columns if name.split(".")[0].strip("`").lower() not in known]

    def beside(self, table: str) -> Sequence[str]:
        """Tables of the same schema."""
        schema = table.rpartition(".")[0]
        return [name for name in self.kept if name.rpartition(".")[0] == schema]


@dataclass
class FakeServing:
    """Endpoints whose updates take a number of looks to be in place."""

    served: dict[str, tuple[ServedEntity, ...]] = field(
        default_factory=dict[str, tuple[ServedEntity, ...]]
    )
    looks: int = 0
    """How often an update is seen pending before it is in place."""
    answers: Callable[[str, str, Sequence[Row]], Mapping[str, object]] | None = None
    """Scores: endpoint, entity, records → answer."""
    updates: list[tuple[str, tuple[ServedEntity, ...]]] = field(
        default_factory=list["tuple[str, tuple[ServedEntity, ...]]"]
    )
    _pending: dict[str, tuple[int, tuple[ServedEntity, ...]]] = field(
        default_factory=dict[str, "tuple[int, tuple[ServedEntity, ...]]"]
    )
    _turn: Iterator[int] = field(default_factory=itertools.count)

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint as it is."""
        if name not in self.served:
            raise NotFoundError(f"there is no endpoint {name}")
        if name in self._pending:
            left, wanted = self._pending[name]
            if left > 0:
                self._pending[name] = (left - 1, wanted)
                return Endpoint(name=name, entities=self.served[name], pending=wanted, ready=False)
            del self._pending[name]
            self.served[name] = wanted
        return Endpoint(name=name, entities=self.served[name])

    def endpoints(self) -> list[Endpoint]:
        """All endpoints."""
        return [self.endpoint(name) for name in sorted(self.served)]

    def update(self, name: str, entities: Sequence[ServedEntity]) -> None:
        """Start an update; like Databricks, refuse shares that are not 100 and a second update."""
        if self.endpoint(name).pending:
            raise RuntimeError(f"endpoint {name} is being updated")
        if (total := sum(each.percent for each in entities)) != 100:  # noqa: PLR2004 - per cent
            raise ValueError(f"traffic of endpoint {name} sums to {total}, not 100")
        self.updates.append((name, tuple(entities)))
        self._pending[name] = (self.looks, tuple(entities))

    def score(
        self, name: str, records: Sequence[Row], *, entity: str | None = None
    ) -> Mapping[str, object]:
        """What ``answers`` says for the entity named, or for one chosen by the shares."""
        shares = [each.name for each in self.endpoint(name).entities for _ in range(each.percent)]
        chosen = entity or shares[next(self._turn) * 37 % len(shares)]
        if self.answers is None:
            raise RuntimeError("FakeServing.answers is not set")
        return self.answers(name, chosen, records)


@dataclass
class FakeNotifier:
    """Keeps what was sent."""

    sent: list[Message] = field(default_factory=list[Message])

    def send(self, message: Message) -> None:
        """Keep a message."""
        self.sent.append(message)


@dataclass
class FakeAudit:
    """Records in memory, each kept once."""

    kept: list[AuditRecord] = field(default_factory=list["AuditRecord"])

    def append(self, record: AuditRecord) -> None:
        """Keep a record unless it is there."""
        if record.id not in {each.id for each in self.kept}:
            self.kept.append(record)

    def records(self, correlation: str | None = None) -> Iterator[AuditRecord]:
        """Records in order."""
        return (each for each in self.kept if correlation in (None, each.correlation))


@dataclass
class FakeSecrets:
    """Secrets in memory."""

    kept: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def secret(self, scope: str, key: str) -> str:
        """A secret's value."""
        if (scope, key) not in self.kept:
            raise NotFoundError(f"secret scope {scope} has no key {key}")
        return self.kept[scope, key]
