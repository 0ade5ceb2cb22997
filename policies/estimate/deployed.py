"""What is deployed already, from the state that was exported before the run.

The engine tells a policy pack nothing of the state before the run: its messages hold what the
program declares, and the stack's name, configuration and tags. So the state is a file, written by
``pulumi stack export`` and named in the policy configuration. It is priced anew with today's book
and assumptions: a saved sum would make every refresh of prices look like growth.
https://github.com/pulumi/pulumi/blob/v3.250.0/proto/pulumi/analyzer.proto
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from policies import snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.model import Resource

ROOT: Final = Path(__file__).parents[1]
"""What the file's name is relative to: the folder policies, as for exemptions."""


class WrongStateError(ValueError):
    """The file is not the state of the stack that is judged; the message says what it is."""


def export_to(file: str, stack: str) -> str:
    """The command that writes the file."""
    return f"pulumi stack export --stack {stack} --file {ROOT.name}/{file}"


def read(file: str, urn: str) -> Sequence[Resource] | None:
    """The resources that a stack has now; none before its first update.

    Args:
        file: Its name.
        urn: Of any resource of the stack that is judged.

    Returns:
        ``None`` where there is no such file.

    Raises:
        WrongStateError: It is no state, or another stack's.
    """
    path = ROOT / file
    if not file or not path.is_file():
        return None
    try:
        seen = snapshot.load(path, may_be_empty=True)
    except snapshot.InputError as error:
        raise WrongStateError(str(error)) from error
    if seen.kind != "state":
        raise WrongStateError(f"{file} is a preview and not what is deployed")
    # Stack and project: urn:pulumi:prod::mlops::...
    here, there = (each.split("::")[:2] for each in (urn, seen.urn))
    if seen.urn and here != there:
        raise WrongStateError(f"{file} is of {'::'.join(there)} and not of {'::'.join(here)}")
    return seen.managed()
