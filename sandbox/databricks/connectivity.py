"""Network connectivity configurations: how serverless compute reaches private storage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, tokens
from sandbox.databricks.errors import in_the_way, invalid, not_found
from sandbox.databricks.values import guid, moment, prop, same, text
from sandbox.rules import Refusal, admit, adopts, check, outputs, release, remains, takes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.rules import Cloud, Record, Request

NCC_CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/mws/resource_mws_network_connectivity_config.go"
BINDING_DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/mws_ncc_binding"
BINDING_CODE = "https://github.com/databricks/terraform-provider-databricks/blob/main/mws/resource_mws_ncc_binding.go"
SERVERLESS = "https://learn.microsoft.com/azure/databricks/security/network/serverless-network-security/serverless-private-link"

PER_REGION = 10
WORKSPACES_EACH = 50
# What stays of a binding whose resource is gone: the API has no way to unbind a workspace.
BOUND = "databricks:index/mwsNccBinding:Bound"
_NAME = r"[0-9a-zA-Z_-]{3,30}"


def need_config(cloud: Cloud, key: str) -> Record:
    """The configuration with this id; refuses an id of nothing."""
    for record in cloud.all(tokens.NCC):
        if prop(record, "networkConnectivityConfigId") == key:
            return record
    raise not_found(
        f"Network connectivity config {key} does not exist. Use networkConnectivityConfigId, not "
        "the "
        "resource's id.",
        "networkConnectivityConfigId",
    )


@check(tokens.NCC, source=NCC_CODE)
def ncc_name_is_valid(request: Request) -> None:
    """3 to 30 letters, digits, hyphens and underscores."""
    name = text(request.inputs.get("name"))
    if name and not re.fullmatch(_NAME, name):
        raise Refusal(
            "INVALID_INPUT",
            f'invalid value for name: "{name}" must match ^[0-9a-zA-Z-_]{{3,30}}$ (letters, '
            "digits, hyphens "
            "and underscores, 3 to 30 of them)",
            prop="name",
        )


@admit(tokens.NCC, source=SERVERLESS)
def nccs_are_limited(request: Request, cloud: Cloud) -> None:
    """Ten configurations in a region, each with its own name."""
    if request.old is not None:
        return
    where = scope.region(request.inputs.get("region"))
    near = [n for n in cloud.all(tokens.NCC) if scope.region(prop(n, "region")) == where]
    if len(near) >= PER_REGION:
        raise Refusal(
            "RESOURCE_LIMIT_EXCEEDED",
            f"The account has reached the limit of {PER_REGION} network connectivity configs in "
            f"region {where}. "
            "Bind workspaces to one that exists.",
        )
    name = text(request.inputs.get("name"))
    if any(same(prop(n, "name"), name) for n in near):
        raise Refusal(
            "RESOURCE_ALREADY_EXISTS", f"Network connectivity config '{name}' already exists."
        )


@release(tokens.NCC, source=BINDING_CODE)
def ncc_is_unbound(request: Request, cloud: Cloud) -> None:
    """A configuration outlives the workspaces bound to it; nothing but deleting them unbinds."""
    key = prop(request.old, "networkConnectivityConfigId") if request.old else ""
    bound = {
        str(record.inputs.get("workspaceId"))
        for token in (tokens.NCC_BINDING, BOUND)
        for record in cloud.all(token)
        if record.inputs.get("networkConnectivityConfigId") == key
    }
    alive = sorted(number for number in bound if scope.workspace_by_id(cloud, number))
    if alive:
        raise in_the_way(
            f"Network connectivity config {key} is bound to workspaces {', '.join(alive)}: delete "
            "them first."
        )


@outputs(tokens.NCC, source=NCC_CODE)
def network_connectivity_config(request: Request, _: Cloud) -> Mapping[str, Any]:
    """The id is account and configuration."""
    key = scope.keep(request, "networkConnectivityConfigId", guid("ncc", request.seed))
    account = text(request.inputs.get("accountId")) or scope.account_id(request.provider)
    then = scope.keep(request, "creationTime", moment(request.seed))
    where = scope.region(request.inputs.get("region"))
    return {
        "id": f"{account}/{key}",
        "networkConnectivityConfigId": key,
        "accountId": account,
        "creationTime": then,
        "updatedTime": then,
        "egressConfig": {
            "defaultRules": {
                "azureServiceEndpointRule": {
                    "targetRegion": where,
                    "targetServices": ["AZURE_BLOB_STORAGE", "AZURE_DLS_STORAGE"],
                }
            }
        },
    }


@admit(tokens.NCC_BINDING, source=BINDING_DOC)
def binding_stays_in_its_region(request: Request, cloud: Cloud) -> None:
    """Workspace and configuration exist, in one region, and the configuration has room."""
    number = str(request.inputs.get("workspaceId"))
    workspace = scope.workspace_by_id(cloud, number)
    if workspace is None:
        raise not_found(f"Workspace {number} does not exist.", "workspaceId")
    key = text(request.inputs.get("networkConnectivityConfigId"))
    config = need_config(cloud, key)
    here, there = scope.region(prop(workspace, "location")), scope.region(prop(config, "region"))
    if here != there:
        raise invalid(
            f"Network connectivity config {key} is in region {there}, workspace {number} in "
            f"{here}: they must "
            "be in the same region.",
            "networkConnectivityConfigId",
        )
    others = {
        str(b.inputs.get("workspaceId"))
        for b in cloud.find(tokens.NCC_BINDING, networkConnectivityConfigId=key)
    } - {number}
    if len(others) >= WORKSPACES_EACH:
        raise Refusal(
            "RESOURCE_LIMIT_EXCEEDED",
            f"A network connectivity config serves {WORKSPACES_EACH} workspaces.",
        )


@admit(tokens.NCC_BINDING, source=SERVERLESS)
def workspace_has_one_ncc(request: Request, cloud: Cloud) -> None:
    """A second binding would silently take the workspace over."""
    number = str(request.inputs.get("workspaceId"))
    for other in cloud.all(tokens.NCC_BINDING):
        own = request.old is not None and other.urn == request.old.urn
        if not own and other.urn != request.urn and str(other.inputs.get("workspaceId")) == number:
            raise invalid(
                f"Workspace {number} is already bound to network connectivity config "
                f"{other.inputs.get('networkConnectivityConfigId')}.",
                "workspaceId",
            )


@remains(tokens.NCC_BINDING, source=BINDING_CODE)
def workspace_stays_bound(request: Request, cloud: Cloud) -> Sequence[Record]:
    """Deleting the resource sends nothing: the workspace, while it lives, stays bound."""
    old = request.old
    if old is None or scope.workspace_by_id(cloud, str(old.inputs.get("workspaceId"))) is None:
        return ()
    return (old._replace(token=BOUND),)


@outputs(tokens.NCC_BINDING, source=BINDING_CODE)
def ncc_binding(request: Request, _: Cloud) -> Mapping[str, Any]:
    """The id is both ids."""
    config = request.inputs.get("networkConnectivityConfigId")
    return {"id": f"{request.inputs.get('workspaceId')}/{config}"}


adopts(tokens.NCC_BINDING, source=BINDING_CODE)


@takes(tokens.NCC, source=BINDING_CODE)
def old_bindings_go_with_their_configuration(request: Request, cloud: Cloud) -> Sequence[Record]:
    """What an unbinding left behind ends when the configuration may go, after its workspaces."""
    key = prop(request.old, "networkConnectivityConfigId") if request.old else None
    return [r for r in cloud.all(BOUND) if prop(r, "networkConnectivityConfigId") == key]
