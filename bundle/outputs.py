"""What a stack puts out, as far as the bundle needs it. Pure but for reading the files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REGISTRY = ("catalog", "development", "candidate", "production", "archived")


class BundleError(Exception):
    """The bundle cannot be made; the message names what is missing and the fix."""


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """One environment, as its stack's outputs tell of it."""

    environment: str
    host: str
    catalog: str
    registry: Mapping[str, str]
    """Catalog and schemas of the model registry by what they are for."""
    job_identity: str
    """Application id of the service principal that jobs run as."""
    jobs_policy_id: str
    warehouse_id: str
    experiment_folder: str
    library_path: str
    environment_path: str
    operators: tuple[str, ...]
    """Groups that operate jobs."""
    contacts: tuple[str, ...]
    """Mail addresses that hear of failures."""


def read(target: str, path: Path) -> Outputs:
    """The outputs in a file that ``pulumi stack output --json`` wrote.

    Raises:
        BundleError: The file is not there or not JSON, or an output is missing or of another form.
    """
    try:
        found: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BundleError(
            f"--outputs {target}={path} cannot be read ({error}); write it with: "
            f"pulumi stack output --json -s {target} > {path}"
        ) from error
    if not isinstance(found, dict):
        raise BundleError(f"--outputs {target}={path} holds no object, but a stack's outputs are")
    return parse(target, cast("dict[str, Any]", found))


def parse(target: str, found: Mapping[str, Any]) -> Outputs:
    """The outputs of the stack that a target is made from.

    Raises:
        BundleError: An output is missing or of another form.
    """

    def word(name: str) -> str:
        return _need(target, found, name, str)

    def words(name: str) -> tuple[str, ...]:
        return tuple(_need(target, found, name, list))

    registry = _need(target, found, "registry", dict)
    return Outputs(
        environment=word("environment"),
        host=word("workspaceUrl"),
        catalog=word("catalog"),
        registry={key: _need(target, registry, key, str, within="registry") for key in REGISTRY},
        job_identity=word("jobIdentity"),
        jobs_policy_id=word("jobsPolicyId"),
        warehouse_id=word("warehouseId"),
        experiment_folder=word("experimentFolder"),
        library_path=word("libraryPath"),
        environment_path=word("environmentPath"),
        operators=words("operators"),
        contacts=words("contacts"),
    )


def _need(target: str, found: Mapping[str, Any], name: str, kind: type, within: str = "") -> Any:
    value = found.get(name)
    if not isinstance(value, kind) or not value:
        full = f"{within}.{name}" if within else name
        raise BundleError(
            f"stack {target} has no output {full}; deploy it to its end with this version of the "
            f"program: pulumi up -s {target}"
        )
    return value
