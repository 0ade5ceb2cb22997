"""Starts one stand-in provider: prints its port, serves until the engine is gone."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from runtime.protobufs import prepare

prepare()

from runtime.rpc.server import serve  # noqa: E402 - cheap only after prepare()
from sandbox.provider import Provider  # noqa: E402
from sandbox.schema import SchemaMissingError, open_schema  # noqa: E402
from sandbox.service import Service, methods  # noqa: E402
from sandbox.state import Cloud, OutdatedStateError  # noqa: E402

if TYPE_CHECKING:
    from sandbox.flavours import Flavour


def main(package: str) -> int:
    """Serve ``azure-native`` or ``databricks`` until stopped."""
    engine = os.getppid()
    try:
        provider = Provider(_flavour(package), open_schema(package), Cloud())
    except (SchemaMissingError, OutdatedStateError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not serve("pulumirpc.ResourceProvider", methods(Service(provider)), engine):
        # An operation under way ends with its engine, wholly undone; otherwise it would surprise
        # the run that recovers this one.
        os._exit(1)
    sys.stdout.flush()
    # Nothing is left to write, and the interpreter's own clean-up is a tenth of this process.
    os._exit(0)


def _flavour(package: str) -> Flavour:
    """What is particular to a package, with its rules registered; the other one is not loaded."""
    if package == "azure-native":
        from sandbox.azure_native import AzureNative

        import_module("sandbox.azure")
        return AzureNative()
    from sandbox.databricks_provider import Databricks

    import_module("sandbox.databricks")
    return Databricks()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
