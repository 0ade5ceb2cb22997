"""Resources of any stack, and their bill at the shipped prices of East US 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies.estimate import bill, book
from policies.estimate.assumptions import Assumptions
from policies.model import Options, Resource
from tests.policies.harness import urn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.estimate.bill import Bill

BOOK = book.load()


def make(
    token: str,
    name: str = "it",
    props: dict[str, Any] | None = None,
    *,
    outputs: Mapping[str, Any] | None = None,
    depends: Mapping[str, list[str]] | None = None,
    parent: str = "",
) -> Resource:
    """One resource as a file or the engine gives it."""
    return Resource(
        urn=urn(token, name),
        type=token,
        name=name,
        props=props or {},
        options=Options(parent=parent),
        dependencies=depends or {},
        outputs=outputs or {},
    )


def priced(*resources: Resource, peak_users: float = 1, **assumed: float) -> Bill:
    """The bill of a stack of these."""
    return bill.estimate(resources, BOOK, Assumptions(**assumed), peak_users=peak_users)


def cents(amount: float) -> float:
    """An amount as an invoice has it."""
    return round(amount, 2)
