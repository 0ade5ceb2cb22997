"""Three of the Pulumi SDK's own habits that take most of a program's time, done otherwise.

Each is a change of how, not of what: plans are identical with and without (a test compares them).
They reach into the SDK's internals, so they apply to the one version they were read and measured
with; any other version runs as it comes. Reasons, numbers and what is given up:
docs/adr/0005-runtime-reaches-into-the-sdks.md.
"""

from __future__ import annotations

import asyncio
import importlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterable
    from types import ModuleType

    from pulumi import Output

SDK_VERSION = "3.272.0"


def apply(sdk_version: str | None = None) -> bool:
    """Patch the Pulumi SDK in this process; idempotent.

    Args:
        sdk_version: The version to judge by; by default the installed one.

    Returns:
        Whether the patches are in force: False for any other version than :data:`SDK_VERSION`.
    """
    if (sdk_version or version("pulumi")) != SDK_VERSION:
        return False
    for target, attribute, replace in _PATCHES:
        namespace = vars(importlib.import_module(target))
        if not isinstance(namespace[attribute], (_DeferredAlias, _Overlay)):
            namespace[attribute] = replace(namespace[attribute])
    return True


class _DeferredAlias:
    """An alias as a URN, computed when somebody awaits it.

    An azure-native resource brings 9 to 60 aliases, one per API version it ever had, and the SDK
    computes the URN of each through a dozen tasks. Only an engine older than alias
    specifications (3.50) reads them:
    https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/python/lib/pulumi/runtime/resource.py
    """

    def __init__(self, collapse: Callable[..., Output[str]], *arguments: Any) -> None:
        self._collapse = collapse
        self._arguments = arguments

    def __call__(self, *arguments: Any) -> Awaitable[str | None]:
        return _DeferredAlias(self._collapse, *arguments)

    def __await__(self) -> Generator[Any, None, str | None]:
        return self._collapse(*self._arguments).future().__await__()


class _Overlay:
    """A module as one of the SDK's modules sees it: itself, but for some functions."""

    def __init__(self, module: ModuleType, **replaced: Any) -> None:
        self._module = module
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def _say_nothing(*_: Any, **__: Any) -> None:
    """Drop the SDK's own debug messages; the program's ``pulumi.log.debug`` is not concerned.

    Each of the four per resource blocks the event loop for a round trip to the engine, which drops
    it unless it runs with ``--debug``.
    """


async def _wait_for_all(
    tasks: Iterable[asyncio.Future[Any]], *, return_when: str
) -> tuple[set[asyncio.Future[Any]], set[asyncio.Future[Any]]]:
    """Wait for all outputs, or the first that fails.

    The SDK waits for the first that completes, looks at it and waits again for the rest until none
    is left: quadratic in the number of outputs that are pending when the program's code has run.
    """
    del return_when
    return await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)


_PATCHES: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("pulumi.resource", "collapse_alias_to_urn", _DeferredAlias),
    ("pulumi.runtime.stack", "asyncio", lambda module: _Overlay(module, wait=_wait_for_all)),
    *(
        (f"pulumi.runtime.{name}", "log", lambda module: _Overlay(module, debug=_say_nothing))
        for name in ("invoke", "resource", "rpc", "rpc_manager", "stack")
    ),
]
