"""The jobs of an environment: steps of the wheel's command line, as Databricks runs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi_databricks as databricks
from pulumi import Input, Output, ResourceOptions

from components.cluster_rules import JOBS_RUNTIME

if TYPE_CHECKING:
    from components.workloads import WorkloadsArgs
    from settings.workloads import JobSettings, StepSettings

DISTRIBUTION = "company_ml_framework"
ENTRY_POINT = "company_ml"
"""The wheel's name and its command, as workloads/pyproject.toml has them."""
ENVIRONMENT_VERSION = "4"
"""Serverless environment with Python 3.12, as Databricks Runtime 17.3 LTS has.
https://learn.microsoft.com/azure/databricks/release-notes/serverless/environment-version/four"""
WITHOUT_ENVIRONMENT = frozenset({"compliance", "example-data", "lineage"})
"""Sub-commands that look at no environment's own places."""
EVIDENTLY = "evidently==0.7.23"
"""Left to the wheel's extras, as a cluster need not have it; jobs draw their reports with it."""
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

    def make(self, job: JobSettings) -> databricks.Job:
        """The job, and who may start and stop it."""
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
            schedule=_schedule(job),
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
            environments=[_library(self.wheel)] if serverless else None,
            job_clusters=None if serverless else [self._cluster()],
            # The provider keeps tasks in the order of their keys and compares them by position:
            # https://github.com/databricks/terraform-provider-databricks/issues/4159
            tasks=[
                self._task(job, number)
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

    def _task(self, job: JobSettings, number: int) -> databricks.JobTaskArgs:
        step, serverless = job.steps[number], job.compute == "serverless"
        before = job.steps[number - 1 : number] if number else ()
        return databricks.JobTaskArgs(
            task_key=step.task,
            depends_ons=[databricks.JobTaskDependsOnArgs(task_key=each.task) for each in before],
            run_if="ALL_DONE" if step.always else "ALL_SUCCESS",
            environment_key="library" if serverless else None,
            job_cluster_key=None if serverless else "cluster",
            libraries=None if serverless else [databricks.JobTaskLibraryArgs(whl=self.wheel)],
            max_retries=job.retries,
            timeout_seconds=job.timeout_minutes * 60,
            python_wheel_task=databricks.JobTaskPythonWheelTaskArgs(
                package_name=DISTRIBUTION,
                entry_point=ENTRY_POINT,
                parameters=Output.from_input(self.environment).apply(
                    lambda path: command_line(step, path)
                ),
            ),
        )

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


def command_line(step: StepSettings, environment: str) -> list[str]:
    """What the wheel's command is given: sub-command, environment, the step's own options."""
    given = {} if step.command in WITHOUT_ENVIRONMENT else {"environment": environment}
    options = {**given, **step.arguments}
    return [
        step.command,
        *(
            f"--{name}={value}"
            for name, values in sorted(options.items())
            for value in ((values,) if isinstance(values, str) else values)
        ),
    ]


def _library(wheel: Input[str]) -> databricks.JobEnvironmentArgs:
    return databricks.JobEnvironmentArgs(
        environment_key="library",
        spec=databricks.JobEnvironmentSpecArgs(
            environment_version=ENVIRONMENT_VERSION, dependencies=[wheel, EVIDENTLY]
        ),
    )


def _schedule(job: JobSettings) -> databricks.JobScheduleArgs | None:
    if job.schedule is None:
        return None
    return databricks.JobScheduleArgs(
        quartz_cron_expression=job.schedule,
        timezone_id=job.timezone,
        pause_status="PAUSED" if job.paused else "UNPAUSED",
    )
