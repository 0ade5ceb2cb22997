"""Which scheduled jobs have to rest: those whose tables do not exist yet.

A fresh environment has none of a team's tables, and each schedule would be a failed run and a mail
a day. A table that is gone later fails the next run, as it should, until an update finds it gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.existing import Existing
    from settings.workloads import JobSettings


def waiting(jobs: Sequence[JobSettings], existing: Existing) -> Mapping[str, str]:
    """What each job whose schedule has to rest waits for, by the job's name.

    Args:
        jobs: The declared jobs; those that only start on demand, or rest anyway, wait for nothing.
        existing: Looks the tables up; with no table to look for, no cloud is asked.
    """
    scheduled = [job for job in jobs if job.schedule and not job.paused and job.reads]
    tables = dict.fromkeys(table for job in scheduled for table in job.reads)
    there = {table: existing.table(table) for table in tables}
    missing = {job.name: [table for table in job.reads if not there[table]] for job in scheduled}
    return {
        name: f"table{'s' * (len(absent) > 1)} {', '.join(absent)}{existing.unasked}"
        for name, absent in missing.items()
        if absent
    }
