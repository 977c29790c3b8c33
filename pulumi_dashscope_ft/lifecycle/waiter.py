"""Why this exists: what is waited for, and how often one looks, is data. It can be read at a glance and tested
without waiting.

The delays are a compromise between two wishes. A teardown should notice soon after the service has finished (a tenth
of the cancel's duration, or half a second), and a cancel of a minute may cost a dozen calls, not sixty. So each delay
is about a third of the time already spent, up to ten seconds, the interval the vendor's own tool polls at.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pulumi_dashscope_ft.api import JobStatus


@dataclass(frozen=True, slots=True)
class Waiter:
    """Wait for a job to reach one of the `target` statuses.

    :param target: statuses that end the wait. A job that is gone ends every wait.
    :param leaving: when set, any status but this one ends the wait as well.
    :param delays: seconds before the first, second, … look; the last one repeats.
    :param jitter: each delay is lengthened by up to this fraction, so that many processes do not look in step.
    """

    target: frozenset[str]
    delays: tuple[float, ...]
    leaving: str | None = None
    jitter: float = 0.05

    def accepts(self, status: str) -> bool:
        """Whether a job in this status ends the wait."""
        return status in self.target or (self.leaving is not None and status != self.leaving)

    def schedule(self, spread: Callable[[], float] = random.random) -> Iterator[float]:
        """The delays to use, without end. `spread` gives numbers from 0 to 1."""
        position = 0
        while True:
            yield self.delays[position] * (1 + self.jitter * spread())
            position = min(position + 1, len(self.delays) - 1)


JOB_ENDED = Waiter(
    target=JobStatus.FINAL,
    delays=(0.5, 1.3, 1.3, 1.6, 2.6, 4.2, 6.0, 6.5, 7.5, 10.0),
)
"""Wait through CANCELING for any final status: a job may end by itself while it is being cancelled."""


def status_left(status: str) -> Waiter:
    """Wait for any change, after a cancel was refused for a job that still reads active (it may only be being set
    up).
    """
    return Waiter(target=JobStatus.FINAL, delays=(1.0, 2.0, 4.0, 8.0), leaving=status)


CREATE_VISIBLE = (1.0, 2.0, 4.0, 8.0)
"""Seconds between the looks at the job list after a create whose answer was lost: how long the list may take to show
it.
"""
