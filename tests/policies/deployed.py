"""The compliant stack as what is deployed already, so that COST-37 has something to compare."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.policies.compliant import compliant
from tests.policies.states import state


@cache
def deployed() -> dict[str, dict[str, Any]]:
    """The rule's settings, with a file that this process alone has."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    file = folder / "prod.json"
    file.write_text(json.dumps(state(compliant().values())))
    return {"cost-37-monthly-growth": {"deployedState": str(file)}}
