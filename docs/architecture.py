"""The architecture picture, from what the program declares: components, contents, data flow.

Its input is the JSON of a preview, so it shows what the engine was told and nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN_PER_COMPONENT = 6
"""Resource types listed in a box; the rest are counted."""
PROVIDER = "pulumi:providers:"


def render(preview: Mapping[str, Any]) -> str:
    """A Mermaid flowchart of one stack, from the JSON of its preview."""
    states = [step["newState"] for step in preview["steps"] if "newState" in step]
    resources = {state["urn"]: state for state in states}
    home = {urn: _component(urn, resources) for urn in resources}
    contents: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for urn, state in resources.items():
        component = home[urn]
        if component and urn != component and not state["type"].startswith(PROVIDER):
            contents[component][_short(state["type"])] += 1
    lines = ["flowchart TB"]
    for component, types in sorted(contents.items()):
        lines.append(f'  {_id(component)}["{_box(component, resources, types)}"]')
    lines += [f"  {_id(a)} --> {_id(b)}" for a, b in sorted(_flows(resources, home))]
    return "\n".join(lines) + "\n"


def _component(urn: str, resources: Mapping[str, Any]) -> str:
    """The outermost component around a resource; a resource of the root stands for itself."""
    parent = resources[urn].get("parent", "")
    if parent not in resources or resources[parent]["type"] == "pulumi:pulumi:Stack":
        return urn if resources[urn]["type"] != "pulumi:pulumi:Stack" else ""
    return _component(parent, resources)


def _flows(resources: Mapping[str, Any], home: Mapping[str, str]) -> set[tuple[str, str]]:
    """From the component whose output is used to the component that uses it."""
    flows: set[tuple[str, str]] = set()
    for urn, state in resources.items():
        properties: dict[str, list[str] | None] = state.get("propertyDependencies") or {}
        used = (dependency for found in properties.values() for dependency in found or ())
        for dependency in used:
            source, target = home.get(dependency, ""), home[urn]
            named = source and target and source != target
            if named and all(resources[u]["type"].startswith("mlops:") for u in (source, target)):
                flows.add((source, target))
    return flows


def _box(component: str, resources: Mapping[str, Any], types: Counter[str]) -> str:
    kind = resources[component]["type"].rsplit(":", 1)[-1]
    # The engine registers in the order in which inputs become known: alike counts go by name.
    shown = sorted(types.items(), key=lambda item: (-item[1], item[0]))[:SHOWN_PER_COMPONENT]
    listed = [f"{count} x {name}" if count > 1 else name for name, count in shown]
    rest = sum(types.values()) - sum(count for _, count in shown)
    more = [f"and {rest} more"] if rest else []
    name = component.rsplit("::", 1)[-1]
    return "<br/>".join([f"<b>{kind}</b> {name}", *listed, *more])


def _short(token: str) -> str:
    return token.rsplit(":", 1)[-1]


def _id(urn: str) -> str:
    return urn.rsplit("::", 1)[-1].replace("-", "_")
