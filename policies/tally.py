"""What a pack remembers between the engine's questions, for the notices at the end of a run."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from policies.evaluate import deferred
from policies.exemptions import used

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.evaluate import Result
    from policies.exemptions import Exemption


class Totals(NamedTuple):
    """What was counted in one run.

    Attributes:
        deferred: Deferred checks by the number of their rule.
        exempt: Exempt violations by what exempts them.
    """

    deferred: Counter[str]
    exempt: Counter[Exemption]


class Tally:
    """Counts over one run; the engine asks about several resources at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._totals = Totals(Counter(), Counter())
        self._told = False

    def add(self, results: Sequence[Result]) -> None:
        """Count what one question's rules found."""
        with self._lock:
            self._totals.deferred.update(deferred(results))
            self._totals.exempt.update(used(results))

    def first(self) -> bool:
        """Whether nobody has asked this before in this run: what is told once is told then."""
        with self._lock:
            told, self._told = self._told, True
            return not told

    def end(self) -> Totals:
        """The totals, and begin anew: one process may serve several runs."""
        with self._lock:
            totals, self._totals = self._totals, Totals(Counter(), Counter())
            self._told = False
            return totals
