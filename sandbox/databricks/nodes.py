"""Azure node types and Databricks runtimes, as far as a workspace lists them.

https://learn.microsoft.com/azure/databricks/compute/configure#node-types and
https://learn.microsoft.com/azure/databricks/release-notes/runtime/
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Node(NamedTuple):
    """A node type; memory in GB, local disk in GB."""

    name: str
    cores: int
    memory: int
    category: str
    disk: int = 0
    gpus: int = 0
    arm: bool = False
    retiring: bool = False


_GENERAL, _MEMORY, _COMPUTE = "General Purpose", "Memory Optimized", "Compute Optimized"
_STORAGE, _GPU = "Storage Optimized", "GPU Accelerated"
# family pattern, GB per core, GB of local disk per core, category, sizes in cores
_FAMILIES = (
    ("Standard_D{}ds_v5", 4, 37, _GENERAL, (4, 8, 16, 32, 48, 64, 96)),
    ("Standard_D{}ads_v5", 4, 37, _GENERAL, (4, 8, 16, 32, 48, 64, 96)),
    ("Standard_D{}ds_v6", 4, 55, _GENERAL, (4, 8, 16, 32, 48, 64, 96)),
    ("Standard_D{}ads_v6", 4, 55, _GENERAL, (4, 8, 16, 32, 48, 64, 96)),
    ("Standard_D{}s_v5", 4, 0, _GENERAL, (4, 8, 16, 32, 48, 64, 96)),
    ("Standard_D{}as_v5", 4, 0, _GENERAL, (4, 8, 16, 32, 48, 64, 96)),
    ("Standard_D{}ds_v4", 4, 37, _GENERAL, (4, 8, 16, 32, 48, 64)),
    ("Standard_D{}s_v3", 4, 8, _GENERAL, (4, 8, 16, 32, 64)),
    ("Standard_E{}ds_v5", 8, 37, _MEMORY, (4, 8, 16, 20, 32, 48, 64, 96)),
    ("Standard_E{}ads_v5", 8, 37, _MEMORY, (4, 8, 16, 20, 32, 48, 64, 96)),
    ("Standard_E{}ds_v6", 8, 55, _MEMORY, (4, 8, 16, 20, 32, 48, 64, 96)),
    ("Standard_E{}s_v5", 8, 0, _MEMORY, (4, 8, 16, 20, 32, 48, 64, 96)),
    ("Standard_E{}ds_v4", 8, 37, _MEMORY, (4, 8, 16, 20, 32, 48, 64)),
    ("Standard_F{}s_v2", 2, 8, _COMPUTE, (4, 8, 16, 32, 64, 72)),
    ("Standard_L{}s_v3", 8, 240, _STORAGE, (8, 16, 32, 48, 64, 80)),
)
_ARM_FAMILIES = (
    ("Standard_D{}pds_v6", 4, 55, _GENERAL, (4, 8, 16, 32, 48, 64, 96)),
    ("Standard_E{}pds_v6", 8, 55, _MEMORY, (4, 8, 16, 32, 48, 64, 96)),
)
_SINGLE = (
    Node("Standard_DS3_v2", 4, 14, _GENERAL, 28, retiring=True),
    Node("Standard_DS4_v2", 8, 28, _GENERAL, 56, retiring=True),
    Node("Standard_DS5_v2", 16, 56, _GENERAL, 112, retiring=True),
    Node("Standard_DS12_v2", 4, 28, _MEMORY, 56, retiring=True),
    Node("Standard_DS13_v2", 8, 56, _MEMORY, 112, retiring=True),
    Node("Standard_DS14_v2", 16, 112, _MEMORY, 224, retiring=True),
    Node("Standard_NC4as_T4_v3", 4, 28, _GPU, 180, gpus=1),
    Node("Standard_NC8as_T4_v3", 8, 56, _GPU, 360, gpus=1),
    Node("Standard_NC16as_T4_v3", 16, 110, _GPU, 360, gpus=1),
    Node("Standard_NC64as_T4_v3", 64, 440, _GPU, 2880, gpus=4),
    Node("Standard_NC24ads_A100_v4", 24, 220, _GPU, 64, gpus=1),
    Node("Standard_NC48ads_A100_v4", 48, 440, _GPU, 128, gpus=2),
    Node("Standard_NC96ads_A100_v4", 96, 880, _GPU, 256, gpus=4),
    Node("Standard_NV36ads_A10_v5", 36, 440, _GPU, 720, gpus=1),
)

NODES: dict[str, Node] = {
    node.name: node
    for node in (
        *(
            Node(form.format(cores), cores, cores * memory, category, cores * disk, arm=arm)
            for families, arm in ((_FAMILIES, False), (_ARM_FAMILIES, True))
            for form, memory, disk, category, sizes in families
            for cores in sizes
        ),
        *_SINGLE,
    )
}

# Runtimes that have not ended, all of long-term support: release, Scala versions, Spark version.
_RELEASES = (
    ("18", ("2.13",), "4.1.0"),
    ("17.3", ("2.13",), "4.0.0"),
    ("16.4", ("2.13", "2.12"), "3.5.2"),
    ("15.4", ("2.12",), "3.5.0"),
)


class Runtime(NamedTuple):
    """One runtime version: its key and what the key stands for."""

    key: str
    release: str
    scala: str
    spark: str
    ml: bool
    gpu: bool
    photon: bool


def _runtimes() -> list[Runtime]:
    return [
        Runtime(f"{release}.x{infix}-scala{scala}", release, scala, spark, ml, gpu, photon)
        for release, scalas, spark in _RELEASES
        for scala in scalas
        for infix, ml, gpu, photon in (
            ("", False, False, False),
            ("-photon", False, False, True),
            ("-cpu-ml", True, False, False),
            ("-gpu-ml", True, True, False),
        )
    ]


RUNTIMES: list[Runtime] = _runtimes()

# Values that a policy resolves to a runtime when a cluster is made from it.
SPECIAL = r"auto:(latest|prev-major|prev-lts|latest-lts)(-ml)?(-gpu)?"
_VARIANTS = {(False, False): "", (True, False): "-cpu-ml", (True, True): "-gpu-ml"}
_CUSTOM = r"custom:[\w.:/-]+"


def resolved(key: str) -> str:
    """The runtime that a policy's special value stands for now; another key as it is."""
    special = re.fullmatch(SPECIAL, key)
    if special is None:
        return key
    which, ml, gpu = special.groups()
    release, scalas, _ = _RELEASES[which.startswith("prev")]
    variant = _VARIANTS[bool(ml or gpu), bool(gpu)]
    return f"{release}.x{variant}-scala{scalas[0]}"


def runtime_known(key: str) -> bool:
    """Whether a cluster may be started with this runtime."""
    return any(key == runtime.key for runtime in RUNTIMES) or bool(re.fullmatch(_CUSTOM, key))
