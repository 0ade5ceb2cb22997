"""What a user reads at the end: per stack the resources, the workspace, who can do what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.events import Run

_INTERNAL = {"pulumi", "mlops"}  # the engine's own resources, and components: groups of others
_KEPT = "azure-native:keyvault:DeletedVault"
_WAITING = {"endpoint": "waitingEndpoints", "monitor": "waitingMonitors", "job": "waitingJobs"}
_OWNER_FIRST = "Another stack owns the shared estate; deploy all in order with: make up"
_ADVICE = {
    # What an error says, in lower case, and what to do about it; the first that fits counts.
    "currently locked": """\
Another run works on this stack. If none does any more (it was killed):
    make recover STACK={stack}""",
    "killed by signal": """\
Take up what it made, then go on:
    make recover STACK={stack}""",
    "pending operations": """\
A run was interrupted. Take up what it made, then go on:
    make recover STACK={stack}""",
    "unknown stack": _OWNER_FIRST,
    "deploy it first": _OWNER_FIRST,
    "is protected": "Deletion protection did its work. To delete on purpose: make down",
    "is not empty": """\
What people and jobs put into it is not the program's to delete. Remove it, then go on:
    .venv/bin/python -m sandbox list
    .venv/bin/python -m sandbox remove ID""",
    "toomanyrequests": "The cloud throttles. Wait a minute and run the same command again.",
}
_POLICY_ADVICE = (
    "Rules stopped the run: {rules}.\nChange the settings in Pulumi.{stack}.yaml. What each rule "
    "wants: docs/reference/policies.md. How to configure or exempt from one: docs/policies.md"
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
    """The resources, the workspace's address, what waits for what, and the access table."""
    lines: list[str] = []
    packages = Counter(kind.partition(":")[0] for kind in run.resources.values())
    if kinds := [f"{packages[each]} {each}" for each in sorted(packages) if each not in _INTERNAL]:
        lines.append(f"  resources   {', '.join(kinds)}")
    if url := run.outputs.get("workspaceUrl"):
        lines.append(f"  workspace   https://{str(url).removeprefix('https://')}")
    waiting = [
        f"  waiting     {kind} {each['name']} for {each['waitsFor']}"
        for kind, output in _WAITING.items()
        for each in run.outputs.get(output) or ()
    ]
    if waiting:
        lines += [
            *waiting,
            "              Once these are there, the next make up builds what waits for them.",
        ]
    rows = [
        (str(row["principal"]), str(row["securable"]), ", ".join(row["privileges"]))
        for row in run.outputs.get("accessTable") or ()
    ]
    if rows:
        lines.append("  who can do what")
        lines += [f"    {line}" for line in _table(rows)]
    return "\n".join(lines)


def _table(rows: Sequence[tuple[str, str, str]], width: int = 100) -> Iterator[str]:
    """Columns as wide as their widest cell; the last one is wrapped."""
    wide, wider = (max(len(row[column]) for row in rows) for column in (0, 1))
    margin = wide + wider + 4
    previous = ""
    for principal, securable, privileges in sorted(rows):
        shown = "" if principal == previous else principal
        previous = principal
        line = f"{shown:<{wide}}  {securable:<{wider}}  "
        for word in privileges.split(" "):
            if len(line) + len(word) > width and len(line) > margin:
                yield line.rstrip()
                line = " " * margin
            line += f"{word} "
        yield line.rstrip()


def left(kinds: Counter[str]) -> str:
    """What the clouds still hold once every stack is destroyed, by type."""
    held = [f"{count} {kind}" for kind, count in sorted(kinds.items()) if kind != _KEPT]
    kept = f"; deleted vaults that Azure keeps recoverable: {kinds[_KEPT]}" if kinds[_KEPT] else ""
    return f"Left in the clouds: {', '.join(held) or 'nothing'}{kept}"


def failure(stack: str, verb: str, run: Run) -> str:
    """What a failed run means and what to do next. The engine has shown the errors already."""
    text = "\n".join(run.errors).lower()
    if run.violations:
        rules = ", ".join(sorted(set(run.violations)))
        advice = _POLICY_ADVICE.format(rules=rules, stack=stack)
    else:
        found = (advice for sign, advice in _ADVICE.items() if sign in text)
        advice = next(found, _DEFAULT_ADVICE).format(stack=stack)
    return f"{verb} stack {stack} failed.\n{advice}"
