"""The report's signed list of contents: any change of any file is found.

Ed25519 (RFC 8032): small keys, deterministic, no parameters to choose wrongly. What is signed are
the manifest's bytes in one fixed form, so that reading and writing it again does not break it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "manifest.json"


class KeyKindError(ValueError):
    """The key is not an Ed25519 key in PEM."""


def signing_key(pem: bytes) -> Ed25519PrivateKey:
    """A private key; KeyKindError says how to make one, and never shows the key."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise KeyKindError(
            "the signing key is no unencrypted PEM; make one with: openssl genpkey -algorithm "
            "ed25519"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyKindError(
            f"the signing key is a {type(key).__name__}; make one with: openssl genpkey -algorithm "
            "ed25519"
        )
    return key


def public_key(pem: bytes) -> Ed25519PublicKey:
    """A public key; KeyKindError when it is none."""
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise KeyKindError("the public key is no PEM; get it with: openssl pkey -pubout") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyKindError(f"the public key is a {type(key).__name__}, not an Ed25519 key")
    return key


def write(folder: Path, facts: Mapping[str, Any], key: Ed25519PrivateKey) -> Path:
    """Sign what is in a folder, with these facts about it."""
    content = {
        **facts,
        "files": [
            {"name": name, "sha256": digest, "bytes": size}
            for name, digest, size in _contents(folder)
        ],
    }
    public = key.public_key()
    signed = {
        "manifest": content,
        "signature": {
            "algorithm": "Ed25519",
            "key": _fingerprint(public),
            "value": base64.b64encode(key.sign(_bytes(content))).decode(),
        },
    }
    path = folder / NAME
    path.write_text(json.dumps(signed, indent=2, ensure_ascii=False) + "\n")
    return path


def content(folder: Path) -> dict[str, Any] | None:
    """What a folder's manifest says, true or not; None when there is none, or a part of one.

    It is written last, so without it the report was never finished.
    """
    try:
        found: dict[str, Any] = json.loads((folder / NAME).read_text())["manifest"]
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return None
    return found


def verify(folder: Path, key: Ed25519PublicKey) -> list[str]:
    """What is wrong with a report, in words; empty when it is as it was signed."""
    try:
        signed = json.loads((folder / NAME).read_text())
        content, signature = signed["manifest"], signed["signature"]
        value = base64.b64decode(signature["value"], validate=True)
        listed = {each["name"]: each["sha256"] for each in content["files"]}
    except FileNotFoundError:
        return [f"{NAME} is missing"]
    except (ValueError, LookupError, TypeError) as error:
        return [f"{NAME} cannot be read: {error}"]
    if signature.get("key") != _fingerprint(key):
        return [f"{NAME} was signed with key {signature.get('key')}, not {_fingerprint(key)}"]
    try:
        key.verify(value, _bytes(content))
    except InvalidSignature:
        return [f"{NAME} was changed after it was signed"]
    found = {name: digest for name, digest, _ in _contents(folder)}
    return [
        *(f"{name} is missing" for name in sorted(set(listed) - set(found))),
        *(f"{name} was added" for name in sorted(set(found) - set(listed))),
        *(
            f"{name} was changed"
            for name in sorted(set(found) & set(listed))
            if found[name] != listed[name]
        ),
    ]


def _contents(folder: Path) -> list[tuple[str, str, int]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        (str(path.relative_to(folder)), hashlib.sha256(data).hexdigest(), len(data))
        for path, data in ((path, path.read_bytes()) for path in paths)
        if path != folder / NAME
    ]


def _bytes(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _fingerprint(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]
