"""``python engine COMMAND``: the commands behind make, on the virtual environment's Python."""

from __future__ import annotations

import sys
from pathlib import Path

# Run as a folder, so that it works from anywhere and sets nothing that a child would inherit.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

if __name__ == "__main__":
    if sys.argv[1:2] == ["sandboxed"]:
        from engine import sandboxed

        sys.exit(sandboxed.main(sys.argv[2:]))
    from engine import commands

    sys.exit(commands.main(sys.argv[1:]))
