"""The official install script, into the project's own folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from engine import progress
from engine.cli.version import VERSION, version_of

URL = "https://get.pulumi.com"
_LIMIT = 600.0  # seconds for script and download together

# Read by every curl the script starts: where nothing answers, that is known in seconds.
_CURLRC = "connect-timeout = 5\nspeed-time = 20\nspeed-limit = 1024\n"


def target(local: Path) -> Path:
    """Where the installed CLI is, whether or not it is there yet."""
    return local / "pulumi" / "bin" / "pulumi"


def install(local: Path) -> Path:
    """Run the script and move the result into place once it has proved to work.

    Raises:
        SetupError: There is no network, or what was installed does not run.
    """
    local.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="pulumi-install-", dir=local))
    try:
        (work / ".curlrc").write_text(_CURLRC)
        environment = {**os.environ, "CURL_HOME": str(work)}
        script = work / "install.sh"
        progress.run(
            "Fetching the Pulumi install script",
            ["curl", "-fsSL", "--max-time", "30", "-o", str(script), URL],
            environment=environment, limit=60,
        )  # fmt: skip
        progress.run(
            f"Installing the Pulumi CLI {VERSION} into .cache/pulumi",
            ["sh", str(script), "--version", str(VERSION), "--install-root", str(work / "root"),
             "--no-edit-path"],
            environment=environment, limit=_LIMIT,
        )  # fmt: skip
        installed = work / "root" / "bin" / "pulumi"
        if version_of(installed) != VERSION:
            raise progress.SetupError(f"the script left no working pulumi {VERSION}")
        place = target(local).parent.parent
        shutil.rmtree(place, ignore_errors=True)
        (work / "root").rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target(local)
