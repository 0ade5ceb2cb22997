"""What the Databricks APIs and the Databricks provider enforce and no SDK says.

Importing this package registers every rule; each module owns one family of resources.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
