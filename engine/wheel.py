"""Builds the workloads' wheel: the same sources give the same bytes, others another name.

The version gets a local part, ``1.0.0+<hash of the content>``, as Databricks' own bundles do it: a
job whose library has another path is updated, and a cluster that has the old version installed
does not take the new one for it.
https://docs.databricks.com/aws/en/dev-tools/bundles/library-dependencies
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from engine import paths, progress

SOURCES = paths.ROOT / "workloads"
BUILT = paths.LOCAL / "wheels"
DISTRIBUTION = "company_ml_framework"
_CONTENT = ("pyproject.toml", "README.md", "src")
_EPOCH = 315532800  # 1980-01-01, the earliest time that a zip file can say
_VERSION = re.compile(r'^version = "([^"+]+)"$', re.MULTILINE)


def path(sources: Path = SOURCES, built: Path = BUILT) -> Path:
    """Where the wheel of these sources is, or would be: known without building it."""
    return built / f"{DISTRIBUTION}-{version(sources)}-py3-none-any.whl"


def version(sources: Path = SOURCES) -> str:
    """The wheel's version, with twelve digits of the SHA-256 over its sources as local part."""
    digest = hashlib.sha256()
    for file in _files(sources):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(sources).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    found = _VERSION.search((sources / "pyproject.toml").read_text())
    if found is None:
        raise progress.SetupError(f'{sources / "pyproject.toml"} has no line: version = "1.2.3"')
    return f"{found[1]}+{digest.hexdigest()[:12]}"


def ensure(sources: Path = SOURCES, built: Path = BUILT) -> Path:
    """Build the wheel unless there is one of the same sources; returns its path.

    Raises:
        SetupError: The build failed; the message has the end of its output.
    """
    target = path(sources, built)
    if target.is_file():
        return target
    built.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built) as name:
        stage, out = Path(name) / "stage", Path(name) / "out"
        _stage(sources, stage)
        progress.run(
            f"Building {target.name}",
            # The lock pins the build backend too, with its hash. What the backend itself writes
            # into the wheel has the modes that the umask leaves.
            ["/bin/sh", "-c", 'umask 022; exec "$@"', "build",
             str(paths.virtualenv_python().with_name("uv")), "build", "--wheel", "--quiet",
             "--require-hashes", "--build-constraints", str(sources / "requirements.txt"),
             "--python", sys.executable, "--out-dir", str(out), str(stage)],
            environment=os.environ | {"SOURCE_DATE_EPOCH": str(_EPOCH)},
        )  # fmt: skip
        (out / target.name).rename(target)
    return target


def _stage(sources: Path, stage: Path) -> None:
    """A copy with nothing of this machine in it: no bytecode, the same modes and times for all."""
    for file in _files(sources):
        copy = stage / file.relative_to(sources)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    project = stage / "pyproject.toml"
    project.write_text(_VERSION.sub(f'version = "{version(sources)}"', project.read_text()))
    for each in [stage, *stage.rglob("*")]:
        each.chmod(0o755 if each.is_dir() else 0o644)
        os.utime(each, (_EPOCH, _EPOCH))


def _files(sources: Path) -> list[Path]:
    found: list[Path] = []
    for name in _CONTENT:
        top = sources / name
        found += [top] if top.is_file() else [each for each in top.rglob("*") if each.is_file()]
    return sorted(each for each in found if not any(map(_is_made, each.parts)))


def _is_made(part: str) -> bool:
    return part == "__pycache__" or part.endswith(".egg-info")


def main() -> int:
    """Run from make: prints the wheel's path."""
    try:
        print(ensure())
    except progress.SetupError as error:
        print(f"\nThe wheel could not be built.\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
