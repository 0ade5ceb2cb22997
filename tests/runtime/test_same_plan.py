"""What starts fast plans exactly what starts slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.projects import workbench
from engine import paths
from runtime import patches

if TYPE_CHECKING:
    from benchmarks.projects import Project

# The platform with start() turned off, or with the SDK in a version nobody has looked into.
PLAIN = f"""
import runpy, sys
sys.path.insert(0, {str(paths.ROOT)!r})
import runtime
runtime.start = lambda: None
runpy.run_path({str(paths.ROOT / "__main__.py")!r}, run_name="__main__")
"""
OTHER_SDK = PLAIN.replace(
    "runtime.start = lambda: None",
    "from runtime import patches; patches.SDK_VERSION = '0.0.0'",
)


def steps(project: Project) -> list[dict[str, Any]]:
    """Every step of a plan, without when and from which line; sets have an order."""
    planned = project.plan()["steps"]
    for step in planned:
        state = step["newState"]
        for origin in ("created", "modified", "sourcePosition", "stackTrace"):
            state.pop(origin, None)
        by_property: dict[str, list[str]] = state.get("propertyDependencies", {})
        sets: list[list[str]] = [state.get("dependencies", []), *by_property.values()]
        for names in sets:
            names.sort()
    return sorted(planned, key=lambda step: step["urn"])


@pytest.mark.engine
@pytest.mark.timeout(600)
def test_a_plan_is_the_same_without_light_imports_and_without_patches() -> None:
    with workbench() as bench:
        fast = steps(bench.platform())
        assert len(fast) > 100
        for name, program in (("plain", PLAIN), ("other-sdk", OTHER_SDK)):
            assert steps(bench.project(name, program)) == fast, name


def test_another_version_of_the_sdk_is_left_as_it_comes() -> None:
    assert not patches.apply("3.271.0")
