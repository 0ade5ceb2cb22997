"""The project's stacks: which there are, in which order they go, which rules judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import yaml

from engine import paths, progress

if TYPE_CHECKING:
    from pathlib import Path

_SHARED_ESTATE = "mlops:sharedEstate"


def all_stacks(folder: Path = paths.ROOT) -> list[str]:
    """Every stack that has a stack file, in the order of deployment: owners first."""
    names = sorted(path.name.split(".")[1] for path in folder.glob("Pulumi.*.yaml"))
    return sorted(names, key=lambda name: not owns_shared_estate(name, folder))


def owns_shared_estate(stack: str, folder: Path = paths.ROOT) -> bool:
    """Whether a stack owns what the others read. A file that cannot be read is no owner's.

    What is wrong with such a file is the settings' to say, in the run of that stack.
    """
    try:
        content: Any = yaml.safe_load((folder / f"Pulumi.{stack}.yaml").read_text())
        estate = cast("dict[str, Any]", content["config"][_SHARED_ESTATE])
        return estate["role"] == "owner"
    except (OSError, ValueError, RecursionError, yaml.YAMLError, KeyError, TypeError):
        return False


def chosen(names: list[str], folder: Path = paths.ROOT) -> list[str]:
    """The named stacks in the order of deployment; all when none is named.

    Raises:
        SetupError: There is no such stack.
    """
    known = all_stacks(folder)
    for name in names:
        if name not in known:
            raise progress.SetupError(
                f"There is no stack {name!r}: the project has {', '.join(known)}. "
                f"A new one needs a stack file, Pulumi.{name}.yaml."
            )
    return [name for name in known if not names or name in names]


def policy_arguments(stack: str, root: Path = paths.ROOT) -> list[str]:
    """The CLI's arguments that turn all rules on: the pack that holds every rule in one process.

    The packs by topic hold the same rules; each is a process more and adds its start-up.

    Raises:
        SetupError: The stack has no configuration of the rules; defaults would be too lenient.
    """
    pack = root / "policies" / "platform"
    config = root / "policies" / "config" / f"{stack}.json"
    if not config.is_file():
        raise progress.SetupError(
            f"Stack {stack!r} has no policy configuration, {config}. Copy another stack's."
        )
    return ["--policy-pack", str(pack), "--policy-pack-config", str(config)]
