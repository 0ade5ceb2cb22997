"""A resource's cost among components, divided by its cost in a program without any.

The flat program is written from what the platform deployed: the same resources with the same
inputs, each input computed from the same resources as before, and no component around them.
"""

from __future__ import annotations

import pprint
import re
from typing import Any

from benchmarks.harness import Result, medians
from benchmarks.projects import IMPORTS, workbench

RUNS = 5

_PROVIDERS = "pulumi:providers:"
_NOTHING = f"{IMPORTS}load()\n"
_HEAD = f"""{IMPORTS}
load()


def wired(value, *sources):
    \"\"\"The value, computed from what the clouds answer for other resources.\"\"\"
    return Output.all(*(source.id for source in sources)).apply(lambda _: value)


"""


def measure() -> list[Result]:
    """Per resource registered, above what the same imports and settings cost without any."""
    with workbench() as bench:
        flat = bench.project("flat", _program(bench.platform("deployed").deploy()))
        nothing = bench.project("nothing", _NOTHING)
        components = bench.platform()
        seconds = medians(
            {
                "imports and settings alone": nothing.preview,
                "written flat": flat.preview,
                "in components": components.preview,
            },
            runs=RUNS,
        )
        least, plain, composed = seconds.values()
        per_flat = (plain - least) / flat.resources()
        per_component = (composed - least) / components.resources()
    return [
        Result("a resource in components ÷ written flat", per_component / per_flat, 1.05, plain)
    ]


def _program(resources: list[dict[str, Any]]) -> str:
    """The text of a program that declares these resources one after another."""
    plain = [each for each in resources if each["custom"]]
    known = {each["urn"]: f"resource_{number}" for number, each in enumerate(plain)}
    modules = {each["type"].split(":")[1] for each in plain if _is_azure(each)}
    imports = "".join(
        f"from pulumi_azure_native import {each} as azure_{each}\n" for each in sorted(modules)
    )
    return imports.join((_HEAD, "".join(_statement(each, known) for each in plain)))


def _statement(resource: dict[str, Any], known: dict[str, str]) -> str:
    sources: dict[str, list[str]] = resource.get("propertyDependencies") or {}
    inputs: dict[str, Any] = resource.get("inputs") or {}
    lines = [f"{known[resource['urn']]} = {_class(resource['type'])}("]
    lines.append(f"    {resource['urn'].rpartition('::')[2]!r},")
    for name, value in inputs.items():
        if name.startswith("__") or (name == "version" and _is_provider(resource)):
            continue
        text = pprint.pformat(value, width=80, sort_dicts=False)
        wires = [known[urn] for urn in sources.get(name, ()) if urn in known]
        text = f"wired({', '.join([text, *wires])})" if wires else text
        lines.append(f"    {_snake(name)}={text},")
    if provider := known.get(resource.get("provider", "").rpartition("::")[0]):
        lines.append(f"    opts=ResourceOptions(provider={provider}),")
    return "\n".join([*lines, ")\n"])


def _is_provider(resource: dict[str, Any]) -> bool:
    return resource["type"].startswith(_PROVIDERS)


def _is_azure(resource: dict[str, Any]) -> bool:
    return resource["type"].startswith("azure-native:")


def _class(token: str) -> str:
    package, module, name = token.split(":")
    if f"{package}:{module}:" == _PROVIDERS:
        return "azure.Provider" if name == "azure-native" else "databricks.Provider"
    return f"azure_{module}.{name}" if package == "azure-native" else f"databricks.{name}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
