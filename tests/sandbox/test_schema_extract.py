"""The extracted shapes, held against the SDKs' own classes and readers."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi import _types  # pyright: ignore[reportPrivateUsage] - the SDK's own readers

from sandbox import schema
from sandbox.schema import Schema, SchemaMissingError, open_schema

MODULES = ("databricks", "keyvault", "network", "privatedns", "resources", "storage")


@pytest.fixture(scope="module")
def azure() -> Schema:
    return open_schema("azure-native")


@pytest.fixture(scope="module")
def databricks() -> Schema:
    return open_schema("databricks")


def args_classes(module: Any) -> list[tuple[str, type]]:
    return [
        (name, cls)
        for name, cls in inspect.getmembers(module, inspect.isclass)
        if _types.is_input_type(cls)
    ]


def wire_names(cls: type) -> dict[str, bool]:
    """The SDK's own word on wire names, and whether each is required."""
    parameters = inspect.signature(cls).parameters
    names = _types.input_type_py_to_pulumi_names(cls)
    return {names[python]: p.default is p.empty for python, p in parameters.items()}


def extracted(shape: schema.Shape | None) -> dict[str, bool]:
    assert shape is not None
    return {name: bool(prop.get("required")) for name, prop in shape.inputs.items()}


@pytest.mark.parametrize("name", MODULES)
def test_objects_have_the_names_and_requirements_of_their_classes(azure: Schema, name: str) -> None:
    module = importlib.import_module(f"pulumi_azure_native.{name}._inputs")
    classes = args_classes(module)
    assert classes
    for cls_name, cls in classes:
        assert extracted(azure.nested(f"{name}.{cls_name}")) == wire_names(cls), cls_name


@pytest.mark.parametrize("name", MODULES)
def test_resources_have_the_inputs_and_outputs_of_their_classes(azure: Schema, name: str) -> None:
    module: Any = importlib.import_module(f"pulumi_azure_native.{name}")
    assert module.outputs, "the SDK loads a module when it is first looked at"
    resources = [
        cls
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, pulumi.CustomResource)
    ]
    assert resources
    for cls in resources:
        token = str(getattr(cls, "pulumi_type"))  # noqa: B009 - the decorator sets it, no stub knows
        shape = azure.resource(token)
        home = importlib.import_module(cls.__module__)
        args = getattr(home, f"{cls.__name__}InitArgs", None) or getattr(
            home, f"{cls.__name__}Args"
        )
        assert extracted(shape) == wire_names(args), token
        assert shape is not None
        assert set(shape.outputs) == set(_types.resource_types(cls)) - {"id", "urn"}, token


def test_enums_list_their_values(azure: Schema) -> None:
    from pulumi_azure_native.network import VirtualNetworkPrivateEndpointNetworkPolicies

    shape = azure.resource("azure-native:network:Subnet")
    assert shape is not None
    kind = shape.inputs["privateEndpointNetworkPolicies"]["type"]
    assert kind == {"enum": [v.value for v in VirtualNetworkPrivateEndpointNetworkPolicies]}


def test_every_reference_resolves(azure: Schema, databricks: Schema) -> None:
    def references(kind: Any) -> list[str]:
        if isinstance(kind, str) or "enum" in kind:
            return []
        if "object" in kind:
            return [kind["object"]]
        inner = kind["union"] if "union" in kind else list(kind.values())
        return [reference for part in inner for reference in references(part)]

    for package in (azure, databricks):
        seen: set[str] = set()
        todo = [
            reference
            for token in package.tokens()
            for prop in (package.resource(token) or pytest.fail(token)).inputs.values()
            for reference in references(prop["type"])
        ]
        while todo:
            if (reference := todo.pop()) not in seen:
                seen.add(reference)
                for prop in package.nested(reference).inputs.values():
                    todo += references(prop["type"])
        assert len(seen) > 1000


def test_functions_have_their_arguments_and_answers(databricks: Schema) -> None:
    shape = databricks.function("databricks:index/getGroup:getGroup")
    assert extracted(shape)["displayName"]
    assert not extracted(shape)["recursive"]
    assert shape is not None
    assert {"id", "members", "aclPrincipalId"} <= set(shape.outputs)


def test_the_table_of_facts_is_part_of_the_shapes(databricks: Schema) -> None:
    secret = databricks.resource("databricks:index/secret:Secret")
    assert secret is not None
    assert "stringValue" in secret.secrets
    assert secret.replaces >= {"key", "scope"}
    catalog = databricks.resource("databricks:index/catalog:Catalog")
    assert catalog is not None
    assert "storageRoot" in catalog.replaces
    assert "createdAt" in catalog.computed


def test_every_line_of_the_facts_belongs_to_a_resource_of_the_sdk(databricks: Schema) -> None:
    names = {token.rsplit(":", 1)[1] for token in databricks.tokens()}
    lines = Path(schema.FACTS).read_text("utf-8").splitlines()
    facts = [line.split("\t")[0] for line in lines if not line.startswith("#")]
    assert len(facts) > 100
    assert set(facts) - names == set()


def test_a_replaced_property_that_the_documentation_names_replaces(azure: Schema) -> None:
    workspace = azure.resource("azure-native:databricks:Workspace")
    assert workspace is not None
    assert "computeMode" in workspace.replaces


def test_extracting_again_does_nothing() -> None:
    assert not schema.build("databricks")


def test_a_missing_cache_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(SchemaMissingError, match=r"-m sandbox\.schema"):
        Schema("databricks", "9.9.9", tmp_path / "absent.db")


def test_the_providers_do_not_import_the_sdks() -> None:
    program = (
        "import sys; from sandbox.schema import open_schema; open_schema('databricks').resource("
        "'databricks:index/catalog:Catalog'); "
        "print({'pulumi', 'pulumi_databricks', 'sandbox.extract'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"
