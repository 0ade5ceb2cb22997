"""The platform's own jobs and what they work with: library, experiments, secrets.

The jobs' code is the wheel of workloads/, built before the program runs; its name holds the hash of
its content, so that a change of the code is a change of every job.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import authorization

from components import workload_environment
from components.jobs import Jobs
from components.naming import Names, role_definition_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from settings.compute import ComputeSettings
    from settings.workloads import WorkloadSettings

SECRETS = {"teams_webhook": "teams-webhook"}
"""What the jobs read from the Key Vault: its use in the wheel, its name in the vault."""


@dataclass(frozen=True, kw_only=True)
class WorkloadsArgs:
    """What the jobs need."""

    settings: WorkloadSettings
    compute: ComputeSettings
    environment: str
    names: Names
    wheel: str
    """Path of the built wheel, relative to the program."""
    pins: Sequence[str]
    """What serverless jobs install beside it, each in one version."""
    catalog_name: Input[str]
    schema_name: Input[str]
    """Schema that holds the volumes, once it exists."""
    registry: Input[Mapping[str, str]]
    """Catalog and schemas of the model registry: catalog, development, candidate, production,
    archived."""
    workspace_url: Input[str]
    jobs_policy_id: Input[str]
    usage_policy_id: Input[str]
    """Usage policy that serverless jobs are billed under."""
    run_as: Input[str]
    """Application id of the jobs' service principal."""
    owner: Input[str]
    """Display name of the group that owns the library."""
    experimenters: Mapping[str, Sequence[Input[str]]]
    """Permission level in the experiments' folder to the display names of the groups it has."""
    waiting: Mapping[str, str]
    """Jobs whose schedule rests, by name, and what each waits for."""
    operators: Sequence[Input[str]]
    """Display names of the groups that may start and stop the jobs."""
    vault_id: Input[str]
    vault_uri: Input[str]
    tags: Mapping[str, str]
    workspace_provider: databricks.Provider


class Workloads(pulumi.ComponentResource):
    """``mlops:workloads:Workloads``: the jobs of an environment, with their library and folders.

    Produces a volume with the wheel and the environment's settings, a volume for artifacts, the
    folder of the experiments, a secret scope where the settings name its reader, and one job per
    entry of the settings. A change of the wheel uploads it under another name and updates the jobs.
    """

    job_ids: Output[dict[str, str]]
    """Id of each job by its name."""
    library_path: Output[str]
    """Path of the wheel below /Volumes."""
    environment_path: Output[str]
    """Path of the environment's settings below /Volumes, as the jobs' --environment takes it."""
    experiment_folder: Output[str]
    """Workspace folder of the experiments."""

    def __init__(self, name: str, args: WorkloadsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mlops:workloads:Workloads", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self, provider=args.workspace_provider)
        settings = args.settings
        self._folder = f"{settings.experiment_folder}/{args.environment}"
        self._scope = f"{args.names.prefix}-{args.environment}"
        library = self._volume("library", "workload_library")
        self._volume("artifacts", workload_environment.ARTIFACTS_VOLUME)
        folder = databricks.Directory(f"{name}-experiments", path=self._folder, opts=self._child)
        self._permit(folder)
        self._secrets()
        wheel = databricks.File(
            f"{name}-wheel",
            path=Output.concat(library.volume_path, "/", PurePosixPath(args.wheel).name),
            source=args.wheel,
            opts=self._child,
        )
        environment = databricks.File(
            f"{name}-environment",
            path=Output.concat(library.volume_path, f"/{args.environment}.json"),
            content_base64=self._environment(library.schema_name).apply(
                lambda text: base64.b64encode(text.encode()).decode()
            ),
            opts=self._child,
        )
        jobs = Jobs(
            name=name,
            args=args,
            wheel=wheel.path,
            environment=environment.path,
            options=self._child,
        )
        made = jobs.make_all()
        self.job_ids = Output.all(**{key: job.id for key, job in made.items()})
        self.library_path = wheel.path
        self.environment_path = environment.path
        self.experiment_folder = folder.path
        self.register_outputs(
            {
                "job_ids": self.job_ids,
                "library_path": self.library_path,
                "environment_path": self.environment_path,
                "experiment_folder": self.experiment_folder,
            }
        )

    def _volume(self, role: str, name: str) -> databricks.Volume:
        return databricks.Volume(
            f"{self._name}-{role}",
            name=name,
            catalog_name=self._args.catalog_name,
            schema_name=self._args.schema_name,
            volume_type="MANAGED",
            owner=self._args.owner,
            comment=f"{role.capitalize()} of the platform's jobs",
            opts=self._child,
        )

    def _permit(self, folder: databricks.Directory) -> None:
        entry = databricks.PermissionsAccessControlArgs
        databricks.Permissions(
            f"{self._name}-experimenters",
            directory_path=folder.path,
            access_controls=[
                entry(service_principal_name=self._args.run_as, permission_level="CAN_MANAGE"),
                *(
                    entry(group_name=group, permission_level=level)
                    for level, groups in self._args.experimenters.items()
                    for group in groups
                ),
            ],
            opts=self._child,
        )

    def _secrets(self) -> None:
        reader = self._args.settings.key_vault_reader
        if reader is None:
            return
        # With a vault that uses roles, nobody else gives Databricks its access.
        # https://learn.microsoft.com/azure/databricks/security/secrets/#akv-ss
        authorization.RoleAssignment(
            f"{self._name}-secrets-role",
            scope=self._args.vault_id,
            principal_id=reader,
            principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_definition_id=role_definition_id(
                self._args.names.subscription_id, "Key Vault Secrets User"
            ),
            opts=ResourceOptions(parent=self),
        )
        scope = databricks.SecretScope(
            f"{self._name}-secrets",
            name=self._scope,
            keyvault_metadata=databricks.SecretScopeKeyvaultMetadataArgs(
                resource_id=self._args.vault_id, dns_name=self._args.vault_uri
            ),
            opts=self._child,
        )
        databricks.SecretAcl(
            f"{self._name}-secrets-reader",
            scope=scope.name,
            principal=self._args.run_as,
            permission="READ",
            opts=self._child,
        )

    def _environment(self, schema: Input[str]) -> Output[str]:
        """Where the jobs work, as the wheel reads it."""
        args = self._args
        vault = args.settings.key_vault_reader is not None
        return Output.all(args.catalog_name, args.registry, schema, args.workspace_url).apply(
            lambda known: json.dumps(
                workload_environment.document(
                    environment=args.environment,
                    experiment_folder=self._folder,
                    catalog=known[0],
                    registry=known[1],
                    schema=known[2],
                    workspace_url=known[3],
                    secrets={use: (self._scope, key) for use, key in SECRETS.items() if vault},
                ),
                indent=2,
                sort_keys=True,
            )
        )
