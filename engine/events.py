"""What a run of the engine did, read from its event log.

The log is a line of JSON per event, the types of
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/events.go, written by
``--event-log`` as the Automation API does; text on the screen is for people and changes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_STACK = "pulumi:pulumi:Stack"
_CREATED = {"create", "import"}
_CHANGED = {"update", "replace"}  # a replacement's own create and delete are not counted again
_DELETED = {"delete"}
_NOT_KEPT = {"delete", "read", "discard"}


@dataclass
class Run:
    """The result of one run on one stack.

    Attributes:
        changes: Resources by operation, in the engine's words; empty when the run did not finish.
        resources: The type of each resource the stack has after the run, by URN.
        outputs: The stack's outputs; those unknown in a preview are missing.
        errors: The engine's error messages, without colour.
        violations: Policies that stopped the run.
    """

    changes: dict[str, int] = field(default_factory=dict[str, int])
    resources: dict[str, str] = field(default_factory=dict[str, str])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    errors: list[str] = field(default_factory=list[str])
    violations: list[str] = field(default_factory=list[str])

    @property
    def created(self) -> int:
        """Resources made by the run."""
        return sum(self.changes.get(each, 0) for each in _CREATED)

    @property
    def changed(self) -> int:
        """Resources updated or replaced."""
        return sum(self.changes.get(each, 0) for each in _CHANGED)

    @property
    def deleted(self) -> int:
        """Resources deleted for good."""
        return sum(self.changes.get(each, 0) for each in _DELETED)

    @property
    def unchanged(self) -> int:
        """Resources left as they were."""
        return self.changes.get("same", 0)


def read(log: Path) -> Run:
    """Read an event log; one that a killed engine left half-written is read as far as it goes."""
    run = Run()
    if not log.is_file():
        return run
    for line in log.read_text().splitlines():
        try:
            event: dict[str, Any] = json.loads(line)
        except ValueError:
            break
        if summary := event.get("summaryEvent"):
            run.changes = dict(summary.get("resourceChanges") or {})
        elif step := event.get("resOutputsEvent") or event.get("resourcePreEvent"):
            _step(run, step["metadata"], done="resOutputsEvent" in event)
        elif (diagnostic := event.get("diagnosticEvent")) and diagnostic["severity"] == "error":
            run.errors.append(_plain(diagnostic["message"]))
        elif (policy := event.get("policyEvent")) and policy["enforcementLevel"] == "mandatory":
            run.violations.append(policy["policyName"])
    return run


def _step(run: Run, metadata: dict[str, Any], *, done: bool) -> None:
    kind: str = metadata["type"]
    if kind == _STACK and done and (new := metadata.get("new")):
        run.outputs = dict(new.get("outputs") or {})
    if metadata["op"] not in _NOT_KEPT:
        run.resources[metadata["urn"]] = kind


def _plain(message: str) -> str:
    """A message without the engine's colour marks, ``<{%fg 1%}>``."""
    return re.sub(r"<\{%.*?%\}>", "", message).strip()
