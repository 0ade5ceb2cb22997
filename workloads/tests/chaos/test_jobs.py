"""Each job that writes, killed at every step boundary and run again, ends in the same state."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.chaos import lifecycle, tables, watching
from tests.chaos.harness import Ended, Kill, ended

if TYPE_CHECKING:
    from collections.abc import Sequence

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of its own in it
"""Where what is written thousands of times waits for no disk."""
JOBS = lifecycle.JOBS | watching.JOBS | tables.JOBS
KILLS = st.lists(st.builds(Kill, st.integers(1, 60), st.booleans()), min_size=2, max_size=4)


def run(name: str, kills: Sequence[Kill] = ()) -> Ended:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        return ended(JOBS[name], Path(folder), kills)


@cache
def undisturbed(name: str) -> Ended:
    return run(name)


@pytest.mark.parametrize("name", JOBS)
def test_a_job_killed_at_each_boundary_and_run_again_ends_as_if_it_had_lived(name: str) -> None:
    alone = undisturbed(name)
    (calls,) = alone.calls
    assert calls > 0, "there is something to die at"
    for number in range(1, calls + 1):
        for after in (False, True):
            found = run(name, [Kill(number, after)])
            assert found.died == 1
            assert found.state == alone.state, f"killed {'after' if after else 'at'} {number}"


@pytest.mark.parametrize("name", JOBS)
@settings(max_examples=15, deadline=None)
@given(kills=KILLS)
def test_so_does_one_whose_retries_are_killed_too(name: str, kills: list[Kill]) -> None:
    assert run(name, kills).state == undisturbed(name).state


@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_ended_changes_nothing_when_it_is_run_again(name: str) -> None:
    never = Kill(1_000_000, after=True)
    assert run(name, [never]).state == undisturbed(name).state
