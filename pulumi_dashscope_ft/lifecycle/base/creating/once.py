"""Why this exists: a job and a deployment cost money, and the service offers nothing to make their creation repeatable
safely (no idempotency key: API pages create-fine-tuning-job-api, create-deployment-api; nor has an upload one). So a
create here is a conversation, the same for all three:

1. Look before asking: what bears our stamp for the same work and is in no state was made by an `up` that was killed.
   Each kind says what it takes over of that.
2. Ask once, with a name that carries this run's nonce.
3. If the answer was lost, look for the nonce in the list until the list has had time to show it. Found: take it. Not
   found: only then ask again.

Where no stamp can be seen there is no proof of ownership; what may be gone by then is told in `named_creation`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pulumi_dashscope_ft.api import ApiError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError
from pulumi_dashscope_ft.lifecycle.explain import advice, explained, fact
from pulumi_dashscope_ft.lifecycle.waiting.listing import Listing
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_VISIBLE

T = TypeVar("T")

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Words:
    """How messages speak of the making of one kind of object.

    :param make: `start`, and its forms `making` (`starting`) and `made` (`started`).
    :param listing: where one looks for it, such as `the job list`.
    :param sought: what is looked for there, such as `the job`.
    :param first: what the next `up` looks for, such as `the job before it starts one`.
    :param nothing: `nothing was started.`
    :param unsettled: what was done when it is not known whether it was made.
    :param none_there: what the list shows when it is not there.
    """

    make: str
    making: str
    made: str
    listing: str
    sought: str
    first: str
    nothing: str
    unsettled: str
    none_there: str


class Creation(ABC, Generic[T]):
    """The making of one object, or the finding of it; never more than one for one intent.

    :param subject: what to call it before it has an id; `short` is that after a verb.
    """

    looks: tuple[float, ...] = CREATE_VISIBLE
    """Seconds between the looks at the list after an answer was lost."""

    def __init__(
        self,
        connection: Connection,
        listing: Listing[T],
        label: Stamp | None,
        words: Words,
        subject: str,
        short: str | None = None,
    ) -> None:
        self.connection = connection
        self.label = label
        self.words = words
        self.subject = subject
        self._short = short or subject
        self._listing = listing
        self.before: Mapping[str, T] = {}
        self.lost: ApiError | None = None

    def run(self) -> T:
        """Make it, or find it made already.

        :raises AmbiguousCreateError: whether it was made could not be settled; nothing is lost, `up` settles it.
        :raises LifecycleError: the service refused, or only the user can decide.
        """
        try:
            self.before = self._listing.all()
        except ApiError as error:
            raise explained(
                error,
                self.subject,
                f"read {self.words.listing} before {self.words.making}",
                done=self.words.nothing,
                again="pulumi up",
            ) from error
        found = self.left_over()
        if found is None:
            found = self._made()
        self.connection.ledger.hold(self.id_of(found))
        return found

    # What each kind says

    @abstractmethod
    def id_of(self, one: T) -> str: ...

    @abstractmethod
    def stamp_of(self, one: T) -> Stamp | None: ...

    @abstractmethod
    def ask(self) -> T:
        """Ask for it once."""

    @abstractmethod
    def left_over(self) -> T | None:
        """What is taken over of `before`, and said to be."""

    @abstractmethod
    def is_it(self, one: T) -> str:
        """What to say when it is `one` whose answer was lost."""

    def unproven(self, live: list[T], error: ApiError) -> T | None:
        """What it may be although nothing live bears this run's stamp; None: it is not there, and is asked for again.
        The list has had all its time by then.
        """
        return None

    def nothing_made(self) -> str:
        """What was done when the service refuses, as far as that is known."""
        if self.lost is None:
            return self.words.nothing
        return f"an earlier request got no usable answer ({fact(self.lost)}), and {self.words.none_there}"

    # What is the same for all

    def ours(self) -> list[T]:
        """What was made for this very work and is in no state: the trace of an `up` that was killed."""
        return [one for one in self.before.values() if self._is_ours(self.stamp_of(one))]

    def _is_ours(self, found: Stamp | None) -> bool:
        if found is None or self.label is None:
            return False
        return found.same_work(self.label) and not self.connection.ledger.is_recorded(found.nonce)

    def take_over(self, usable: Iterable[T]) -> T | None:
        """The first of these that no other resource of this run holds; it is held from now on."""
        taken = self.connection.ledger.adopt_one(map(self.id_of, usable))
        return None if taken is None else self.before[taken]

    def proven(self, live: Iterable[T], cause: ApiError) -> T | None:
        """What has this run's stamp, nonce and all; that is said.

        :param cause: why it is looked for.
        """
        if self.label is None:
            return None
        mine = [one for one in live if (found := self.stamp_of(one)) is not None and found.same_run(self.label)]
        return self.taken(self.one_of(mine, cause)) if mine else None

    def one_of(self, proven: list[T], cause: ApiError) -> T:
        """The one to take of those that have this run's stamp. Any will do, unless a kind says otherwise."""
        return proven[0]

    def taken(self, one: T) -> T:
        self.connection.report(self.is_it(one))
        return one

    def list_again(self, cause: ApiError) -> list[T]:
        """What there is now.

        :param cause: why it is looked at.
        """
        try:
            return list(self._listing.all().values())
        except ApiError as failed:
            raise AmbiguousCreateError(
                f"whether {self.subject} was {self.words.made} is not known: {fact(cause)}",
                state=f"{self.words.listing} could not be read either: {fact(failed)}",
                done=self.words.unsettled,
                next_step=f"{advice(failed, 'pulumi up')} That looks for {self.words.first}.",
            ) from failed

    def _made(self) -> T:
        for _ in range(_ATTEMPTS):
            self._listing.outdate()
            try:
                return self.ask()
            except ApiError as error:
                if not error.ambiguous:
                    raise explained(
                        error, self.subject, self.words.make, done=self.nothing_made(), again="pulumi up"
                    ) from error
                self.lost = error
            found = self._reconciled(self.lost)
            if found is not None:
                return found
        raise AmbiguousCreateError(
            f"{self.subject} could not be {self.words.made}: {_ATTEMPTS} requests were answered in no usable way. "
            f"The last: {fact(self.lost) if self.lost else ''}",
            state=self.words.none_there,
            done="nothing is recorded in the state.",
            next_step=f"wait a few minutes, then run `pulumi up` again: it looks for {self.words.first}.",
        )

    def _reconciled(self, error: ApiError) -> T | None:
        """Look for that whose answer was lost; None when the list, given time, shows none."""
        self.connection.report(
            f"{self.words.making} {self._short} got no usable answer: {fact(error)} Looking for {self.words.sought}."
        )
        live: list[T] = []
        for delay in self.looks:
            self.connection.clock.sleep(delay)
            live = self.list_again(error)
            proven = self.proven(live, error)
            if proven is not None:
                return proven
        # Only now: what fits already may be somebody else's, and ours still to come.
        return self.unproven(live, error)
