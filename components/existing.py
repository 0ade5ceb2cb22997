"""What exists already: the one place where the program asks a cloud anything while it plans.

Models and tables are made by jobs, so a new environment has none. What depends on them waits until
a later deployment finds them, instead of failing.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi
import pulumi_databricks as databricks
from pulumi_azure_native import databricks as azure_databricks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pulumi import ProviderResource

_Answer = TypeVar("_Answer")

ABSENT = re.compile(
    # Azure: the workspace or its resource group is not there.
    r"ResourceNotFound|ResourceGroupNotFound"
    # Unity Catalog: the object, its schema or its catalog is not there.
    r"|RESOURCE_DOES_NOT_EXIST|_NOT_FOUND|does not exist",
)


class Existing:
    """Looks into an environment's workspace; where there is none, Databricks is not asked.

    Args:
        resource_group_name: Group of the environment's workspace.
        workspace_name: Name of the workspace.
        azure_provider: Where the workspace is looked up.
        workspace_provider: Where what is in it is looked up.

    Every look-up raises the provider's exception when a cloud refuses to answer for another reason
    than absence, a failed log-in for example.
    """

    def __init__(
        self,
        *,
        resource_group_name: str,
        workspace_name: str,
        azure_provider: ProviderResource,
        workspace_provider: ProviderResource,
    ) -> None:
        self._group = resource_group_name
        self.workspace_name = workspace_name
        self._azure = pulumi.InvokeOptions(provider=azure_provider)
        self._databricks = pulumi.InvokeOptions(provider=workspace_provider)

    @property
    def unasked(self) -> str:
        """What to say of something that was not looked up, as there is no workspace to ask."""
        return (
            "" if self.workspace else f" (not looked up: {self.workspace_name} was not there yet)"
        )

    @cached_property
    def workspace(self) -> bool:
        """Whether the workspace is there and whole."""
        found = _unless_absent(
            lambda: azure_databricks.get_workspace(
                resource_group_name=self._group,
                workspace_name=self.workspace_name,
                opts=self._azure,
            )
        )
        return found is not None and found.provisioning_state == "Succeeded"

    def model_versions(self, model: str) -> set[int]:
        """The versions of a registered model; none where there is no such model."""
        if not self.workspace:
            return set()
        found = _unless_absent(
            lambda: databricks.get_registered_model_versions(full_name=model, opts=self._databricks)
        )
        listed: Sequence[Any] = found.model_versions if found else ()
        return {version.version for version in listed}

    def endpoints(self) -> set[str]:
        """The names of the serving endpoints."""
        if not self.workspace:
            return set()
        listed: Sequence[Any] = databricks.get_serving_endpoints(opts=self._databricks).endpoints
        return {endpoint.name for endpoint in listed}

    def table(self, name: str) -> bool:
        """Whether the table of this three-part name is there."""
        if not self.workspace:
            return False
        return (
            _unless_absent(lambda: databricks.get_table(name=name, opts=self._databricks))
            is not None
        )


def _unless_absent(ask: Callable[[], _Answer]) -> _Answer | None:
    try:
        return ask()
    except Exception as error:
        if ABSENT.search(str(error)):
            return None
        raise
