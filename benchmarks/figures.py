"""A figure, its target, and whether the target is met.

Why it exists: a benchmark that only prints numbers lets them slip. Here each figure knows what it has to reach, the
verdict is drawn by machine, and a miss makes the whole run fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

MET, MISSED, NO_TARGET = "met", "**missed**", "–"


@dataclass(frozen=True, slots=True)
class Target:
    """An upper limit: of this provider's own value, or of its ratio to the naive one."""

    limit: float
    of_ratio: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table.

    :param unit: `calls`, `steps`, `s`, `×` or `MiB`.
    :param ours: one value for each repetition; the median counts.
    :param naive: the same for the naive provider; None where it has no such thing.
    """

    name: str
    unit: str
    ours: Sequence[float]
    naive: Sequence[float] | None = None
    target: Target | None = None

    @property
    def value(self) -> float:
        return median(self.ours)

    @property
    def ratio(self) -> float | None:
        """This provider's median over the naive one's, None when that can't be had."""
        below = median(self.naive) if self.naive else 0
        return self.value / below if below else None

    @property
    def verdict(self) -> str:
        """A ratio that can't be had misses its target: an absent proof is none."""
        if self.target is None:
            return NO_TARGET
        reached = self.ratio if self.target.of_ratio else self.value
        return MET if reached is not None and reached <= self.target.limit else MISSED
