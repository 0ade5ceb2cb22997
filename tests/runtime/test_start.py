"""Each in an interpreter of its own: what is under test is what a process has loaded."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from engine import paths


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_sdk_loads_the_modules_that_are_named_and_no_others() -> None:
    loaded = run("""
        import runtime
        runtime.start()
        import sys
        import pulumi_databricks as databricks
        databricks.Catalog
        print(sorted(m for m in sys.modules if m in (
            "pulumi_databricks.catalog", "pulumi_databricks.cluster")))
    """)
    assert loaded == "['pulumi_databricks.catalog']"


def test_a_class_loaded_late_is_the_class_that_is_loaded_at_once() -> None:
    program = """
        {start}
        import inspect
        import pulumi
        import pulumi_databricks as databricks
        from pulumi_azure_native import storage
        from pulumi import _types
        for cls in (databricks.ClusterAutoscaleArgs, databricks.ModelServingConfigArgs,
                    storage.NetworkRuleSetArgs, storage.SkuName):
            print(cls.__module__, cls.__qualname__, inspect.signature(cls))
        print(_types.input_type_py_to_pulumi_names(databricks.ModelServingConfigArgs))
        print(_types.input_type_types(databricks.ModelServingConfigArgs))
        print(databricks.Catalog.pulumi_type, inspect.signature(databricks.Catalog.__init__))
    """
    light = run(program.format(start="import runtime; runtime.start()"))
    assert light == run(program.format(start=""))
    assert "ModelServingConfigArgs" in light


def test_an_sdk_that_is_loaded_already_is_left_as_it_is() -> None:
    assert (
        run("""
        import pulumi_databricks
        before = pulumi_databricks.Catalog
        import runtime
        runtime.start()
        runtime.start()
        print(pulumi_databricks.Catalog is before)
    """)
        == "True"
    )


def test_a_misspelt_name_is_the_error_it_always_was() -> None:
    assert run("""
        import runtime
        runtime.start()
        import pulumi_databricks as databricks
        try:
            databricks.Catalogue
        except AttributeError as error:
            print(error)
    """).startswith("module 'pulumi_databricks' has no attribute 'Catalogue'")


@pytest.mark.parametrize("module", ["provider_pb2", "analyzer_pb2", "language_pb2"])
def test_protobufs_come_without_the_sdk_around_them(module: str) -> None:
    assert (
        run(f"""
        from runtime.protobufs import prepare
        prepare()
        import sys
        from pulumi.runtime.proto import {module}
        loaded = {{"pulumi.resource", "asyncio.events"}} & set(sys.modules)
        print({module}.DESCRIPTOR.package, loaded)
    """)
        == "pulumirpc set()"
    )


def test_protobufs_leave_a_loaded_sdk_alone() -> None:
    assert (
        run("""
        import pulumi
        from runtime.protobufs import prepare
        prepare()
        print(pulumi.Output.__name__)
    """)
        == "Output"
    )
