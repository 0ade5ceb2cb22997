"""A prepaid commitment (DBCU) over a month's bill.

One DBCU buys a dollar of DBU at list price, whatever the workload; machines, storage and network
are outside. What is not used by the end of the term is lost.
https://learn.microsoft.com/azure/cost-management-billing/reservations/reservation-discount-databricks
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MONTHS_PER_YEAR: Final = 12


@dataclass(frozen=True)
class Commitment:
    """What was bought.

    Attributes:
        dbcu: Commit units over the whole term.
        years: The term: Azure sells one and three.
        discount_percent: What was taken off on buying.
    """

    dbcu: float
    years: float
    discount_percent: float = 0

    @property
    def month(self) -> float:
        """DBCU a month, if they are to last."""
        return self.dbcu / (self.years * _MONTHS_PER_YEAR)


@dataclass(frozen=True)
class Settled:
    """A month's DBU under a commitment, in USD.

    Attributes:
        paid: The commitment's share of the month, due in any case.
        covered: DBU at list price that it pays for.
        unused: What of it buys nothing.
        beyond: What is paid for DBU on top of it.
    """

    paid: float
    covered: float
    unused: float
    beyond: float

    @property
    def dbus(self) -> float:
        """What the month's DBU cost."""
        return self.paid + self.beyond


def settle(commitment: Commitment, list_usd: float, discount_percent: float = 0) -> Settled:
    """Spread a commitment over a month.

    Args:
        commitment: What was bought.
        list_usd: The month's DBU at list price.
        discount_percent: Negotiated on what goes beyond the commitment.
    """
    covered = min(list_usd, commitment.month)
    return Settled(
        paid=commitment.month * (1 - commitment.discount_percent / 100),
        covered=covered,
        unused=commitment.month - covered,
        beyond=(list_usd - covered) * (1 - discount_percent / 100),
    )
