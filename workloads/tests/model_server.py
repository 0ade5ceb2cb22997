"""A real scoring server for a registered version."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from conftest import BIN, free_port, stop, wait_until_up

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def model_server(server: str, folder: Path, uri: str) -> Generator[str]:
    """The URL that a version answers at, until the block ends."""
    port, log = free_port(), folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [BIN / "mlflow", "models", "serve", "-m", uri, "--env-manager", "local",
             "--host", "127.0.0.1", "--port", str(port)],
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            env=os.environ | {"MLFLOW_TRACKING_URI": server, "PATH": f"{BIN}:{os.environ['PATH']}"},
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_up(f"{url}/ping", process, log)
        yield f"{url}/invocations"
    finally:
        stop(process)
