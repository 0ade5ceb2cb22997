"""A small file in the shape of a generated module of classes, compiled, kept and read again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from runtime.statements import HEAD, Statements

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
import functools

__all__ = ["First", "Second"]

class First:
    number = 1

@functools.total_ordering
class Second:
    def __lt__(self, other):
        raise ValueError("line 11")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "outputs.py"
    file.write_text(SOURCE)
    return file


def run(statements: Statements, *names: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    for name in (HEAD, *names):
        exec(statements.code(name), namespace)  # noqa: S102 - that is what they are for
    return namespace


def changed(file: Path, old: str, new: str) -> None:
    """Change the source so that neither its time nor its size tells."""
    status = file.stat()
    file.write_text(file.read_text().replace(old, new))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_one_class_is_executed_without_the_others(file: Path) -> None:
    assert "Second" not in run(Statements(str(file)), "First")


def test_a_decorator_belongs_to_its_class_and_a_traceback_names_the_right_line(file: Path) -> None:
    second = run(Statements(str(file)), "Second")["Second"]
    with pytest.raises(ValueError, match="line 11") as error:
        sorted([second(), second()])
    assert error.traceback[-1].lineno + 1 == 11


def test_a_file_that_holds_anything_else_is_told_apart(file: Path) -> None:
    assert Statements(str(file)).are_all(["First", "Second"])
    assert not Statements(str(file)).are_all(["First"])
    file.write_text(SOURCE + "\nFirst.number = 2\n")
    assert not Statements(str(file)).are_all(["First", "Second"])


def test_what_was_compiled_is_kept_for_the_next_run(file: Path) -> None:
    statements = Statements(str(file))
    run(statements, "First")
    statements.keep()
    changed(file, "number = 1", "number = 2")
    assert run(Statements(str(file)), "First")["First"].number == 1


def test_a_source_of_another_size_or_time_is_compiled_anew(file: Path) -> None:
    statements = Statements(str(file))
    run(statements, "First")
    statements.keep()
    file.write_text(SOURCE.replace("number = 1", "number = 12"))
    assert run(Statements(str(file)), "First")["First"].number == 12


def test_damaged_leavings_are_ignored(file: Path) -> None:
    statements = Statements(str(file))
    run(statements, "First")
    statements.keep()
    (kept,) = (file.parent / "__pycache__").glob("*.classes")
    kept.write_bytes(kept.read_bytes()[:-5])
    changed(file, "number = 1", "number = 2")
    assert run(Statements(str(file)), "First")["First"].number == 2


def test_where_nothing_can_be_written_nothing_is_kept(file: Path) -> None:
    (file.parent / "__pycache__").write_text("a file where the folder should be")
    statements = Statements(str(file))
    run(statements, "First")
    statements.keep()
    assert run(Statements(str(file)), "First")["First"].number == 1
