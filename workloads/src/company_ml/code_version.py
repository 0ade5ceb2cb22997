"""Which code is running: the wheel's version, or a hash of the sources where there is no wheel."""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path

DISTRIBUTION = "company_ml_framework"


def code_version() -> str:
    """The installed wheel's version, whose local part is a hash of its content; else that hash.

    A wheel built by make carries ``1.0.0+<hash>``; run from a checkout this is ``source+<hash>``.
    """
    try:
        version = importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        version = ""
    return version if "+" in version else f"source+{source_hash(Path(__file__).parent)}"


def source_hash(folder: Path) -> str:
    """Twelve digits of the SHA-256 over a folder's files, names included, bytecode left out."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:12]
