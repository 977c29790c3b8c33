"""Why this exists: what a user believes torn down must not go on running, serving or costing. So a teardown is a loop
over one question, "how does it stand now?", asked of the service and never of memory. It may be started anywhere,
stopped anywhere, and run twice at once.

What is to be done about each answer is told by `teardown` for a job and by `deployment_teardown` for a deployment; how
it is asked, how long, what is noted of it and how it fails is the same and stands here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pulumi_dashscope_ft.api import ApiError, NotFoundError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.out_of_sight import require_gone
from pulumi_dashscope_ft.lifecycle.base.report import UNFINISHED, Ending
from pulumi_dashscope_ft.lifecycle.errors import TeardownTimeoutError
from pulumi_dashscope_ft.lifecycle.explain import explained
from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller, WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.progress import Progress, seconds
from pulumi_dashscope_ft.lifecycle.waiting.reader import CoalescingReader
from pulumi_dashscope_ft.lifecycle.waiting.waiter import Waiter

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""What the state has of an object that no resource holds."""


class _Standing(Protocol):
    @property
    def status(self) -> str: ...
    @property
    def workspace_id(self) -> str | None: ...


T = TypeVar("T", bound=_Standing)


class TeardownLoop(ABC, Generic[T]):
    """The teardown of one object.

    :param timeout: seconds for all of it.
    :param ending: what became of it; it takes down what is done, and nothing else does.
    :param recorded: what the state has of it: its status for a message, where the service can't be asked, and its
        workspace (see `out_of_sight`).
    """

    kind: ClassVar[str]
    """`job` or `deployment`."""

    changes: ClassVar[Mapping[str, str]]
    """What a call was to do to it, by the client's operation."""

    def __init__(
        self,
        connection: Connection,
        reader: CoalescingReader[T],
        poller: Poller[T],
        object_id: str,
        timeout: float,
        ending: Ending,
        recorded: Mapping[str, Any],
    ) -> None:
        self.connection = connection
        self.clock = connection.clock
        self.object_id = object_id
        self.timeout = timeout
        self.deadline = self.clock.monotonic() + timeout
        self.ending = ending
        self.status: str | None = None
        self._reader = reader
        self._poller = poller
        self._recorded = recorded
        self._fresh_after: float | None = None

    @abstractmethod
    def step(self, one: T) -> T | None:
        """Do the next thing about it. How it stands then; None when there is no more to do."""

    @abstractmethod
    def name_of(self, one: T) -> str | None: ...

    @abstractmethod
    def late(self, timeout: WaitTimeoutError) -> TeardownTimeoutError:
        """That the time limit ran out (see `too_late`)."""

    def first_look(self) -> T | None:
        return self.read()

    def billed(self, status: str) -> str:
        """What follows for the bill from the status in the state, to end a sentence."""
        return ""

    def run(self) -> None:
        """Return when there is no more to do.

        :raises TeardownTimeoutError: the time limit ran out; running it again resumes.
        :raises LifecycleError: the service refused in a way that waiting can't mend.
        """
        try:
            one = self.first_look()
            while one is not None:
                self.status = one.status
                self.ending.met(one.status, self.name_of(one))
                one = self.step(one)
            if self.ending.outcome == UNFINISHED:
                self.ending.went()
        except WaitTimeoutError as timeout:
            raise self.late(timeout) from None
        except ApiError as error:
            raise explained(
                error,
                self.object_id,
                self.changes.get(error.operation, "read"),
                state=self._known_state(),
                done=f"{self.so_far(error)} The {self.kind} stays in the state.",
                again="pulumi destroy",
            ) from error

    def read(self) -> T | None:
        """How it stands; None when it is gone, which is said."""
        try:
            return self._reader.read(self.object_id, not_before=self._fresh_after)
        except NotFoundError:
            if not self.ending.done:
                workspace = self._recorded.get("workspaceId")
                require_gone(self._reader.listing, self.object_id, workspace, kind=self.kind, again="pulumi destroy")
            self.say("is gone" if self.ending.done else "was already gone")
            return None

    def wait(self, one: T, waiter: Waiter, *, deadline: float | None = None) -> T | None:
        """How it stands once the wait is over; None when it is gone, which is said."""
        progress = Progress(self.object_id, one.status, self.connection.report, self.clock)
        deadline = self.deadline if deadline is None else deadline
        ended = self._poller.wait(self.object_id, waiter, deadline=deadline, observe=progress.observe)
        if ended is None:
            self.say("is gone")
        return ended

    def require_time(self, one: T) -> None:
        """A call is not begun that would come too late."""
        if self.clock.monotonic() >= self.deadline:
            raise WaitTimeoutError(one, None)

    def changed(self, what: str) -> None:
        """Note what a call has come to; what was read before it is too old from now on."""
        self.ending.did(what)
        self._reader.forget(self.object_id)
        self._fresh_after = self.clock.monotonic()

    def say(self, text: str) -> None:
        self.connection.report(f"{self.object_id} {text}")

    def so_far(self, error: ApiError | None = None) -> str:
        """What was done, for the `done` line; `error` is what ended it, if anything did."""
        counted = Counter(self.ending.done)
        deeds = [what if times == 1 else f"{what} {times} times" for what, times in counted.items()]
        if error is not None and error.ambiguous and error.operation in self.changes:
            deeds.append(f"the last {self.changes[error.operation]} may have taken effect all the same")
        return f"{', '.join(deeds)}." if deeds else "nothing was changed."

    def too_late(self, aim: str, state: str, bill: str) -> TeardownTimeoutError:
        """That the time limit ran out.

        :param aim: what it was not in time, such as `gone`.
        :param bill: what follows for the bill, to end a sentence.
        """
        limit = self.connection.limited_by or "teardownTimeout"
        return TeardownTimeoutError(
            f"{self.object_id} was not {aim} within {seconds(self.timeout)} ({limit}).",
            state=state,
            done=f"{self.so_far()} The {self.kind} stays in the state; {bill}.",
            next_step=f"run `pulumi destroy` again: it goes on from here. For more patience set {limit} "
            '(for example "30m") and run `pulumi up` first.',
        )

    def _known_state(self) -> str | None:
        if self.status:
            return f"last seen {self.status}."
        status = self._recorded.get("status")
        return f"{status} when it was last read{self.billed(status)}." if status else None
