"""What a user reads at the end: per stack the resources, the workspace, who can do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.events import Run

_ADVICE = (
    # what an error says, lower case → what to do about it; the first that fits
    ("currently locked", "Another run works on this stack. If none does any more (it was killed):\n"
     "    ./engine/sandboxed pulumi cancel -s {stack}"),
    ("pending operations", "A run was interrupted. See what the cloud has, then go on:\n"
     "    ./engine/sandboxed pulumi refresh -s {stack} --yes --clear-pending-creates"),
    ("is protected", "Deletion protection did its work. To delete on purpose: make down"),
    ("unable to find stack", "Deploy the stack that owns the shared estate first: make up"),
    ("invalid configuration", "Correct Pulumi.{stack}.yaml as the error says."),
)  # fmt: skip
_POLICY_ADVICE = (
    "Rules stopped the run: {rules}.\nChange the settings in Pulumi.{stack}.yaml. What each rule "
    "wants: docs/reference/policies.md"
)
_DEFAULT_ADVICE = (
    "Correct what the error names, then run the same command again: what exists already is kept "
    "and not made twice."
)


def result(stack: str, run: Run, seconds: float) -> str:
    """One line: what happened to a stack."""
    if not (run.created or run.changed or run.deleted):
        what = f"no change, {run.unchanged} unchanged"
    else:
        counts = (
            (run.created, "created"), (run.changed, "changed"),
            (run.deleted, "deleted"), (run.unchanged, "unchanged"),
        )  # fmt: skip
        what = ", ".join(f"{count} {name}" for count, name in counts if count)
    return f"{stack}: {what} ({seconds:.0f} s)"


def details(run: Run) -> str:
    """The resources, the workspace's address, the waiting endpoints and the access table."""
    lines: list[str] = []
    if run.types:
        kinds = ", ".join(f"{count} {package}" for package, count in sorted(run.types.items()))
        lines.append(f"  resources   {sum(run.types.values())}: {kinds}")
    if url := run.outputs.get("workspaceUrl"):
        lines.append(f"  workspace   https://{str(url).removeprefix('https://')}")
    for endpoint in run.outputs.get("waitingEndpoints") or ():
        lines.append(f"  waiting     endpoint {_waiting(endpoint)}")
    rows = [
        (str(row["principal"]), str(row["securable"]), ", ".join(row["privileges"]))
        for row in run.outputs.get("accessTable") or ()
    ]
    if rows:
        lines.append("  who can do what")
        lines += [f"    {line}" for line in _table(rows)]
    return "\n".join(lines)


def _waiting(endpoint: Any) -> str:
    if isinstance(endpoint, dict):
        return f"{endpoint.get('name')}: waits for {endpoint.get('waitsFor')}"
    return str(endpoint)


def _table(rows: Sequence[Sequence[str]], width: int = 100) -> Iterable[str]:
    """Columns as wide as their widest cell; the last one is wrapped."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    indent = sum(widths) + 2 * len(widths)
    previous = ""
    for row in sorted(rows):
        cells = ["" if row[0] == previous else row[0], *row[1:]]
        previous = row[0]
        line = "".join(f"{cell:<{size}}  " for cell, size in zip(cells, widths, strict=False))
        for word in row[-1].split(" "):
            if len(line) + len(word) > width and len(line) > indent:
                yield line.rstrip()
                line = " " * indent
            line += f"{word} "
        yield line.rstrip()


def failure(stack: str, verb: str, run: Run) -> str:
    """What a failed run means and what to do next. The engine has shown the errors already."""
    text = "\n".join(run.errors).lower()
    if run.violations:
        rules = ", ".join(sorted(set(run.violations)))
        advice = _POLICY_ADVICE.format(rules=rules, stack=stack)
    else:
        found = (advice for sign, advice in _ADVICE if sign in text)
        advice = next(found, _DEFAULT_ADVICE).format(stack=stack)
    return f"{verb} of stack {stack} failed.\n{advice}"
