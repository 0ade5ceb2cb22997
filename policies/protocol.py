"""Between the analyzer protocol's messages and what rules, levels and options are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from policies.model import STACK, Options, Provider, Resource, normalise, plain
from policies.notices import NOTICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.registry import Level, Option, Rule

LEVELS: Final[Mapping[Level, analyzer_pb2.EnforcementLevel.ValueType]] = {
    "advisory": analyzer_pb2.ADVISORY,
    "mandatory": analyzer_pb2.MANDATORY,
    "remediate": analyzer_pb2.REMEDIATE,
    "disabled": analyzer_pb2.DISABLED,
}
LEVEL_NAMES: Final[Mapping[int, Level]] = {value: name for name, value in LEVELS.items()}
SEVERITIES: Final = {
    "low": analyzer_pb2.POLICY_SEVERITY_LOW,
    "medium": analyzer_pb2.POLICY_SEVERITY_MEDIUM,
    "high": analyzer_pb2.POLICY_SEVERITY_HIGH,
    "critical": analyzer_pb2.POLICY_SEVERITY_CRITICAL,
}
_SCOPES: Final = {
    "resource": analyzer_pb2.POLICY_TYPE_RESOURCE,
    "stack": analyzer_pb2.POLICY_TYPE_STACK,
}


def resource_of(
    request: analyzer_pb2.AnalyzeRequest | analyzer_pb2.AnalyzerResource,
) -> Resource:
    """A resource as rules see it."""
    secrets: set[str] = set()
    props = plain(json_format.MessageToDict(request.properties), secrets)
    dependencies = (
        {key: list(value.urns) for key, value in request.propertyDependencies.items()}
        if isinstance(request, analyzer_pb2.AnalyzerResource)
        else {}
    )
    return Resource(
        urn=request.urn,
        type=normalise(request.type),
        name=request.name,
        props=cast("dict[str, Any]", props),
        options=Options(
            protect=request.options.protect,
            parent=request.options.parent,
            create_seconds=request.options.customTimeouts.create,
        ),
        provider=Provider(request.provider.type, request.provider.name)
        if request.HasField("provider")
        else None,
        dependencies=dependencies,
        secrets=frozenset(secrets),
    )


def waits_for(request: analyzer_pb2.AnalyzerResource) -> list[str]:
    """URNs of what the engine makes before a resource."""
    provider = [request.provider.urn] if request.HasField("provider") else []
    return [*request.dependencies, *provider]


def stack_urn(request: analyzer_pb2.AnalyzeStackRequest) -> str:
    """What a finding about the stack as a whole is about.

    `pulumi policy analyze` panics on a finding without a URN:
    https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/backend/display/diff.go
    """
    stacks = [item.urn for item in request.resources if item.type == STACK]
    return next(iter([*stacks, *(item.urn for item in request.resources)]), "")


def notice_info(name: str) -> analyzer_pb2.PolicyInfo:
    """What the engine is told of a notice."""
    notice = NOTICES[name]
    info = analyzer_pb2.PolicyInfo(
        name=name,
        displayName=name,
        description=notice.title,
        message=notice.title,
        enforcementLevel=LEVELS[notice.level],
        policy_type=analyzer_pb2.POLICY_TYPE_STACK,
    )
    _add_options(info, notice.config)
    return info


def _add_options(info: analyzer_pb2.PolicyInfo, options: Mapping[str, Option]) -> None:
    for key, option in options.items():
        info.configSchema.properties.update(
            {key: {**option.schema, "description": option.description, "default": option.default}}
        )


def policy_info(rule: Rule) -> analyzer_pb2.PolicyInfo:
    """What the engine is told of a rule."""
    info = analyzer_pb2.PolicyInfo(
        name=rule.name,
        displayName=f"{rule.id} {rule.title}",
        description=rule.title,
        message=rule.rationale,
        enforcementLevel=analyzer_pb2.ADVISORY,
        severity=SEVERITIES[rule.severity],
        policy_type=_SCOPES[rule.scope],
        tags=[rule.id, *rule.mappings.tags()],
        remediation_steps=rule.remediation,
    )
    if rule.mappings.cis:
        info.framework.name = "CIS Microsoft Azure Foundations Benchmark"
        info.framework.version = "6.0.0"
        info.framework.specification = ", ".join(rule.mappings.cis)
    _add_options(info, rule.config)
    return info
