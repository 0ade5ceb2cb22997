"""The only reader of Pulumi configuration: from stack files to validated settings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from settings import secrets, stack_file
from settings.errors import HIDDEN, SettingsError, describe, suggest
from settings.platform import PlatformSettings
from settings.stacks import check_stacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT = Path(__file__).parent.parent
NAMESPACE = "mlops"
ENGINE_NAMESPACE = "pulumi"
"""The engine's own keys, for example pulumi:disable-default-providers."""
_GROUPS = [field.alias or name for name, field in PlatformSettings.model_fields.items()]


def load() -> PlatformSettings:
    """The settings of the stack being deployed, checked alone and against the other stack files.

    Raises:
        pulumi.RunError: A key, a value or a combination cannot be used; every problem is listed.
            The engine shows this error's words alone, and any other with its traceback.
    """
    from pulumi import RunError, get_stack
    from pulumi.runtime import config

    try:
        settings = parse(
            f"stack {get_stack()}",
            {**config.get_config_env(), **config.CONFIG.get()},
            secret_keys=config.get_config_secret_keys_env(),
        )
        others = _stack_files(PROJECT)
        others.pop(get_stack(), None)
        check_stacks({**_loaded(others), get_stack(): settings})
    except SettingsError as error:
        raise RunError(str(error)) from error
    return settings


def load_stack_files(folder: Path = PROJECT) -> dict[str, PlatformSettings]:
    """The settings of every ``Pulumi.<stack>.yaml`` in a folder, by stack name.

    Raises:
        SettingsError: A stack file cannot be used.
    """
    return _loaded(_stack_files(folder))


def _stack_files(folder: Path) -> dict[str, Path]:
    return {path.name.split(".")[1]: path for path in sorted(folder.glob("Pulumi.*.yaml"))}


def _loaded(files: Mapping[str, Path]) -> dict[str, PlatformSettings]:
    return {name: load_stack_file(path) for name, path in files.items()}


def load_stack_file(path: Path) -> PlatformSettings:
    """The settings of one stack file.

    Raises:
        SettingsError: The stack file cannot be used.
    """
    config = stack_file.read(path)
    encrypted = [key for key, value in config.items() if secrets.is_encrypted(value)]
    return parse(path.name, config, secret_keys=encrypted)


def parse(
    origin: str, config: Mapping[str, Any], *, secret_keys: Iterable[str] = ()
) -> PlatformSettings:
    """Validate configuration as the engine or a stack file gives it.

    Args:
        origin: Where the configuration comes from, for messages.
        config: Values by full key, for example ``mlops:network``. Objects may be JSON text, as
            the engine passes them.
        secret_keys: Full keys that are encrypted. No setting is a secret, so each is refused.

    Raises:
        SettingsError: Something cannot be used.
    """
    problems: list[str] = []
    data: dict[str, Any] = {}
    encrypted = set(secret_keys)
    for key, value in config.items():
        name = key.removeprefix(f"{NAMESPACE}:")
        if key.startswith(f"{ENGINE_NAMESPACE}:"):
            continue
        if key == name or name not in _GROUPS:
            problems.append(_no_setting(key))
        elif key in encrypted:
            problems.append(
                f"{key} is encrypted or holds an encrypted value, but no setting is a secret; "
                "keep secrets in the Key Vault and write the setting in plain text"
            )
            encrypted.add(name)
        else:
            data[name] = _decoded(value)
            problems += _plain_secrets(key, data[name])
    settings: PlatformSettings | None = None
    try:
        settings = PlatformSettings.model_validate_json(json.dumps(data))
    except ValidationError as error:
        # A group that is encrypted is there, only not readable.
        problems += describe(error, NAMESPACE, data, unread=encrypted)
    if problems or settings is None:
        raise SettingsError(origin, problems)
    return settings


def _no_setting(key: str) -> str:
    """What is wrong with a key that names none of the groups."""
    namespace, _, name = key.rpartition(":")
    group = re.split(r"[.\[]", name, maxsplit=1)[0]
    if group in _GROUPS and group != name:
        return (
            f"{key} is a path written as a key; set it inside {NAMESPACE}:{group}, or with: "
            f"pulumi config set --path '{NAMESPACE}:{name}' VALUE"
        )
    if namespace == NAMESPACE:
        return f"{key} is not a setting; {suggest(name, _GROUPS)}"
    if name in _GROUPS:
        return f"{key} belongs to no setting of this project; did you mean {NAMESPACE}:{name}?"
    return (
        f"{key} has no effect: every provider is explicit and takes its login from the "
        f"environment; remove it (keys begin with {NAMESPACE}:)"
    )


def _plain_secrets(key: str, value: Any) -> list[str]:
    return [
        f"{place} = {HIDDEN} looks like a secret in plain text; revoke it, put a new one into a "
        "secret scope or the Key Vault, and write {{secrets/<scope>/<key>}} where a reference fits"
        for place in secrets.in_plain_text(key, value)
    ]


def _decoded(value: Any) -> Any:
    """Objects arrive from the engine as JSON text; the rest is left for the model to refuse."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):  # no JSON, or a number or a nesting beyond all reason
        return value
