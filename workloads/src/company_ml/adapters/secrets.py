"""Secrets from the workspace's scopes."""

from __future__ import annotations

from company_ml.ports import NotFoundError


class DatabricksSecrets:
    """SecretStore port on Databricks: inside of a job by its runtime, elsewhere by the API.

    https://docs.databricks.com/dev-tools/sdk-python.html#use-databricks-utilities
    """

    def secret(self, scope: str, key: str) -> str:
        """A secret's value."""
        from databricks.sdk import WorkspaceClient  # half a second to import
        from databricks.sdk.errors import NotFound

        try:
            return WorkspaceClient().dbutils.secrets.get(scope=scope, key=key)
        except NotFound:
            raise NotFoundError(
                f"secret scope {scope} has no key {key}: put it into the Key Vault behind the scope"
            ) from None
