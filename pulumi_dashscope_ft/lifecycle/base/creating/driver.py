"""The create driver: make a job, a deployment or a file exactly once.

A job and a deployment cost money, and the service offers no safe way to repeat their creation: no create call takes an
idempotency key (API pages create-fine-tuning-job-api, create-deployment-api), nor does an upload. So a create is a
conversation, the same for all kinds:

1. Look before asking. An object with our stamp for the same work that no state holds was made by an `up` that was
   killed. It is taken over where the kind allows that; otherwise the user decides.
2. Ask once, with a name that contains this run's nonce.
3. If the answer was lost, look for the nonce in the list until the list has had time to show it. Found: take it.
   Sometimes no stamp can be seen, because the user chose the name or the service shows none. Then nothing proves what
   the lost create made: the object is recognised by its content, among those that were not there before. If more than
   one object fits, the user decides.
4. Ask again only when nothing was found in five minutes (a file, which costs nothing: in a few seconds); at most three
   requests.

The strategy of each kind says what is made, how it is recognised, and what the messages say: `job/creation.py`,
`deployment/creation.py`, `file/upload.py`, and for jobs that make a model `base/product/creation.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, final

from pulumi_dashscope_ft.api import ApiError
from pulumi_dashscope_ft.lifecycle.advice import advice, fact, with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.listing import Listing
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_REPEATABLE

T = TypeVar("T")

_ATTEMPTS = 3
_LOOK_SERVES = 60.0
"""Seconds for which a look serves the creates that come after it, so that an `up` of a hundred jobs looks once."""
_BEAT = 0.5
"""Seconds. All searches of a process look on the same beat, so that one look serves all that search at the time."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words for messages about creating one kind of object.

    :param make: `start`, and its forms `making` (`starting`) and `made` (`started`).
    :param listing: where to look for the object, such as `the job list`.
    :param sought: what is looked for there, such as `the job`.
    :param first: what the next `up` looks for, such as `the job before it starts one`.
    :param nothing: `nothing was started.`
    :param unsettled: what was done when it is unknown whether the object was made.
    :param none_there: what the list shows when the object is not there.
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


class Recognition(Protocol[T]):
    """Recognises an object that no stamp proves."""

    @property
    def name(self) -> str:
        """The display name that was sent."""

    def name_of(self, seen: T) -> str | None:
        """Return the object's display name; None when the service shows none."""

    def fits(self, seen: T) -> bool:
        """Whether the object may be what the inputs describe, as far as the service shows it."""

    def is_sure(self, seen: T) -> bool:
        """Whether an object that fits can't belong to anybody else. Then objects that merely fit are ignored."""

    def doubts(self, seen: T) -> list[str]:
        """Return the inputs in which an object that fits still differs. If there are any, the user is asked first."""

    def undecided(self, candidates: list[T], error: ApiError) -> AmbiguousCreateError:
        """Return the error when more than one object fits."""

    def asked_again(self, waited: str) -> str:
        """Return the line before the request is sent again because no object fits."""


class CreateStrategy(Protocol[T]):
    """What differs from kind to kind."""

    @property
    def words(self) -> Words:
        """What messages call the object."""

    @property
    def subject(self) -> str:
        """What to call the object before it has an id."""

    @property
    def short(self) -> str:
        """The same, for use after a verb."""

    @property
    def stamp(self) -> Stamp | None:
        """The stamp that is sent with the object; None when the user chose the name."""

    @property
    def looks(self) -> tuple[float, ...]:
        """Seconds between the looks at the list after an answer was lost."""

    @property
    def recognition(self) -> Recognition[T] | None:
        """How to recognise the object without a stamp; None when only the stamp counts, and any object with it fits."""

    def id_of(self, seen: T) -> str:
        """Return the object's id."""

    def stamp_of(self, seen: T) -> Stamp | None:
        """Return the stamp in the object's name; None when it has none."""

    def usable(self, left_over: list[T]) -> list[T]:
        """Choose the objects of a killed `up` that can be taken over, in order of preference.

        :raises LifecycleError: only the user can decide which.
        """

    def taken_over(self, seen: T) -> str:
        """Return the line that says that this object is taken over."""

    def require_need(self, creation: Creation[T], left_over: list[T]) -> None:
        """Refuse to send the request when an existing object may be the wanted one but can't be taken over.

        :raises LifecycleError: only the user can decide.
        """

    def ask(self, creation: Creation[T]) -> T:
        """Send the create request once."""

    def is_it(self, seen: T) -> str:
        """Return the line that says that `seen` is the object whose answer was lost."""


@final
class Creation(Generic[T]):
    """Makes one object, or finds it already made; never more than one per intent."""

    def __init__(self, connection: Connection, listing: Listing[T], strategy: CreateStrategy[T]) -> None:
        self.connection = connection
        self.before: Mapping[str, T] = {}
        """What was there before anything was asked for, by id."""
        self.lost: ApiError | None = None
        """Why the answer to the last request is not known, if there was such a request."""
        self._listing = listing
        self._strategy = strategy
        self._words = strategy.words

    def run(self) -> T:
        """Make the object, or find it already made.

        :raises AmbiguousCreateError: it is unknown whether the object was made; nothing is lost, the next `up` settles
            it.
        :raises LifecycleError: the service refused, or only the user can decide.
        """
        self.before, left_over = self._look_before()
        made = self._take(left_over)
        if made is None:
            made = self._make()
        self.connection.run_registry.hold(self._strategy.id_of(made))
        return made

    # 1. Look before asking

    def _look_before(self) -> tuple[Mapping[str, T], list[T]]:
        """Return what is there, by id, and which of it a killed `up` has left."""
        try:
            shared = self._shared_look()
            if shared is not None:
                return shared
            seen = self._listing.all()
        except ApiError as error:
            raise with_advice(
                error,
                self._strategy.subject,
                f"read {self._words.listing} before {self._words.making}",
                done=self._words.nothing,
                again="pulumi up",
            ) from error
        return seen, self._left_over(seen)

    def _shared_look(self) -> tuple[Mapping[str, T], list[T]] | None:
        """Return what another create has seen a moment ago, if that will do.

        A killed `up` ended before this process began, so such a look shows whether it has left anything. If it has, a
        new look shows that as it is now. And where no stamp can prove what a lost create made, what appears after the
        look may be taken for ours; then no earlier look will do.
        """
        if self._strategy.stamp is None:
            return None
        asked = self.connection.clock.monotonic()
        seen, began = self._listing.shared(_LOOK_SERVES)
        recognition = self._strategy.recognition
        proves = recognition is None or not seen or any(recognition.name_of(one) for one in seen.values())
        left_over = self._left_over(seen)
        return (seen, left_over) if began > asked or (proves and not left_over) else None

    def _left_over(self, seen: Mapping[str, T]) -> list[T]:
        return [one for one in seen.values() if self._is_left_over(self._strategy.stamp_of(one))]

    def _take(self, left_over: list[T]) -> T | None:
        """Take over what a killed `up` made for this very work: reserve it, and report it."""
        usable = self._strategy.usable(left_over)
        # The first candidate that no other resource of this run holds.
        taken = self.connection.run_registry.adopt_one(map(self._strategy.id_of, usable))
        if taken is None:
            self._strategy.require_need(self, left_over)
            return None
        self.connection.report(self._strategy.taken_over(self.before[taken]))
        return self.before[taken]

    def _is_left_over(self, found: Stamp | None) -> bool:
        if found is None or self._strategy.stamp is None:
            return False
        return found.same_work(self._strategy.stamp) and not self.connection.run_registry.is_recorded(found.nonce)

    # 2. Ask once, and again only where nothing was made

    def _make(self) -> T:
        for _ in range(_ATTEMPTS):
            self._listing.outdate()
            try:
                return self._strategy.ask(self)
            except ApiError as error:
                if not error.ambiguous:
                    raise self._refused(error) from error
                self.lost = error
            made = self._reconcile(self.lost)
            if made is not None:
                return made
        raise AmbiguousCreateError(
            f"{self._strategy.subject} could not be {self._words.made}: {_ATTEMPTS} requests were answered in no "
            f"usable way. The last: {fact(self.lost) if self.lost else ''}",
            state=self._words.none_there,
            done="nothing is recorded in the state.",
            next_step=f"wait a few minutes, then run `pulumi up` again: it looks for {self._words.first}.",
        )

    def _refused(self, error: ApiError) -> LifecycleError:
        done = self._words.nothing
        if self.lost is not None:
            done = f"an earlier request got no usable answer ({fact(self.lost)}), and {self._words.none_there}"
        return with_advice(error, self._strategy.subject, self._words.make, done=done, again="pulumi up")

    # 3. Find what was made when the answer was lost

    def _reconcile(self, error: ApiError) -> T | None:
        """Look for the object whose answer was lost; None when the list, given time, does not show it."""
        self.connection.report(
            f"{self._words.making} {self._strategy.short} got no usable answer: {fact(error)} "
            f"Looking for {self._words.sought}."
        )
        found = self._search(error, self._strategy.looks)
        recognition = self._strategy.recognition
        if found is not None or recognition is None:
            return found
        self.connection.report(
            f"{self._strategy.short} has not appeared yet. Looking for {seconds(sum(CREATE_REPEATABLE))} more before "
            "it is asked for again, so that there are not two"
        )
        found = self._search(error, CREATE_REPEATABLE)
        if found is None:
            waited = sum(self._strategy.looks) + sum(CREATE_REPEATABLE)
            self.connection.report(recognition.asked_again(seconds(waited)))
        return found

    def _search(self, error: ApiError, delays: tuple[float, ...]) -> T | None:
        live: list[T] = []
        for live in self.looks(error, delays):
            proven = self.proven(live, error)
            if proven is not None:
                return proven
        # Not earlier: an object that fits by now may be somebody else's, and ours may still appear.
        return self.only_candidate(live, error)

    def looks(self, cause: ApiError, delays: tuple[float, ...] | None = None) -> Iterator[list[T]]:
        """Yield the objects that exist at each look of a search, which begins now. The looks are on the beat.

        :param cause: the error that makes the search necessary.
        :param delays: seconds between the looks; default: the strategy's.
        :raises AmbiguousCreateError: the list can't be read.
        :raises OperationInterruptedError: the user has pressed Ctrl-C.
        """
        clock = self.connection.clock
        moment = clock.monotonic()
        for delay in self._strategy.looks if delays is None else delays:
            moment += delay
            self.connection.pause(math.ceil(moment / _BEAT) * _BEAT - clock.monotonic())
            yield self.list_again(cause)

    def look_again(self, seen: Mapping[str, T]) -> T | None:
        """Find the object in a new look: before the request is sent after a wait, it may have appeared.

        :param seen: the objects that exist now, by id.
        :raises AmbiguousCreateError: several objects may be the one whose answer was lost.
        :raises LifecycleError: only the user can decide whether an existing object is the wanted one.
        """
        self._listing.outdate()
        if self.lost is not None:
            return self.recognised(list(seen.values()), self.lost)
        self.before = seen
        return self._take(self._left_over(seen))

    def list_again(self, cause: ApiError) -> list[T]:
        """List the objects that exist now.

        :param cause: the error that makes this look necessary.
        """
        try:
            return list(self._listing.all().values())
        except ApiError as failed:
            raise AmbiguousCreateError(
                f"whether {self._strategy.subject} was {self._words.made} is not known: {fact(cause)}",
                state=f"{self._words.listing} could not be read either: {fact(failed)}",
                done=self._words.unsettled,
                next_step=f"{advice(failed, 'pulumi up')} That looks for {self._words.first}.",
            ) from failed

    def recognised(self, live: list[T], cause: ApiError) -> T | None:
        """Find the object by its stamp, or else as the only one that fits, and report it.

        :raises AmbiguousCreateError: several objects may be it.
        """
        return self.proven(live, cause) or self.only_candidate(live, cause)

    def proven(self, live: list[T], cause: ApiError) -> T | None:
        """Find the object that has this run's stamp, nonce included, and report it.

        :param cause: the error that makes this look necessary.
        :raises AmbiguousCreateError: several objects have it: the request was repeated on its way, or somebody sent a
            copy.
        """
        ours, recognition = self._strategy.stamp, self._strategy.recognition
        if ours is None:
            return None
        proven = [seen for seen in live if (found := self._strategy.stamp_of(seen)) and found.same_run(ours)]
        if not proven:
            return None
        if len(proven) > 1 and recognition is not None:
            raise recognition.undecided(proven, cause)
        return self._found(proven[0])

    def only_candidate(self, live: list[T], error: ApiError) -> T | None:
        """Find the one object that fits although no stamp proves it, and report it.

        :raises AmbiguousCreateError: several objects fit.
        """
        recognition = self._strategy.recognition
        if recognition is None:
            return None
        candidates = self._candidates(recognition, live)
        if not candidates:
            return None
        alike = [seen for seen in candidates if not recognition.doubts(seen)]
        if len(alike) != 1:
            raise recognition.undecided(candidates, error)
        return self._found(alike[0])

    def _candidates(self, recognition: Recognition[T], live: list[T]) -> list[T]:
        """Return the objects that were not there before, fit, and don't have another name.

        If the service shows names at all, it would show ours too; then an object without a name is somebody else's.
        """
        shows_names = any(recognition.name_of(seen) for seen in live)
        fitting = [
            seen
            for seen in live
            if self._strategy.id_of(seen) not in self.before
            and (recognition.name_of(seen) == recognition.name or not (shows_names or recognition.name_of(seen)))
            and not self.connection.run_registry.is_held(self._strategy.id_of(seen))
            and recognition.fits(seen)
        ]
        return [seen for seen in fitting if recognition.is_sure(seen)] or fitting

    def _found(self, seen: T) -> T:
        self.connection.report(self._strategy.is_it(seen))
        return seen
