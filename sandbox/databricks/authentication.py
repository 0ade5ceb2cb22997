"""How a provider signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.databricks import tokens
from sandbox.databricks.values import given, text
from sandbox.rules import Refusal, admit, check

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Request

AUTHENTICATION = (
    "https://registry.terraform.io/providers/databricks/databricks/latest/docs#authentication"
)

# https://github.com/databricks/databricks-sdk-go/blob/main/config/auth_default.go
AUTH_TYPES = frozenset(
    {
        "pat", "basic", "oauth-m2m", "oauth-u2m", "databricks-cli", "metadata-service",
        "github-oidc",
        "github-oidc-azure", "azure-devops-oidc", "env-oidc", "file-oidc", "azure-msi",
        "azure-client-secret", "azure-cli", "google-credentials", "google-id",
    }
)  # fmt: skip
# Attributes of one method may not stand beside those of another:
# https://github.com/databricks/databricks-sdk-go/blob/main/config/config_attribute.go
_METHODS = {
    "token": "pat",
    "password": "basic",
    "clientSecret": "oauth",
    "azureClientSecret": "azure",
    "googleCredentials": "google",
}


@admit(*tokens.ALL, source=AUTHENTICATION)
def authentication_is_known(request: Request, _: Cloud) -> None:
    """The first call fails for an authentication type that the SDK does not know."""
    named = text(request.provider.get("authType"))
    if named and named not in AUTH_TYPES:
        raise Refusal(
            "INVALID_CONFIGURATION",
            f"validate: auth type {named!r} not found; one of {', '.join(sorted(AUTH_TYPES))}",
        )


@check(tokens.PROVIDER, source=AUTHENTICATION)
def one_way_to_sign_in(request: Request) -> None:
    """The provider refuses two authentication methods unless ``authType`` picks one."""
    methods = sorted({m for name, m in _METHODS.items() if given(request.inputs.get(name))})
    if len(methods) > 1 and not given(request.inputs.get("authType")):
        raise Refusal(
            "INVALID_CONFIGURATION",
            "validate: more than one authorization method configured: " + " and ".join(methods),
        )
