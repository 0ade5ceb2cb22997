"""Names of Azure's machine sizes, and which can be none.

Azure adds sizes every year, so a name is held to Azure's rules for names and not to a list; what
Databricks offers of them is for the workspace to say.
https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions
"""

from __future__ import annotations

import re
from typing import Final

from settings.errors import nearest

_NAME = re.compile(
    r"""Standard_
    (?P<family>[A-Z]{1,4})          # with its sub-family
    (?P<number>[1-9][0-9]{0,3})     # of vCPUs; until version 2 of a family, often a rank
    (?P<features>[abdefilmnoprst]*)
    (_(?!V[0-9]{1,2}(_|\Z))[A-Z][A-Za-z0-9]*  # accelerator
    |_cc|_[0-9]{1,2}(?=_v))*        # confidential, memory
    (_v(?P<version>1?[0-9]))?
    (_Promo)?""",
    re.VERBOSE,
)
_VCPUS = 3
"""Version from which on every number is one of vCPUs, which come in pairs (DC has single ones)."""
_USUAL: Final = tuple(
    f"Standard_{form.format(number)}"
    for numbers, forms in (
        ((4, 8, 16, 32, 64, 96), ("D{}ds_v5", "D{}ads_v5", "D{}s_v5", "D{}ds_v6", "D{}ads_v6")),
        ((4, 8, 16, 32, 64, 96), ("E{}ds_v5", "E{}ads_v5", "E{}s_v5", "E{}ds_v6", "E{}ads_v6")),
        ((4, 8, 16, 32, 64), ("D{}s_v3", "D{}ds_v4", "E{}ds_v4", "F{}s_v2")),
        ((8, 16, 32, 64, 80), ("L{}s_v3",)),
        ((3, 4, 5, 12, 13, 14), ("DS{}_v2",)),
        ((4, 8, 16, 64), ("NC{}as_T4_v3",)),
        ((24, 48, 96), ("NC{}ads_A100_v4",)),
        ((36,), ("NV{}ads_A10_v5",)),
    )
    for form in forms
    for number in numbers
)
"""What Databricks has long offered, to guess what was meant.
https://learn.microsoft.com/azure/databricks/compute/configure#node-types"""


def size(value: str) -> str:
    """A machine size's name, as it is.

    Raises:
        ValueError: No size, known or new, has such a name.
    """
    found = _NAME.fullmatch(value)
    why = _against_the_rules(found) if found else ""
    if not found or why:
        near = nearest(value, _USUAL)
        hint = f"did you mean {near}?" if near else "az vm list-skus names them all"
        raise ValueError(
            "must be an Azure VM size, for example Standard_D4ds_v5"
            f"{f' ({why})' if why else ''}; {hint}"
        )
    return value


def _against_the_rules(name: re.Match[str]) -> str:
    """What no size of its family and version has; nothing where it may be one."""
    family, number = name["family"], int(name["number"])
    version = int(name["version"] or 0)
    if family in {"D", "E"} and name["features"] and not version:
        return f"a size of family {family} with letters after its number ends with its version"
    if version >= _VCPUS and number % 2 and number > 1:
        return f"the number of a size of version {version} is that of its vCPUs, which is even"
    if version >= _VCPUS and family.endswith("S"):
        return f"from version {_VCPUS} on the s of premium storage follows the number"
    return ""
