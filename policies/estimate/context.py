"""What pricing a resource needs besides the resource: prices, usage, and the rest of the stack."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from policies import tokens
from policies.findings import elements, is_number
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.estimate.assumptions import Assumptions
    from policies.estimate.book import Price, PriceBook
    from policies.model import Resource

DEFAULT_REGION: Final = "eastus2"
NOT_PRICED: Final = "not priced"
"""What a deferral says where nothing bounds the price."""


class UnpriceableError(ValueError):
    """The resource lacks what its price depends on; the message says what to set."""


class UnboundedError(UnpriceableError):
    """Nothing here says what may be started under a cluster policy: see COST-12."""


class NotYetKnownError(ValueError):
    """The price depends on a value that only the update knows, and nothing bounds it."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not known yet")
        self.path = path


@dataclass(frozen=True)
class Deferral:
    """A value that only the update knows, and what the estimate did without it."""

    urn: str
    path: str
    instead: str


@dataclass
class Context:
    """One estimate's surroundings.

    Attributes:
        book: The prices.
        assumptions: The usage.
        peak_users: People who use all clusters that a policy lets them have, at once.
        by_urn: The stack's resources.
        by_type: The same, by type token.
        region: Where Databricks resources run, which do not say it themselves.
        deferred: Filled while pricing, like ``used``.
        used: The prices that were asked for.
    """

    book: PriceBook
    assumptions: Assumptions
    peak_users: float
    by_urn: Mapping[str, Resource]
    by_type: Mapping[str, Sequence[Resource]]
    region: str
    deferred: list[Deferral] = field(default_factory=list[Deferral])
    used: dict[tuple[str, str], Price] = field(default_factory=dict[tuple[str, str], "Price"])
    _by_id: dict[str, Mapping[str, Resource]] = field(
        default_factory=dict[str, "Mapping[str, Resource]"]
    )

    def price(self, key: str, region: str | None = None) -> float:
        """A price's value.

        Raises:
            UnknownPriceError: The book does not have it.
        """
        price = self.book.find(key, region or self.region)
        self.used[price.key, price.region] = price
        return price.value

    def price_if_known(self, key: str) -> float | None:
        """The same, ``None`` where the book does not have it."""
        return None if self.book.get(key, self.region) is None else self.price(key)

    def defer(self, resource: Resource, path: str, instead: str) -> None:
        """Note that a value is not known yet."""
        self.deferred.append(Deferral(resource.urn, path, instead))

    def known(self, resource: Resource, path: str, default: Any, *, unknown: Any = None) -> Any:
        """A property: its default where absent, ``unknown`` (or the default) where not known."""
        value = resource.get(path)
        if value is UNKNOWN:
            stand_in = default if unknown is None else unknown
            self.defer(resource, path, f"priced as {stand_in}")
            return stand_in
        return default if value is None else value

    def number(self, resource: Resource, path: str, default: float) -> float:
        """A number of something; what is none, or below 0, counts as its default."""
        value = self.known(resource, path, default)
        return float(value) if is_number(value) and value >= 0 else default

    def location(self, resource: Resource) -> str:
        """The region of an Azure resource."""
        return region_of(resource) or self.region

    def referred(self, resource: Resource, prop: str, value: Any, token: str) -> Resource | None:
        """The resource of a type that a property's value comes from, if it is in the stack."""
        if isinstance(value, str) and (other := self._with_id(token).get(value)):
            return other
        sources = resource.dependencies.get(prop, ())
        found = [self.by_urn[urn] for urn in sources if urn in self.by_urn]
        return next((other for other in found if other.type == token), None)

    def _with_id(self, token: str) -> Mapping[str, Resource]:
        """The resources of a type by their ids."""
        if token not in self._by_id:
            # Backwards, so that of two with one id the first is kept.
            self._by_id[token] = {
                other.outputs["id"]: other
                for other in reversed(self.by_type.get(token, ()))
                if isinstance(other.outputs.get("id"), str)
            }
        return self._by_id[token]


def region_of(resource: Resource) -> str | None:
    """``eastus2`` for ``eastus2`` and ``East US 2``; ``None`` where it is not known."""
    location = resource.get("location")
    return location.replace(" ", "").lower() if isinstance(location, str) and location else None


def main_region(resources: Iterable[Resource], fallback: str = DEFAULT_REGION) -> str:
    """Where the Databricks workspace is, or else most of the Azure resources."""
    regions: Counter[str] = Counter()
    for resource in resources:
        region = region_of(resource)
        if region is not None:
            if resource.type == tokens.WORKSPACE:
                return region
            regions[region] += 1
    return regions.most_common(1)[0][0] if regions else fallback


def tag(resource: Resource, name: str) -> str | None:
    """A tag's value, in whichever form the resource's type has tags."""
    for path in ("tags", "customTags", "tags.customTags"):
        tags = resource.get(path)
        value = dig(tags, name)
        if isinstance(value, str):
            return value
        for pair in elements(tags):
            if dig(pair, "key") == name and isinstance(dig(pair, "value"), str):
                return cast("str", dig(pair, "value"))
    return None
