"""Resources from files: what a preview plans, or what a state file holds, with no login.

``pulumi preview --json --show-sames``, ``pulumi stack export`` and a backend's own checkpoint are
read into the same :class:`~policies.model.Resource` that rules get from the engine, in the file's
order. A value that the file hides, an encrypted or blinded secret, is UNKNOWN.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

from policies.model import (
    SECRET_SIGNATURE,
    SIGNATURE,
    UNKNOWN_MARKERS,
    Options,
    Provider,
    Resource,
    normalise,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# What the CLI prints in place of a secret:
# https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/backend/display/json.go (massageSecrets)
_BLINDED: Final = "[secret]"
# What the CLI adds to every failure; alone it means that a policy rule was broken, and then
# nothing is missing.
_FAILED: Final = "error: preview failed"
_UNKNOWN_MARKER: Final = min(UNKNOWN_MARKERS)
# After these a resource is gone, or was never the stack's own.
_NOT_OURS: Final = frozenset({"delete", "delete-replaced", "discard-replaced", "discard", "read"})


class SourceError(ValueError):
    """The file is no preview or state, or leaves out resources; the message says what to run."""


def read(path: Path) -> list[Resource]:
    """The resources of a preview or state file, whichever it is.

    Raises:
        SourceError: See :func:`read_preview` and :func:`read_state`.
    """
    document = _load(path)
    return _preview(document, path) if "steps" in document else _state(document, path)


def read_preview(path: Path) -> list[Resource]:
    """The resources that there will be once the previewed update has run.

    Raises:
        SourceError: The file cannot be read, is no preview, is of one that failed for another
            reason than a policy rule, or was made without ``--show-sames``, so that it has
            nothing of what does not change.
    """
    return _preview(_load(path), path)


def read_state(path: Path) -> list[Resource]:
    """The resources of ``pulumi stack export`` or of a checkpoint in a file backend.

    Raises:
        SourceError: The file cannot be read or is no state.
    """
    return _state(_load(path), path)


def _load(path: Path) -> dict[str, Any]:
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SourceError(
            f"{path} is not valid JSON ({error}); make it with `pulumi preview --json "
            "--show-sames` or `pulumi stack export`"
        ) from error
    if not isinstance(document, dict):
        raise _neither(path)
    return cast("dict[str, Any]", document)


def _neither(path: Path) -> SourceError:
    return SourceError(
        f"{path} is neither a preview nor a state; make it with `pulumi preview --json "
        "--show-sames` or `pulumi stack export`"
    )


def _preview(document: dict[str, Any], path: Path) -> list[Resource]:
    steps = document.get("steps")
    if not isinstance(steps, list):
        raise _neither(path)
    declared: dict[str, dict[str, Any]] = {}
    unchanged = 0
    for step in cast("list[dict[str, Any]]", steps):
        state = step.get("newState")
        unchanged += step.get("op") == "same"
        if state is not None and step.get("op") not in _NOT_OURS:
            # A replacement has several steps for one resource; the last has its final inputs.
            declared[state["urn"]] = state
    failure = next(_errors(document), None)
    if failure is not None:
        raise SourceError(f"{path} is of a preview that failed, so it is not whole: {failure}")
    summary = cast("dict[str, int]", document.get("changeSummary") or {})
    left_out = summary.get("same", 0) - unchanged
    if left_out > 0:
        raise SourceError(
            f"{path} leaves out {left_out} unchanged resources; make the preview with "
            "`pulumi preview --json --show-sames`"
        )
    return list(_resources(declared.values()))


def _errors(document: dict[str, Any]) -> Iterator[str]:
    for diagnostic in cast("list[dict[str, Any]]", document.get("diagnostics") or []):
        message = str(diagnostic.get("message", "")).strip()
        if diagnostic.get("severity") == "error" and message != _FAILED:
            yield message


def _state(document: dict[str, Any], path: Path) -> list[Resource]:
    checkpoint = document.get("checkpoint")
    latest: Any = (
        cast("dict[str, Any]", checkpoint).get("latest")
        if isinstance(checkpoint, dict)
        else document.get("deployment")
    )
    if not isinstance(latest, dict):
        raise _neither(path)
    # An empty stack's state has no list at all.
    held = cast("list[dict[str, Any]]", cast("dict[str, Any]", latest).get("resources") or [])
    # "delete" marks what a replacement has still to remove.
    return list(_resources(state for state in held if not state.get("delete")))


def _resources(states: Any) -> Iterator[Resource]:
    for state in cast("Iterator[dict[str, Any]]", states):
        if state.get("external"):
            continue
        secrets: set[str] = set()
        urn = str(state["urn"])
        yield Resource(
            urn=urn,
            type=normalise(state["type"]),
            name=urn.rpartition("::")[2],
            props=_values(state.get("inputs"), secrets),
            options=Options(
                protect=state.get("protect") is True, parent=str(state.get("parent") or "")
            ),
            provider=_provider(state.get("provider")),
            dependencies=state.get("propertyDependencies") or {},
            outputs=_values({"id": state.get("id"), **(state.get("outputs") or {})}, secrets),
            secrets=frozenset(secrets),
        )


def _values(values: Mapping[str, Any] | None, secrets: set[str]) -> dict[str, Any]:
    return cast("dict[str, Any]", plain(_opened(values or {}), secrets))


def _opened(value: Any) -> Any:
    """Secrets in the engine's form: with their value, or as unknown where the file hides it."""
    if isinstance(value, str):
        return _UNKNOWN_MARKER if value == _BLINDED else value
    if isinstance(value, list):
        return [_opened(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        if mapping.get(SIGNATURE) == SECRET_SIGNATURE and "value" not in mapping:
            if "plaintext" not in mapping:
                return _UNKNOWN_MARKER
            # `pulumi stack export --show-secrets` has JSON in a string there.
            return {**mapping, "value": _opened(json.loads(mapping["plaintext"]))}
        return {key: _opened(item) for key, item in mapping.items()}
    return value


def _provider(reference: str | None) -> Provider | None:
    """``<urn>::<id>`` as the provider's type and name."""
    if not reference:
        return None
    urn = reference.rpartition("::")[0]
    *_, token, name = urn.split("::")
    return Provider(token.rpartition("$")[2], name)
