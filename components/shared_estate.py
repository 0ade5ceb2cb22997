"""What exists once for all environments: metastore, groups, serverless connectivity.

One stack owns it (:class:`SharedEstate`), the others read the owner's outputs
(:class:`SharedEstateReference`). Both offer :class:`Estate`, so nothing else asks which it is.
The model registry is a catalog and therefore built by :mod:`components.unity_catalog`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pulumi
import pulumi_databricks as databricks
from pulumi import Output, ResourceOptions

from settings.access import GroupSettings
from settings.estate import CreatedMetastore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from settings.estate import AdoptedMetastore, OwnedEstate


class Estate(Protocol):
    """What every environment takes from the shared estate."""

    @property
    def metastore_id(self) -> Output[str]:
        """Id of the region's metastore."""
        ...

    @property
    def connectivity_id(self) -> Output[str]:
        """Id of the serverless network connectivity configuration."""
        ...

    @property
    def group_names(self) -> Mapping[str, Output[str]]:
        """Principal key to the group's display name."""
        ...

    @property
    def group_ids(self) -> Mapping[str, Output[str]]:
        """Principal key to the group's account-wide id."""
        ...

    @property
    def registry(self) -> Output[dict[str, str]]:
        """Names of the model registry: catalog, development, candidate, production, archived."""
        ...

    @property
    def lasting(self) -> Sequence[pulumi.Resource]:
        """What must stand before a workspace does, and may go only after it."""
        ...


@dataclass(frozen=True, kw_only=True)
class SharedEstateArgs:
    """What the shared estate needs."""

    settings: OwnedEstate
    location: str
    account_id: str
    protect: bool
    account_provider: databricks.Provider


class SharedEstate(pulumi.ComponentResource):
    """``mlops:account:SharedEstate``: what the Databricks account holds once.

    Produces the metastore (unless one is adopted, which is then neither changed nor destroyed),
    the account groups, the deployers' membership of the owners, and the serverless network
    connectivity configuration. A change of the metastore's or a group's name renames it.
    """

    metastore_id: Output[str]
    connectivity_id: Output[str]
    registry: Output[dict[str, str]]
    exported: Output[dict[str, Any]]
    """What :class:`SharedEstateReference` reads, as one stack output."""

    def __init__(
        self, name: str, args: SharedEstateArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("mlops:account:SharedEstate", name, None, opts)
        self._name = name
        self._args = args
        self._account = ResourceOptions(parent=self, provider=args.account_provider)

        groups = {
            key: databricks.Group(
                f"{name}-{key.replace('_', '-')}",
                display_name=display_name,
                opts=self._account,
            )
            for key, display_name in args.settings.groups.names().items()
        }
        members = self._deployers(groups["platform_owners"])
        connectivity = databricks.MwsNetworkConnectivityConfig(
            f"{name}-connectivity",
            account_id=args.account_id,
            name=args.settings.connectivity_name,
            region=args.location,
            opts=self._account,
        )
        self.group_names = {key: group.display_name for key, group in groups.items()}
        self.group_ids = {key: group.id for key, group in groups.items()}
        self.metastore_id = self._metastore(args.settings.metastore, self.group_names)
        self.connectivity_id = connectivity.network_connectivity_config_id
        self.registry = Output.from_input(args.settings.registry.names)
        # Unbinding a workspace does nothing, so a configuration can only go after its workspaces.
        # https://github.com/databricks/terraform-provider-databricks (mws_ncc_binding: delete)
        # And what the owners' group owns can only be managed by its members.
        self.lasting = (connectivity, *members)
        self.exported = Output.all(
            metastore_id=self.metastore_id,
            connectivity_id=self.connectivity_id,
            group_names=self.group_names,
            group_ids=self.group_ids,
            registry=self.registry,
        )
        self.register_outputs(
            {
                "metastore_id": self.metastore_id,
                "connectivity_id": self.connectivity_id,
                "registry": self.registry,
                "exported": self.exported,
            }
        )

    def _metastore(
        self, settings: AdoptedMetastore | CreatedMetastore, groups: Mapping[str, Output[str]]
    ) -> Output[str]:
        if not isinstance(settings, CreatedMetastore):
            return Output.from_input(settings.id)
        return databricks.Metastore(
            f"{self._name}-metastore",
            name=settings.name,
            region=self._args.location,
            owner=groups["platform_owners"],
            delta_sharing_scope=settings.sharing_scope,
            delta_sharing_recipient_token_lifetime_in_seconds=settings.recipient_token_seconds,
            external_access_enabled=False,
            opts=ResourceOptions(
                parent=self, provider=self._args.account_provider, protect=self._args.protect
            ),
        ).id

    def _deployers(self, owners: databricks.Group) -> list[databricks.GroupMember]:
        """Without membership a deployer could create what the group owns, but not go on."""
        return [
            databricks.GroupMember(
                f"{self._name}-deployer-{principal_id}",
                group_id=owners.id,
                member_id=principal_id,
                opts=self._account,
            )
            for principal_id in self._args.settings.deployers
        ]


class SharedEstateReference:
    """The shared estate as another stack owns it: the one reader of that stack's outputs.

    Raises:
        pulumi.RunError: The owner lacks the output, so it was not deployed to its end.
    """

    OUTPUT = "sharedEstate"
    """Name of the owner's stack output."""

    def __init__(self, name: str, stack: str) -> None:
        def require(exported: Any) -> dict[str, Any]:
            if not exported:
                raise pulumi.RunError(
                    f"stack {stack} has no output {self.OUTPUT}; it owns the shared estate, "
                    f"so deploy it first: pulumi up -s {stack}"
                )
            return exported

        exported: Output[dict[str, Any]] = (
            pulumi.StackReference(name, stack_name=stack).get_output(self.OUTPUT).apply(require)
        )
        keys = GroupSettings.model_fields
        self.metastore_id: Output[str] = exported["metastore_id"]
        self.connectivity_id: Output[str] = exported["connectivity_id"]
        self.group_names: Mapping[str, Output[str]] = {
            key: exported["group_names"][key] for key in keys
        }
        self.group_ids: Mapping[str, Output[str]] = {
            key: exported["group_ids"][key] for key in keys
        }
        self.registry: Output[dict[str, str]] = exported["registry"]
        self.lasting: tuple[pulumi.Resource, ...] = ()
