"""What judging costs: in a preview, per resource, as a report, and beside Checkov.

The rules judge copies of what a deployment of prod declares, so the mix of types is a real one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from benchmarks import checkov
from benchmarks.harness import Result, medians
from benchmarks.projects import STACK, workbench
from engine import paths
from policies import config, registry, settings, snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.projects import Project, Workbench

RUNS = 5
RESOURCES = 10_000
PER_SECOND = 20_000
REPORT_SECONDS = 3.0
SIDE_BY_SIDE = 1_000  # resources

_PACKS = paths.ROOT / "policies"
_SINGLE = [name for name in registry.PACKS if name != "platform"]
_EMPTY = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

# A pack has to have a policy; one that is disabled is never called.
PolicyPack(
    "empty",
    policies=[
        ResourceValidationPolicy(
            "nothing",
            "Nothing is demanded.",
            lambda args, report: None,
            enforcement_level=EnforcementLevel.DISABLED,
        )
    ],
)
"""
_WITHOUT_RULES = f"""
import sys

sys.path.insert(0, {str(paths.ROOT)!r})
from policies import registry, serve

registry.pack = lambda name: iter(())
serve.serve("platform")
"""


def measure() -> list[Result]:
    """Four previews of prod by packs, then the rules alone, the report, and Checkov."""
    with workbench() as bench:
        platform = bench.platform()
        previews = _previews(bench, platform)
        state = platform.folder / "state.json"
        resources = platform.deploy()
        state.write_text(json.dumps(_copies(resources, RESOURCES)))
        results = [*previews, _evaluation(state), _report(state)]
        state.write_text(json.dumps(_copies(resources, SIDE_BY_SIDE)))
        return [*results, *checkov.measure(state, bench.folder)]


def _previews(bench: Workbench, platform: Project) -> list[Result]:
    empty = _arguments(bench.pack("empty", _EMPTY))
    without = _arguments(bench.pack("without-rules", _WITHOUT_RULES))
    settings_file = config.path(STACK)
    every = _arguments(_PACKS / "platform", settings_file)
    single = [word for name in _SINGLE for word in _arguments(_PACKS / name, settings_file)]
    seconds = medians(
        {
            "preview of prod, an empty pack": lambda: platform.preview(*empty),
            "preview of prod, no rules": lambda: platform.preview(*without),
            "preview of prod, all rules": lambda: platform.preview(*every),
            "preview of prod, a process per pack": lambda: platform.preview(*single),
        },
        runs=RUNS,
    )
    other, bare, together, apart = seconds.values()
    rules = len(registry.load())
    return [
        Result(
            f"preview of prod with all {rules} rules ÷ with an empty pack of pulumi_policy",
            together / other,
            1.25,
            other,
        ),
        Result("preview of prod with all rules ÷ with the same pack without rules",
               together / bare, 1.25, bare),
        Result(f"preview of prod with one process ÷ with {len(_SINGLE)}",
               together / apart, 1, apart),
    ]  # fmt: skip


def _arguments(pack: Path, settings_file: Path | None = None) -> list[str]:
    words = ["--policy-pack", str(pack)]
    return [*words, "--policy-pack-config", str(settings_file)] if settings_file else words


def _copies(resources: Sequence[dict[str, Any]], count: int) -> dict[str, Any]:
    """A state of this many resources: the stack again and again, each with names of its own.

    The project's name is in every URN, id and name, so with another one the copies are as foreign
    to each other as environments are.
    """
    text = json.dumps(resources)
    many: list[dict[str, Any]] = []
    while len(many) < count:
        many += json.loads(text.replace("mlops", f"mlops{len(many)}"))
    return {"version": 3, "deployment": {"resources": many[:count]}}


def _evaluation(state: Path) -> Result:
    """Resource rules alone, in processor time, so that a busy machine does not count."""
    seen = snapshot.read(state.read_text(), state.name)
    given = settings.normalised(config.load(config.path(STACK)))
    today = datetime.now(UTC).date()
    evaluation = settings.resolve(given, [*registry.load().values()], today).evaluation

    def evaluate() -> float:
        start = time.process_time()
        for item in seen.resources:
            evaluation.resource(item.resource)
        return time.process_time() - start

    (seconds,) = medians({"evaluation": evaluate}, runs=RUNS).values()
    allowed = RESOURCES / PER_SECOND
    return Result(
        f"judging {RESOURCES:,} resources, processor time ÷ that of {PER_SECOND:,} a second",
        seconds / allowed,
        1,
        allowed,
    )


def _report(state: Path) -> Result:
    (seconds,) = medians({"report": lambda: report(state)[0]}, runs=RUNS).values()
    return Result(
        f"report over {RESOURCES:,} resources, start-up included ÷ {REPORT_SECONDS:.0f} s",
        seconds / REPORT_SECONDS,
        1,
        REPORT_SECONDS,
    )


def report(state: Path) -> tuple[float, int]:
    """Run the report once: its seconds, and how many checks it made."""
    command = [sys.executable, "-m", "policies", "report", str(state), "--format", "json"]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    # Copies of a whole stack in one break rules about what there may be only one of.
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stderr)
    (judged,) = json.loads(done.stdout)["stacks"]
    return seconds, sum(judged["outcomes"].values())
