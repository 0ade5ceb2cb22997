"""Exemptions: single violations that somebody answers for, until a day.

A file per environment, ``policies/exemptions/<environment>.yaml``, named by the key ``exemptions``
of the environment's policy configuration. It is a list; each entry has exactly these keys:

    - rule: sec-17-storage-public-access-off
      resource: azure-native:storage:StorageAccount::landing-*
      reason: The partner's upload tool cannot reach a private endpoint before its next release.
      owner: data-platform
      ticket: OPS-1234
      expires: 2027-03-31

``resource`` is a pattern (``*``, ``?``) for a URN or for ``type::name``; what a rule says of the
stack as a whole is about the resource ``pulumi:pulumi:Stack::…``. The last day counts, and lies at
most a year ahead unless the option ``maximumDays`` says otherwise: who answers for a violation says
so again each year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from policies.findings import Violation
from policies.model import normalise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from policies.evaluate import Result


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """One entry of the file; see the module's docstring."""

    rule: str
    resource: str
    reason: str
    owner: str
    ticket: str
    expires: date

    def covers(self, urn: str) -> bool:
        """Whether the pattern means this resource."""
        # Brackets are letters of a name here; only * and ? stand for others.
        pattern = self.resource.replace("[", "[[]")
        return fnmatchcase(urn, pattern) or fnmatchcase(label(urn), pattern)

    def __str__(self) -> str:
        return (
            f"{self.rule} on {self.resource} until {self.expires} "
            f"({self.owner}, {self.ticket}: {self.reason})"
        )


@dataclass(frozen=True)
class Exempt:
    """A violation that an exemption answers for."""

    message: str
    urn: str
    exemption: Exemption


@dataclass(frozen=True)
class Exemptions:
    """The exemptions of a run.

    Attributes:
        entries: What the file says.
        today: The day on which the run judges.
    """

    entries: Sequence[Exemption]
    today: date

    def of(self, rules: Collection[str]) -> Exemptions:
        """Only those of some rules: a pack cannot say of another pack's whether they are used."""
        return replace(self, entries=[entry for entry in self.entries if entry.rule in rules])

    def covering(self, rule: str, urn: str) -> Exemption | None:
        """The exemption of a rule for a resource on this day."""
        for entry in self.entries:
            if entry.rule == rule and self.today <= entry.expires and entry.covers(urn):
                return entry
        return None

    def apply(self, results: list[Result], urn: str) -> list[Result]:
        """Results with their exempt violations marked.

        Args:
            results: What rules found.
            urn: The resource they judged, or the stack; a stack rule's findings may name others.
        """
        return [self._marked(result, urn) for result in results] if self.entries else results

    def _marked(self, result: Result, urn: str) -> Result:
        finding = result.finding
        if isinstance(finding, Violation):
            subject = finding.urn or urn
            if entry := self.covering(result.active.rule.name, subject):
                return replace(result, finding=Exempt(finding.message, subject, entry))
        return result

    def expired(self) -> list[str]:
        """What to say of each entry whose last day is over."""
        return [
            f"the exemption of {entry} has expired; fix the resource, or renew the exemption"
            for entry in self.entries
            if entry.expires < self.today
        ]

    def unused(self, used: Collection[Exemption]) -> list[str]:
        """What to say of each valid entry that no violation of the whole stack needed."""
        return [
            f"the exemption of {entry} is not needed; remove it"
            for entry in self.entries
            if self.today <= entry.expires and entry not in used
        ]


def used(results: Iterable[Result]) -> Iterator[Exemption]:
    """The exemptions that results needed."""
    for result in results:
        if isinstance(result.finding, Exempt):
            yield result.finding.exemption


def label(urn: str) -> str:
    """``type::name`` of a URN, the type as rules know it."""
    _, _, rest = urn.partition("::")
    _, _, rest = rest.partition("::")
    types, _, name = rest.partition("::")
    return f"{normalise(types.rpartition('$')[2])}::{name}"
