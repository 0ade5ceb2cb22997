"""Azure's regions, and which names can be none.

Azure opens regions every year, so an unknown name is refused only where it cannot be a new one: it
is a slip of the pen away from a known one, or points in no direction, as all names do.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from settings.errors import nearest

# https://learn.microsoft.com/azure/reliability/regions-list
# https://learn.microsoft.com/azure/azure-government/documentation-government-overview-dod
# https://learn.microsoft.com/azure/china/overview-datacenter
_REGIONS: Final = frozenset({
    "australiacentral", "australiacentral2", "australiaeast", "australiasoutheast", "austriaeast",
    "belgiumcentral", "brazilsouth", "brazilsoutheast", "canadacentral", "canadaeast",
    "centralindia", "centralus", "chilecentral", "chinaeast", "chinaeast2", "chinaeast3",
    "chinanorth", "chinanorth2", "chinanorth3", "denmarkeast", "eastasia", "eastus", "eastus2",
    "francecentral", "francesouth", "germanynorth", "germanywestcentral", "indonesiacentral",
    "israelcentral", "italynorth", "japaneast", "japanwest", "jioindiacentral", "jioindiawest",
    "koreacentral", "koreasouth", "malaysiawest", "mexicocentral", "newzealandnorth",
    "northcentralus", "northeurope", "norwayeast", "norwaywest", "polandcentral", "qatarcentral",
    "southafricanorth", "southafricawest", "southcentralus", "southeastasia", "southindia",
    "spaincentral", "swedencentral", "swedensouth", "switzerlandnorth", "switzerlandwest",
    "uaecentral", "uaenorth", "uksouth", "ukwest", "usdodcentral", "usdodeast", "usgovarizona",
    "usgovtexas", "usgovvirginia", "westcentralus", "westeurope", "westindia", "westus", "westus2",
    "westus3",
})  # fmt: skip
_DIRECTION = re.compile(r"(?:north|south|east|west|central)+")
_SHAPE = re.compile(r"[a-z]+([0-9][a-z]*)?")
_SHORT = 4
"""Letters up to which a geography's name is part of others by chance, as asia is."""
_LONG = 7
"""Letters from which on two slips still leave no doubt which geography is meant."""


def region(value: str) -> str:
    """A region's name, as it is.

    Raises:
        ValueError: It can be none, known or new.
    """
    if value in _REGIONS:
        return value
    compact = re.sub(r"[\s_-]", "", value.lower())
    pointing = _DIRECTION.search(value) or value.startswith("usgov")
    if pointing and _SHAPE.fullmatch(value) and _may_be_new(_geography(value)):
        return value
    near = nearest(compact, _REGIONS, alike=0.8)
    hint = f"did you mean {near}?" if near else "az account list-locations names them all"
    raise ValueError(f"must be an Azure region in its short form, for example eastus2; {hint}")


def _may_be_new(geography: str) -> bool:
    known = {_geography(name) for name in _REGIONS}
    bare = geography.replace("*", "")
    return (
        geography in known
        or bare in {each.replace("*", "") for each in known}
        or not any(_slipped(geography, each) or _more_than(bare, each) for each in known)
    )


def _more_than(bare: str, known: str) -> bool:
    """Whether a name is a known geography with letters about it, as in westerneurope."""
    geography = known.replace("*", "")
    return len(geography) > _SHORT and geography in bare


def _geography(name: str) -> str:
    """A region's name without what tells it from others of its geography: ``*us`` for eastus2."""
    return _DIRECTION.sub("*", re.sub(r"(?<=[a-z])[0-9]$", "", name))


def _slipped(one: str, other: str) -> bool:
    """Whether a slip of the pen makes one out of the other; two slips in longer names."""
    return _slips(one, other) <= (2 if min(len(one), len(other)) > _LONG else 1)


@cache
def _slips(one: str, other: str) -> int:
    """Letters left out, added, replaced or swapped with the next between two texts."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and (a, b) == (other[j - 2], one[i - 2]):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
