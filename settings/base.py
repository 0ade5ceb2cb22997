"""The base model and the domain types that make a settings model read like a form.

Each type's message says what is allowed and gives an example; :mod:`settings.errors` adds the key,
the value and the fix.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from settings.machines import size
from settings.places import region

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
        allow_inf_nan=False,
    )


_LENGTH = re.compile(r"0|[1-9][0-9]?")


def _network(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        if not _LENGTH.fullmatch(value.partition("/")[2]):  # Python also takes none, and a netmask
            raise ValueError("no length, as /16, after the address")  # noqa: TRY301 - one message for both
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


def matching(pattern: str, allowed: str) -> AfterValidator:
    """A validator that requires a full match of ``pattern`` and says what is ``allowed``."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"must be {allowed}")
        return value

    return AfterValidator(check)


def _distinct(items: tuple[object, ...]) -> tuple[object, ...]:
    if repeated := sorted({str(item) for item in items if items.count(item) > 1}):
        raise ValueError(f"holds {', '.join(repeated)} twice; name each once")
    return items


def _not_reserved(*reserved: str) -> AfterValidator:
    def check(value: str) -> str:
        if value in reserved:
            raise ValueError(
                f"is Databricks' own; choose another name (taken: {', '.join(reserved)})"
            )
        return value

    return AfterValidator(check)


def _folder(value: str) -> str:
    first = value.split("/")[1]
    if first.lower() in {own.lower() for own in _WORKSPACE_FOLDERS} or any(
        part.strip(".") == "" for part in value.split("/")[1:]
    ):
        raise ValueError(
            "must be a folder of its own at the workspace's root, without . and .. and outside "
            f"{', '.join(sorted(_WORKSPACE_FOLDERS))}; for example /ml_experiments"
        )
    return value


# https://learn.microsoft.com/azure/databricks/workspace/workspace-assets
_WORKSPACE_FOLDERS = {"Users", "Shared", "Repos", "Workspace", "Trash"}

Distinct = AfterValidator(_distinct)
"""A list that names nothing twice."""
Cidr = Annotated[IPv4Network, BeforeValidator(_network), AfterValidator(_private)]
Guid = Annotated[
    str,
    matching(
        r"(?!0{8}-(0{4}-){3}0{12})[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        "a GUID that is not all zeros, for example 00000000-0000-0000-0000-000000000001",
    ),
    AfterValidator(str.lower),
]
NonEmpty = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

Region = Annotated[str, AfterValidator(region)]
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
CatalogName = Annotated[
    UnityName,
    # https://learn.microsoft.com/azure/databricks/catalogs/default
    _not_reserved("system", "samples", "hive_metastore", "spark_catalog", "__databricks_internal"),
]
SchemaName = Annotated[
    UnityName,
    # Each catalog comes with both: https://learn.microsoft.com/azure/databricks/schemas/
    _not_reserved("default", "information_schema"),
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
        r"[A-Za-z]([A-Za-z0-9_. -]{0,98}[A-Za-z0-9_])?",
        "an account group's display name, for example data_scientists",
    ),
    # https://learn.microsoft.com/azure/databricks/admin/users-groups/groups
    _not_reserved("admins", "users", "account users"),
]
Folder = Annotated[
    str,
    matching(r"(/[A-Za-z0-9_.-]+)+", "a workspace folder, for example /ml_experiments"),
    AfterValidator(_folder),
]
Email = Annotated[
    str,
    matching(
        r"[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*"
        r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+",
        "an e-mail address, for example ml-platform@example.com",
    ),
]
NodeType = Annotated[str, AfterValidator(size)]
