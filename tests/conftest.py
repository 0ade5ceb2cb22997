"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# How long one example takes says how busy the machine is; pytest-timeout ends what hangs.
settings.register_profile("platform", deadline=None)
settings.load_profile("platform")
