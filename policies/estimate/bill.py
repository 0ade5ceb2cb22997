"""The bill of a stack: every charge, whose it is, and what could not be priced."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from policies import tokens
from policies.estimate import azure, cluster_policies, compute, jobs, serving
from policies.estimate.amounts import Span
from policies.estimate.attribution import attribute
from policies.estimate.book import UnknownPriceError
from policies.estimate.context import (
    DEFAULT_REGION,
    NOT_PRICED,
    Context,
    Deferral,
    NotYetKnownError,
    UnboundedError,
    UnpriceableError,
    main_region,
)
from policies.references import type_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from policies.estimate.amounts import Charge
    from policies.estimate.assumptions import Assumptions
    from policies.estimate.book import Price, PriceBook
    from policies.model import Resource

    Pricing = Callable[[Resource, Context], Iterator[Charge]]

BY_THE_HOUR: Final = (
    tokens.BASTION,
    tokens.NETWORK_GATEWAY,
    tokens.APPLICATION_GATEWAY,
    tokens.DNS_RESOLVER,
    tokens.MANAGED_HSM,
    tokens.SCALE_SET,
    tokens.KUBERNETES,
    # A project comes with an endpoint, whose compute grows and shrinks by itself.
    tokens.POSTGRES_PROJECT,
    tokens.POSTGRES_ENDPOINT,
)
"""Types that the shipped book has no price of: whoever declares one adds it."""

PRICED: Final[Mapping[str, Pricing]] = {
    tokens.CLUSTER: compute.cluster,
    tokens.CLUSTER_POLICY: cluster_policies.charges,
    tokens.INSTANCE_POOL: compute.pool,
    tokens.JOB: jobs.job,
    tokens.PIPELINE: compute.pipeline,
    tokens.SQL_ENDPOINT: compute.warehouse,
    tokens.APP: compute.app,
    tokens.DATABASE_INSTANCE: compute.database,
    tokens.ONLINE_STORE: compute.database,
    tokens.MODEL_SERVING: serving.endpoint,
    tokens.PROVISIONED_THROUGHPUT: serving.endpoint,
    tokens.VECTOR_SEARCH: compute.vector_search,
    tokens.AI_SEARCH: compute.vector_search,
    tokens.CONNECTIVITY: azure.connectivity,
    tokens.NCC_ENDPOINT: azure.connectivity_endpoint,
    tokens.PRIVATE_ENDPOINT: azure.private_endpoint,
    tokens.NAT_GATEWAY: azure.nat_gateway,
    tokens.FIREWALL: azure.firewall,
    tokens.PUBLIC_IP: azure.public_ip,
    tokens.PUBLIC_IP_PREFIX: azure.public_ip_prefix,
    tokens.PRIVATE_ZONE: azure.private_zone,
    tokens.DDOS_PLAN: azure.ddos_plan,
    tokens.STORAGE_ACCOUNT: azure.storage_account,
    tokens.LOG_ANALYTICS: azure.logs,
    tokens.VAULT: azure.vault,
    tokens.VIRTUAL_MACHINE: azure.virtual_machine,
    **dict.fromkeys(BY_THE_HOUR, azure.by_the_hour),
}
"""How each type is priced; what is not here is taken to be free, and listed so."""

UNCOUNTED: Final[Mapping[str, str]] = {
    # Retail prices of them differ by redundancy, tier and namespace; the book has none yet.
    tokens.STORAGE_ACCOUNT: "operations, and reading back from a cool tier",
    tokens.PRIVATE_ZONE: "DNS queries",
    tokens.VIRTUAL_MACHINE: "disks",
}
"""What types that are priced cost beside, by type: each bill with one of them says so."""


@dataclass(frozen=True)
class Problem:
    """A resource that is not on the bill although it costs something.

    ``judged`` problems break a rule of their own, so that COST-36 need not repeat them.
    """

    urn: str
    message: str
    judged: bool = False


@dataclass(frozen=True)
class Line:
    """A charge with whom it is for."""

    charge: Charge
    environment: str
    component: str
    owner: str

    @property
    def meter(self) -> str:
        """The charge's meter, as one more way to group."""
        return self.charge.meter


@dataclass(frozen=True)
class Bill:
    """What a stack costs in a month of 730 hours, and in its worst hour.

    Attributes:
        lines: Every charge.
        problems: What costs something and is not among them.
        deferred: What only the update knows, and what was taken instead.
        free: How many resources of each type nothing is charged for, as far as is known here.
        prices: The prices that the charges are made of.
    """

    lines: Sequence[Line]
    problems: Sequence[Problem] = ()
    deferred: Sequence[Deferral] = ()
    free: Mapping[str, int] = field(default_factory=dict[str, int])
    prices: Sequence[Price] = ()

    @cached_property
    def month(self) -> Span:
        """USD a month."""
        return total(self.lines)

    @cached_property
    def fixed(self) -> float:
        """USD a month that are due without anybody doing anything."""
        return total(line for line in self.lines if line.charge.basis == "fixed").expected

    @cached_property
    def uncounted(self) -> Mapping[str, str]:
        """What the resources that are on it cost beside, by type; in no sum here."""
        types = {type_in(line.charge.urn) for line in self.lines}
        return {token: what for token, what in UNCOUNTED.items() if token in types}

    @cached_property
    def hour(self) -> float:
        """USD in an hour in which everything that the stack admits runs at once."""
        return math.fsum(line.charge.hour for line in self.lines)

    def by(self, attribute: str) -> dict[str, Span]:
        """Months by ``environment``, ``component``, ``owner`` or ``meter``, dearest first."""
        groups: dict[str, list[Line]] = {}
        for line in self.lines:
            groups.setdefault(getattr(line, attribute), []).append(line)
        totals = {name: total(lines) for name, lines in groups.items()}
        return dict(sorted(totals.items(), key=lambda item: (-item[1].expected, item[0])))

    def __add__(self, other: Bill) -> Bill:
        free = {
            token: self.free.get(token, 0) + other.free.get(token, 0)
            for token in (*self.free, *other.free)
        }
        return Bill(
            [*self.lines, *other.lines],
            [*self.problems, *other.problems],
            [*self.deferred, *other.deferred],
            free,
            list(
                {
                    price.key + price.region: price for price in (*self.prices, *other.prices)
                }.values()
            ),
        )


def total(lines: Iterable[Line]) -> Span:
    """The sum of months; in any order of lines the same to the last digit."""
    months = [line.charge.month for line in lines]
    return Span(
        math.fsum(month.low for month in months),
        math.fsum(month.expected for month in months),
        math.fsum(month.high for month in months),
    )


def estimate(
    resources: Sequence[Resource],
    book: PriceBook,
    assumptions: Assumptions,
    *,
    peak_users: float = 1,
    region: str = DEFAULT_REGION,
) -> Bill:
    """The bill of a stack.

    Args:
        resources: The whole stack: pools and parents are looked up in it.
        book: List prices.
        assumptions: Usage and discount.
        peak_users: People who use all clusters that a cluster policy lets them have, at once.
        region: For Databricks resources where no Azure resource of the stack names a region.
    """
    by_urn = {resource.urn: resource for resource in resources}
    by_type: dict[str, list[Resource]] = {}
    for resource in resources:
        by_type.setdefault(resource.type, []).append(resource)
    context = Context(
        book, assumptions, peak_users, by_urn, by_type, main_region(resources, region)
    )
    lines: list[Line] = []
    problems: list[Problem] = []
    free: dict[str, int] = {}
    for resource in resources:
        pricing = PRICED.get(resource.type)
        if pricing is None:
            if resource.type.startswith((tokens.AZURE, tokens.DATABRICKS)):
                free[resource.type] = free.get(resource.type, 0) + 1
            continue
        try:
            charges = list(pricing(resource, context))
        except NotYetKnownError as error:
            context.deferred.append(Deferral(resource.urn, error.path, NOT_PRICED))
        except (UnknownPriceError, UnpriceableError) as error:
            judged = isinstance(error, UnboundedError)
            problems.append(Problem(resource.urn, str(error.args[0]), judged))
        else:
            place = attribute(resource, context)
            lines += [Line(_discounted(charge, assumptions), *place) for charge in charges]
    return Bill(lines, problems, context.deferred, free, list(context.used.values()))


def _discounted(charge: Charge, assumptions: Assumptions) -> Charge:
    if charge.kind != "dbu" or not assumptions.discount_percent:
        return charge
    # The worst hour stays at list price: it is a limit, not a forecast.
    return replace(charge, month=charge.month * (1 - assumptions.discount_percent / 100))
