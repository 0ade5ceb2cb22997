"""The reliability pack's process."""  # noqa: INP001 - started by the engine, never imported

import sys
from pathlib import Path

# The engine starts this file from wherever it likes; the rules are two folders up.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from policies.serve import serve

serve("reliability")
