"""The teardown driver: tear down a job or a deployment, from the first look to the last.

What a user believes torn down must not keep running, serving or costing. So a teardown is a loop around one question,
"what is its status now?", which only the service answers, never memory. A teardown may start anywhere, stop anywhere,
and run twice at once:

    gone      → done
    CANCEL    → cancel and wait; if the service refuses, read again, and pause if nothing has changed
    WAIT      → wait for the current change to end
    DELETE    → delete and, if the kind needs it, wait until the object is gone; the kind decides about a refusal
    KEEP      → leave the record, say so, done

The strategy of each kind says which status calls for which action, and what the messages say: `job/teardown.py`,
`compression/teardown.py`, `imported/teardown.py`, `deployment/teardown.py`. What runs share is in `run.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar, final

from pulumi_dashscope_ft.api import ApiError, Client, NotFoundError, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.advice import fact, with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.gone import confirm_gone
from pulumi_dashscope_ft.lifecycle.base.kind.subject import subject
from pulumi_dashscope_ft.lifecycle.base.report import ACCEPTED, CANCELLED, UNFINISHED, TeardownRecord
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError, OperationInterruptedError, TeardownTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller, WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.progress import at_most, seconds
from pulumi_dashscope_ft.lifecycle.waiting.reader import CoalescingReader
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Waiter, status_left

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""The empty record, used when the state holds nothing about the object."""

_PATIENCE = 15.0
"""Seconds to wait before a refused cancel is tried again."""


class Action(Enum):
    """What a status calls for."""

    CANCEL = "cancel"
    WAIT = "wait"
    DELETE = "delete"
    KEEP = "keep"


class Standing(Protocol):
    """What every live object that can be torn down has."""

    @property
    def status(self) -> str:
        """The service's word for how it stands."""

    @property
    def workspace_id(self) -> str | None:
        """Where it lives; None when the service does not show that."""


T = TypeVar("T", bound=Standing)
Call = Callable[[Client, str], object]
"""One request about the object with this id."""


class TeardownStrategy(Protocol[T]):
    """What differs from kind to kind."""

    @property
    def kind(self) -> str:
        """The noun: `job` or `deployment`."""

    @property
    def calls(self) -> Mapping[Action, Call]:
        """The requests for CANCEL and DELETE."""

    @property
    def verbs(self) -> Mapping[str, str]:
        """What each of these requests does to the object, by the client's name of the operation."""

    @property
    def lasting(self) -> frozenset[str]:
        """Statuses that never change: an object listed in one of them during this run is not read again."""

    @property
    def end(self) -> Waiter:
        """The waiter for WAIT, and for the time after an accepted cancel."""

    @property
    def until_gone(self) -> Waiter | None:
        """The waiter for the time after an accepted delete; None when the answer to the delete is the end."""

    @property
    def aim(self) -> str:
        """What did not happen within the time limit, for messages: `torn down`, `gone`."""

    def name_of(self, seen: T) -> str | None:
        """Return the object's display name; None when the service shows none."""

    def action(self, status: str) -> Action:
        """Return the next step of the teardown of an object in this status."""

    def keep(self, teardown: Teardown[T], seen: T) -> None:
        """Report and record that the object's record stays because the policy says so."""

    def deleted(self, teardown: Teardown[T], seen: T) -> None:
        """Report that the delete of `seen` was accepted, and record what it leaves behind."""

    def refused(self, teardown: Teardown[T], seen: T, now: T, refusal: UnsupportedOperationError) -> T | None:
        """Decide what to do when the service refuses a delete that both statuses call for: `seen` and, later, `now`.

        :return: the object to go on with; None when there is no more to do.
        :raises LifecycleError: there is more to do, and only the user can do it.
        """

    def billed(self, status: str) -> str:
        """Return what the status in the state means for the bill, as the end of a sentence."""

    def billed_when_late(self, status: str | None, done: list[str]) -> str:
        """Return what it means for the bill that the time limit ran out.

        :param status: the last status that was seen.
        """


@final
class Teardown(Generic[T]):
    """The teardown of one object.

    :param timeout: seconds for the whole teardown.
    :param ending: the record of this teardown; it alone keeps what was done.
    :param recorded: the object's properties in the state. Used are its status, for a message when the service can't be
        asked, and its workspace (see `confirm_gone`).
    """

    def __init__(
        self,
        connection: Connection,
        reader: CoalescingReader[T],
        poller: Poller[T],
        strategy: TeardownStrategy[T],
        object_id: str,
        *,
        timeout: float,
        ending: TeardownRecord,
        recorded: Mapping[str, Any],
    ) -> None:
        self.connection = connection
        self.object_id = object_id
        self.subject = subject(strategy.kind, object_id)
        """What messages call the object."""
        self.ending = ending
        self._strategy = strategy
        self._clock = connection.clock
        self._timeout = timeout
        self._deadline = self._clock.monotonic() + timeout
        self._reader = reader
        self._poller = poller
        self._recorded = recorded
        self._status: str | None = None
        self._is_interruption_said = False
        self._refused_cancel: ApiError | None = None
        self._fresh_after: float | None = None

    def run(self) -> None:
        """Run the teardown; return when there is no more to do.

        :raises TeardownTimeoutError: the time limit ran out; running it again resumes.
        :raises LifecycleError: the user has pressed Ctrl-C; running it again resumes.
        :raises LifecycleError: the service refused for a reason that waiting can't fix.
        """
        try:
            seen = self._first_look()
            while seen is not None:
                self._status = seen.status
                self.ending.met(seen.status, self._strategy.name_of(seen))
                seen = self._step(seen)
            if self.ending.outcome == UNFINISHED:
                self.ending.went()
        except WaitTimeoutError as timeout:
            raise self._late(timeout) from None
        except OperationInterruptedError:
            raise self._interrupted() from None
        except ApiError as error:
            raise self._failed(error) from error

    def _step(self, seen: T) -> T | None:
        """Do what the status calls for. Return the object as it is then; None when there is no more to do."""
        action = self._strategy.action(seen.status)
        if action is Action.WAIT:
            return self.wait(seen, self._strategy.end)
        if action is Action.KEEP:
            self._strategy.keep(self, seen)
            return None
        # Don't start a request that would come too late.
        if self._clock.monotonic() >= self._deadline:
            raise WaitTimeoutError(seen, None)
        return self._cancel(seen) if action is Action.CANCEL else self._delete(seen)

    def _cancel(self, seen: T) -> T | None:
        self.say(f"is {seen.status}: cancelling")
        try:
            self._strategy.calls[Action.CANCEL](self.connection.client, self.object_id)
        except UnsupportedOperationError as refusal:
            # The object may have ended by itself just now.
            self._refused_cancel = refusal
            self._changed("cancel was refused")
        except NotFoundError:
            self._changed("cancel found it gone")
        else:
            self._refused_cancel = None
            self._changed(CANCELLED)
            return self.wait(seen, self._strategy.end)
        now = self._read()
        if now is None or self._strategy.action(now.status) is not Action.CANCEL:
            return now
        return self._pause(now)

    def let_pass(self, seen: T) -> T:
        """Let a moment pass before a refused delete is tried again, because something else has to end first.

        :raises WaitTimeoutError: the time limit has run out.
        """
        left = self._deadline - self._clock.monotonic()
        if left <= 0:
            raise WaitTimeoutError(seen, None)
        self._clock.sleep(min(left, _PATIENCE))
        return seen

    def _pause(self, seen: T) -> T | None:
        """Wait until the status changes, or for a moment, because a refused cancel left the object active."""
        soon = min(self._deadline, self._clock.monotonic() + _PATIENCE)
        try:
            return self.wait(seen, status_left(seen.status), deadline=soon)
        except WaitTimeoutError as timeout:
            if soon < self._deadline:
                return timeout.last or seen
            raise

    def _delete(self, seen: T) -> T | None:
        try:
            self._strategy.calls[Action.DELETE](self.connection.client, self.object_id)
        except NotFoundError:
            self.say("is gone")
            return None
        except UnsupportedOperationError as refusal:
            self._changed("delete was refused")
            now = self._read()
            if now is None or self._strategy.action(now.status) is not Action.DELETE:
                return now
            return self._strategy.refused(self, seen, now, refusal)
        self._changed(ACCEPTED)
        self._strategy.deleted(self, seen)
        return None if self._strategy.until_gone is None else self.wait(seen, self._strategy.until_gone)

    # Looking

    def _first_look(self) -> T | None:
        known = self._reader.recall(self.object_id)
        return known if known is not None and known.status in self._strategy.lasting else self._read()

    def _read(self) -> T | None:
        """Read the object; report it and return None when it is gone."""
        try:
            return self._reader.read(self.object_id, not_before=self._fresh_after)
        except NotFoundError:
            if not self.ending.done:
                workspace, kind = self._recorded.get("workspaceId"), self._strategy.kind
                confirm_gone(self._reader.listing, self.object_id, workspace, kind=kind, again="pulumi destroy")
            self.say("is gone" if self.ending.done else "was already gone")
            return None

    def wait(self, seen: T, waiter: Waiter, *, deadline: float | None = None) -> T | None:
        """Wait, and return the object as it is after the wait; report it and return None when it is gone."""
        progress = self.connection.progress(self.subject, seen.status, self._deadline)

        def observe(now: T) -> None:
            self._status = now.status
            progress.observe(now)

        def tick() -> None:
            if self._must_say_what_is_awaited():
                self._say_what_is_awaited()
                progress.status_line.let_stand()
            progress.tick()

        deadline = self._deadline if deadline is None else deadline
        ended = self._poller.wait(self.object_id, waiter, deadline=deadline, observe=observe, tick=tick)
        if ended is None:
            self.say("is gone")
        return ended

    def _must_say_what_is_awaited(self) -> bool:
        """Whether Ctrl-C was pressed, does not end the wait, and nothing was said about it yet.

        Pulumi lets the steps that are under way end, and says nothing of them.
        """
        return not self._is_interruption_said and self.connection.interrupted()

    def _say_what_is_awaited(self) -> None:
        self._is_interruption_said = True
        left = self._deadline - self._clock.monotonic()
        bill = self._strategy.billed_when_late(self._status, self.ending.done)
        self.connection.report(
            f"Ctrl-C: waits until {self.subject} ({self._status}) is {self._strategy.aim}, {at_most(left)} "
            f"({self._limit}); then Pulumi stops. A second Ctrl-C stops at once: {bill}, and `pulumi destroy` goes on "
            "from here."
        )

    # Saying and recording

    def say(self, text: str) -> None:
        """Report a line about the object."""
        self.connection.report(f"{self.subject} {text}")

    def so_far(self, error: ApiError | None = None) -> str:
        """Return what was done, for the `done` line; `error` is what ended the teardown, if anything did."""
        counted = Counter(self.ending.done)
        deeds = [what if times == 1 else f"{what} {times} times" for what, times in counted.items()]
        if error is not None and error.ambiguous and error.operation in self._strategy.verbs:
            deeds.append(f"the last {self._strategy.verbs[error.operation]} may have taken effect all the same")
        return f"{', '.join(deeds)}." if deeds else "nothing was changed."

    def _changed(self, what: str) -> None:
        """Note the result of a request; everything read before it is outdated from now on."""
        self.ending.did(what)
        self._reader.forget(self.object_id)
        self._fresh_after = self._clock.monotonic()

    def _failed(self, error: ApiError) -> LifecycleError:
        known = None
        if self._status:
            known = f"last seen {self._status}."
        elif recorded := self._recorded.get("status"):
            known = f"{recorded} when it was last read{self._strategy.billed(recorded)}."
        return with_advice(
            error,
            self.subject,
            self._strategy.verbs.get(error.operation, "read"),
            state=known,
            done=f"{self.so_far(error)} The {self._strategy.kind} stays in the state.",
            again="pulumi destroy",
        )

    @property
    def _limit(self) -> str:
        return self.connection.limited_by or "teardownTimeout"

    def _interrupted(self) -> LifecycleError:
        bill = self._strategy.billed_when_late(self._status, self.ending.done)
        return LifecycleError(
            f"{self.subject}: interrupted (Ctrl-C) before it was {self._strategy.aim}.",
            state=f"last seen {self._status}." if self._status else None,
            done=f"{self.so_far()} Nothing was undone. The {self._strategy.kind} stays in the state; {bill}.",
            next_step="run `pulumi destroy` (or `pulumi up`, if it was that) again: it goes on from here.",
        )

    def _late(self, timeout: WaitTimeoutError) -> TeardownTimeoutError:
        limit = self._limit
        refused = "" if self._refused_cancel is None else f" The last cancel was refused: {fact(self._refused_cancel)}"
        status = timeout.last.status if timeout.last is not None else self._status
        bill = self._strategy.billed_when_late(status, self.ending.done)
        return TeardownTimeoutError(
            f"{self.subject} was not {self._strategy.aim} within {seconds(self._timeout)} ({limit}).",
            state=f"{timeout.last_seen(self._status)}{refused}",
            done=f"{self.so_far()} The {self._strategy.kind} stays in the state; {bill}.",
            next_step=f"run `pulumi destroy` again: it goes on from here. For more patience set {limit} "
            '(for example "30m") and run `pulumi up` first.',
        )
