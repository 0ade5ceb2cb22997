"""External locations: paths that a storage credential opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, storage, tokens
from sandbox.databricks.errors import in_the_way, invalid
from sandbox.databricks.privileges import caller
from sandbox.databricks.securables import full_name, home_metastore
from sandbox.databricks.values import fields, given, guid, moment, prop, text
from sandbox.rules import Refusal, admit, outputs, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Record, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/external_location"
CREATE = "https://learn.microsoft.com/azure/databricks/connect/unity-catalog/cloud-storage/external-locations"
PATHS = "https://learn.microsoft.com/azure/databricks/connect/unity-catalog/cloud-storage/"
OVERLAP = "https://github.com/databricks/terraform-provider-databricks/issues/3344"
ROLE = "https://github.com/databricks/cli/issues/1063"
IN_USE = "https://github.com/databricks/terraform-provider-databricks/issues/2188"
ISOLATED = "https://learn.microsoft.com/azure/databricks/catalogs/binding"


def _metastore(request: Request, cloud: Cloud) -> str:
    return scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))


def _credential(request: Request, cloud: Cloud) -> Record:
    name = text(request.inputs.get("credentialName"))
    return securables.need(
        cloud, tokens.STORAGE_CREDENTIAL, name, _metastore(request, cloud), "credentialName"
    )


def inside(cloud: Cloud, where: storage.Path, metastore: str) -> Record | None:
    """The external location that a path lies in."""
    for location in cloud.all(tokens.EXTERNAL_LOCATION):
        known = storage.path(text(prop(location, "url")))
        if known and known.covers(where) and securables.in_metastore(location, cloud, metastore):
            return location
    return None


def need_location(cloud: Cloud, url: str, metastore: str, prop_name: str) -> Record:
    """The external location that a URL lies in; refuses a URL that is in none."""
    found = inside(cloud, storage.need_path(url, prop_name), metastore)
    if found is None:
        raise Refusal(
            "NO_PARENT_EXTERNAL_LOCATION_FOR_PATH",
            f"No parent external location was found for path '{url}'. Please create an external "
            "location on "
            "one of the parent paths and then retry the query or command again.",
            prop=prop_name,
        )
    return found


@admit(tokens.EXTERNAL_LOCATION, source=PATHS)
def url_is_of_adls(request: Request, _: Cloud) -> None:
    """On Azure a location is an abfss URL of a container's directory."""
    storage.need_path(text(request.inputs.get("url")), "url")


@admit(tokens.EXTERNAL_LOCATION, source=OVERLAP)
def locations_do_not_overlap(request: Request, cloud: Cloud) -> None:
    """No location is inside another one of the metastore."""
    url = text(request.inputs.get("url"))
    where, metastore = storage.need_path(url, "url"), _metastore(request, cloud)
    for other in cloud.all(tokens.EXTERNAL_LOCATION):
        known = storage.path(text(prop(other, "url")))
        itself = request.old is not None and other.urn == request.old.urn
        if known is None or itself or not securables.in_metastore(other, cloud, metastore):
            continue
        if known.overlaps(where):
            raise Refusal(
                "INVALID_PARAMETER_VALUE.LOCATION_OVERLAP",
                f"Input path url '{url}' overlaps with other external locations within "
                f"'CreateExternalLocation' call. Conflicting location: {full_name(other)}.",
                prop="url",
            )


@admit(tokens.EXTERNAL_LOCATION, source=ISOLATED)
def credential_can_be_used(request: Request, cloud: Cloud) -> None:
    """The credential exists and the current workspace sees it."""
    credential = _credential(request, cloud)
    here = scope.workspace(request.provider, request.inputs, cloud)
    securables.need_bound(cloud, credential, scope.workspace_id(here))


@admit(tokens.EXTERNAL_LOCATION, source=CREATE)
def creator_may_make_locations(request: Request, cloud: Cloud) -> None:
    """It takes CREATE EXTERNAL LOCATION on the metastore and on the credential."""
    if request.old is None:
        asker = caller(request, cloud)
        asker.need("CREATE_EXTERNAL_LOCATION", asker.metastore)
        asker.need("CREATE_EXTERNAL_LOCATION", _credential(request, cloud))


@admit(tokens.EXTERNAL_LOCATION, source=ROLE)
def storage_can_be_reached(request: Request, cloud: Cloud) -> None:
    """Unless told not to, Databricks writes and reads a file under the path."""
    if request.inputs.get("skipValidation") is not True:
        url = text(request.inputs.get("url"))
        where = storage.need_path(url, "url")
        storage.need_readable(cloud, where, url, _credential(request, cloud))


@admit(tokens.EXTERNAL_LOCATION, source=DOC)
def file_events_have_one_queue(request: Request, _: Cloud) -> None:
    """A file event queue is of one kind."""
    queue = fields(request.inputs.get("fileEventQueue"))
    seen = sorted(name for name, value in queue.items() if given(value))
    if len(seen) > 1:
        raise invalid(f"fileEventQueue has {' and '.join(seen)}: give one.", "fileEventQueue")


@release(tokens.EXTERNAL_LOCATION, source=IN_USE)
def location_is_unused(request: Request, cloud: Cloud) -> None:
    """Without force, what is stored under a location keeps it."""
    old = request.old
    if old is None or prop(old, "forceDestroy") is True:
        return
    counts = {
        kind: sum(_stored_under(old, record, cloud) for record in cloud.all(token))
        for kind, token in _STORED
    }
    if any(counts.values()):
        raise in_the_way(
            f"Cannot delete external location (name = {full_name(old)}) because the location has "
            + ", ".join(f"{count} dependent {kind}" for kind, count in counts.items())
            + ". You may use force option to delete it but the managed storage data under this "
            "location cannot be purged by Unity Catalog anymore."
        )


_STORED = (
    ("catalogs", tokens.CATALOG),
    ("schemas", tokens.SCHEMA),
    ("external volumes", tokens.VOLUME),
)


def _stored_under(location: Record, record: Record, cloud: Cloud) -> bool:
    where = storage.path(text(prop(location, "url")))
    root = text(prop(record, "storageRoot")) or text(record.inputs.get("storageLocation"))
    held = storage.path(root)
    return (
        where is not None
        and held is not None
        and where.covers(held)
        and securables.in_metastore(record, cloud, home_metastore(location, cloud))
    )


@outputs(tokens.EXTERNAL_LOCATION, source=DOC)
def external_location(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the name."""
    asker = scope.caller(request.provider)
    then = scope.keep(request, "createdAt", moment(request.seed))
    credential = _credential(request, cloud)
    return {
        "id": text(request.inputs.get("name")),
        "credentialId": text(prop(credential, "storageCredentialId")) or guid(credential.id),
        "metastoreId": _metastore(request, cloud),
        "isolationMode": text(request.inputs.get("isolationMode")) or "ISOLATION_MODE_OPEN",
        "owner": text(request.inputs.get("owner")) or scope.keep(request, "owner", asker),
        "browseOnly": False,
        "effectiveEnableFileEvents": request.inputs.get("enableFileEvents") is True,
        "createdAt": then,
        "createdBy": scope.keep(request, "createdBy", asker),
        "updatedAt": then,
        "updatedBy": asker,
        **scope.stamp(request, cloud),
    }
