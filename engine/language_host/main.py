"""The process the engine starts: prepares cheap imports, then serves until it is told to end."""

from __future__ import annotations

import sys
from pathlib import Path

# Run as a script so that nothing has to be installed; the script's own folder gives way to the
# project's root.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from engine import protobufs

protobufs.prepare()

from engine.language_host.server import serve

if __name__ == "__main__":
    sys.exit(serve(sys.argv[1:]))
