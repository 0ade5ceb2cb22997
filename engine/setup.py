"""Makes a fresh checkout ready: virtual environment, bytecode, Pulumi CLI, the sandbox's schema.

Runs on the system's Python with the standard library only. Each step is skipped when its result
is there, so that running it before every command costs a tenth of a second.
"""
# No annotations import: an older Python has to get as far as the message below.

import sys

MINIMUM_PYTHON = (3, 11)

if sys.version_info < MINIMUM_PYTHON:
    sys.exit(
        "Python 3.11 or newer is needed; this is {} at {}.\n"  # noqa: UP032 - see above
        "Name another one: make PYTHON=/path/to/python3.12".format(
            sys.version.split()[0], sys.executable
        )
    )

from pathlib import Path  # noqa: E402 - the message above comes first

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from engine import cli, lock, paths, progress, virtualenv  # noqa: E402 - needs the path above


def main() -> int:
    """Run all steps; returns the process's exit code."""
    try:
        with lock.held(paths.LOCAL / "setup.lock"):
            virtualenv.ensure()
            virtualenv.compile_own()
            cli.obtain()
            _schema()
    except progress.SetupError as error:
        sys.stdout.flush()
        print(f"\nSet-up stopped.\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up interrupted; run it again to go on.", file=sys.stderr)
        return 130
    return 0


def _schema() -> None:
    """Extract the stand-in providers' schema from the SDKs, once per requirements.txt."""
    if not (paths.ROOT / "sandbox" / "schema.py").is_file():
        return
    stamp = paths.LOCAL / "schema.stamp"
    if virtualenv.is_newer(stamp, [paths.VIRTUALENV / virtualenv.STAMP,
                                   *(paths.ROOT / "sandbox").glob("schema*.py")]):  # fmt: skip
        return
    progress.run(
        "Extracting the resource types of both providers from their SDKs",
        [str(paths.virtualenv_python()), "-m", "sandbox.schema"],
        cwd=paths.ROOT,
    )
    stamp.touch()


if __name__ == "__main__":
    sys.exit(main())
