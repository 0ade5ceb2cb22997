"""Reads what ``pulumi preview --json`` and ``pulumi stack export`` write, with no login.

A preview masks secrets as ``[secret]`` and an export encrypts them unless asked not to; either is a
value that rules do not know. A preview that hides unchanged resources is refused: rules over the
whole stack would miss what is there.
https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/backend/display/json.go
https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/apitype/core.go
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from policies.declared import Declared
from policies.model import STACK, Options, Provider, Resource, normalise, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_MASKED: Final = '"[secret]"'
_UNKNOWN: Final = '"04da6b54-80e4-46f7-96ec-b56ff0331ba9"'
_GONE: Final = frozenset(
    {"delete", "delete-replaced", "discard", "discard-replaced", "read-discard",
     "remove-pending-replace"}
)  # fmt: skip
# All that a preview says which a mandatory violation has ended; it is complete nevertheless.
_REFUSED: Final = "preview failed"
_PROJECT: Final = "project:///"
_WRITE: Final = "pulumi preview --json --show-sames, or: pulumi stack export"
_TOO_DEEP: Final = f"is nested too deeply to be read; write it again with: {_WRITE}"


class InputError(ValueError):
    """A file that cannot be judged; the message names it, and what to do."""


@dataclass(frozen=True)
class Snapshot:
    """The resources of a stack, before or after an update.

    Attributes:
        stack: The stack's name.
        source: The file it was read from.
        kind: What wrote the file.
        resources: In the file's order.
    """

    stack: str
    source: str
    kind: Literal["preview", "state"]
    resources: Sequence[Declared] = field(default_factory=list[Declared])

    @property
    def urn(self) -> str:
        """What a finding about the stack as a whole is about."""
        urns = [item.resource.urn for item in self.resources]
        roots = [item.resource.urn for item in self.resources if item.resource.type == STACK]
        return next(iter([*roots, *urns]), "")

    def managed(self) -> list[Resource]:
        """The stack's own resources, with their ids: what it makes and does not only read."""
        return [item.with_id() for item in self.resources if not item.external]


def load(path: Path, *, may_be_empty: bool = False) -> Snapshot:
    """The snapshot in a file; see :func:`read`.

    Raises:
        InputError: The file cannot be read, or :func:`read` refuses what is in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text: {error.reason} at byte {error.start}"
        ) from error
    return read(text, str(path), may_be_empty=may_be_empty)


def read(text: str, source: str, *, may_be_empty: bool = False) -> Snapshot:
    """The snapshot in a file's text.

    Args:
        text: The text.
        source: What to call the file.
        may_be_empty: Whether a stack without resources is one to work with.

    Raises:
        InputError: It is neither a complete preview nor a state, or has no resources.
    """
    try:
        content: Any = json.loads(text.replace(_MASKED, _UNKNOWN))
    except json.JSONDecodeError as error:
        raise InputError(
            f"{source} is not one JSON document ({error}); write it with: {_WRITE}"
        ) from error
    except RecursionError:
        raise InputError(f"{source} {_TOO_DEEP}") from None
    document = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    kind = "preview" if "steps" in document else "state"
    try:
        resources = _previewed(document, source) if "steps" in document else _stored(document)
    except InputError:
        raise
    except RecursionError:
        raise InputError(f"{source} {_TOO_DEEP}") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{source} is damaged: {type(error).__name__} {error}; write it again with: {_WRITE}"
        ) from error
    if resources is None:
        raise InputError(
            f"{source} is neither what pulumi preview --json writes (it has no 'steps') nor what "
            "pulumi stack export writes (it has no 'deployment')"
        )
    if not resources and not may_be_empty:
        raise InputError(f"{source} has no resources; there is nothing to judge")
    stack = resources[0].resource.urn.split(":")[2] if resources else ""
    return Snapshot(stack, source, kind, resources)


def _stored(document: Mapping[str, Any]) -> list[Declared] | None:
    """An export's resources, or those of a checkpoint as a file backend keeps it."""
    holder = document.get("deployment", document.get("checkpoint", {}).get("latest"))
    if holder is None:
        return None
    states: list[dict[str, Any]] = holder.get("resources") or []
    return [
        _declared(state, state.get("outputs") or {}) for state in states if not state.get("delete")
    ]


def _previewed(document: Mapping[str, Any], source: str) -> list[Declared]:
    steps: list[dict[str, Any]] = document["steps"] or []
    diagnostics: list[dict[str, Any]] = document.get("diagnostics") or []
    errors = [
        item["message"].strip().removeprefix("error: ")
        for item in diagnostics
        if item.get("severity") == "error"
    ]
    if reasons := [error for error in errors if error != _REFUSED]:
        raise InputError(f"{source} is of a preview that failed: {reasons[0]}")
    hidden = document.get("changeSummary", {}).get("same", 0) - sum(
        step["op"] == "same" for step in steps
    )
    if hidden > 0:
        raise InputError(
            f"{source} leaves out {hidden} unchanged resources; write it with: pulumi preview "
            "--json --show-sames"
        )
    found: dict[str, Declared] = {}
    for step in steps:
        state: dict[str, Any] | None = step.get("newState")
        if state is not None and step["op"] not in _GONE:
            before: dict[str, Any] = step.get("oldState") or {}
            unchanged = before.get("outputs") if step["op"] == "same" else None
            outputs = state.get("outputs", unchanged)
            found[step["urn"]] = _declared(state, outputs)
    return list(found.values())


def _declared(state: Mapping[str, Any], outputs: Any) -> Declared:
    secrets: set[str] = set()
    props = plain(state.get("inputs") or {}, secrets)
    urn: str = state["urn"]
    timeouts: dict[str, float] = state.get("customTimeouts") or {}
    sources: dict[str, list[str]] = state.get("propertyDependencies") or {}
    return Declared(
        resource=Resource(
            urn=urn,
            type=normalise(state["type"]),
            name=_type_and_name(urn)[1],
            props=props,
            options=Options(
                protect=bool(state.get("protect")),
                parent=state.get("parent") or "",
                create_seconds=timeouts.get("create", 0),
            ),
            provider=_provider(state.get("provider")),
            secrets=frozenset(secrets),
        ),
        outputs=outputs,
        dependencies={key: urns for key, urns in sources.items() if urns},
        waits_for=[*(state.get("dependencies") or ()), *_provider_urn(state.get("provider"))],
        external=bool(state.get("external")),
        place=_place([state.get("sourcePosition"), *_frames(state)]),
        id=state.get("id"),
    )


def _type_and_name(urn: str) -> tuple[str, str]:
    _, _, types, name = urn.split("::", 3)
    return types.rpartition("$")[2], name


def _provider(reference: str | None) -> Provider | None:
    """The provider instance of a reference, which is its URN and its id."""
    return Provider(*_type_and_name(reference.rpartition("::")[0])) if reference else None


def _provider_urn(reference: str | None) -> list[str]:
    return [reference.rpartition("::")[0]] if reference else []


def _frames(state: Mapping[str, Any]) -> Iterable[str | None]:
    return (frame.get("sourcePosition") for frame in state.get("stackTrace") or ())


def _place(positions: Iterable[str | None]) -> tuple[str, int]:
    """The innermost position in the project's own files: ``project:///components/x.py#12``."""
    for position in positions:
        if position and position.startswith(_PROJECT):
            file, _, line = position.removeprefix(_PROJECT).partition("#")
            while file.startswith("../"):  # a project whose program lies elsewhere, by option main
                file = file.removeprefix("../")
            if "site-packages/" not in file and line.isdigit():
                return file, int(line)
    return "", 0
