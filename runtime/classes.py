"""Create a nested class of a generated SDK when it is first asked for.

The modules ``_inputs``, ``outputs`` and ``_enums`` of an SDK hold thousands of classes, each an
independent statement that names others only in string annotations. So a module's source is cut at
its class statements, and one is executed, in the module's own namespace, when its name is.
"""

from __future__ import annotations

import re
import sys
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.machinery import SourceFileLoader
from itertools import pairwise
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator
    from collections.abc import Set as AbstractSet

_CLASS = re.compile(rb"\nclass (\w+)")
_STATEMENT = re.compile(rb"\n(?!class )[A-Za-z_]")
_STAR_IMPORT = re.compile(rb"^from \.(\w+) import \*$", re.MULTILINE)
# outputs.X is looked up on the module, which creates it then; a bare X must stand beside its user.
_MENTION = re.compile(rb"(?<!outputs\.)\b[A-Z]\w+")
# XArgsDict is XArgs as a TypedDict, for type checkers: nothing reads it while a program runs, and
# creating these would double the cost.
_DICT = "ArgsDict"

_WANTED: ContextVar[AbstractSet[str] | None] = ContextVar("wanted", default=None)
_LOCK = threading.RLock()  # two threads must not create the same class twice


@contextmanager
def wanted(names: AbstractSet[str] | None) -> Generator[None]:
    """Let star imports from modules of classes bring these names only; ``None`` means all."""
    token = _WANTED.set(names)
    try:
        yield
    finally:
        _WANTED.reset(token)


def mentions(source: bytes, *, dicts: bool = False) -> set[str]:
    """The names in a piece of source that may be classes, with or without the ``ArgsDict`` ones."""
    names = {name.decode() for name in set(_MENTION.findall(source))}
    return names if dicts else {name for name in names if not name.endswith(_DICT)}


class _Classes(ModuleType):
    """A module whose classes are created on first use."""

    def __getattr__(self, name: str) -> Any:
        source: _Source = vars(self)["__source__"]
        with _LOCK:
            found = source.create(name, self)
        if not found:
            raise AttributeError(
                f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self
            )
        return vars(self)[name]

    @property
    def __all__(self) -> list[str]:
        names: list[str] = vars(self)["__all__"]
        only = _WANTED.get()
        return names if only is None else [name for name in names if name in only]

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *vars(self)["__all__"]})


class _Source:
    """The source of a module of classes, cut into its head and its class statements.

    Attributes:
        head: What stands above the first class.
        regular: Whether below the head there is nothing but classes.
        slices: For each class its start and end in the text, and the lines above its start.
        neighbours: The modules of classes that the head imports everything from.
    """

    def __init__(self, text: bytes, path: str) -> None:
        self.text = text
        self.path = path
        self.neighbours: list[ModuleType] = []
        self.slices: dict[str, tuple[int, int, int]] = {}
        starts: list[tuple[str, int]] = []
        for found in _CLASS.finditer(text):
            start = found.start()
            while text.startswith(b"\n@", above := text.rfind(b"\n", 0, start)):
                start = above
            starts.append((found[1].decode(), start + 1))
        self.head = text[: starts[0][1]] if starts else text
        self.regular = _STATEMENT.search(text, len(self.head)) is None
        position = lines = 0
        for (name, start), (_, end) in pairwise([*starts, ("", len(text))]):
            lines += text.count(b"\n", position, start)
            position = start
            self.slices[name] = (start, end, lines)

    def create(self, name: str, module: ModuleType) -> bool:
        """Execute the class statement of this name, and of those it mentions, in the module."""
        namespace = vars(module)
        if name in namespace:
            return True
        if name in self.slices:
            start, end, lines = self.slices[name]
            code = compile(self.text[start:end], self.path, "exec", dont_inherit=True)
            exec(_moved(code, lines), namespace)  # noqa: S102 - this is what importing is
            for mentioned in mentions(self.text[start:end], dicts=name.endswith(_DICT)):
                self.create(mentioned, module)
            return True
        for neighbour in self.neighbours:
            if name in vars(neighbour).get("__all__", ()):
                namespace[name] = getattr(neighbour, name)
                return True
        return False


def _moved(code: CodeType, lines: int) -> CodeType:
    """The code as if it stood that many lines further down, for tracebacks and inspect."""
    return code.replace(
        co_firstlineno=code.co_firstlineno + lines,
        co_consts=tuple(
            _moved(const, lines) if isinstance(const, CodeType) else const
            for const in code.co_consts
        ),
    )


class ClassesLoader(SourceFileLoader):
    """Executes the head of a module of classes; its classes follow on first use."""

    def exec_module(self, module: ModuleType) -> None:
        """Import the module plainly if it holds anything but the classes of its ``__all__``."""
        source = _Source(self.get_data(self.path), self.path)
        namespace = vars(module)
        with wanted(frozenset()):
            exec(compile(source.head, self.path, "exec", dont_inherit=True), namespace)  # noqa: S102 - this is what importing is
        if not source.regular or set(namespace.get("__all__", ())) != set(source.slices):
            with wanted(None):
                super().exec_module(module)
            return
        package = module.__name__.rpartition(".")[0]
        for star in _STAR_IMPORT.findall(source.head):
            source.neighbours.append(sys.modules[f"{package}.{star.decode()}"])
        namespace["__source__"] = source
        module.__class__ = _Classes
