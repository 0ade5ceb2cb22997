"""What a machine type costs in an hour, on demand and as a spot machine, and its DBU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policies.estimate.context import NotYetKnownError, UnpriceableError
from policies.findings import is_number
from policies.model import UNKNOWN

if TYPE_CHECKING:
    from policies.estimate.context import Context


@dataclass(frozen=True)
class Node:
    """A machine type's prices.

    Attributes:
        name: For example ``Standard_D4ds_v5``.
        dbus: DBU per hour, without Photon.
        vm: USD per hour on demand, at list price.
        paid: The same with what is negotiated or reserved taken off.
        spot: USD per hour as a spot machine; on demand's where no spot price is known.
    """

    name: str
    dbus: float
    vm: float
    paid: float
    spot: float


def node(context: Context, name: str) -> Node:
    """A machine type's prices.

    Raises:
        UnknownPriceError: Its DBU or its price on demand is not in the book.
    """
    on_demand = context.price(f"vm/{name}/on-demand")
    paid = discounted(context, on_demand)
    spot = _spot(context, name, on_demand)
    return Node(name, context.price(f"dbu/{name}"), on_demand, paid, spot)


def discounted(context: Context, usd: float) -> float:
    """What is paid for machines on demand; spot machines are in no reservation or savings plan.

    https://learn.microsoft.com/azure/cost-management-billing/savings-plan/discount-application
    """
    return usd * (1 - context.assumptions.machine_discount_percent / 100)


def idle(context: Context, name: str, *, spot: bool, bid: Any = None) -> float:
    """USD per hour of a pool's machine that no cluster uses: it takes no DBU.

    https://learn.microsoft.com/azure/databricks/compute/pool-index
    """
    on_demand = context.price(f"vm/{name}/on-demand")
    price = _spot(context, name, on_demand)
    return price if spot and admits(bid, price) else discounted(context, on_demand)


def admits(bid: Any, spot: float) -> bool:
    """Whether a bid gets spot machines at their price; -1, as left out, takes any.

    https://learn.microsoft.com/azure/virtual-machines/spot-vms#pricing
    """
    return not is_number(bid) or bid < 0 or bid >= spot


def _spot(context: Context, name: str, on_demand: float) -> float:
    # Azure caps a spot machine's price at the price on demand.
    # https://learn.microsoft.com/azure/virtual-machines/spot-vms#pricing
    price = context.price_if_known(f"vm/{name}/spot")
    return on_demand if price is None else min(price, on_demand)


def photon(context: Context, workload: str) -> float:
    """How many times the DBU that Photon takes."""
    return context.price(f"photon/{'dlt' if workload.startswith('dlt') else workload}")


def named(name: Any, path: str) -> str:
    """A node type's name.

    Raises:
        UnpriceableError: There is none.
        NotYetKnownError: Only the update knows it.
    """
    if name is UNKNOWN:
        raise NotYetKnownError(path)
    if not isinstance(name, str) or not name:
        raise UnpriceableError(f"{path} is not set; name a node type or a pool")
    return name
