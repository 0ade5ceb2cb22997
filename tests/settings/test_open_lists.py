"""What grows at the cloud or is rare is refused where it is misspelt, never because it is new."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from sandbox.azure.common import REGIONS_OF_TODAY
from sandbox.databricks.nodes import NODES
from settings.machines import size
from settings.places import region
from settings.schedule import Quartz


@pytest.mark.parametrize("name", sorted(REGIONS_OF_TODAY))
def test_a_region_of_today_is_taken(name: str) -> None:
    assert region(name) == name


@pytest.mark.parametrize(
    "name",
    [
        # a next one of a geography, in another direction, and of a new geography
        "eastus3", "centralus2", "southeastus", "denmarkwest", "indiasouthcentral", "uaesouth",
        "swedencentral2", "southeastasia3", "finlandcentral", "saudiarabiaeast", "taiwannorth",
        "greececentral", "thailandsouth", "irelandnorth", "usgoviowa", "usgovvirginia",
    ],
)  # fmt: skip
def test_a_region_that_may_come_is_taken(name: str) -> None:
    assert region(name) == name


@pytest.mark.parametrize("name", sorted(NODES))
def test_a_machine_that_databricks_offers_is_taken(name: str) -> None:
    assert size(name) == name


@pytest.mark.parametrize(
    "name",
    [
        # https://learn.microsoft.com/azure/virtual-machines/sizes/overview, and some to come
        "Standard_A4m_v2", "Standard_B2ms", "Standard_D13", "Standard_DS15_v2", "Standard_D2_v3",
        "Standard_D4plds_v5", "Standard_DC1s_v3", "Standard_DC4es_v5", "Standard_EC8ads_cc_v5",
        "Standard_E104ids_v5", "Standard_E8bds_v5", "Standard_F4s", "Standard_FX4mds",
        "Standard_GS5", "Standard_HB120rs_v3", "Standard_HC44rs", "Standard_L12aos_v4",
        "Standard_M176bds_4_v3", "Standard_NC6_Promo", "Standard_NCC40ads_H100_v5",
        "Standard_ND96isr_MI300X_v5", "Standard_ND128isr_NDR_GB200_v6", "Standard_NG32ads_V620_v1",
        "Standard_NV28adms_V710_v5", "Standard_D16ads_v8", "Standard_E372ibds_v10",
    ],
)  # fmt: skip
def test_a_machine_of_azure_s_kind_of_name_is_taken(name: str) -> None:
    assert size(name) == name


@pytest.mark.parametrize(
    "schedule",
    [
        "0 0 4 29 2 ? 2028",
        "0 0 4 30,1 2 ?",
        "0 0 4 30-2 2 ?",
        "0 0 4 31 4,5 ?",
        "0 0/30 22-4 ? * FRI-MON",
        "0 0 4 L 2 ?",
    ],
)
def test_a_schedule_that_starts_at_some_time_is_taken(schedule: str) -> None:
    assert TypeAdapter[str](Quartz).validate_python(schedule) == schedule
