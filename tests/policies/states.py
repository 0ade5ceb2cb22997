"""A test's stack as the files that the CLI writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policies.harness import Item, on_the_wire, urn

if TYPE_CHECKING:
    from collections.abc import Iterable


def _provider_type(item: Item) -> str:
    return f"pulumi:providers:{item.type.split(':')[0]}"


def _provider_urn(item: Item) -> str:
    return urn(_provider_type(item), item.provider)


def _resource(item: Item) -> dict[str, Any]:
    declared = {
        "urn": urn(item.type, item.name),
        "custom": True,
        "id": "an-id" if item.type.startswith("pulumi:") else item.name,
        "type": item.type,
        "inputs": on_the_wire(item.props),
        "outputs": on_the_wire({**item.props, **item.outputs}),
        "protect": item.protect,
        "dependencies": list(item.after),
        "customTimeouts": {"create": item.create_seconds},
    }
    return declared | ({"provider": f"{_provider_urn(item)}::an-id"} if item.provider else {})


def _in_order(items: Iterable[Item]) -> list[Item]:
    """Each resource after its provider and what it depends on, as the engine writes them."""
    waiting = {urn(item.type, item.name): item for item in items}
    for item in list(waiting.values()):
        if item.provider:
            missing = Item(_provider_type(item), item.provider, {}, provider="")
            waiting.setdefault(_provider_urn(item), missing)
    done: dict[str, Item] = {}
    while len(done) < len(waiting):
        before = len(done)
        for key, item in waiting.items():
            needs = {*item.after, *([_provider_urn(item)] if item.provider else [])}
            if key not in done and needs & waiting.keys() <= done.keys():
                done[key] = item
        assert len(done) > before, f"a circle among {sorted(waiting.keys() - done.keys())}"
    return list(done.values())


def state(items: Iterable[Item]) -> dict[str, Any]:
    """A deployment as ``pulumi stack export`` writes it."""
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    resources = [_resource(item) for item in _in_order(items)]
    return {"version": 3, "deployment": {"manifest": manifest, "resources": resources}}


def preview(items: Iterable[Item], *, op: str = "create", shown: bool = True) -> dict[str, Any]:
    """What ``pulumi preview --json`` writes; unchanged resources may be left out."""
    states = state(items)["deployment"]["resources"]
    for each in states:
        del each["id"]
        each.pop("outputs", None)
    steps = [{"op": op, "urn": each["urn"], "newState": each} for each in states]
    return {"steps": steps if shown else steps[:1], "changeSummary": {op: len(steps)}}
