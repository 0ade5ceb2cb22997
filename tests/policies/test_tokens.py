"""A rule that names a type no SDK registers could never fire."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from policies import tokens
from policies.privileges import SECURABLES
from policies.registry import load
from policies.rules.tags import TAGGABLE

TOKENS = sorted(
    value
    for key, value in vars(tokens).items()
    if key.isupper() and value.count(":") == 2 and not value.startswith(("pulumi:", "azuread:"))
)
# The program itself makes nothing in the directory, so the SDK of that provider is not here.
OTHERS = {tokens.APPLICATION_PASSWORD, tokens.PRINCIPAL_PASSWORD}


def sdk(package: str) -> Path:
    # The folder only: importing an SDK takes seconds.
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def source(token: str) -> str:
    """The SDK's module that defines the resource class of a token."""
    package, module, name = token.split(":")
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    folder = sdk("pulumi_" + package.replace("-", "_"))
    if package == "azure-native":
        folder /= module
    return (folder / f"{stem}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_is_what_the_sdks_class_registers(token: str) -> None:
    assert f"'{token}'," in source(token)


def test_every_type_that_a_rule_judges_is_a_tested_token() -> None:
    used = {token for rule in load().values() for token in rule.types}
    assert used <= {*TOKENS, *OTHERS}


@pytest.mark.parametrize("token", TAGGABLE)
def test_a_taggable_type_has_tags(token: str) -> None:
    assert re.search(r"def tags\(self\)", source(token))


@pytest.mark.parametrize("name", ["Grants", "Grant"])
def test_the_securables_are_those_of_the_sdk(name: str) -> None:
    text = source(f"databricks:index/{name.lower()}:{name}")
    first_class = text.split("\nclass ")[1]
    getters = re.findall(r'getter(?:\(name="(\w+)"\))?\s+def (\w+)\(self\)', first_class)
    properties = {wire or python for wire, python in getters}
    others = {"grants", "principal", "privileges", "providerConfig"}
    assert properties - others == set(SECURABLES)
