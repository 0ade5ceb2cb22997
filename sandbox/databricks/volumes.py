"""Volumes, managed and external."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, storage, tokens
from sandbox.databricks.errors import invalid
from sandbox.databricks.locations import need_location
from sandbox.databricks.privileges import caller
from sandbox.databricks.securables import full_name
from sandbox.databricks.values import guid, one_of, prop, text
from sandbox.rules import Refusal, admit, check, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/volume"
KINDS = "https://learn.microsoft.com/azure/databricks/volumes/"
OVERLAP = "https://github.com/elementary-data/elementary/issues/1635"


@check(tokens.VOLUME, source=DOC)
def volume_type_is_known(request: Request) -> None:
    """MANAGED or EXTERNAL."""
    one_of(request.inputs.get("volumeType"), ("MANAGED", "EXTERNAL"), "volumeType")


@admit(tokens.VOLUME, source=KINDS)
def only_external_volumes_have_a_place(request: Request, cloud: Cloud) -> None:
    """A managed volume has no storage location; an external one has, in an external location."""
    url = text(request.inputs.get("storageLocation"))
    external = request.inputs.get("volumeType") == "EXTERNAL"
    if not external and url:
        raise invalid(
            "Managed volume cannot have a storage location. Remove it.", "storageLocation"
        )
    if external and not url:
        raise invalid("External volume must have a storage location.", "storageLocation")
    if external:
        key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
        location = need_location(cloud, url, key, "storageLocation")
        if request.old is None:
            caller(request, cloud).need("CREATE_EXTERNAL_VOLUME", location)


@admit(tokens.VOLUME, source=OVERLAP)
def external_volumes_do_not_overlap(request: Request, cloud: Cloud) -> None:
    """An external volume is in no other volume and not in what Unity Catalog manages."""
    url = text(request.inputs.get("storageLocation"))
    where = storage.path(url)
    if where is None:
        return
    key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    own = request.old.urn if request.old else ""
    for token in (tokens.VOLUME, tokens.CATALOG, tokens.SCHEMA):
        for other in cloud.all(token):
            held = storage.path(
                text(prop(other, "storageRoot")) or text(prop(other, "storageLocation"))
            )
            if other.urn == own or held is None or not held.overlaps(where):
                continue
            if securables.in_metastore(other, cloud, key):
                kind = (
                    "managed storage"
                    if token != tokens.VOLUME
                    else "other external tables or volumes"
                )
                raise Refusal(
                    "INVALID_PARAMETER_VALUE.LOCATION_OVERLAP",
                    f"Input path url '{url}' overlaps with {kind} within 'CreateVolume' call. "
                    "Conflicting: "
                    f"{full_name(other)}.",
                    prop="storageLocation",
                )


@outputs(tokens.VOLUME, source=DOC)
def volume(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the full name, the path is below /Volumes."""
    names = [text(request.inputs.get(n)).lower() for n in ("catalogName", "schemaName", "name")]
    asker = scope.caller(request.provider)
    outer = f"{names[0]}.{names[1]}"
    key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    catalog = securables.find(cloud, tokens.CATALOG, names[0], key)
    root = text(prop(catalog, "storageLocation")) if catalog else outer
    return {
        "id": ".".join(names),
        "volumePath": "/Volumes/" + "/".join(names),
        "storageLocation": text(request.inputs.get("storageLocation"))
        or scope.keep(request, "storageLocation", f"{root}/volumes/{guid('volume', request.seed)}"),
        "owner": text(request.inputs.get("owner")) or scope.keep(request, "owner", asker),
        **scope.stamp(request, cloud),
    }
