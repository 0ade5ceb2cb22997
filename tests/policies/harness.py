"""Runs rules as the engine does: over protobuf, with float numbers and marked unknowns."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from policies import config, registry
from policies.adapter import Analyzer
from policies.model import SECRET_SIGNATURE, SIGNATURE, UNKNOWN
from policies.notices import DEFERRED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import grpc

    from policies.registry import Environment, Rule

TODAY = date(2026, 11, 1)
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ABSENT = object()


def soon() -> date:
    """An exemption's last day where the engine judges, which goes by the real day."""
    return datetime.now(UTC).date() + timedelta(days=30)


@dataclass(frozen=True)
class Secret:
    """A value that the engine marks as secret."""

    value: Any


@dataclass(frozen=True)
class Item:
    """One resource of a test's stack."""

    type: str
    name: str
    props: dict[str, Any]
    protect: bool = False
    create_seconds: float = 0
    provider: str = "explicit"
    after: Sequence[str] = ()
    dependencies: Mapping[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def with_value(self, path: str, value: Any) -> Item:
        """A copy with the value at a dotted path set, or removed where it is ``ABSENT``."""
        props = copy.deepcopy(self.props)
        *parents, last = path.split(".")
        target: Any = props
        for key in parents:
            target = _child(target, key)
        if value is ABSENT:
            del target[int(last) if isinstance(target, list) else last]
        elif isinstance(target, list):
            cast("list[Any]", target)[int(last)] = value
        else:
            target[last] = value
        return replace(self, props=props)

    def with_dependency(self, prop: str, source: str) -> Item:
        """A copy whose property is computed from another resource."""
        return replace(self, dependencies={**self.dependencies, prop: [source]})


def _child(target: Any, key: str) -> Any:
    return target[int(key) if isinstance(target, list) else key]


@dataclass
class Outcome:
    """What a run reported."""

    diagnostics: list[analyzer_pb2.AnalyzeDiagnostic]
    not_applicable: list[tuple[str, str]]
    deferred: int

    @property
    def rules(self) -> set[str]:
        """The names of the rules that are broken."""
        return {item.policyName for item in self.diagnostics}

    @property
    def messages(self) -> str:
        """All messages, for a test that looks for a word."""
        return "\n".join(item.message for item in self.diagnostics)


def urn(type_: str, name: str) -> str:
    """The URN of a resource of a test's stack."""
    return f"urn:pulumi:prod::mlops::{type_}::{name}"


def on_the_wire(value: Any) -> Any:
    """A value as the engine sends it, before protobuf makes its numbers floats."""
    if value is UNKNOWN:
        return UNKNOWN_STRING
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET_SIGNATURE, "value": on_the_wire(value.value)}
    if isinstance(value, dict):
        return {key: on_the_wire(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [on_the_wire(item) for item in cast("list[Any]", value)]
    return value


def _struct(props: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(on_the_wire(props))
    return struct


def _provider(item: Item) -> analyzer_pb2.AnalyzerProviderResource | None:
    if not item.provider:
        return None
    package = f"pulumi:providers:{item.type.split(':', maxsplit=1)[0]}"
    return analyzer_pb2.AnalyzerProviderResource(
        type=package, name=item.provider, urn=urn(package, item.provider)
    )


def _options(item: Item) -> analyzer_pb2.AnalyzerResourceOptions:
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=item.protect,
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(
            create=item.create_seconds
        ),
    )


def analyze_request(item: Item) -> analyzer_pb2.AnalyzeRequest:
    """The engine's question about one resource."""
    return analyzer_pb2.AnalyzeRequest(
        type=item.type,
        name=item.name,
        urn=urn(item.type, item.name),
        properties=_struct(item.props),
        options=_options(item),
        provider=_provider(item),
    )


def _answered(item: Item) -> dict[str, Any]:
    """What a preview makes of the inputs: names are renamed, all that is absent is unknown."""
    echoed = {
        key: value
        for key, value in item.props.items()
        if key not in {"resourceUri", "workspaceName", "vaultName", "accountName", "subnetName"}
    }
    absent = {key: UNKNOWN for key in ("catalog", "schema", "volume") if key not in item.props}
    return echoed | absent | dict(item.outputs)


def stack_request(items: Iterable[Item]) -> analyzer_pb2.AnalyzeStackRequest:
    """The engine's question about a whole stack."""
    return analyzer_pb2.AnalyzeStackRequest(
        resources=[
            analyzer_pb2.AnalyzerResource(
                type=item.type,
                name=item.name,
                urn=urn(item.type, item.name),
                properties=_struct(_answered(item)),
                options=_options(item),
                provider=_provider(item),
                dependencies=[*item.after, *chain(*item.dependencies.values())],
                propertyDependencies={
                    key: analyzer_pb2.AnalyzerPropertyDependencies(urns=sources)
                    for key, sources in item.dependencies.items()
                },
            )
            for item in items
        ]
    )


class Context:
    """The part of gRPC's context that the analyzer uses."""

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        """End the call, as gRPC does."""
        raise RuntimeError(f"{code.name}: {details}")


CONTEXT = cast("grpc.ServicerContext", Context())
EMPTY = empty_pb2.Empty()
_LEVELS = {"advisory": 0, "mandatory": 1, "disabled": 2, "remediate": 3}


def configure_request(
    settings: Mapping[str, Mapping[str, Any]],
) -> analyzer_pb2.ConfigureAnalyzerRequest:
    """A policy configuration file as the engine sends it."""
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for name, value in settings.items():
        keys = dict(value)
        level = _LEVELS[keys.pop("enforcementLevel", "advisory")]
        request.policyConfig[name].enforcementLevel = cast(
            "analyzer_pb2.EnforcementLevel.ValueType", level
        )
        request.policyConfig[name].properties.update(keys)
    return request


def platform(rules: Iterable[Rule] | None = None) -> Analyzer:
    """The pack with all rules, or with these, before it is configured."""
    return Analyzer("platform", registry.load().values() if rules is None else rules, today=TODAY)


def judge(
    items: Iterable[Item],
    *,
    rules: Iterable[Rule] | None = None,
    environment: Environment = "prod",
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Outcome:
    """Run rules over a stack, by default all of them as configured for production."""
    items = list(items)
    analyzer = platform(rules)
    shipped = config.shipped(environment)
    for name, changes in (settings or {}).items():
        shipped[name] = {**shipped[name], **changes}
    # Rules that the test brings itself are unknown to the configuration.
    analyzer.Configure(configure_request(shipped), CONTEXT)
    responses = [analyzer.Analyze(analyze_request(item), CONTEXT) for item in items]
    responses.append(analyzer.AnalyzeStack(stack_request(items), CONTEXT))
    found = [item for response in responses for item in response.diagnostics]
    waiting = [item for item in found if item.policyName == DEFERRED]
    return Outcome(
        diagnostics=[item for item in found if item.policyName != DEFERRED],
        not_applicable=[
            (item.policy_name, item.reason)
            for response in responses
            for item in response.not_applicable
        ],
        deferred=int(waiting[0].message.split("\n")[1].split()[0]) if waiting else 0,
    )
