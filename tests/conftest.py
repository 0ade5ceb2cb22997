"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# Time is measured in benchmarks/; in a test a slow machine is no failure.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
