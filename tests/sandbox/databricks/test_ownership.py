"""The trap of ownership: what is given to a group is out of reach for whoever is not in it."""

from __future__ import annotations

import pytest

from sandbox.databricks import tokens
from tests.sandbox.databricks.estate import BY_NAME
from tests.sandbox.databricks.parts.places import AS_CI, CI
from tests.sandbox.databricks.world import Refused, World, estate


def _schema(world: World, name: str, label: str) -> None:
    inputs = {"name": name, "catalogName": "ml_prod_catalog"}
    world.create(BY_NAME["schema"], inputs, label=label)


def test_a_catalog_given_away_takes_no_schema_until_its_maker_joins_the_owners() -> None:
    world = estate()
    world.drop("deployer_owns")
    with pytest.raises(
        Refused, match="User does not have USE CATALOG on Catalog 'ml_prod_catalog'"
    ):
        _schema(world, "more", "early")
    member = BY_NAME["deployer_owns"]
    world.made[member.name] = world.create(member, member.inputs(world))
    _schema(world, "more", "late")
    assert len(world.all(tokens.SCHEMA)) == 2


def test_membership_through_a_nested_group_counts() -> None:
    world = estate()
    member = BY_NAME["ci_is_scientist"]
    inputs = {"groupId": world.id("owners"), "memberId": world.id("scientists")}
    world.create(member, inputs, label="nested")
    created = world.create(
        BY_NAME["schema"],
        {"name": "x", "catalogName": "ml_prod_catalog"},
        label="x",
        provider=AS_CI,
    )
    assert created.outputs["owner"] == CI


def test_grants_give_what_ownership_does_not() -> None:
    world = estate()
    grants = world.inputs("catalog_grants")
    grants["grants"][0]["privileges"] = ["USE_CATALOG", "CREATE_SCHEMA"]
    world.update("catalog_grants", grants)
    world.create(
        BY_NAME["schema"],
        {"name": "x", "catalogName": "ml_prod_catalog"},
        label="x",
        provider=AS_CI,
    )
    with pytest.raises(
        Refused, match=r"does not have USE SCHEMA on Schema 'ml_prod_catalog\.models'"
    ):
        world.create(
            BY_NAME["volume"],
            {**world.inputs("volume"), "name": "y"},
            label="y",
            provider=AS_CI,
        )


def test_all_privileges_does_not_include_manage() -> None:
    world = estate()
    grants = world.inputs("catalog_grants")
    grants["grants"][0]["privileges"] = ["ALL_PRIVILEGES"]
    world.update("catalog_grants", grants)
    with pytest.raises(Refused, match="User does not have MANAGE on Schema"):
        world.create(
            BY_NAME["catalog_grants"],
            {
                "schema": "ml_prod_catalog.models",
                "grants": [{"principal": CI, "privileges": ["SELECT"]}],
            },
            label="g",
            provider=AS_CI,
        )


def test_a_metastore_admin_may_take_an_object_back_but_not_change_it() -> None:
    world = estate()
    world.edit("catalog", owner="data_scientists")
    with pytest.raises(Refused, match="User is not an owner of Catalog"):
        world.update("catalog", {**world.made["catalog"].inputs, "comment": "mine"})
    taken = world.update("catalog", {**world.made["catalog"].inputs, "owner": "platform_owners"})
    assert taken.outputs["owner"] == "platform_owners"
    world.update("catalog", {**taken.inputs, "comment": "mine"})


def test_a_deployer_that_left_the_owners_drops_its_own_but_not_theirs() -> None:
    world = estate()
    world.drop("deployer_owns")
    world.delete("landing")
    with pytest.raises(Refused, match=r"User is not an owner of Schema 'ml_prod_catalog\.models'"):
        world.delete("schema")
