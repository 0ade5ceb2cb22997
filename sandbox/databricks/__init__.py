"""What the Databricks APIs and the Databricks provider enforce and no SDK says.

Importing this package registers every rule; each module owns one family of resources.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

for _file in sorted(Path(__file__).parent.glob("[!_]*.py")):
    import_module(f"{__name__}.{_file.stem}")
