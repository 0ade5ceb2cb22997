"""The environment in which Pulumi meets the sandbox instead of Azure.

``./engine/sandboxed pulumi preview -s dev`` runs any command in it. Nothing of a user's own
Pulumi login, plugins or stacks is read or changed, and nothing is downloaded.

The CLI runs in a mirror of the project, ``.sandbox/project``: the same ``Pulumi.yaml``, pointing
back at the program, and copies of the stack files. The reason is that the CLI keeps how a stack's
secrets are encrypted in its stack file, and writes it there unasked: a salt for the sandbox's
passphrase, a Key Vault key against Azure. One file cannot hold both, and a sandbox that edits
committed files would turn every checkout dirty. So the copies carry the sandbox's salt, the
committed files carry what Azure needs or nothing, and neither run sees the other's.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from engine import cli, paths, progress

if TYPE_CHECKING:
    from pathlib import Path

STATE = paths.SANDBOX / "state"
_HOME = paths.SANDBOX / "pulumi-home"
_MIRROR = paths.SANDBOX / "project"
_PLUGINS = paths.ROOT / "sandbox" / "bin"

# The sandbox holds no secrets: its passphrase may be known to everybody. The salt belongs to the
# passphrase; with both fixed, a copied stack file depends on nothing but the committed one.
_PASSPHRASE = "sandbox"  # noqa: S105 - public, as said above
_SALT = "v1:mEs3XI7fkfY=:v1:iFmn3pdJ9KxJr/Wh:8yldd6oFeqk7c1qrQgn1msEhF1iJgA=="
_ENCRYPTION_KEYS = re.compile(
    r"^(?:encryptionsalt|encryptedkey|secretsprovider):.*\n?(?:^[ \t]+.*\n?)*", re.MULTILINE
)
_HOST_VERSION = "1.0.0"
_CONFIG_WRITERS = {"set", "set-all", "rm", "rm-all", "cp", "refresh"}


def backend(folder: Path) -> str:
    """The URL of a Pulumi backend that keeps its stacks in a folder.

    Without a file of attributes beside each state: one that a killed engine left empty makes the
    state unreadable. https://pkg.go.dev/gocloud.dev/blob/fileblob#URLOpener
    """
    return f"file://{folder}?metadata=skip"


def environment() -> dict[str, str]:
    """This process's environment, changed so that ``pulumi`` works in the sandbox.

    Raises:
        SetupError: Set-up has not run.
    """
    pulumi = cli.remembered()
    if pulumi is None or not paths.virtualenv_python().exists():
        raise progress.SetupError("This checkout is not set up yet. Run: make setup")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
    return kept | {
        "PATH": os.pathsep.join(
            [str(pulumi.parent), str(paths.VIRTUALENV / "bin"), os.environ.get("PATH", "")]
        ),
        "PULUMI_HOME": str(_HOME),
        "PULUMI_BACKEND_URL": backend(STATE),
        "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
        "PULUMI_OPTION_CWD": str(_MIRROR),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "SANDBOX_STATE": str(paths.SANDBOX / "cloud.db"),
        # A real provider on the user's PATH, or one fetched, would call the real cloud.
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def prepare() -> None:
    """Bring ``.sandbox`` up to date with the project: folders, plugins, mirrored project files."""
    for folder in (STATE, _HOME, _MIRROR):
        folder.mkdir(parents=True, exist_ok=True)
    _install_plugins()
    for name in ("policies", ".venv"):
        _link(name)
    project = paths.ROOT / "Pulumi.yaml"
    for source in paths.ROOT.glob("Pulumi*.yaml"):
        text = source.read_text()
        _write(_MIRROR / source.name, _project(text) if source == project else stack_file(text))


def _project(text: str) -> str:
    """The project file seen from the mirror: same project, the program where it really is."""
    virtualenv = re.sub(
        r"^(\s+virtualenv:\s*).*$", rf"\g<1>{paths.VIRTUALENV}", text, flags=re.MULTILINE
    )
    return f"{virtualenv.rstrip()}\nmain: {paths.ROOT}\n"


def stack_file(text: str) -> str:
    """The stack file with the sandbox's own encryption in place of any other."""
    return f"encryptionsalt: {_SALT}\n{_ENCRYPTION_KEYS.sub('', text)}"


def _install_plugins() -> None:
    """Put the language host and the stand-in providers where the CLI keeps plugins.

    Not on PATH: there the CLI warns about each of them in every run. An official CLI has its own
    language host beside it and prefers that to this one.
    """
    from engine.language_host.toolchain import Toolchain

    _launcher("language", "python", _HOST_VERSION, paths.LANGUAGE_HOST)
    for plugin in Toolchain(str(paths.ROOT), str(paths.VIRTUALENV)).plugins():
        _launcher("resource", plugin.name, plugin.version.removeprefix("v"), _PLUGINS)


def _launcher(kind: str, name: str, version: str, folder: Path) -> None:
    program = f"pulumi-{kind}-{name}"
    place = _HOME / "plugins" / f"{kind}-{name}-v{version}"
    place.mkdir(parents=True, exist_ok=True)
    # Read, not run: each shell more is a fiftieth of a plugin's start.
    text = f'#!/bin/sh\nPLUGIN_SCRIPT="{folder / program}"\n. "$PLUGIN_SCRIPT"\n'
    _write(place / program, text, mode=0o755)


def _link(name: str) -> None:
    """Let a relative path mean the project's: a pack on the command line, its virtualenv in it."""
    link = _MIRROR / name
    if not link.is_symlink():
        link.symlink_to(paths.ROOT / name)


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a file in one step, and only when it differs: commands run at the same time."""
    if path.is_file() and path.read_text() == text:
        return
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text)
    new.chmod(mode)
    new.replace(path)


def _writes_config(argv: list[str]) -> bool:
    """Whether it is ``pulumi config set`` or another command that changes a stack file."""
    if argv[0].rpartition("/")[2] != "pulumi" or "config" not in argv:
        return False
    return not _CONFIG_WRITERS.isdisjoint(argv[argv.index("config") + 1 :][:1])


def main(argv: list[str]) -> int:
    """Run a command in the sandbox's environment; this process becomes it."""
    if not argv:
        print("Usage: ./engine/sandboxed COMMAND..., for example: pulumi preview -s dev")
        return 2
    if _writes_config(argv):
        print(
            "In the sandbox the stack files are copies, written anew by each command, so this "
            "change would be lost.\nEdit Pulumi.<stack>.yaml itself, then run the command again.",
            file=sys.stderr,
        )
        return 2
    try:
        surroundings = environment()
        prepare()
    except progress.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        os.execvpe(argv[0], argv, surroundings)  # noqa: S606 - a wrapper, there is no shell to need
    except OSError as error:
        print(f"{argv[0]} cannot be started: {error.strerror}", file=sys.stderr)
        return 127
