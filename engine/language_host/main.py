"""The process the engine starts: prepares cheap imports, then serves until it is told to end."""

from __future__ import annotations

import os
import sys

# Run as a script so that nothing has to be installed: its folder gives way to the project's root.
_ROOT = os.path.realpath(__file__).rpartition("/engine/")[0]
sys.path[0] = _ROOT
if "site" not in sys.modules:
    _PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
    sys.path.append(f"{_ROOT}/.venv/lib/{_PYTHON}/site-packages")

from runtime import protobufs  # noqa: E402 - needs the paths above

protobufs.prepare()

from engine.language_host.server import main  # noqa: E402 - cheap after prepare()

if __name__ == "__main__":
    main(sys.argv[1:])
