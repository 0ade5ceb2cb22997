"""The base model and the domain types that make a settings model read like a form.

Each type's message says what is allowed and gives an example; :mod:`settings.errors` adds the key,
the value and the fix.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

PRIVATE_RANGES = tuple(
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)


class Settings(BaseModel):
    """A closed, frozen group of settings, spelt in camelCase in the stack files.

    Input never appears in pydantic's own messages, since a rejected value may be a secret.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        alias_generator=to_camel,
        validate_by_name=False,
        validate_by_alias=True,
    )


def _network(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        IPv4Network(value)
    except ValueError as error:
        raise ValueError(
            f"must be an IPv4 network without host bits, for example 10.0.0.0/16 ({error})"
        ) from error
    return value


def _private(network: IPv4Network) -> IPv4Network:
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise ValueError(
            "must be a private network (RFC 1918: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16), "
            "for example 10.0.0.0/16"
        )
    return network


def _guid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError as error:
        raise ValueError(
            "must be a GUID, for example 00000000-0000-0000-0000-000000000000"
        ) from error


def matching(pattern: str, allowed: str) -> AfterValidator:
    """A validator that requires a full match of ``pattern`` and says what is ``allowed``."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"must be {allowed}")
        return value

    return AfterValidator(check)


Cidr = Annotated[IPv4Network, BeforeValidator(_network), AfterValidator(_private)]
Guid = Annotated[str, AfterValidator(_guid)]
NonEmpty = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

Region = Annotated[
    str,
    matching(r"[a-z]+[a-z0-9]*", "an Azure region in its short form, for example eastus2"),
]
UnityName = Annotated[
    str,
    # Wider characters are legal when quoted in SQL, yet break paths and grants elsewhere.
    # https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/requirements
    matching(
        r"[a-z_][a-z0-9_]{0,254}",
        "a Unity Catalog name of lower-case letters, digits and underscores, "
        "for example ml_dev_catalog",
    ),
]
ModelName = Annotated[
    str,
    matching(
        r"[a-z_][a-z0-9_]{0,254}(\.[a-z_][a-z0-9_-]{0,254}){2}",
        "a three-part model name, catalog.schema.model, "
        "for example ml_models_catalog.production_models.churn",
    ),
]
GroupName = Annotated[
    str,
    matching(
        r"[A-Za-z][A-Za-z0-9_. -]{0,99}",
        "an account group's display name, for example data_scientists",
    ),
]
NodeType = Annotated[
    str,
    matching(
        r"Standard_[A-Z]+[0-9]+[A-Za-z0-9_]*",
        "an Azure VM size, for example Standard_D4ds_v5",
    ),
]
ResourceId = Annotated[
    str,
    matching(
        r"/subscriptions/[0-9a-f-]{36}(/[^/\s]+)+",
        "an Azure resource id, for example "
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/hub",
    ),
]
