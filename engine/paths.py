"""Where this project keeps what it makes: nothing outside its own folder but the built CLI."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VIRTUALENV = ROOT / ".venv"
LOCAL = ROOT / ".cache"
"""What set-up obtained or remembers; safe to delete, costs time to make again."""
SANDBOX = Path(os.environ.get("SANDBOX_DIR") or ROOT / ".sandbox").absolute()
"""The sandbox's cloud and its Pulumi state; deleting it forgets every sandbox deployment.
``$SANDBOX_DIR`` names another one, so that tests and exercises leave yours alone."""
LANGUAGE_HOST = ROOT / "engine" / "language_host"


def virtualenv_python(virtualenv: Path = VIRTUALENV) -> Path:
    """The interpreter of a virtual environment."""
    return virtualenv / "bin" / "python"


def user_cache() -> Path:
    """The folder outside the checkout that keeps what takes minutes: the CLI built from source."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "mlops-platform"
