"""The only reader of Pulumi configuration: from stack files to validated settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml
from pydantic import ValidationError

from settings.errors import SettingsError, describe, suggest
from settings.platform import PlatformSettings
from settings.stacks import check_stacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT = Path(__file__).parent.parent
NAMESPACE = "mlops"
ENGINE_NAMESPACE = "pulumi"
"""The engine's own keys, for example pulumi:disable-default-providers."""


def load() -> PlatformSettings:
    """The settings of the stack being deployed, checked alone and against the other stack files.

    Raises:
        SettingsError: A key, a value or a combination cannot be used; every problem is listed.
    """
    from pulumi import get_stack
    from pulumi.runtime import config

    settings = parse(
        f"stack {get_stack()}",
        {**config.get_config_env(), **config.CONFIG.get()},
        secret_keys=config.get_config_secret_keys_env(),
    )
    others = _stack_files(PROJECT)
    others.pop(get_stack(), None)
    check_stacks({**_loaded(others), get_stack(): settings})
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
    content: Any = yaml.load(path.read_text(), Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    stack = cast("dict[str, Any]", content or {})
    config = cast("dict[str, Any]", stack.get("config") or {})
    secret = [
        key
        for key, value in config.items()
        if isinstance(value, dict) and "secure" in cast("dict[str, Any]", value)
    ]
    return parse(path.name, config, secret_keys=secret)


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
    known = [field.alias or name for name, field in PlatformSettings.model_fields.items()]
    secrets = set(secret_keys)
    for key, value in config.items():
        namespace, _, name = key.partition(":")
        if namespace == ENGINE_NAMESPACE:
            continue
        if namespace != NAMESPACE:
            problems.append(
                f"{key} has no effect: every provider is explicit and takes its login from the "
                f"environment; remove it (keys begin with {NAMESPACE}:)"
            )
        elif key in secrets:
            problems.append(
                f"{key} is encrypted, but no setting is a secret; "
                "keep secrets in the Key Vault and remove it"
            )
        elif name not in known:
            problems.append(f"{key} is not a setting; {suggest(name, known)}")
        else:
            data[name] = _decoded(value)
    settings: PlatformSettings | None = None
    try:
        settings = PlatformSettings.model_validate_json(json.dumps(data))
    except ValidationError as error:
        problems += describe(error, NAMESPACE, data)
    if problems or settings is None:
        raise SettingsError(origin, problems)
    return settings


def _decoded(value: Any) -> Any:
    """Objects arrive from the engine as JSON text; the rest is left for the model to refuse."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


class _UniqueKeys(yaml.CSafeLoader):
    """A loader that refuses a repeated key, which YAML would resolve silently to the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - yaml's signature
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key: Any = self.construct_object(key_node, deep=True)  # pyright: ignore[reportUnknownMemberType] - yaml is partly typed
            if key in seen:
                mark = key_node.start_mark
                raise SettingsError(
                    mark.name, [f"{key} stands twice (line {mark.line + 1}); remove one of them"]
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)
