"""A test's stack as the files that the CLI writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policies.harness import on_the_wire, urn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.policies.harness import Item


def _resource(item: Item, providers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "urn": urn(item.type, item.name),
        "custom": True,
        "id": item.name,
        "type": item.type,
        "inputs": on_the_wire(item.props),
        "outputs": on_the_wire({**item.props, **item.outputs}),
        "protect": item.protect,
        "provider": providers[item.type.split(":")[0]],
    }


def state(items: Iterable[Item]) -> dict[str, Any]:
    """A deployment as ``pulumi stack export`` writes it."""
    providers: dict[str, str] = {}
    declared: list[dict[str, Any]] = []
    for package in ("azure-native", "databricks"):
        token = f"pulumi:providers:{package}"
        providers[package] = f"{urn(token, 'explicit')}::an-id"
        declared.append(
            {"urn": urn(token, "explicit"), "custom": True, "id": "an-id", "type": token}
        )
    resources = declared + [_resource(item, providers) for item in items]
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    return {"version": 3, "deployment": {"manifest": manifest, "resources": resources}}


def preview(items: Iterable[Item], *, op: str = "create", shown: bool = True) -> dict[str, Any]:
    """What ``pulumi preview --json`` writes; unchanged resources may be left out."""
    states = state(items)["deployment"]["resources"]
    for each in states:
        del each["id"]
        each.pop("outputs", None)
    steps = [{"op": op, "urn": each["urn"], "newState": each} for each in states]
    return {"steps": steps if shown else steps[:1], "changeSummary": {op: len(steps)}}
