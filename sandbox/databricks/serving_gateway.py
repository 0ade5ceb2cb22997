"""What stands before a serving endpoint: inference tables, rate limits, tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.databricks import scope, securables, tokens
from sandbox.databricks.errors import invalid
from sandbox.databricks.ownership import parents
from sandbox.databricks.privileges import caller
from sandbox.databricks.scope import metastore_key
from sandbox.databricks.values import at, given, items, text
from sandbox.rules import Refusal, admit

if TYPE_CHECKING:
    from sandbox.rules import Cloud, Request

GATEWAY = "https://learn.microsoft.com/azure/databricks/ai-gateway/configure-ai-gateway-endpoints"
LEGACY = "https://learn.microsoft.com/azure/databricks/machine-learning/model-serving/enable-model-serving-inference-tables"
API = "https://docs.databricks.com/api/workspace/servingendpoints/putaigateway"
_PREFIX = r"[A-Za-z0-9_]{1,200}"
_LIMITED = ("user", "endpoint", "user_group", "service_principal")


@admit(tokens.MODEL_SERVING, source=LEGACY)
def legacy_capture_is_closed(request: Request, _: Cloud) -> None:
    """Since 2026-02-20 the old inference tables cannot be switched on any more."""
    capture = at(request.inputs, "config", "autoCaptureConfig")
    was_on = request.old is not None and given(
        at(request.old.inputs, "config", "autoCaptureConfig")
    )
    if given(capture) and at(capture, "enabled") is not False and not was_on:
        raise Refusal(
            "FEATURE_DISABLED",
            "Legacy inference tables (auto_capture_config) can no longer be enabled. Use "
            "aiGateway.inferenceTableConfig.",
            prop="config.autoCaptureConfig",
        )


@admit(tokens.MODEL_SERVING, source=GATEWAY)
def inference_table_has_a_place(request: Request, cloud: Cloud) -> None:
    """Catalog and schema exist, the workspace may write there, and the creator may make tables."""
    table = at(request.inputs, "aiGateway", "inferenceTableConfig")
    if not given(table) or at(table, "enabled") is not True:
        return
    catalog, schema = text(at(table, "catalogName")), text(at(table, "schemaName"))
    if not catalog or not schema:
        raise invalid("inference_table_config needs catalog_name and schema_name.", "aiGateway")
    asker = caller(request, cloud)
    key = metastore_key(asker.metastore)
    securables.need(cloud, tokens.CATALOG, catalog, key, "aiGateway")
    found = securables.need(cloud, tokens.SCHEMA, f"{catalog}.{schema}", key, "aiGateway")
    chain = parents(cloud, found)
    here = scope.workspace_id(scope.workspace(request.provider, request.inputs, cloud))
    securables.need_bound(cloud, chain[-1], here, writing=True)
    asker.need("USE_CATALOG", chain[-1])
    asker.need("USE_SCHEMA", *chain)
    asker.need("CREATE_TABLE", *chain)
    prefix = text(at(table, "tableNamePrefix"))
    if prefix and not re.fullmatch(_PREFIX, prefix):
        raise invalid(
            f"table_name_prefix '{prefix}' may have letters, digits and underscores.", "aiGateway"
        )


@admit(tokens.MODEL_SERVING, source=API)
def rate_limits_are_understood(request: Request, _: Cloud) -> None:
    """Calls or tokens a minute, for a known kind of key."""
    for limit in items(at(request.inputs, "aiGateway", "rateLimits")):
        if limit.get("renewalPeriod") != "minute":
            raise invalid(
                f"renewal_period '{limit.get('renewalPeriod')}' must be 'minute'.", "aiGateway"
            )
        if text(limit.get("key")) not in ("", *_LIMITED):
            raise invalid(
                f"Rate limit key '{limit['key']}' is not one of {', '.join(_LIMITED)}.", "aiGateway"
            )
        if not given(limit.get("calls")) and not given(limit.get("tokens")):
            raise invalid("A rate limit needs calls or tokens.", "aiGateway")


@admit(
    tokens.MODEL_SERVING, source="https://docs.databricks.com/api/workspace/servingendpoints/patch"
)
def tags_have_distinct_keys(request: Request, _: Cloud) -> None:
    """A key stands once."""
    keys = [text(tag.get("key")) for tag in items(request.inputs.get("tags"))]
    for key in keys:
        if not key or keys.count(key) > 1:
            raise invalid(
                f"Endpoint tag keys must be unique and not empty; '{key}' is not.", "tags"
            )
