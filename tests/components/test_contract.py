"""What holds for every component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pulumi import ResourceOptions

from tests.components.build import COMPONENTS, Builder
from tests.components.harness import deploy

if TYPE_CHECKING:
    from tests.components.harness import Graph

TOKENS = {
    "perimeter": "mlops:network:NetworkPerimeter",
    "workspace": "mlops:databricks:Workspace",
    "hardening": "mlops:databricks:WorkspaceHardening",
    "estate": "mlops:account:SharedEstate",
    "catalog": "mlops:governance:UnityCatalog",
    "compute": "mlops:compute:ClusterPolicy",
    "budgets": "mlops:cost:Budgets",
    "serving": "mlops:serving:ServingEndpoint",
    "automation": "mlops:identity:Automation",
    "workloads": "mlops:workloads:Workloads",
    "observability": "mlops:monitoring:Observability",
}
DATA_BEARING = {
    "azure-native:databricks:Workspace",
    "azure-native:databricks:AccessConnector",
    "azure-native:keyvault:Vault",
    "azure-native:storage:StorageAccount",
    "azure-native:storage:BlobContainer",
    "databricks:index/metastore:Metastore",
    "databricks:index/catalog:Catalog",
    "databricks:index/schema:Schema",
    "databricks:index/modelServing:ModelServing",
}


def built(component: str, name: str = "thing", **options: Any) -> tuple[Graph, Any]:
    held: list[Any] = []
    builder = Builder(**options)
    graph = deploy(lambda: held.append(getattr(builder, component)(name)))
    return graph, held[0]


@pytest.mark.parametrize("component", COMPONENTS)
def test_its_token_is_the_documented_one(component: str) -> None:
    graph, _ = built(component)
    assert graph.one(TOKENS[component], "thing")


@pytest.mark.parametrize("component", COMPONENTS)
def test_children_carry_its_name_and_belong_to_it(component: str) -> None:
    graph, _ = built(component)
    children = [r for r in graph.resources if r.parent == "thing"]
    assert children
    for child in graph.resources:
        if child.token.startswith(("azure-native:", "databricks:")):
            assert child.name.startswith("thing-")
            assert child.parent == "thing"


@pytest.mark.parametrize("component", COMPONENTS)
def test_it_registers_the_outputs_it_declares(component: str) -> None:
    graph, instance = built(component)
    assert graph.outputs["thing"] == set(type(instance).__annotations__)


@pytest.mark.parametrize("component", COMPONENTS)
def test_two_of_it_coexist(component: str) -> None:
    def both() -> None:
        builder = Builder()
        getattr(builder, component)("one")
        getattr(builder, component)("two")

    names = [(r.token, r.name) for r in deploy(both).resources if "providers" not in r.token]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("component", COMPONENTS)
def test_the_caller_s_options_stay_on_the_component(component: str) -> None:
    opts = ResourceOptions(aliases=[])
    graph = deploy(lambda: getattr(Builder(), component)("thing", opts))
    children = [r for r in graph.resources if r.parent == "thing"]
    assert not [child.name for child in children if child.token.startswith("mlops:")]


@pytest.mark.parametrize("component", COMPONENTS)
def test_everything_taggable_carries_the_five_tags(component: str) -> None:
    graph, _ = built(component)
    for resource in graph.resources:
        given: Any = resource.inputs.get("tags", resource.inputs.get("customTags"))
        if "customTags" in (given or ()):  # a SQL warehouse nests them
            given = given["customTags"]
        if given is not None:
            names: set[str] = {tag["key"] if isinstance(tag, dict) else tag for tag in given}
            assert {"env", "owner", "cost-center", "project", "data-class"} <= names


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_databricks_resource_has_the_explicit_provider(component: str) -> None:
    graph, _ = built(component)
    for resource in graph.resources:
        if resource.token.startswith("databricks:"):
            assert "::explicit::" in resource.provider, resource.name


@pytest.mark.parametrize("protect", [True, False])
@pytest.mark.parametrize("component", COMPONENTS)
def test_what_holds_data_is_protected_when_asked_and_nothing_else(
    component: str, *, protect: bool
) -> None:
    graph, _ = built(component, protect=protect)
    for resource in graph.resources:
        assert resource.protect == (protect and resource.token in DATA_BEARING), resource.name
