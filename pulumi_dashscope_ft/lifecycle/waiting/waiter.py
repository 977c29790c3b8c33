"""Waits as data: what to wait for, and how often to look. Data can be read at a glance and tested without waiting.

The delays are a compromise between two goals. A teardown should notice soon after the service has finished (a tenth of
the cancel's duration, or half a second), and a cancel of a minute may cost a dozen calls, not sixty. So a delay grows
with the time already spent: by about a third of it for a job that waits alone, and by about an eighth where many wait,
because one look serves them all there. Only the first two looks of a crowd are far apart: a cancel that takes some four
seconds, as most do, costs two looks. The longest delay is ten seconds, the interval at which the vendor's own tool
polls.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from pulumi_dashscope_ft.api import DeploymentStatus, JobStatus

CROWD = 4
"""From this many waiting jobs on, one look serves many."""


class HasStatus(Protocol):
    """An object that can be waited for: a job, a deployment, the export of a checkpoint."""

    @property
    def status(self) -> str:
        """The status, as the service spells it."""


class Failure(NamedTuple):
    """What a status means that ends a wait without success.

    :param why: why the wait can't succeed; empty where only the object itself shows that.
    :param way_out: what to do.
    """

    why: str
    way_out: str


class WaitFailedError(Exception):
    """The object has reached a status from which the wait can't succeed.

    :param seen: the object as just seen.
    :param failure: what that status means.
    """

    def __init__(self, seen: Any, failure: Failure) -> None:
        super().__init__(seen, failure)
        self.seen = seen
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Waiter:
    """Wait for an object to reach one of the `success` statuses.

    :param success: statuses that end the wait with success. An object that is gone ends every wait.
    :param delays: seconds before the first, second, … look; the last one repeats.
    :param failure: statuses that end the wait without success, and what they mean.
    :param crowd_delays: the delays while many wait; `delays` when None.
    :param leaving: when set, any status but this one ends the wait too.
    :param complete: what else must be true of an object in a `success` status: the service may show a status before the
        data that belongs to it.
    :param lingering: failures of an earlier attempt that the service may still show for a moment: the monotonic time
        from which on each of them counts.
    :param jitter: each delay is lengthened by up to this fraction, so that many processes do not look in step.
    """

    success: frozenset[str]
    delays: tuple[float, ...]
    failure: Mapping[str, Failure] = field(default_factory=dict)
    crowd_delays: tuple[float, ...] | None = None
    leaving: str | None = None
    complete: Callable[[Any], bool] = lambda seen: True
    lingering: Mapping[str, float] = field(default_factory=dict)
    jitter: float = 0.05

    def decides(self, status: str) -> bool:
        """Whether this status ends the wait, with or without success."""
        return status in self.success or status in self.failure

    def is_over(self, seen: HasStatus, now: float) -> bool:
        """Whether the wait has succeeded.

        :param now: monotonic time.
        :raises WaitFailedError: it can no longer succeed.
        """
        status = seen.status
        if status in self.failure and now >= self.lingering.get(status, now):
            raise WaitFailedError(seen, self.failure[status])
        if self.leaving is not None and status != self.leaving:
            return True
        return status in self.success and self.complete(seen)

    def delay(self, elapsed: float, waiting: int = 1, spread: Callable[[], float] = random.random) -> float:
        """Seconds from now to the next look.

        :param elapsed: seconds since the wait began.
        :param waiting: how many threads wait at the moment.
        :param spread: gives numbers from 0 to 1.
        """
        delays = self.crowd_delays if waiting >= CROWD and self.crowd_delays else self.delays
        look = 0.0
        for delay in delays:
            look += delay
            # If less than half the delay is left, the look was just made: another thread's look covered this job too.
            if look - elapsed >= delay / 2:
                break
        else:
            look += math.ceil((elapsed - look) / delay + 0.5) * delay
        return (look - elapsed) * (1 + self.jitter * spread())


def growing(first: float, growth: float, longest: float, begin: tuple[float, ...] = ()) -> tuple[float, ...]:
    """Delays that begin with `first` and grow by `growth` for each second that has passed, up to `longest`.

    :param begin: the first delays, where they do not follow this rule.
    """
    delays = list(begin or (first,))
    elapsed = sum(delays)
    while delays[-1] < longest:
        delays.append(round(min(first + growth * elapsed, longest), 2))
        elapsed += delays[-1]
    return tuple(delays)


JOB_ENDED = Waiter(
    success=JobStatus.FINAL,
    delays=(0.5, 1.3, 1.3, 1.6, 2.6, 4.2, 6.0, 6.5, 7.5, 10.0),
    crowd_delays=growing(0.65, 0.13, 10.0, begin=(2.1, 2.4)),
)
"""Wait through CANCELING for any final status: a job may end by itself while it is being cancelled."""


def status_left(status: str) -> Waiter:
    """Wait for any change, after a cancel was refused for a job that still reads active.

    The job may only be in preparation.
    """
    return Waiter(success=JobStatus.FINAL, delays=(1.0, 2.0, 4.0, 8.0), leaving=status)


DEPLOYMENT_GONE = Waiter(success=frozenset(), delays=JOB_ENDED.delays, crowd_delays=JOB_ENDED.crowd_delays)
"""Wait until the service no longer knows the deployment, whatever it shows until then."""

DEPLOYMENT_SETTLED = Waiter(
    success=DeploymentStatus.SETTLED | {DeploymentStatus.DELETING}, delays=growing(1.0, 0.15, 10.0)
)
"""Wait through PENDING, UPDATING and the like, in which the service may refuse a change or a delete."""

CREATE_VISIBLE = (0.5, 0.5, 1.0, 1.5, 2.5, 4.0, 6.0, 8.0, 11.0)
"""Seconds between the looks at the job list after a lost create answer. Together: how long the list may take to show
the job. Each: how late the job may be found, about a third of the time that it took to appear."""

CREATE_REPEATABLE = (15.0, 25.0, 40.0, 55.0, 60.0, 70.0)
"""Seconds between the further looks before the request is sent again. With those before, they make five minutes: the
longest lag that `dashscope-ft verify` looks for."""
