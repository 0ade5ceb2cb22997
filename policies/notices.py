"""What a pack reports beside its rules, under names that a configuration may use like a rule's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from policies.registry import Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.registry import Level


@dataclass(frozen=True)
class Notice:
    """One kind of report.

    Attributes:
        title: It heads every message.
        level: Where no configuration says otherwise.
        config: Configuration keys.
    """

    title: str
    level: Level
    config: Mapping[str, Option] = field(default_factory=dict[str, Option])


DEFERRED: Final = "deferred-checks"
EXEMPTIONS: Final = "exemptions"
NOTICES: Final[Mapping[str, Notice]] = {
    DEFERRED: Notice("Checks that need a value which is not known yet", "advisory"),
    # An expired exemption is reported with this level; what is exempt or not needed only advises.
    EXEMPTIONS: Notice(
        "Violations that an exemption answers for",
        "mandatory",
        {
            "file": Option(
                "File of the exemptions, relative to the folder policies; none where empty.",
                "",
                {"type": "string"},
            )
        },
    ),
}
