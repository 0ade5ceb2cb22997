"""Whatever the matrix says, the compiled privileges give each role that and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from components import access
from sandbox.databricks import privileges
from settings.access import CatalogAccess, RegistryAccess, Role
from settings.catalog import CatalogSettings
from settings.estate import RegistrySettings

if TYPE_CHECKING:
    from components.access import CatalogPlan

CATALOG_LEVELS = st.fixed_dictionaries({role: st.sampled_from(CatalogAccess) for role in Role})
REGISTRY_LEVELS = st.fixed_dictionaries({role: st.sampled_from(RegistryAccess) for role in Role})
CHANGING = {"MODIFY", "WRITE_VOLUME", "CREATE_TABLE", "CREATE_MODEL", "CREATE_MODEL_VERSION"}
OWNERSHIP = {"ALL_PRIVILEGES", "MANAGE", "CREATE_CATALOG", "CREATE_SCHEMA"}


def catalog(levels: dict[Role, CatalogAccess]) -> CatalogPlan:
    settings = CatalogSettings.model_validate_json(
        '{"name": "ml_dev_catalog", "schemas": ["raw", "sandbox"], "storage": {}, "access": {'
        + ", ".join(f'"{role.value}": "{level.value}"' for role, level in levels.items())
        + "}}"
    )
    return access.environment_catalog(settings, "dev")


def registry(levels: dict[Role, RegistryAccess]) -> CatalogPlan:
    rows = ", ".join(f'"{role.value}": "{level.value}"' for role, level in levels.items())
    return access.registry_catalog(
        RegistrySettings.model_validate_json(f'{{"storage": {{}}, "access": {{{rows}}}}}')
    )


def held(plan: CatalogPlan, principal: str, schema: str) -> set[str]:
    """What a principal may do in a schema: what the catalog passes on, and what is its own."""
    own = next(each.grants for each in plan.schemas if each.name == schema)
    return {*plan.grants.get(principal, ()), *own.get(principal, ())}


@given(CATALOG_LEVELS)
def test_a_role_changes_an_environment_exactly_when_the_matrix_says_write(
    levels: dict[Role, CatalogAccess],
) -> None:
    plan = catalog(levels)
    for role, level in levels.items():
        may = held(plan, role.value, "raw")
        assert bool(may & CHANGING) == (level is CatalogAccess.WRITE)
        assert ("SELECT" in may) == (level is not CatalogAccess.NONE)
        assert not may & OWNERSHIP


@given(CATALOG_LEVELS)
def test_nobody_outside_the_matrix_is_granted_anything(
    levels: dict[Role, CatalogAccess],
) -> None:
    named = {role.value for role, level in levels.items() if level is not CatalogAccess.NONE}
    assert {who for who, _, _ in catalog(levels).table()} == named


@given(REGISTRY_LEVELS)
def test_only_who_promotes_or_owns_all_creates_production_models(
    levels: dict[Role, RegistryAccess],
) -> None:
    plan = registry(levels)
    makers = {
        who
        for who, place, what in plan.table()
        if place.endswith(".production_models") and "CREATE_MODEL" in what
    }
    promoting = (RegistryAccess.PROMOTE, RegistryAccess.FULL)
    expected = {role.value for role, level in levels.items() if level in promoting}
    assert makers == expected | {access.RELEASE}
    owners = {schema.name: schema.owner for schema in plan.schemas}
    assert owners["production_models"] == access.RELEASE


@given(REGISTRY_LEVELS)
def test_whoever_is_granted_a_schema_can_also_enter_its_catalog(
    levels: dict[Role, RegistryAccess],
) -> None:
    plan = registry(levels)
    for schema in plan.schemas:
        for who, what in schema.grants.items():
            assert "USE_CATALOG" in plan.grants[who]
            assert "USE_SCHEMA" in what


@given(REGISTRY_LEVELS)
def test_consumers_can_use_production_models_and_change_nothing(
    levels: dict[Role, RegistryAccess],
) -> None:
    plan = registry(levels)
    for role, level in levels.items():
        if level is RegistryAccess.CONSUME:
            rows = {place: {*what} for who, place, what in plan.table() if who == role.value}
            assert rows == {
                "ml_models_catalog": {"USE_CATALOG"},
                "ml_models_catalog.production_models": {"USE_SCHEMA", "EXECUTE"},
            }


@given(CATALOG_LEVELS, REGISTRY_LEVELS)
def test_every_privilege_exists_on_the_kind_of_thing_it_is_granted_on(
    catalog_levels: dict[Role, CatalogAccess], registry_levels: dict[Role, RegistryAccess]
) -> None:
    for plan in (catalog(catalog_levels), registry(registry_levels)):
        for _, place, what in plan.table():
            kind = "schema" if "." in place else "catalog"
            assert {*what} <= {*privileges.ALLOWED[kind]}
