"""The shared estate: owned by one stack, read by the others."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from settings.access import GroupSettings, RegistryAccessSettings
from settings.base import CatalogName, Distinct, Guid, SchemaName, Settings, UnityName, matching
from settings.catalog import StorageSettings

SECONDS_PER_DAY = 86_400

SystemSchemaName = Literal[
    "access", "compute", "lakeflow", "marketplace", "mlflow", "query", "serving", "storage"
]

StackName = Annotated[
    str,
    matching(
        r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+",
        "a stack as organization/project/stack, for example organization/mlops/prod",
    ),
]
AccountPrincipalId = Annotated[
    str,
    matching(
        r"[0-9]{4,20}",
        "the id that the account console shows for a service principal, digits in quotes, "
        "for example '7000000000000001'; not its application id",
    ),
]


class AdoptedMetastore(Settings):
    """A metastore that exists already. It is referred to, never changed and never destroyed."""

    kind: Literal["adopt"]
    id: Guid
    """Id of the region's metastore, from the account console."""


class CreatedMetastore(Settings):
    """A metastore of our own. A region can hold one only."""

    kind: Literal["create"]
    name: UnityName = "company_mlops_metastore"
    """Name of the metastore."""
    sharing_scope: Literal["INTERNAL", "INTERNAL_AND_EXTERNAL"] = "INTERNAL"
    """Whether data may be shared outside the Databricks account."""
    recipient_token_days: Annotated[int, Field(ge=1, le=90)] = 90
    """Longest life of an external recipient's token."""

    @property
    def recipient_token_seconds(self) -> int:
        """The same in the API's unit."""
        return self.recipient_token_days * SECONDS_PER_DAY


class RegistrySettings(Settings):
    """The model registry: one catalog, one schema per stage."""

    name: CatalogName = "ml_models_catalog"
    """Catalog name, unique in the metastore. Replaces the catalog."""
    development_schema: SchemaName = "dev_models"
    """Schema of what training registers."""
    candidate_schema: SchemaName = "candidate_models"
    """Schema of what passed the gates and waits for approval."""
    production_schema: SchemaName = "production_models"
    """Schema of what endpoints serve."""
    archive_schema: SchemaName = "archived_models"
    """Schema of what is kept for the record."""
    access: RegistryAccessSettings = RegistryAccessSettings()
    storage: StorageSettings = StorageSettings()

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas from development to archive."""
        return (
            self.development_schema,
            self.candidate_schema,
            self.production_schema,
            self.archive_schema,
        )

    @property
    def names(self) -> dict[str, str]:
        """Catalog and schemas by what they are for, as the jobs' environment names them."""
        return {
            "catalog": self.name,
            "development": self.development_schema,
            "candidate": self.candidate_schema,
            "production": self.production_schema,
            "archived": self.archive_schema,
        }

    @model_validator(mode="after")
    def _schemas_are_distinct(self) -> Self:
        if len(set(self.schemas)) < len(self.schemas):
            raise ValueError("two stages share a schema; give each stage a schema of its own")
        return self


class OwnedEstate(Settings):
    """This stack owns the shared estate."""

    role: Literal["owner"]
    metastore: Annotated[AdoptedMetastore | CreatedMetastore, Field(discriminator="kind")]
    """The region's metastore: one that is there already, or a new one."""
    registry: RegistrySettings = RegistrySettings()
    groups: GroupSettings = GroupSettings()
    deployers: Annotated[tuple[AccountPrincipalId, ...], Distinct, Field(min_length=1)]
    """Ids of the service principals that deploy the stacks, from the account console. They become
    members of platform_owners, without which they could not go on managing what it owns."""
    connectivity_name: Annotated[
        str,
        # https://docs.databricks.com/api/azure/account/networkconnectivity
        matching(
            r"[0-9a-zA-Z_-]{3,30}", "3 to 30 letters, digits, - or _, for example mlops-serverless"
        ),
    ] = "mlops-serverless"
    """Name of the serverless network connectivity configuration."""
    system_schemas: Annotated[tuple[SystemSchemaName, ...], Distinct] = (
        "access", "compute", "lakeflow", "mlflow", "serving",
    )  # fmt: skip
    """System tables to switch on, for the observers to read. The billing schema is always on."""


class ReadEstate(Settings):
    """Another stack owns the shared estate; this one reads its outputs."""

    role: Literal["reader"]
    stack: StackName
    """The stack that owns it."""


EstateSettings = Annotated[OwnedEstate | ReadEstate, Field(discriminator="role")]
