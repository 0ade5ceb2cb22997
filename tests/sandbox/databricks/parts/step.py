"""What the estate is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.databricks.world import World


@dataclass(frozen=True)
class Step:
    """One resource of the estate: its name, type, inputs and the provider it is declared with."""

    name: str
    token: str
    inputs: Callable[[World], dict[str, Any]]
    via: str = "workspace"


def on_account(name: str, token: str, inputs: Callable[[World], dict[str, Any]]) -> Step:
    """A step that is declared with the account-level provider."""
    return Step(name, token, inputs, "account")
