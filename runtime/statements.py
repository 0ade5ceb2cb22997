"""A module of classes as single class statements, each compiled once and kept for the next run.

Python keeps the bytecode of whole modules. Where one holds 7,000 classes, loading that takes longer
than to compile the few that a program uses; so these are kept instead, beside Python's own files
and on the same terms: for this interpreter, and a source of this time and size. Where nothing can
be written, each run compiles anew. PYTHONDONTWRITEBYTECODE does not count: an installed SDK is not
edited.
"""

from __future__ import annotations

import atexit
import contextlib
import marshal
import os
import re
from functools import cached_property
from importlib.util import MAGIC_NUMBER, cache_from_source
from itertools import pairwise
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = ""
"""The name under which there is what stands above the first class."""

_CLASS = re.compile(rb"\nclass (\w+)")
_STATEMENT = re.compile(rb"\n(?!class )[A-Za-z_]")


class Statements:
    """The class statements of one source file, by the names of their classes."""

    def __init__(self, path: str) -> None:
        self._path = path
        status = os.stat(path)  # noqa: PTH116 - pathlib would cost this hot path a tenth
        self._stamp = (MAGIC_NUMBER, status.st_mtime_ns, status.st_size)
        self._file = f"{cache_from_source(path)}.classes"
        self._codes = _read(self._file, self._stamp)
        self._kept = len(self._codes)
        atexit.register(self.keep)

    def code(self, name: str) -> CodeType:
        """The statement of this class, or :data:`HEAD`.

        Raises:
            KeyError: There is none.
        """
        if name not in self._codes:
            start, end, lines = self._slices[name]
            code = compile(self._text[start:end], self._path, "exec", dont_inherit=True)
            self._codes[name] = _moved(code, lines)
        return self._codes[name]

    def are_all(self, names: Iterable[str]) -> bool:
        """Whether the file holds these classes and, below its head, nothing else."""
        if self._kept:  # of any other file nothing is kept
            return True
        _, head, _ = self._slices[HEAD]
        regular = _STATEMENT.search(self._text, head) is None and (
            {HEAD, *names} == set(self._slices)
        )
        if not regular:
            atexit.unregister(self.keep)
        return regular

    def keep(self) -> None:
        """Write down what this run compiled; whoever writes last wins."""
        if len(self._codes) == self._kept:
            return
        draft = Path(f"{self._file}.{os.getpid()}")
        with contextlib.suppress(OSError):  # a read-only installation, a full disk: no loss
            draft.parent.mkdir(exist_ok=True)
            draft.write_bytes(marshal.dumps((self._stamp, self._codes)))
            draft.replace(self._file)

    @cached_property
    def _text(self) -> bytes:
        return Path(self._path).read_bytes()

    @cached_property
    def _slices(self) -> dict[str, tuple[int, int, int]]:
        """For each statement its start and end in the text, and the lines above its start."""
        text = self._text
        starts = [(HEAD, 0)]
        for found in _CLASS.finditer(text):
            start = found.start()
            while text.startswith(b"\n@", above := text.rfind(b"\n", 0, start)):
                start = above
            starts.append((found[1].decode(), start + 1))
        slices: dict[str, tuple[int, int, int]] = {}
        lines = 0
        for (name, start), (_, end) in pairwise([*starts, ("", len(text))]):
            slices[name] = (start, end, lines)
            lines += text.count(b"\n", start, end)
        return slices


def _read(file: str, stamp: tuple[Any, ...]) -> dict[str, CodeType]:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - pathlib would cost this hot path a tenth
            kept, codes = marshal.load(stream)  # noqa: S302 - it lies beside .pyc files, which are marshal too
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return codes if kept == stamp else {}


def _moved(code: CodeType, lines: int) -> CodeType:
    """The code as if it stood that many lines further down, for tracebacks and inspect."""
    return code.replace(
        co_firstlineno=code.co_firstlineno + lines,
        co_consts=tuple(
            _moved(const, lines) if isinstance(const, CodeType) else const
            for const in code.co_consts
        ),
    )
