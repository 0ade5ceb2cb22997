"""The platform's own jobs: as whom they run, what, when, and who hears of a failure."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    Strict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from settings import options, run_values
from settings.base import Distinct, Email, Folder, Guid, NonEmpty, Settings, UnityName, matching
from settings.commands import COMMANDS, MAKES, READS
from settings.schedule import Quartz, Timezone

Command = Literal[
    "approval", "approve", "archive", "compliance", "cost", "drift", "evaluate", "example-data",
    "lineage", "performance", "predictions", "promote", "quality", "recover-model",
    "recover-table", "rehearse", "release", "retention", "retrain", "rollback", "train",
]  # fmt: skip
"""What of the workloads' command line a step can run; :mod:`settings.commands` has the options."""
_TABLE = re.compile(r"[^.{}$]+\.[^.{}$]+\.[^.{}$]+")
_INPUT = re.compile(r"\{\{job\.parameters\.(\w+)\}\}")
REFERENCE = re.compile(r"\$\{([^}]*)\}")
WORKSPACE_URL = "workspace.url"


def _option(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError as error:
        raise ValueError(
            "must be true, text that is not empty, or a list of such; put quotes around it"
        ) from error


InputName = Annotated[
    str,
    # Others would need quoting where they are referred to.
    matching(r"[A-Za-z_][A-Za-z0-9_]{0,99}", "letters, digits and _, for example model_name"),
]
OptionName = Annotated[
    str,
    matching(r"[a-z][a-z0-9-]*", "an option without its leading dashes, for example model-name"),
]
JobName = Annotated[
    str,
    matching(r"[a-z][a-z0-9-]{0,38}[a-z0-9]", "2 to 40 lower-case letters, digits or -"),
]
IdentityGroup = Literal["data_scientists", "ml_engineers", "devops_engineers", "mlops_release"]


# Lax, since what a wrapped validator is given is a list, and no tuple.
Argument = Annotated[
    Literal[True]
    | NonEmpty
    | Annotated[tuple[NonEmpty, ...], Strict(strict=False), Field(min_length=1)],
    WrapValidator(_option),
]


def _texts(given: Literal[True] | str | tuple[str, ...]) -> tuple[str, ...]:
    """An option's values as they are written."""
    if isinstance(given, str):
        return (given,)
    return () if given is True else given


class StepSettings(Settings):
    """One step of a job: a sub-command of the workloads' command line."""

    command: Command
    """Sub-command of ``company_ml`` that runs; workloads/README.md lists them."""
    name: JobName | None = None
    """Name of the step's task. Default: the sub-command."""
    arguments: dict[OptionName, Argument] = {}
    """Options of the sub-command, without their leading dashes; a list repeats one, and true sets
    one that has no value. The environment is given to all that take one. ``${workspace.url}`` and
    ``${jobs.<name>.id}`` of a job above stand for what is known once they are there."""
    always: bool = False
    """Whether it runs even where a step before it failed. Default: it is then left out."""

    @property
    def references(self) -> frozenset[str]:
        """What its options refer to, without the brackets."""
        texts = (text for given in self.arguments.values() for text in _texts(given))
        return frozenset(name for text in texts for name in REFERENCE.findall(text))

    @property
    def reads(self) -> frozenset[str]:
        """Three-part names of the tables that have to be there before it."""
        return self._tables(READS)

    @property
    def makes(self) -> frozenset[str]:
        """Three-part names of the tables that are there after it."""
        return self._tables(MAKES)

    def _tables(self, options: dict[str, tuple[str, ...]]) -> frozenset[str]:
        named = options.get(self.command, ())
        given = [_texts(values) for option, values in self.arguments.items() if option in named]
        return frozenset(text for texts in given for text in texts if _TABLE.fullmatch(text))

    @property
    def task(self) -> str:
        """Name of its task."""
        return self.name or self.command


class JobSettings(Settings):
    """One job: steps one after another, on a schedule or on demand."""

    name: JobName
    """Name of the job within the environment."""
    steps: Annotated[tuple[StepSettings, ...], Field(min_length=1)]
    inputs: dict[InputName, str] = {}
    """Parameters of the job with their defaults; a run may set them. Options refer to them as
    ``{{job.parameters.<name>}}``."""
    schedule: Quartz | None = None
    """When it starts. Default: on demand, by a person or another system. It rests until the tables
    that its steps read are there, and wakes with the next update after that."""
    timezone: Timezone = "UTC"
    """Time zone of the schedule."""
    paused: bool = False
    """Whether the schedule rests; the job can still be started."""
    compute: Literal["serverless", "cluster"] = "serverless"
    """Serverless with queueing, or a cluster of the environment's jobs policy."""
    timeout_minutes: Annotated[int, Field(ge=5, le=2_880)] = 120
    """Minutes after which a step, and the whole run, is ended: nothing else ends its cluster."""
    retries: Annotated[int, Field(ge=0, le=3)] = 1
    """Times a failed step is tried again. Every step may be repeated safely."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Three-part names of the tables that others have to make before it can run."""
        made: set[str] = set()
        needed: list[str] = []
        for step in self.steps:
            needed += sorted(step.reads - made)
            made |= step.makes
        return tuple(dict.fromkeys(needed))

    @property
    def names(self) -> tuple[tuple[str, str, tuple[str, str]], ...]:
        """Options that name a table, a model or a folder, with text, catalog and schema.

        An input counts by its default.
        """
        return tuple(
            (option, text, place)
            for step in self.steps
            for option, given in step.arguments.items()
            for text in map(self._default, _texts(given))
            if (place := options.place(COMMANDS[step.command][option], text))
        )

    def _default(self, text: str) -> str:
        found = _INPUT.fullmatch(text)
        return self.inputs[found[1]] if found else text

    @model_validator(mode="after")
    def _a_schedule_is_there_to_rest(self) -> Self:
        if self.schedule is None and (self.paused or "timezone" in self.model_fields_set):
            raise ValueError(
                f"job {self.name} has no schedule, so paused and timezone mean nothing; "
                "add a schedule or remove them"
            )
        return self

    @model_validator(mode="after")
    def _options_can_be_filled_in(self) -> Self:
        before: list[str] = []
        for step in self.steps:
            for option, given in step.arguments.items():
                text = " ".join(_texts(given))
                for mistake in run_values.mistakes(text, inputs=self.inputs, before=before):
                    raise ValueError(
                        f"argument {option} of step {step.task} in job {self.name} {mistake}"
                    )
            before.append(step.task)
        return self

    @model_validator(mode="after")
    def _steps_are_distinct(self) -> Self:
        names = [step.task for step in self.steps]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(
                f"steps of job {self.name} name {', '.join(repeated)} twice; give each its own name"
            )
        return self

    @model_validator(mode="after")
    def _options_are_the_commands_own(self) -> Self:
        for step in self.steps:
            for mistake in options.mistakes(step.command, step.arguments):
                raise ValueError(f"step {step.task} of job {self.name} {mistake}")
        return self


class WorkloadSettings(Settings):
    """The environment's jobs and what they share."""

    schema_name: Annotated[UnityName, Field(alias="schema")]
    """Schema of the environment's catalog that holds the jobs' library and their audit table."""
    identity_groups: Annotated[tuple[IdentityGroup, ...], Distinct, Field(min_length=1)]
    """Groups whose rights the jobs' service principal has."""
    contacts: Annotated[tuple[Email, ...], Distinct, Field(min_length=1)]
    """Who is told when a job fails."""
    experiment_folder: Folder = "/ml_experiments"
    """Workspace folder of the experiments; the environment's name follows."""
    key_vault_reader: Guid | None = None
    """Object id of the AzureDatabricks application in the tenant (``az ad sp show --id
    2ff814a6-3304-4ab8-85cb-cd0e6f879c1d``). With it, jobs read secrets of the environment's Key
    Vault through a secret scope. Default: no scope."""
    jobs: tuple[JobSettings, ...] = ()

    @model_validator(mode="after")
    def _jobs_are_distinct(self) -> Self:
        names = [job.name for job in self.jobs]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"jobs names {', '.join(repeated)} twice; rename one of them")
        return self

    @model_validator(mode="after")
    def _references_are_known(self) -> Self:
        known = {WORKSPACE_URL}
        for job in self.jobs:
            for name in sorted({each for step in job.steps for each in step.references} - known):
                raise ValueError(
                    f"job {job.name} refers to ${{{name}}}, which is none of "
                    f"{', '.join(f'${{{each}}}' for each in sorted(known))}; a job can refer to "
                    "those above it"
                )
            known.add(job_id(job.name))
        return self


def job_id(name: str) -> str:
    """How options refer to a job's id."""
    return f"jobs.{name}.id"
