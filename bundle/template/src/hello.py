"""Says where it runs: the first thing to deploy, and a place for code of your own."""

from __future__ import annotations

import argparse
import sys


def greeting(environment: str, catalog: str) -> str:
    """What the job says."""
    return f"Hello from {environment}; its tables are in {catalog}."


def main() -> None:
    """Say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", required=True)
    parser.add_argument("--catalog", required=True)
    arguments = parser.parse_args()
    sys.stdout.write(f"{greeting(arguments.environment, arguments.catalog)}\n")


if __name__ == "__main__":
    main()
