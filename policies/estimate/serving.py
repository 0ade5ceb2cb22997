"""Model serving endpoints: concurrency times DBU, awake or always on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.estimate import machines
from policies.estimate.amounts import HOURS_PER_MONTH, Charge, Span
from policies.estimate.context import NotYetKnownError, UnpriceableError
from policies.findings import elements, is_number
from policies.model import UNKNOWN, dig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.estimate.context import Context
    from policies.model import Resource

# Units of provisioned concurrency; a replica of a GPU type has as many as the smallest size.
# https://github.com/databricks/terraform-provider-databricks/blob/main/docs/resources/model_serving.md
_SIZES: Final = {"Small": (4, 4), "Medium": (8, 16), "Large": (16, 64)}
_PER_REPLICA: Final = 4
_CPU: Final = "CPU"


def endpoint(resource: Resource, context: Context) -> Iterator[Charge]:
    """Every served entity has compute of its own; external models have none."""
    for path in ("config", "config.servedEntities", "config.servedModels"):
        if resource.get(path) is UNKNOWN:
            raise NotYetKnownError(path)
    entities = [
        *elements(resource.get("config.servedEntities")),
        *elements(resource.get("config.servedModels")),
    ]
    for index, entity in enumerate(entities):
        if dig(entity, "externalModel") is None:
            yield from _entity(resource, entity, f"config.servedEntities[{index}]", context)


def _entity(resource: Resource, entity: Any, path: str, context: Context) -> Iterator[Charge]:
    dbus, size = _dbus(resource, entity, path, context)
    usage = context.assumptions
    sleeps = dig(entity, "scaleToZeroEnabled") is True
    hours = HOURS_PER_MONTH * (usage.serving_awake_percent / 100 if sleeps else 1)
    usd = dbus * context.price("dbu-rate/serving")
    month = Span(
        usd.low * hours,
        usd.expected * hours,
        # It may turn out never to sleep.
        usd.high * HOURS_PER_MONTH,
    )
    basis = "usage" if sleeps else "fixed"
    detail = f"{hours:g} h x {size}"
    yield Charge(resource.urn, "DBU model serving", "dbu", basis, month, usd.high, detail)
    if sleeps and usage.serving_launches:
        launches = Span.of(usage.serving_launches * context.price("serving-launch"))
        detail = f"{usage.serving_launches:g} starts from zero"
        yield Charge(resource.urn, "Model serving launches", "dbu", "usage", launches, 0, detail)


def _dbus(resource: Resource, entity: Any, path: str, context: Context) -> tuple[Span, str]:
    """DBU per hour, and what they are for."""
    provisioned = _throughput(entity)
    if provisioned is not None:
        throughput, unit = provisioned
        model = dig(entity, "entityName")
        per_unit = context.price(f"provisioned-{unit}/{model}")
        return throughput * per_unit, f"{throughput.expected:g} {unit} of {model}"
    kind = dig(entity, "workloadType")
    if kind is UNKNOWN:
        raise NotYetKnownError(f"{path}.workloadType")
    kind = _CPU if kind is None else kind
    size = dig(entity, "workloadSize")
    lowest, highest = (dig(entity, f"{end}ProvisionedConcurrency") for end in ("min", "max"))
    if is_number(highest):
        low, high, size = (
            (float(lowest) if is_number(lowest) else 0.0),
            float(highest),
            "of its own",
        )
    else:
        if size is UNKNOWN:
            context.defer(resource, f"{path}.workloadSize", "priced as Large")
        size = "Large" if size is UNKNOWN else str(size or "Small")
        if size not in _SIZES:
            raise UnpriceableError(
                f"{path}.workloadSize is {size!r}; use one of {', '.join(_SIZES)}"
            )
        low, high = _SIZES[size]
    concurrency = machines.between(context, low, max(low, high))
    per_unit = context.price(f"serving/{kind}") / (1 if kind == _CPU else _PER_REPLICA)
    return concurrency * per_unit, f"{kind}, {size}, concurrency {concurrency.expected:g}"


def _throughput(entity: Any) -> tuple[Span, str] | None:
    """What is provisioned of a foundation model: model units, or tokens per second."""
    units = dig(entity, "provisionedModelUnits")
    if is_number(units):
        return Span.of(max(0.0, units)), "units"
    least, most = (dig(entity, f"{end}ProvisionedThroughput") for end in ("min", "max"))
    if not is_number(most):
        return None
    low = float(least) if is_number(least) else 0.0
    return Span(low, max(low, float(most)), max(low, float(most))), "tokens"
