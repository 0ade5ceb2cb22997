"""How many different values a stream has: the smallest hashes kept, the rest forgotten.

The K minimum values: of uniformly distributed hashes, the k-th smallest is at about k / distinct
(doi.org/10.1145/1247480.1247504). Relative standard error 1/√(k-2): 1.6 % for the 4,096 kept here;
exact up to 4,096 different values. Mergeable, and merging is associative.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pandas.util import hash_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

SIZE = 4_096
HASHES = 2.0**64


def _none() -> Hashes:
    return np.empty(0, dtype=np.uint64)


@dataclass
class DistinctCount:
    """The smallest hashes seen, ascending and each once."""

    smallest: Hashes = field(default_factory=_none)

    def add_numbers(self, values: NDArray[np.float64]) -> None:
        """Count numbers; 0 and -0 are one value."""
        self._add(hash_array(values + 0.0))

    def add_texts(self, values: Sequence[str]) -> None:
        """Count texts."""
        if values:
            self._add(hash_array(np.asarray(values, dtype=object), categorize=False))

    def merge(self, other: DistinctCount) -> None:
        """Count what the other counted too."""
        self._add(other.smallest)

    def _add(self, hashes: Hashes) -> None:
        if len(self.smallest) == SIZE:
            hashes = hashes[hashes < self.smallest[-1]]
        if len(hashes):
            self.smallest = np.unique(np.concatenate([self.smallest, hashes]))[:SIZE]

    @property
    def estimate(self) -> int:
        """Different values."""
        if len(self.smallest) < SIZE:
            return len(self.smallest)
        return round((SIZE - 1) * HASHES / float(self.smallest[-1]))
