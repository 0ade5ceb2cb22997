"""The component reference, from the components' source: docstrings, arguments, outputs."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
INTRODUCTION = """\
# Component reference

Generated from `components/` by `make docs`.

Each component takes `(name, args, opts)`, names its children `<name>-<role>` and is usable alone.
`__main__.py` assembles them per stack.
"""


def render() -> str:
    """The whole page, as Markdown."""
    sections: list[str] = []
    for path in sorted((ROOT / "components").glob("*.py")):
        classes = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.ClassDef)]
        arguments = {c.name: c for c in classes if c.name.endswith("Args")}
        sections += [
            _section(component, arguments[f"{component.name}Args"], path)
            for component in classes
            if any(ast.unparse(base).endswith("ComponentResource") for base in component.bases)
        ]
    return "\n".join([INTRODUCTION, *sections])


def _section(component: ast.ClassDef, arguments: ast.ClassDef, path: Path) -> str:
    text = (ast.get_docstring(component) or "").replace("``", "`")
    return "\n".join(
        [
            f"## {component.name}",
            "",
            f"`{path.relative_to(ROOT)}` · {text}",
            "",
            "| argument | type | meaning |",
            "| --- | --- | --- |",
            *(_row(*field) for field in _fields(arguments)),
            "",
            "| output | type | meaning |",
            "| --- | --- | --- |",
            *(_row(*field) for field in _fields(component)),
            "",
        ]
    )


def _fields(node: ast.ClassDef) -> list[tuple[str, str, str]]:
    """Name, type and docstring of each annotated attribute."""
    fields: list[tuple[str, str, str]] = []
    for position, statement in enumerate(node.body):
        if not isinstance(statement, ast.AnnAssign):
            continue
        after = node.body[position + 1] if position + 1 < len(node.body) else None
        described = (
            after.value.value
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            else ""
        )
        fields.append(
            (ast.unparse(statement.target), ast.unparse(statement.annotation), str(described))
        )
    return fields


def _row(name: str, annotation: str, described: str) -> str:
    kind = annotation.replace("|", "\\|")
    return f"| `{name}` | `{kind}` | {' '.join(described.split()).replace('``', '`')} |"
