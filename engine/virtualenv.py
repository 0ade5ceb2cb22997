"""The project's virtual environment: created, filled from the lock file, compiled."""

from __future__ import annotations

import compileall
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine import paths, progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STAMP = "requirements.sha256"
_NO_ANSWER = ("from versions: none", "connection", "(connect)", "name resolution")
"""How pip and uv say, in lower case, that no package index answers."""
_UNREACHED = (
    "The package index was not reached. Check the network, the proxy (HTTPS_PROXY) or the mirror "
    "(PIP_INDEX_URL; for uv UV_DEFAULT_INDEX), then run the same command again."
)
_OWN = ("settings", "components", "policies", "sandbox", "engine", "runtime")


def _pip(python: Path, requirements: Path) -> list[str]:
    return [
        *(str(python), "-m", "pip", "install", "--require-hashes", "--no-compile"),
        *("--disable-pip-version-check", "--progress-bar", "off", "-r", str(requirements)),
    ]


def place(root: Path, other_python: str = "") -> Path:
    """The environment in a folder: ``.venv``, or beside it ``.venv-python3.12`` for that Python."""
    return root / "-".join(filter(None, [paths.VIRTUALENV.name, Path(other_python).name]))


def ensure(
    root: Path = paths.ROOT,
    installer: Callable[[Path, Path], list[str]] = _pip,
    other_python: str = "",
) -> None:
    """Create ``.venv`` and install ``requirements.txt``, unless both are as the lock file says.

    Args:
        root: The folder of both.
        installer: Makes the command that installs a lock file for an interpreter.
        other_python: Name or path of a Python that is to have an environment of its own, beside
            the one that this Python makes.

    Raises:
        SetupError: Python cannot make virtual environments or is not there, or pip failed.
    """
    requirements = root / "requirements.txt"
    folder = place(root, other_python)
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if other_python:
        wanted += f" {_version(other_python)}"
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    python = paths.virtualenv_python(folder)
    if other_python:
        _create(folder, other_python)
    elif not any(folder.glob("lib/python3.*/site-packages/pip")) or not python.exists():
        _create(folder, _base_python())
    try:
        progress.run(
            f"Installing requirements.txt (pinned and hashed) into {folder.name}",
            installer(python, requirements),
            cwd=root,
        )
    except progress.CommandError as error:
        if not any(sign in str(error).lower() for sign in _NO_ANSWER):
            raise
        raise progress.SetupError(f"{error}\n\n{_UNREACHED}") from error
    # Without bytecode the SDKs take 7 s to import instead of 2, and PYTHONDONTWRITEBYTECODE or a
    # read-only checkout would make that last. One process per core is four times pip's own pace.
    progress.run(
        "Compiling the installed packages to bytecode",
        [str(python), "-m", "compileall", "-q", "-j", "0",
         *map(str, folder.glob("lib/python3.*/site-packages"))],
        detail=lambda _: "",
    )  # fmt: skip
    stamp.write_text(wanted)


def _version(python: str) -> str:
    asked = [python, "-c", "import platform; print(platform.python_version())"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise progress.SetupError(
            f"{python} does not run: {said.strip()}\n"
            "Install that Python, or name one by its path: make … ON=/path/to/python3.12"
        ) from error
    return done.stdout.strip()


def _create(folder: Path, python: str) -> None:
    try:
        progress.run(
            f"Creating {folder.name} with Python {_version(python)}",
            [python, "-m", "venv", "--clear", str(folder)],
        )
    except progress.CommandError as error:
        raise progress.SetupError(
            f"{error}\n\nThis Python cannot create virtual environments. On Debian and Ubuntu: "
            "apt install python3-venv; or name another one: make PYTHON=/path/to/python3"
        ) from error


def _base_python() -> str:
    """This Python outside any virtual environment: the one being made anew may be running us."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix) / "bin" / version
    return str(base) if base.exists() else sys.executable


def compile_own() -> None:
    """Compile the project's own modules where the source is newer than the bytecode."""
    if sys.implementation.cache_tag == _cache_tag():
        for folder in filter(Path.is_dir, (paths.ROOT / name for name in _OWN)):
            compileall.compile_dir(str(folder), quiet=1)
        return
    # Bytecode is of one Python version, and this is not the one that will run the project.
    subprocess.run(
        [str(paths.virtualenv_python()), "-m", "compileall", "-q", *_OWN],
        cwd=paths.ROOT, check=False,
    )  # fmt: skip


def _cache_tag() -> str:
    """The bytecode tag of the virtual environment's Python, read off its library folder."""
    folder = next(paths.VIRTUALENV.glob("lib/python3.*"), None)
    return folder.name.replace("python3.", "cpython-3") if folder else ""


def is_newer(stamp: Path, sources: Iterable[Path]) -> bool:
    """Whether a stamp file exists and is newer than all existing sources."""
    if not stamp.is_file():
        return False
    age = stamp.stat().st_mtime_ns
    return all(each.stat().st_mtime_ns < age for each in sources if each.exists())
