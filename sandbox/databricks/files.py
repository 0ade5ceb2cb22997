"""Files in volumes."""

from __future__ import annotations

import binascii
import os
from typing import TYPE_CHECKING, Any

from sandbox.databricks import scope, securables, tokens
from sandbox.databricks.errors import absent, invalid
from sandbox.databricks.ownership import parents
from sandbox.databricks.privileges import caller
from sandbox.databricks.values import moment, text
from sandbox.rules import UNKNOWN, Refusal, admit, check, immutable, outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.rules import Cloud, Request

DOC = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/file"
API = "https://docs.databricks.com/api/workspace/files/upload"

_DEPTH = 5  # "", Volumes, catalog, schema, volume; the file follows

immutable(tokens.FILE, ("path",), source=DOC)


@check(tokens.FILE, source=DOC)
def file_has_one_content(request: Request) -> None:
    """Either a local file, which is there, or its bytes in base64."""
    seen = [request.inputs.get(name) for name in ("source", "contentBase64")]
    if seen.count(None) != 1:
        raise Refusal(
            "INVALID_INPUT", "one of `content_base64,source` must be specified", prop="source"
        )
    source, content = request.inputs.get("source"), request.inputs.get("contentBase64")
    if isinstance(source, str) and not os.path.isfile(source):
        raise Refusal("INVALID_INPUT", f"open {source}: no such file or directory", prop="source")
    if isinstance(content, str):
        try:
            binascii.a2b_base64(content, strict_mode=True)
        except binascii.Error as error:
            raise invalid(f"illegal base64 data: {error}", "contentBase64") from error


@check(tokens.FILE, source=API)
def file_is_in_a_volume(request: Request) -> None:
    """The path leads below a volume, without steps back."""
    path = request.inputs.get("path")
    if path is UNKNOWN or not isinstance(path, str):
        return
    parts = path.split("/")
    if parts[:2] != ["", "Volumes"] or len(parts) <= _DEPTH or {"", ".", ".."} & {*parts[1:]}:
        raise invalid(f"Path '{path}' is not /Volumes/<catalog>/<schema>/<volume>/<file>.", "path")


@admit(tokens.FILE, source=API)
def volume_exists_and_may_be_written(request: Request, cloud: Cloud) -> None:
    """The volume is in the workspace's metastore, and the caller has WRITE_VOLUME on it."""
    name = ".".join(text(request.inputs.get("path")).split("/")[2:_DEPTH])
    key = scope.metastore_key(scope.metastore(request.provider, request.inputs, cloud))
    volume = securables.find(cloud, tokens.VOLUME, name, key)
    if volume is None:
        raise absent("Volume", name, "path")
    caller(request, cloud).need("WRITE_VOLUME", *parents(cloud, volume))


@outputs(tokens.FILE, source=DOC)
def file(request: Request, cloud: Cloud) -> Mapping[str, Any]:
    """The id is the path; size and time of the last write."""
    source, content = text(request.inputs.get("source")), text(request.inputs.get("contentBase64"))
    size = os.path.getsize(source) if source else len(binascii.a2b_base64(content))
    return {
        "id": text(request.inputs.get("path")),
        "fileSize": size,
        "modificationTime": str(moment(request.seed)),
        "remoteFileModified": False,
        **scope.stamp(request, cloud),
    }
