"""The jobs of an environment: steps of the wheel's command line, as Databricks runs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi_databricks as databricks
from pulumi import Input, Output, ResourceOptions

from components.cluster_rules import JOBS_RUNTIME
from settings.workloads import REFERENCE, WORKSPACE_URL, job_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.workloads import WorkloadsArgs
    from settings.workloads import JobSettings, StepSettings

DISTRIBUTION = "company_ml_framework"
ENTRY_POINT = "company_ml_task"
"""The wheel's name and its entry point for Databricks, as workloads/pyproject.toml has them."""
ENVIRONMENT_VERSION = "4"
"""Serverless environment with Python 3.12, as Databricks Runtime 17.3 LTS has.
https://learn.microsoft.com/azure/databricks/release-notes/serverless/environment-version/four"""
WITHOUT_ENVIRONMENT = frozenset({"compliance", "example-data", "lineage"})
"""Sub-commands that look at no environment's own places."""
REPORTS = "evidently"
"""What no runtime has of the pinned packages: jobs draw their reports with it."""
SLOW = 0.8
"""Part of a job's time limit after which its contacts are warned."""


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """Makes jobs that share a library, an environment and a place in the program.

    Attributes:
        name: Prefix of the resources' logical names.
        args: What the jobs need.
        wheel: Path of the wheel below /Volumes.
        environment: Path of the environment's settings below /Volumes.
        options: Options of every resource.
    """

    name: str
    args: WorkloadsArgs
    wheel: Input[str]
    environment: Input[str]
    options: ResourceOptions

    def make_all(self) -> dict[str, databricks.Job]:
        """Every job of the settings by its name, and who may start and stop it."""
        made: dict[str, databricks.Job] = {}
        known: dict[str, Input[str]] = {WORKSPACE_URL: self.args.workspace_url}
        for job in self.args.settings.jobs:
            made[job.name] = self._make(job, known)
            known = {**known, job_id(job.name): made[job.name].id}
        return made

    def _make(self, job: JobSettings, known: Mapping[str, Input[str]]) -> databricks.Job:
        args, seconds = self.args, job.timeout_minutes * 60
        serverless = job.compute == "serverless"
        resource = databricks.Job(
            f"{self.name}-{job.name}",
            name=f"{args.environment}-{job.name}",
            description=f"company_ml: {', then '.join(step.command for step in job.steps)}",
            run_as=databricks.JobRunAsArgs(service_principal_name=args.run_as),
            max_concurrent_runs=1,
            timeout_seconds=seconds,
            queue=databricks.JobQueueArgs(enabled=True),
            performance_target="STANDARD" if serverless else None,
            budget_policy_id=args.usage_policy_id if serverless else None,
            schedule=_schedule(job, waits=job.name in args.waiting),
            parameters=[
                databricks.JobParameterArgs(name=key, default=default)
                for key, default in job.inputs.items()
            ],
            health=databricks.JobHealthArgs(
                rules=[
                    databricks.JobHealthRuleArgs(
                        metric="RUN_DURATION_SECONDS",
                        op="GREATER_THAN",
                        value=int(seconds * SLOW),
                    )
                ]
            ),
            email_notifications=databricks.JobEmailNotificationsArgs(
                on_failures=[*args.settings.contacts],
                on_duration_warning_threshold_exceededs=[*args.settings.contacts],
            ),
            # Beside the addresses the same switch is deprecated.
            notification_settings=databricks.JobNotificationSettingsArgs(
                no_alert_for_skipped_runs=True
            ),
            environments=[self._library()] if serverless else None,
            job_clusters=None if serverless else [self._cluster()],
            # The provider keeps tasks in the order of their keys and compares them by position:
            # https://github.com/databricks/terraform-provider-databricks/issues/4159
            tasks=[
                self._task(job, number, known)
                for number in sorted(range(len(job.steps)), key=lambda at: job.steps[at].task)
            ],
            tags=args.tags,
            opts=self.options,
        )
        if args.operators:
            databricks.Permissions(
                f"{self.name}-{job.name}-operators",
                job_id=resource.id,
                access_controls=[
                    databricks.PermissionsAccessControlArgs(
                        group_name=group, permission_level="CAN_MANAGE_RUN"
                    )
                    for group in args.operators
                ],
                opts=self.options,
            )
        return resource

    def _task(
        self, job: JobSettings, number: int, known: Mapping[str, Input[str]]
    ) -> databricks.JobTaskArgs:
        step, serverless = job.steps[number], job.compute == "serverless"
        before = job.steps[number - 1 : number] if number else ()
        return databricks.JobTaskArgs(
            task_key=step.task,
            depends_ons=[databricks.JobTaskDependsOnArgs(task_key=each.task) for each in before],
            run_if="ALL_DONE" if step.always else "ALL_SUCCESS",
            environment_key="library" if serverless else None,
            # Left on, serverless compute tries a failed task again as often as it sees fit, beyond
            # max_retries: https://learn.microsoft.com/azure/databricks/jobs/run-serverless-jobs
            disable_auto_optimization=True if serverless else None,
            job_cluster_key=None if serverless else "cluster",
            libraries=None if serverless else self._libraries(),
            max_retries=job.retries,
            timeout_seconds=job.timeout_minutes * 60,
            python_wheel_task=databricks.JobTaskPythonWheelTaskArgs(
                package_name=DISTRIBUTION,
                entry_point=ENTRY_POINT,
                parameters=Output.all(
                    self.environment, {name: known[name] for name in sorted(step.references)}
                ).apply(lambda found: command_line(step, found[0], found[1])),
            ),
        )

    def _library(self) -> databricks.JobEnvironmentArgs:
        return databricks.JobEnvironmentArgs(
            environment_key="library",
            spec=databricks.JobEnvironmentSpecArgs(
                environment_version=ENVIRONMENT_VERSION, dependencies=[self.wheel, *self.args.pins]
            ),
        )

    def _libraries(self) -> list[databricks.JobTaskLibraryArgs]:
        """Of a task on a cluster, whose runtime has all pinned packages but one in that version."""
        package = next(pin for pin in self.args.pins if pin.startswith(REPORTS))
        return [
            databricks.JobTaskLibraryArgs(whl=self.wheel),
            databricks.JobTaskLibraryArgs(pypi=databricks.JobTaskLibraryPypiArgs(package=package)),
        ]

    def _cluster(self) -> databricks.JobJobClusterArgs:
        compute = self.args.compute
        return databricks.JobJobClusterArgs(
            job_cluster_key="cluster",
            new_cluster=databricks.JobJobClusterNewClusterArgs(
                policy_id=self.args.jobs_policy_id,
                apply_policy_default_values=True,
                # What the policy would fill in, the provider would take out again in every update:
                # https://github.com/databricks/terraform-provider-databricks/issues/3985
                spark_version=JOBS_RUNTIME,
                runtime_engine="STANDARD",
                node_type_id=compute.node_type,
                driver_node_type_id=compute.node_type,
                data_security_mode="SINGLE_USER",
                autoscale=databricks.JobJobClusterNewClusterAutoscaleArgs(
                    min_workers=compute.min_workers, max_workers=compute.max_workers
                ),
                custom_tags=self.args.tags,
            ),
        )


def command_line(
    step: StepSettings, environment: str, known: Mapping[str, str] | None = None
) -> list[str]:
    """What the wheel's command is given: sub-command, environment, the step's own options.

    Args:
        step: The step.
        environment: Path of the environment's settings.
        known: What the options' references stand for.
    """
    given = {} if step.command in WITHOUT_ENVIRONMENT else {"environment": environment}
    line = [step.command]
    for name, values in sorted({**given, **step.arguments}.items()):
        if isinstance(values, bool):
            line.append(f"--{name}")
            continue
        for value in (values,) if isinstance(values, str) else values:
            text = REFERENCE.sub(lambda found: (known or {})[found[1]], value)
            line.append(f"--{name}={text}")
    return line


def _schedule(job: JobSettings, *, waits: bool) -> databricks.JobScheduleArgs | None:
    if job.schedule is None:
        return None
    return databricks.JobScheduleArgs(
        quartz_cron_expression=job.schedule,
        timezone_id=job.timezone,
        pause_status="PAUSED" if job.paused or waits else "UNPAUSED",
    )
