"""What the Databricks APIs and the Databricks provider enforce and no SDK says.

Importing this package registers every rule; each module owns one family of resources.
"""

from __future__ import annotations

from importlib import import_module
from os import listdir

for _file in sorted(listdir(__path__[0])):
    if _file.endswith(".py") and not _file.startswith("_"):
        import_module(f"{__name__}.{_file.removesuffix('.py')}")
