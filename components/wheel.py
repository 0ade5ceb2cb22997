"""The workloads' wheel, built from their source before the program declares what runs it.

The same source gives the same file on every machine, byte for byte, and the file's name holds the
digest of the source: a change of the code is a new file, anything else is none. So does the version
that is installed, as the local part, so that nothing takes an old one for it:
https://docs.databricks.com/aws/en/dev-tools/bundles/library-dependencies
"""

from __future__ import annotations

import hashlib
import tempfile
import tomllib
from pathlib import Path
from typing import Any

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file inside: the oldest that the format can hold."""
DIGEST_LENGTH = 12


def build(project: Path, into: Path) -> Path:
    """Build the wheel unless it is there already.

    Args:
        project: Folder with ``pyproject.toml`` and ``src``.
        into: Folder that keeps built wheels; made when it is missing.

    Returns:
        The wheel, of version ``<version>+<digest of the source>``.

    Raises:
        flit_core.config.ConfigError: ``pyproject.toml`` does not describe a package.
    """
    into.mkdir(parents=True, exist_ok=True)
    digest = _digest(project)
    for built in into.glob(f"*+{digest}-py3-none-any.whl"):
        return built
    # Only a changed wheel pays for the builder's start.
    from flit_core.wheel import WheelBuilder  # pyright: ignore[reportMissingTypeStubs] - it has none

    # Whoever reads the folder meanwhile finds the whole wheel or none.
    with tempfile.TemporaryDirectory(dir=into) as draft:
        unnamed = Path(draft) / "wheel"
        with unnamed.open("w+b") as file:
            builder: Any = WheelBuilder.from_ini_path(project / "pyproject.toml", file)  # pyright: ignore[reportUnknownMemberType] - see above
            builder.source_time_stamp = EPOCH
            builder.metadata.version += f"+{digest}"
            builder.build(editable=False)
        return unnamed.replace(into / builder.wheel_filename)


def pins(project: Path) -> tuple[str, ...]:
    """What a serverless environment has to install beside the wheel, one exact version each.

    Args:
        project: Folder with ``pyproject.toml``, which lists them as its extra ``serverless``.

    Raises:
        KeyError: The project has no such extra.
    """
    text = (project / "pyproject.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["project"]["optional-dependencies"]["serverless"])


def _digest(project: Path) -> str:
    """Of everything that can get into the wheel: names and bytes, in a fixed order."""
    digest = hashlib.sha256()
    files = [
        project / "pyproject.toml",
        project / "README.md",
        *sorted(path for path in (project / "src").rglob("*") if path.is_file()),
    ]
    for path in files:
        if "__pycache__" not in path.parts and path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(project).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:DIGEST_LENGTH]
