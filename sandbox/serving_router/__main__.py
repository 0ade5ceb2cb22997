"""``python -m sandbox.serving_router``: serve model versions of an MLflow registry."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from sandbox.serving_router.endpoints import Endpoints
from sandbox.serving_router.http import serve
from sandbox.serving_router.model_servers import Launcher
from sandbox.serving_router.tables import Tables

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Serve until the process is asked to end; every model server ends with it."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.serving_router", description=__doc__)
    parser.add_argument("--registry-uri", required=True, help="MLflow server with the models")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on; 0: a free one")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / ".sandbox" / "serving", help="tables and logs"
    )
    parser.add_argument(
        "--python",
        type=Path,
        default=ROOT / "workloads" / ".venv" / "bin" / "python",
        help="interpreter of an environment with MLflow and what the models need",
    )
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    tables = Tables(options.folder / "tables.db")
    launcher = Launcher(options.python, options.registry_uri, options.folder)
    endpoints = Endpoints(launcher, tables)
    server = serve(endpoints, options.port)

    def end(_number: int, _frame: object) -> None:
        # From another thread: shutdown waits for the loop that this thread is in.
        threading.Thread(target=server.shutdown).start()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    sys.stdout.write(f"serving on http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    finally:
        server.server_close()
        endpoints.close()
        tables.close()


if __name__ == "__main__":
    main()
