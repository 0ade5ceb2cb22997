"""What the jobs need of the world, each as one small interface.

A job's ``run.py`` takes these and nothing else that reads or writes. Adapters that talk to MLflow,
Spark and Databricks, and typed fakes for unit tests, ship side by side in ``adapters/``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import pandas as pd

    from company_ml.audit import AuditRecord
    from company_ml.problems import Problem


class NotFoundError(LookupError):
    """What was asked for does not exist; the message names it."""


@dataclass(frozen=True, kw_only=True)
class FeatureSet:
    """Rows of features, labels and slices, and which rows they are."""

    frame: pd.DataFrame
    source: str
    """The table or file."""
    version: str
    """A Delta table's version, or a file's SHA-256: reading it again gives the same rows."""


class FeatureSource(Protocol):
    """Feature tables or files."""

    def read(self, source: str, version: str | None = None) -> FeatureSet:
        """All rows as of a version, the newest when not given; NotFoundError when there is none."""
        ...


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """One version of a registered model."""

    name: str
    """Three-part: catalog.schema.model."""
    version: str
    """A whole number as text, as MLflow has it."""
    created: datetime
    run_id: str = ""
    """The run that made it; empty when its registry does not know."""
    source: str = ""
    """Where its files come from: an artifact URI, or ``models:/name/version`` for a copy."""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    aliases: tuple[str, ...] = ()
    user: str = ""
    """Who registered it; empty when its registry does not know, as MLflow's own."""
    ready: bool = True
    """False while its files are being copied, and for ever when that was killed or failed."""

    @property
    def uri(self) -> str:
        """The address that MLflow loads it by."""
        return f"models:/{self.name}/{self.version}"


_TAG_KEY = re.compile(r"[A-Za-z0-9_]{1,255}")
_TAG_VALUE_LENGTH = 1000


def checked_tag(key: str, value: str) -> tuple[str, str]:
    """The tag itself, when Unity Catalog takes it; MLflow's own registry takes more.

    No ``. , - = / :`` in keys, and 1,000 characters of value at most.
    https://learn.microsoft.com/azure/databricks/database-objects/tags#constraint
    """
    if not _TAG_KEY.fullmatch(key):
        raise ValueError(f"tag key {key!r}: Unity Catalog takes letters, digits and _ (1 to 255)")
    if len(value) > _TAG_VALUE_LENGTH or value != value.strip():
        raise ValueError(
            f"tag {key}: its value has {len(value)} characters or blanks at an end; Unity Catalog "
            f"takes at most {_TAG_VALUE_LENGTH} and no such blanks"
        )
    return key, value


class ModelRegistry(Protocol):
    """Registered models with three-part names, their versions, tags and aliases."""

    def version(self, name: str, version: str) -> ModelVersion:
        """One version; NotFoundError when there is none."""
        ...

    def versions(self, name: str) -> list[ModelVersion]:
        """All versions, the oldest first; empty when the model does not exist."""
        ...

    def by_alias(self, name: str, alias: str) -> ModelVersion | None:
        """The version an alias points to, if any."""
        ...

    def models(self, schema: str) -> list[str]:
        """Names of the models in a ``catalog.schema``, sorted."""
        ...

    def copy(self, source: ModelVersion, name: str, tags: Mapping[str, str]) -> ModelVersion:
        """A new version of the model ``name`` from an existing one, its tags and lineage kept.

        The model is created when it does not exist. ``tags`` are added to the source's own, one
        after the other: whoever is killed in between leaves a version with fewer of them.
        """
        ...

    def set_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Set a tag of a version; the key is of letters, digits and _ (see ``checked_tag``)."""
        ...

    def delete_tag(self, name: str, version: str, key: str) -> None:
        """Remove a tag of a version; nothing happens when it has none."""
        ...

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Point an alias to a version, away from where it pointed."""
        ...

    def delete_alias(self, name: str, alias: str) -> None:
        """Remove an alias; nothing happens when there is none."""
        ...

    def delete_version(self, name: str, version: str) -> None:
        """Delete a version for good."""
        ...


ANSWERED_BY = ("model_version", "model_sha256")
"""Columns of the scoring model's answer that say which model gave it."""
VERSION_VARIABLE = "MODEL_VERSION"
"""Environment variable of a served entity that names the version it serves."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a model's input or output."""

    name: str
    type: str
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Signature:
    """What a model takes and answers."""

    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]


class AnswerError(ValueError):
    """A model cannot answer the rows it was asked; the message says why and what to do."""


class Models(Protocol):
    """The models behind the versions."""

    def signature(self, version: ModelVersion) -> Signature | None:
        """What the version declares; None when it declares nothing."""
        ...

    def predict(self, version: ModelVersion, frame: pd.DataFrame) -> pd.DataFrame:
        """The version's answer to each row, in the rows' order.

        Columns as the model names them; a model that answers one unnamed value answers
        ``prediction``. A classifier that can say how sure it is answers ``probability`` (of the
        positive class) or ``probability_<class>`` for each class. AnswerError when it cannot.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """A model that was trained, with all that is known of it, ready to be registered."""

    folder: Path
    """Holds the serializer's files."""
    sha256: str
    """Of the serialized model."""
    problem: Problem
    classes: tuple[str | int, ...]
    """In the order of the model's probabilities; empty for regression."""
    categorical: tuple[str, ...]
    """Features whose values are categories."""
    features: FeatureSet
    input_example: pd.DataFrame
    signature: Signature
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]


class ModelPublisher(Protocol):
    """Where trained models go."""

    def publish(
        self, model: TrainedModel, *, experiment: str, run_name: str, name: str
    ) -> ModelVersion:
        """Log a run with the model in it, and register it under a three-part name."""
        ...


class Tracking(Protocol):
    """Experiment runs: what a job found out, for people and for later jobs."""

    def log(
        self,
        *,
        experiment: str,
        run_name: str,
        parameters: Mapping[str, str] = ...,
        metrics: Mapping[str, float] = ...,
        tags: Mapping[str, str] = ...,
        artifacts: Sequence[Path] = ...,
    ) -> str:
        """Write one finished run and return its id. The experiment is made when missing."""
        ...

    def find(self, experiment: str, tag: str, value: str) -> str | None:
        """The id of a finished run of an experiment with that tag, if there is one."""
        ...

    def metrics(self, run_id: str) -> Mapping[str, float]:
        """Last value of each metric of a run; NotFoundError when there is no such run."""
        ...

    def parameters(self, run_id: str) -> Mapping[str, str]:
        """Parameters of a run; NotFoundError when there is no such run."""
        ...


# TypeAlias and not the `type` statement: the wheel also runs on Python 3.11.
Parameter: TypeAlias = "str | int | float | bool | datetime | None"
Row: TypeAlias = "Mapping[str, object]"


class SqlWarehouse(Protocol):
    """SQL over Delta tables and system tables."""

    def query(self, statement: str, parameters: Mapping[str, Parameter] | None = None) -> list[Row]:
        """Rows of a statement whose named markers (``:name``) are filled from ``parameters``.

        Values never become part of the statement's text. For an identifier write
        ``IDENTIFIER(:table)``, which Spark and Databricks both resolve.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class ServedEntity:
    """A model version behind an endpoint, and its share of the traffic."""

    name: str
    model: str
    version: str
    percent: int
    workload_size: str = "Small"
    scale_to_zero: bool = False


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What an endpoint serves now, and what it is changing to."""

    name: str
    entities: tuple[ServedEntity, ...]
    pending: tuple[ServedEntity, ...] = ()
    """What a running update will serve; empty when none runs."""
    ready: bool = True


class Serving(Protocol):
    """Serving endpoints."""

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint as it is; NotFoundError when there is none."""
        ...

    def endpoints(self) -> list[Endpoint]:
        """All endpoints."""
        ...

    def update(self, name: str, entities: Sequence[ServedEntity]) -> None:
        """Ask for these entities and shares, which sum to 100; returns before they are in place."""
        ...

    def score(
        self, name: str, records: Sequence[Row], *, entity: str | None = None
    ) -> Mapping[str, object]:
        """The endpoint's answer to records; of one entity whatever its share when named."""
        ...


class Clock(Protocol):
    """Time."""

    def now(self) -> datetime:
        """The present, with its time zone (UTC)."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


@dataclass(frozen=True, kw_only=True)
class Message:
    """What people are told."""

    title: str
    text: str
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    link: str = ""


class Notifier(Protocol):
    """Tells people."""

    def send(self, message: Message) -> None:
        """Deliver a message, or raise why not."""
        ...


class AuditLog(Protocol):
    """Append-only: who did what to which object, and what came of it."""

    def append(self, record: AuditRecord) -> None:
        """Add a record; it is durable when this returns. The same record twice is kept once."""
        ...

    def records(self, correlation: str | None = None) -> Iterable[AuditRecord]:
        """Records in the order they were added; those of one correlation id when given."""
        ...


class SecretStore(Protocol):
    """Secrets by scope and key."""

    def secret(self, scope: str, key: str) -> str:
        """A secret's value; NotFoundError, without the value of any other, when there is none."""
        ...
