"""Import only those parts of a generated provider SDK that the program names.

``import pulumi_databricks`` executes 380 modules and 7,400 nested classes; the program uses some
thirty resources. While :func:`install` is in force, a package of such an SDK executes none of its
``from .x import *`` lines: a name is imported from its module when it is first asked for, and a
nested class is created when it is (see :mod:`runtime.classes`). Everything else an SDK's
``__init__`` does, the registration of its resource types included, happens as written.

All of it is derived from the installed SDK's own source. A file whose shape is not the one that
Pulumi's code generator writes is imported plainly, so a new SDK version can make this slower but
not wrong.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from runtime.classes import ClassesLoader, light

if TYPE_CHECKING:
    from collections.abc import Sequence

SDKS = ("pulumi_databricks", "pulumi_azure_native")

_CLASS_MODULES = frozenset({"_inputs", "_enums", "outputs"})
_HEAD = 16 * 1024  # bytes; where a module's ``__all__`` starts and, but for huge ones, ends
_ALL = re.compile(rb"^__all__ = \[([^\]]*)\]", re.MULTILINE)


class UnexpectedLayoutError(Exception):
    """A package is not laid out as the code generator does; it has to be imported plainly."""


def install() -> None:
    """Make imports of the provider SDKs light from now on; idempotent."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds modules of the SDKs where Python would, and gives them a light loader."""

    @staticmethod
    def find_spec(
        fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in SDKS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not SourceFileLoader:
            return spec
        name = fullname.rpartition(".")[2]
        if spec.submodule_search_locations is not None:
            loader = _PackageLoader
        elif name in _CLASS_MODULES:
            loader = ClassesLoader
        elif name.startswith("_"):
            return spec
        else:
            loader = _ResourceLoader
        spec.loader = loader(fullname, spec.loader.path)
        return spec


class _ResourceLoader(SourceFileLoader):
    """Executes a module of one resource or function as it is.

    Its ``from ._inputs import *`` and ``from ._enums import *`` bring nothing: its code finds each
    class when it looks the name up.
    """

    def exec_module(self, module: ModuleType) -> None:
        with light(imports=True) as found:
            vars(module)["__builtins__"] = found
            super().exec_module(module)


class _LightPackage(ModuleType):
    """A package whose public names are imported from their modules on first use.

    Its namespace holds ``__homes__``, the module of each public name, and ``__modules__``.
    """

    def __getattr__(self, name: str) -> Any:
        homes: dict[str, str] = vars(self).get("__homes__", {})
        if name in homes:
            value = getattr(importlib.import_module(f"{self.__name__}.{homes[name]}"), name)
        elif name in vars(self).get("__modules__", ()):
            value = importlib.import_module(f"{self.__name__}.{name}")
        elif name == "__all__":
            # `from package import *` of a package without __all__ takes its public names.
            return [public for public in dir(self) if not public.startswith("_")]
        else:
            raise AttributeError(
                f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self
            )
        vars(self)[name] = value
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # Importing the module get_cluster binds it here, where after the package's own star import
        # the function get_cluster stands.
        if not (isinstance(value, ModuleType) and name in vars(self).get("__homes__", {})):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *vars(self)["__homes__"], *vars(self)["__modules__"]})


class _PackageLoader(SourceFileLoader):
    """Executes a package's ``__init__`` without its star imports."""

    def exec_module(self, module: ModuleType) -> None:
        """Make the module a light package; import it plainly if its layout is unexpected."""
        source = self.get_data(self.path)
        try:
            body, homes, modules = _split(source, Path(self.path).parent)
        except UnexpectedLayoutError:
            with light(imports=False):
                super().exec_module(module)
            return
        vars(module).update(__homes__=homes, __modules__=modules)
        module.__class__ = _LightPackage
        exec(compile(body, self.path, "exec", dont_inherit=True), vars(module))  # noqa: S102 - this is what importing is


def _split(source: bytes, folder: Path) -> tuple[ast.Module, dict[str, str], frozenset[str]]:
    """What to execute of an ``__init__``, which module defines which name, and its modules."""
    tree = ast.parse(source)
    rest: list[ast.stmt] = []
    homes: dict[str, str] = {}
    modules: set[str] = set()
    for statement in tree.body:
        match statement:
            case ast.ImportFrom(module=str(name), names=[ast.alias(name="*")], level=1):
                # A later star import rebinds a name of an earlier one.
                homes.update(dict.fromkeys(_public_names(folder / f"{name}.py"), name))
                modules.add(name)
            case ast.ImportFrom(module=None, names=[ast.alias(name="outputs", asname=None)]):
                modules.add("outputs")
            case ast.Import() | ast.ImportFrom(module=None) | ast.If() | ast.Expr():
                rest.append(statement)
            case _:
                raise UnexpectedLayoutError(ast.unparse(statement))
    return ast.Module(rest, tree.type_ignores), homes, frozenset(modules)


def _public_names(file: Path) -> list[str]:
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
        found = _ALL.search(head) or _ALL.search(head + stream.read())
    if found is None:
        raise UnexpectedLayoutError(f"{file} has no literal __all__")
    return re.findall(r"'(\w+)'", found[1].decode())
