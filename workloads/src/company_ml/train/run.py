"""The training job: features in, a registered version in the development schema out."""

from __future__ import annotations

import ast
import json
import re
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from company_ml import serializer, wiring
from company_ml.audit import AuditRecord, Outcome
from company_ml.cli import ExitCode, JobError
from company_ml.code_version import code_version
from company_ml.ports import NotFoundError, TrainedModel, checked_tag
from company_ml.problems import Problem
from company_ml.train import core, estimators

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from company_ml.ports import ModelVersion
    from company_ml.wiring import Lifecycle

_NAME = re.compile(r"[\w-]{1,255}")
"""Unity Catalog's names have no period, slash, blank or control character, and a quote would end
the filters that MLflow is searched with.
https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-names#object-identifiers"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    wiring.add_arguments(parser)
    parser.add_argument("--model", required=True, help="the model's name, without its schema")
    parser.add_argument("--features", required=True, help="a Delta table, or a file *.parquet")
    parser.add_argument("--features-version", help="the table's version; the newest by default")
    parser.add_argument("--label", required=True, help="column that is to be predicted")
    parser.add_argument("--problem", choices=[*Problem],
                        help="what it is; inferred where its values leave no doubt")  # fmt: skip
    parser.add_argument("--positive", help="binary problems: the class that a probability is of; "
                        "default: 1 of 0 and 1")  # fmt: skip
    parser.add_argument("--key", required=True, help="column that identifies a row's subject")
    parser.add_argument("--exclude", action="append", default=[], help="column that is no feature")
    parser.add_argument("--categorical", action="append", default=[],
                        help="feature whose values are categories, as text is")  # fmt: skip
    parser.add_argument("--tag", action="append", default=[], metavar="KEY=VALUE",
                        help="tag of the version, as pii=false")  # fmt: skip
    parser.add_argument("--estimator", default=estimators.DEFAULT, choices=[*estimators.LEARNERS],
                        help="what learns (default %(default)s)")  # fmt: skip
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE",
                        help="of the estimator, as scikit-learn names it: max_depth=5")  # fmt: skip
    parser.add_argument("--learning-rate", type=float, help="short for --parameter learning_rate=…")
    parser.add_argument("--max-iter", type=int, help="short for --parameter max_iter=…")
    parser.add_argument("--holdout", type=float, default=0.25, help="share of subjects held out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--method", default="joblib", choices=[*serializer.Method],
                        help="how the model is serialized (default %(default)s)")  # fmt: skip
    parser.add_argument("--run-key", default="",
                        help="the same key registers once, however often the job is run again; "
                        "{{job.run_id}} on Databricks")  # fmt: skip
    parser.add_argument("--deployment-job-id", default="", metavar="ID",
                        help="job of this workspace that each new version of the model starts; "
                        "for a model in Unity Catalog that the job's identity owns")  # fmt: skip


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    settings = core.TrainingSettings(
        label=arguments.label, key=arguments.key,
        problem=Problem(arguments.problem) if arguments.problem else None,
        positive=arguments.positive, excluded=arguments.exclude,
        categorical=arguments.categorical, estimator=arguments.estimator,
        parameters=parameters(arguments), holdout=arguments.holdout, seed=arguments.seed,
    )  # fmt: skip
    world = wiring.lifecycle(arguments)
    job_id = arguments.deployment_job_id
    connect = _connected(world, job_id) if job_id else None
    version = train(
        world, settings, model=arguments.model, features=arguments.features,
        features_version=arguments.features_version, tags=_pairs("--tag", arguments.tag),
        method=serializer.Method(arguments.method), run_key=arguments.run_key,
    )  # fmt: skip
    if connect is not None:
        connect(version.name)
    print(json.dumps({"model_name": version.name, "model_version": version.version}))  # noqa: T201 - the job's answer
    return ExitCode.DONE


def _connected(world: Lifecycle, job_id: str) -> Callable[[str], bool]:
    from company_ml.adapters import deployment_job, mlflow_registry

    mlflow = world.environment.mlflow
    if mlflow.registry_uri != mlflow_registry.UNITY_CATALOG:
        raise JobError(
            f"--deployment-job-id {job_id}: the registry is {mlflow.registry_uri}; only models of "
            f"{mlflow_registry.UNITY_CATALOG} have deployment jobs, so leave it out"
        )
    client = deployment_job.client(mlflow.tracking_uri, mlflow.registry_uri)
    return lambda model: deployment_job.connect(client, model, job_id)


def train(
    world: Lifecycle,
    settings: core.TrainingSettings,
    *,
    model: str,
    features: str,
    features_version: str | None = None,
    tags: dict[str, str] | None = None,
    method: serializer.Method = serializer.Method.JOBLIB,
    run_key: str = "",
) -> ModelVersion:
    """Train, log and register; returns the version.

    Raises:
        JobError: The feature table does not exist or cannot be learned from, or the registry would
            not take the model's name or a tag.
    """
    _check_names(model, tags or {})
    env = world.environment
    name = env.model(env.registry_schemas.development, model)
    done = _registered_before(world, name, run_key)
    if done is None:
        done = _train(world, settings, name=name, model=model, features=features,
                      features_version=features_version, method=method,
                      tags=(tags or {}) | ({"run_key": run_key} if run_key else {}))  # fmt: skip
    world.audit.append(
        AuditRecord(
            actor=world.actor, action="train.register", object=done.name, version=done.version,
            outcome=Outcome.DONE, time=world.clock.now(),
            correlation=run_key or f"train-{done.run_id}",
            details={key: done.tags[key] for key in sorted(done.tags)},
        )
    )  # fmt: skip
    return done


def _check_names(model: str, tags: dict[str, str]) -> None:
    """Before anything is trained: MLflow's own registry takes names that no promotion can move."""
    if not _NAME.fullmatch(model):
        raise JobError(
            f"--model {model!r}: a model's name has letters, digits, _ and - (1 to 255); its "
            "catalog and schema are the environment's"
        )
    try:
        for key, value in tags.items():
            checked_tag(key, value)
    except ValueError as error:
        raise JobError(f"--tag: {error}") from error


def _train(
    world: Lifecycle,
    settings: core.TrainingSettings,
    *,
    name: str,
    model: str,
    features: str,
    features_version: str | None,
    method: serializer.Method,
    tags: dict[str, str],
) -> ModelVersion:
    try:
        rows = world.features.read(features, features_version)
        fitted = core.fit(rows.frame, settings)
    except (NotFoundError, core.TrainingError) as error:
        raise JobError(str(error)) from error
    with tempfile.TemporaryDirectory() as folder:
        kept = serializer.save(fitted.model, Path(folder) / "model.json", method,
                               notes={"model": name, "features": features})  # fmt: skip
        trained = TrainedModel(
            folder=Path(folder),
            sha256=kept.sha256,
            problem=fitted.problem,
            classes=fitted.classes,
            categorical=fitted.categorical,
            features=rows,
            input_example=fitted.input_example,
            signature=fitted.signature,
            parameters=_logged(settings, fitted) | {"serialization_method": method.value},
            metrics=fitted.metrics,
            tags=tags
            | {
                "data_source": rows.source,
                "data_version": rows.version,
                "code_version": code_version(),
                "model_sha256": kept.sha256,
            },
        )
        env = world.environment
        return world.publisher.publish(
            trained, experiment=f"{env.mlflow.experiment_path}/{model}",
            run_name=f"train-{model}", name=name,
        )  # fmt: skip


def _registered_before(world: Lifecycle, name: str, run_key: str) -> ModelVersion | None:
    """The version that an earlier run registered; one whose files never all arrived is deleted."""
    if not run_key:
        return None
    found = [each for each in world.registry.versions(name) if each.tags.get("run_key") == run_key]
    for each in found:
        if not each.ready:
            world.registry.delete_version(name, each.version)
    return next((each for each in found if each.ready), None)


def _logged(settings: core.TrainingSettings, fitted: core.Fitted) -> dict[str, str]:
    """What a run shows: the settings, and the estimator's parameters among them."""
    plain = asdict(settings) | {"problem": fitted.problem}
    del plain["parameters"]
    return {key: str(value) for key, value in (plain | dict(fitted.parameters)).items()}


def parameters(arguments: argparse.Namespace) -> dict[str, Any]:
    """The estimator's parameters."""
    given = {
        name: _literal(text) for name, text in _pairs("--parameter", arguments.parameter).items()
    }
    short = {"learning_rate": arguments.learning_rate, "max_iter": arguments.max_iter}
    return {name: value for name, value in short.items() if value is not None} | given


def _literal(text: str) -> Any:
    """A value as scikit-learn's pages write it: 5, 1e-3, None, True; all else is text."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _pairs(option: str, pairs: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            example = "pii=false" if option == "--tag" else "max_depth=5"
            raise JobError(f"{option} {pair!r} is not KEY=VALUE, as {example}")
        found[key] = value
    return found
