"""The job ``compliance``: makes a report, or verifies one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from company_ml.adapters.clock import SystemClock
from company_ml.adapters.secrets import AnySecrets
from company_ml.cli import ExitCode, JobError
from company_ml.compliance import manifest
from company_ml.compliance.core import Period
from company_ml.compliance.pseudonyms import Pseudonymiser
from company_ml.compliance.run import World, gather, write
from company_ml.lineage import documented
from company_ml.lineage import job as lineage

if TYPE_CHECKING:
    import argparse

    from company_ml.compliance.core import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the job's parameters."""
    parser.add_argument("--folder", type=Path, required=True, help="the report's own folder")
    parser.add_argument("--since", type=date.fromisoformat, help="first day, as 2026-01-01")
    parser.add_argument("--until", type=date.fromisoformat, help="first day that is not in it")
    parser.add_argument(
        "--scope", default=".", help="regular expression for full names of models and tables"
    )
    parser.add_argument(
        "--signing-key", metavar="SCOPE/KEY or file:PATH", help="Ed25519 private key, PEM"
    )
    parser.add_argument(
        "--pseudonym-key", metavar="SCOPE/KEY or file:PATH", help="replace identities with it"
    )
    parser.add_argument(
        "--fail-on-gaps", action="store_true", help="end as refused when audit days are silent"
    )
    lineage.add_copies(parser)
    parser.add_argument(
        "--verify", type=Path, metavar="PUBLIC_KEY", help="verify the folder instead: PEM file"
    )


def main(arguments: argparse.Namespace) -> ExitCode:
    """Run the job with real adapters."""
    if arguments.verify is not None:
        return verify(arguments.folder, arguments.verify)
    missing = [n for n in ("since", "until", "signing_key") if getattr(arguments, n) is None]
    if missing:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise JobError(f"{flags} missing: a report has a period and a signature")
    from company_ml.adapters.spark_sql import SparkSql, session

    secrets = AnySecrets()
    try:
        key = manifest.signing_key(secrets.read(arguments.signing_key))
        hidden = (
            Pseudonymiser(secrets.read(arguments.pseudonym_key))
            if arguments.pseudonym_key
            else None
        )
        period = Period(since=arguments.since, until=arguments.until)
        world = World(
            sql=SparkSql(session()), clock=SystemClock(), tables=lineage.tables(arguments)
        )
        report = gather(period, arguments.scope, world)
        path = write(report, arguments.folder, key, hidden)
    except (ValueError, FileExistsError) as error:
        raise JobError(str(error)) from error
    print(path)  # noqa: T201 - the job's answer
    made = (manifest.content(arguments.folder) or {}).get("generated")
    if made != report.generated.isoformat():
        print(f"an earlier run made this report at {made}; a new folder takes a new one")  # noqa: T201
    return judged(report, fail_on_gaps=arguments.fail_on_gaps)


def judged(report: Report, *, fail_on_gaps: bool) -> ExitCode:
    """The outcome of a report that was written."""
    audit = documented.TABLES["audit"].name
    silent = [gap for gap in report.gaps if gap.stream == audit]
    return ExitCode.REFUSED if fail_on_gaps and silent else ExitCode.DONE


def verify(folder: Path, public_key: Path) -> ExitCode:
    """Say what is wrong with a report's folder."""
    try:
        found = manifest.verify(folder, manifest.public_key(public_key.read_bytes()))
    except (manifest.KeyKindError, FileNotFoundError) as error:
        raise JobError(f"--verify {public_key}: {error}") from error
    print("\n".join(found) or f"{folder} is as it was signed")  # noqa: T201 - the job's answer
    return ExitCode.REFUSED if found else ExitCode.DONE
