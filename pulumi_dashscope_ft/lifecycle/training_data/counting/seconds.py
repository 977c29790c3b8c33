"""The seconds of clips and recordings, in a small form that a state can hold.

A clip counts up to a cap that depends on the model, and in whole seconds. So clips are put together by the whole
seconds below and above their length. Recordings are not rounded, so the sum is kept as well.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pulumi_dashscope_ft.schema.numbers import whole

_FROM_HERE_TOGETHER = 60
"""Seconds from which on clips are put together. No cap is as long."""
MOST_GROUPS = 2 * _FROM_HERE_TOGETHER + 2
_DIGITS = 6
_LARGEST = 10**10


class Clips(NamedTuple):
    """Clips that are about equally long.

    :param shortest: whole seconds that each has at least.
    :param longest: whole seconds that each has at most.
    """

    shortest: int
    longest: int
    number: int


@dataclass(frozen=True, slots=True)
class SecondsCount:
    """The clips or recordings that the rows of a file name; one that two rows name counts twice.

    :param unread: how many more there are, whose length could not be read.
    :param total: seconds of all that were read.
    """

    clips: tuple[Clips, ...] = ()
    unread: int = 0
    total: float = 0.0

    @property
    def read(self) -> int:
        """How many have a known length."""
        return sum(group.number for group in self.clips)

    def to_property(self) -> dict[str, Any]:
        """Return the count as a part of the output `tokens` of a file."""
        return {"unread": self.unread, "total": self.total, "lengths": [list(group) for group in self.clips]}


class SecondsMeter:
    """Counts clips or recordings as rows name them, in constant memory."""

    def __init__(self) -> None:
        self._groups: Counter[tuple[int, int]] = Counter()
        self._unread = 0
        self._total = 0.0
        self._longest = 0

    def take(self, seconds: float | None) -> None:
        """Count one.

        :param seconds: None where its length could not be read.
        """
        if seconds is None:
            self._unread += 1
            return
        self._total += seconds
        shortest, longest = math.floor(seconds), math.ceil(seconds)
        if shortest >= _FROM_HERE_TOGETHER:
            shortest, self._longest = _FROM_HERE_TOGETHER, max(self._longest, longest)
            longest = 0
        self._groups[shortest, longest] += 1

    def close(self) -> SecondsCount | None:
        """Return what was counted; None when there was nothing."""
        groups = (Clips(least, most or self._longest, number) for (least, most), number in self._groups.items())
        clips = tuple(sorted(groups))
        return SecondsCount(clips, self._unread, round(self._total, _DIGITS)) if clips or self._unread else None


def seconds_of_property(value: Any) -> SecondsCount | None:
    """Read such a part of an output; None when it is none."""
    if not isinstance(value, Mapping) or not isinstance(value.get("lengths"), (list, tuple)):
        return None
    total: Any = value.get("total")
    unread = whole(value.get("unread"))
    groups = [_group(entry) for entry in value["lengths"][:MOST_GROUPS]]
    if unread is None or whole(total) is None or total > _LARGEST or None in groups:
        return None
    return SecondsCount(tuple(group for group in groups if group is not None), unread, float(total))


def _group(entry: Any) -> Clips | None:
    if not isinstance(entry, (list, tuple)) or len(entry) != len(Clips._fields):
        return None
    shortest, longest, number = map(whole, entry)
    if shortest is None or longest is None or number is None or shortest > longest:
        return None
    return Clips(shortest, longest, number)
