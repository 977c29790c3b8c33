"""Why this exists: what is waited for, and how often one looks, is data. It can be read at a glance and tested
without waiting.

The delays are a compromise between two wishes. A teardown should notice soon after the service has finished (a tenth
of the cancel's duration, or half a second), and a cancel of a minute may cost a dozen calls, not sixty. So a delay
grows with the time already spent: by about a third of it for a job that waits alone, and by about an eighth where many
wait, for there one look serves them all. Ten seconds, the interval the vendor's own tool polls at, is the longest.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pulumi_dashscope_ft.api import DeploymentStatus, JobStatus

CROWD = 4
"""From so many waiting jobs on, one look serves many."""


class HasStatus(Protocol):
    """What can be waited for: a job, a deployment."""

    @property
    def status(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Waiter:
    """Wait for a job or a deployment to reach one of the `target` statuses.

    :param target: statuses that end the wait. What is gone ends every wait.
    :param delays: seconds before the first, second, … look; the last one repeats.
    :param crowd_delays: the same while many jobs wait; `delays` when None.
    :param leaving: when set, any status but this one ends the wait as well.
    :param jitter: each delay is lengthened by up to this fraction, so that many processes do not look in step.
    """

    target: frozenset[str]
    delays: tuple[float, ...]
    crowd_delays: tuple[float, ...] | None = None
    leaving: str | None = None
    jitter: float = 0.05

    def accepts(self, status: str) -> bool:
        """Whether what is in this status ends the wait."""
        return status in self.target or (self.leaving is not None and status != self.leaving)

    def delay(self, elapsed: float, waiting: int = 1, spread: Callable[[], float] = random.random) -> float:
        """Seconds from now to the next look.

        :param elapsed: seconds since the wait began.
        :param waiting: how many wait at the moment.
        :param spread: gives numbers from 0 to 1.
        """
        delays = self.crowd_delays if waiting >= CROWD and self.crowd_delays else self.delays
        look, position = delays[0], 0
        # A look that is due in less than half its delay was just made: somebody else's look served this job, too.
        while look - elapsed < delays[position] / 2:
            position = min(position + 1, len(delays) - 1)
            look += delays[position]
        return (look - elapsed) * (1 + self.jitter * spread())


def _growing(first: float, growth: float, longest: float) -> tuple[float, ...]:
    """Delays that begin with `first` and grow by `growth` for each second that has passed, up to `longest`."""
    delays, elapsed = [first], first
    while delays[-1] < longest:
        delays.append(round(min(first + growth * elapsed, longest), 2))
        elapsed += delays[-1]
    return tuple(delays)


JOB_ENDED = Waiter(
    target=JobStatus.FINAL,
    delays=(0.5, 1.3, 1.3, 1.6, 2.6, 4.2, 6.0, 6.5, 7.5, 10.0),
    crowd_delays=_growing(0.65, 0.13, 10.0),
)
"""Wait through CANCELING for any final status: a job may end by itself while it is being cancelled."""


def status_left(status: str) -> Waiter:
    """Wait for any change, after a cancel was refused for a job that still reads active (it may only be being set
    up).
    """
    return Waiter(target=JobStatus.FINAL, delays=(1.0, 2.0, 4.0, 8.0), leaving=status)


JOB_TRAINED = Waiter(target=JobStatus.FINAL, delays=_growing(2.0, 0.2, 30.0))
"""Wait for hours, for the end of a training run."""

DEPLOYMENT_GONE = Waiter(target=frozenset(), delays=JOB_ENDED.delays, crowd_delays=JOB_ENDED.crowd_delays)
"""Wait until the service no longer knows the deployment, whatever it shows until then."""

DEPLOYMENT_SETTLED = Waiter(
    target=DeploymentStatus.SETTLED | {DeploymentStatus.DELETING}, delays=_growing(1.0, 0.15, 10.0)
)
"""Wait through PENDING, UPDATING and the like, in which the service may refuse a change or a delete."""

DEPLOYMENT_UP = Waiter(target=DEPLOYMENT_SETTLED.target, delays=_growing(2.0, 0.1, 10.0))
"""Wait until it runs, or will not run by itself any more. Deploying takes 5 to 10 minutes (API page
model-deployment-quick-start), so there is no hurry in the beginning.
"""


CREATE_VISIBLE = (1.0, 2.0, 4.0, 8.0)
"""Seconds between the looks at the job list after a create whose answer was lost: how long the list may take to show
it.
"""
