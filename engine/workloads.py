"""The workloads' own environment: their lock file, and Delta Lake's jars beside Spark's.

Apart from the program's environment because the two cannot share one: the workloads follow the
versions of the Databricks runtime, the program its own.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from engine import lock, paths, progress, virtualenv

ROOT = paths.ROOT / "workloads"
JARS = "jars.txt"
"""A line per jar: SHA-256, then group:artifact:version. Spark's own come with pyspark."""


def ensure(root: Path = ROOT, other_python: str = "") -> None:
    """Make the folder's ``.venv`` as its lock files say; quick when it is.

    Args:
        root: The folder of both.
        other_python: See :func:`engine.virtualenv.ensure`.

    Raises:
        SetupError: A package or a jar cannot be had, or is not the pinned one.
    """
    virtualenv.ensure(root, _uv, other_python)
    environment = virtualenv.place(root, other_python)
    folder = next(environment.glob("lib/python3.*/site-packages/pyspark/jars"))
    for line in (root / JARS).read_text().splitlines():
        if line and not line.startswith("#"):
            digest, coordinate = line.split()
            add_jar(folder, coordinate, digest)


def _uv(python: Path, requirements: Path) -> list[str]:
    """Not pip, which before 24 looks past the pin of ``pandas[parquet]`` for plain pandas.

    And uv links what another checkout has already unpacked, a gigabyte, instead of copying it.
    """
    return [str(paths.virtualenv_python().with_name("uv")), "pip", "install", "--require-hashes",
            "--python", str(python), "-r", str(requirements)]  # fmt: skip


def add_jar(folder: Path, coordinate: str, digest: str) -> None:
    """Put a jar on the class path of every local Spark session, from the user's cache."""
    _, artifact, version = coordinate.split(":")
    name = f"{artifact}-{version}.jar"
    if (folder / name).is_file():
        return
    kept = paths.user_cache() / "jars" / name
    if not kept.is_file() or _sha256(kept) != digest:
        _fetch(folder, coordinate, kept)
    if (found := _sha256(kept)) != digest:
        kept.unlink()
        raise progress.SetupError(
            f"{coordinate} has SHA-256 {found}, and {JARS} pins {digest}: the repository "
            "served another file. Nothing was installed; check the repository before the pin."
        )
    partial = folder / f".{name}"
    shutil.copyfile(kept, partial)
    partial.rename(folder / name)


def _fetch(folder: Path, coordinate: str, target: Path) -> None:
    """Download one jar with the Ivy that Spark itself ships: it needs Java, as Spark does.

    Ivy's built-in settings read Maven Central.
    """
    group, artifact, version = coordinate.split(":")
    ivy = next(folder.glob("ivy-*.jar"))
    target.parent.mkdir(parents=True, exist_ok=True)
    java = shutil.which("java")
    if java is None:
        raise progress.SetupError(
            "Java is not on the PATH, and Spark needs 17 or newer. On Debian and Ubuntu: "
            "apt install openjdk-17-jre-headless"
        )
    cache = paths.user_cache() / "ivy"
    progress.run(
        f"Fetching {coordinate} for Spark",
        [java, "-jar", str(ivy), "-cache", str(cache), "-dependency", group, artifact, version,
         "-confs", "master", "-notransitive", "-types", "jar",
         "-retrieve", f"{target.parent}/[artifact]-[revision].[ext]"],
    )  # fmt: skip


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Run from make, perhaps with another Python's name; returns the process's exit code."""
    try:
        with lock.held(paths.LOCAL / "workloads.lock"):
            ensure(other_python="".join(sys.argv[1:]))
    except progress.SetupError as error:
        print(f"\nSet-up of the workloads stopped.\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
