"""Create a nested class of a generated SDK when it is first asked for.

The modules ``_inputs``, ``outputs`` and ``_enums`` of an SDK hold thousands of classes, each an
independent statement that names others only in string annotations. So a module's source is cut at
its class statements, and one is executed, in the module's own namespace, when its name is looked
up: as an attribute of the module, or bare, where the module or a star import would have brought it.
Python looks for a bare name in a function's globals, then in its builtins, for which any mapping
will do: :class:`Builtins` knows the classes too.
"""

from __future__ import annotations

import builtins
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from runtime.statements import HEAD, Statements

if TYPE_CHECKING:
    from collections.abc import Generator

_STARRED: ContextVar[list[Classes] | None] = ContextVar("starred", default=None)
_LOCK = threading.RLock()  # two threads must not create the same class twice


@contextmanager
def light(*, imports: bool) -> Generator[Builtins]:
    """Let star imports from modules of classes bring nothing, or all of it as they always do.

    Yields:
        Builtins that know, in place of what was not brought, its names.
    """
    found = Builtins()
    token = _STARRED.set(found.homes if imports else None)
    try:
        yield found
    finally:
        _STARRED.reset(token)


class Builtins(dict[str, Any]):
    """Python's own builtins, and the classes of some modules.

    Attributes:
        homes: The modules; of two classes of one name the later module's counts.
    """

    def __init__(self) -> None:
        super().__init__(vars(builtins))
        self.homes: list[Classes] = []

    def __missing__(self, name: str) -> Any:
        for home in reversed(self.homes):
            if name in vars(home)["__classes__"]:
                return getattr(home, name)
        raise KeyError(name)


class Classes(ModuleType):
    """A module whose classes are created on first use.

    Its namespace holds ``__classes__``, their names, and ``__statements__``.
    """

    def __getattr__(self, name: str) -> Any:
        namespace = vars(self)
        if name not in namespace["__classes__"]:
            try:
                return namespace["__builtins__"].__missing__(name)
            except KeyError:
                raise AttributeError(
                    f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self
                ) from None
        with _LOCK:
            if name not in namespace:
                exec(namespace["__statements__"].code(name), namespace)  # noqa: S102 - this is what importing is
        return namespace[name]

    @property
    def __all__(self) -> list[str]:
        starred = _STARRED.get()
        if starred is None:
            return vars(self)["__all__"]
        starred.append(self)
        return []

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *vars(self)["__all__"]})


class ClassesLoader(SourceFileLoader):
    """Executes the head of a module of classes; its classes follow on first use."""

    def exec_module(self, module: ModuleType) -> None:
        """Import the module plainly if it holds anything but the classes of its ``__all__``."""
        statements = Statements(self.path)
        namespace = vars(module)
        with light(imports=True) as found:
            exec(statements.code(HEAD), namespace)  # noqa: S102 - this is what importing is
        names = frozenset(namespace.get("__all__", ()))
        if not statements.are_all(names):
            with light(imports=False):
                super().exec_module(module)
            return
        module.__class__ = Classes
        found.homes.append(cast("Classes", module))
        namespace.update(__classes__=names, __statements__=statements, __builtins__=found)
