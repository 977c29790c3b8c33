"""How a create waits for a place in the quota of jobs (`waitForQuota`).

A refused create has bought nothing, so it may be sent again. But time has passed: before each new try the create looks
again, as it did before the first one. Nothing is recorded while it waits, so it may be interrupted at any moment, and
the next `pulumi up` begins anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from pulumi_dashscope_ft.api import ApiError, Job, QuotaExceededError
from pulumi_dashscope_ft.lifecycle.advice import fact, with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.driver import Creation
from pulumi_dashscope_ft.lifecycle.base.sources import JOBS
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, OperationInterruptedError
from pulumi_dashscope_ft.lifecycle.job.quota.counting import LIMIT, limit_in, takes_place
from pulumi_dashscope_ft.lifecycle.job.quota.occupants import described, way_out
from pulumi_dashscope_ft.lifecycle.waiting.places import FREE, Look, PlaceQueue
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.progress import StatusLine, at_most, seconds

INPUT = "waitForQuota"

_FIRST_DELAY, _GROWTH, _LONGEST_DELAY = 2.0, 0.2, 30.0
"""Seconds to the next look: a fifth of the time waited so far, between these limits."""
_QUIET_SECONDS = 600.0


class QuotaWait:
    """The wait of one create. All of its tries share one time limit, which begins with the first refusal.

    :param name: the job's display name.
    :param owner: the owner id of the stack.
    :param limit: seconds.
    """

    def __init__(self, connection: Connection, name: str, owner: str, limit: float) -> None:
        self.has_waited = False
        """Whether there was no place at first."""
        self._connection = connection
        self._clock = connection.clock
        self._subject = f'job "{name}"'
        self._owner = owner
        self._limit = limit
        self._queue: PlaceQueue[Job] = connection.readers.places(JOBS, takes_place)
        self._began = math.inf
        self._spoke = -math.inf
        self._quota = LIMIT
        self._last: Look[Job] | None = None
        self._line = StatusLine(connection.show_status, connection.clock, self._standing)

    def ask(self, creation: Creation[Job], send: Callable[[], Job]) -> Job:
        """Send the create, after a wait where the quota is full or other creates of this process wait already.

        :raises LifecycleError: there was no place in time, or the user has interrupted the wait.
        :raises ApiError: the create failed for another reason.
        """
        if not self._queue.is_waited_for:
            try:
                return send()
            except QuotaExceededError as refusal:
                self._note(refusal)
        self._begin()
        with self._queue.ticket() as ticket:
            while True:
                look = self._last = self._next_look(ticket, creation)
                if look.status != FREE and creation.lost is None:
                    self._tell(look)
                    self._require_time(creation)
                    continue
                made = creation.look_again(look.seen)
                if made is not None:
                    return made
                if look.status == FREE:
                    self._connection.report(f"{self._subject}: a place is free after {seconds(self._waited)}")
                    try:
                        return send()
                    except QuotaExceededError as refusal:
                        self._note(refusal)
                self._tell(look)
                self._require_time(creation)

    def _note(self, refusal: QuotaExceededError) -> None:
        limit = limit_in(refusal)
        if limit is None:
            raise refusal
        self._quota = limit
        self._queue.refused(limit, self._last)

    def _begin(self) -> None:
        if not self.has_waited:
            self.has_waited = True
            self._began = self._clock.monotonic()
            self._connection.report(
                f"{self._subject}: the quota of jobs is used up; waiting up to {seconds(self._limit)} for a place "
                f"({INPUT})"
            )

    @property
    def _waited(self) -> float:
        return self._clock.monotonic() - self._began

    def _next_look(self, ticket: str, creation: Creation[Job]) -> Look[Job]:
        delay = min(max(_GROWTH * self._waited, _FIRST_DELAY), _LONGEST_DELAY)
        try:
            deadline, interrupted = self._began + self._limit, self._connection.interrupted
            return self._queue.next_look(ticket, delay, deadline, interrupted, self._line.tick)
        except OperationInterruptedError:
            raise LifecycleError(
                f"{self._subject}: interrupted (Ctrl-C) while waiting for a place in the quota of jobs.",
                state=self._occupied(),
                done=self._done(creation),
                next_step="run `pulumi up` again to wait again.",
            ) from None
        except WaitTimeoutError as over:
            raise self._timed_out(creation, over.error) from None
        except ApiError as error:
            raise with_advice(
                error,
                self._subject,
                "wait for a place in the quota for",
                done=self._done(creation),
                again="pulumi up",
            ) from error

    def _tell(self, look: Look[Job]) -> None:
        """Report how the wait goes, now and then. Who occupies the places, the first in the queue says for all."""
        now = self._clock.monotonic()
        if now - self._spoke < _QUIET_SECONDS:
            return
        self._spoke = now
        ahead = f", {look.ahead} of this run first" if look.ahead else ""
        used = f"{look.used} of {self._quota} places are used"
        self._connection.report(f"{self._subject}: no place yet after {seconds(self._waited)}: {used}{ahead}")
        if not look.ahead:
            jobs = look.seen.values()
            self._connection.report(f"quota: {described(jobs, self._owner)}")
            self._connection.report(f"quota: {way_out(jobs, self._clock.time())}.")

    def _standing(self) -> str:
        look, left = self._last, self._began + self._limit - self._clock.monotonic()
        ahead = f", {look.ahead} of this run first" if look is not None and look.ahead else ""
        return f"waiting for a place {seconds(self._waited)}{ahead}, {at_most(left)}"

    def _require_time(self, creation: Creation[Job]) -> None:
        if self._waited >= self._limit:
            raise self._timed_out(creation, None)

    def _timed_out(self, creation: Creation[Job], error: ApiError | None) -> LifecycleError:
        jobs = () if self._last is None else self._last.seen.values()
        failed = f" The last look at the jobs failed: {fact(error)}" if error is not None else ""
        return LifecycleError(
            f"{self._subject} could not be started: no place in the quota of {self._quota} jobs became free within "
            f"{seconds(self._limit)} ({INPUT}).",
            state=f"{self._occupied()}{failed}",
            done=self._done(creation),
            next_step=f"make room: {way_out(jobs, self._clock.time())}. Then run `pulumi up` again, with a longer "
            f"{INPUT} if need be.",
        )

    def _occupied(self) -> str | None:
        return None if self._last is None else described(self._last.seen.values(), self._owner)

    @staticmethod
    def _done(creation: Creation[Job]) -> str:
        if creation.lost is None:
            return "nothing was started."
        return (
            f"an earlier request got no usable answer ({fact(creation.lost)}), and the job list shows no such job. "
            "Nothing is recorded in the state."
        )
