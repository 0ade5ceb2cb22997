"""What an environment is called, where it lives, who pays for it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from settings.base import Guid, Region, Settings, matching

TagValue = Annotated[
    str,
    matching(
        r"[A-Za-z0-9]([A-Za-z0-9 _.@:+-]{0,254}[A-Za-z0-9_.@:+-])?",
        "1 to 256 letters, digits, _ . @ : + - or spaces within",
    ),
]

TagName = Annotated[
    str,
    # Azure's characters, less what clusters do not take: storage accounts' names end at 128.
    # https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
    # https://learn.microsoft.com/azure/databricks/admin/account-settings/usage-detail-tags
    matching(
        r"(?!(?i:microsoft|azure|windows))[A-Za-z][A-Za-z0-9_.:-]{0,126}",
        "1 to 127 letters, digits or _ . : -, beginning with a letter, and not with microsoft, "
        "azure or windows",
    ),
]

ShortName = Annotated[
    str,
    # It is part of storage account names, which end at 24 characters.
    matching(r"[a-z][a-z0-9]{1,7}", "2 to 8 lower-case letters or digits, for example dev"),
]


class EnvironmentSettings(Settings):
    """The environment itself."""

    name: ShortName
    """Name of the environment: the ``env`` tag and part of every Azure name."""
    prefix: ShortName = "mlops"
    """First part of every Azure name."""
    protect: bool = True
    """Whether what holds data is protected: the engine then refuses to delete or replace it."""


class AzureSettings(Settings):
    """The Azure side of one environment."""

    subscription_id: Guid
    """Subscription that holds the environment's resource group."""
    tenant_id: Guid
    """Microsoft Entra tenant of the subscription and of the Databricks account."""
    location: Region = "eastus2"
    """Region of every resource of the environment, and of its Unity Catalog metastore."""


class DatabricksSettings(Settings):
    """The Databricks account."""

    account_id: Guid
    """Databricks account, from the account console; not the workspace's id."""
    account_host: Annotated[
        str,
        matching(
            # What signs in there is sent a token, so no other host will do. The clouds:
            # https://github.com/databricks/databricks-sdk-py/blob/main/databricks/sdk/environments.py
            r"https://accounts\.(azuredatabricks\.net|databricks\.azure\.(us|cn))",
            "the account console's address: https://accounts.azuredatabricks.net, in Azure "
            "Government https://accounts.databricks.azure.us, in China "
            "https://accounts.databricks.azure.cn",
        ),
    ] = "https://accounts.azuredatabricks.net"
    """Account console. Other Azure clouds have another one."""


class TagSettings(Settings):
    """Tags put on everything taggable; the ``env`` tag comes from the environment's name."""

    owner: TagValue
    """Team answerable for the environment, as a mailbox or team name."""
    cost_center: Annotated[TagValue, Field(alias="cost-center")]
    """Cost centre that pays."""
    project: TagValue = "mlops"
    """Project, as it appears in cost reports."""
    data_class: Annotated[TagValue, Field(alias="data-class")]
    """Highest classification of the data held, for example internal or confidential."""
    extra: Annotated[dict[TagName, TagValue], Field(max_length=40)] = {}
    """Further tags. May not repeat one of the tags above, nor one that Databricks sets itself."""

    @model_validator(mode="after")
    def _no_repeated_tag(self) -> Self:
        own = {"env", "owner", "cost-center", "project", "data-class"}
        databricks = {"vendor", "creator", "clusterid", "clustername", "name"}
        lower = [name.lower() for name in self.extra]
        names = set(lower)
        if twice := sorted({name for name in names if lower.count(name) > 1}):
            raise ValueError(
                f"extra holds {', '.join(twice)} twice, since Azure takes no notice of case; "
                "remove one of them"
            )
        if reserved := sorted(databricks & names):
            raise ValueError(
                f"extra holds {', '.join(reserved)}, which Databricks sets itself; rename it"
            )
        repeated = sorted(own & names)
        if repeated:
            raise ValueError(
                f"extra repeats {', '.join(repeated)}; set it through its own key instead"
            )
        return self
