"""Reads that share list calls: refreshing a hundred resources must not cost a hundred calls.

The list calls answer with whole objects, a hundred to a page (API page list-fine-tuning-jobs-api), so reads at the same
time share one listing. An object that a listing does not show gets a call of its own before it is called gone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pulumi_dashscope_ft.api import ApiError, Clock, NotFoundError
from pulumi_dashscope_ft.lifecycle.waiting.listing import GATHER_SECONDS, Listing
from pulumi_dashscope_ft.lifecycle.waiting.waiter import HasStatus

T = TypeVar("T")
S = TypeVar("S", bound=HasStatus)

MAX_AGE_SECONDS = 2.0


@dataclass(slots=True)
class _Batch(Generic[T]):
    wanted: set[str] = field(default_factory=set)
    found: dict[str, T] = field(default_factory=dict)
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


class CoalescingReader(Generic[T]):
    """Reads objects by id; concurrent reads share listings. Thread-safe.

    N reads at once cost ceil(N / 100) list calls if the newest objects are wanted, and never more than twice the N gets
    that they replace: objects that the pages have not shown by then get a call each. A single read costs one get.

    :param get: fetches one object; raises what the client raises, `NotFoundError` when it is gone.
    :param listing: lists such objects.
    """

    def __init__(
        self,
        get: Callable[[str], T],
        listing: Listing[T],
        clock: Clock,
        *,
        gather_seconds: float = GATHER_SECONDS,
        max_age_seconds: float = MAX_AGE_SECONDS,
    ) -> None:
        self._get = get
        self.listing = listing
        self._clock = clock
        self._gather_seconds = gather_seconds
        self._max_age_seconds = max_age_seconds
        self._lock = threading.Lock()
        self._gathering: _Batch[T] | None = None
        self._recent: dict[str, tuple[float, T]] = {}

    def read(self, object_id: str, *, not_before: float | None = None) -> T:
        """Return the object as the service shows it now.

        :param not_before: accept only an answer requested at or after this monotonic time (set it after a change of
            one's own); without it, a listing of the last two seconds is recent enough.
        """
        oldest = self._clock.monotonic() - self._max_age_seconds if not_before is None else not_before
        with self._lock:
            known = self._recent.get(object_id)
            if known is not None and known[0] >= oldest:
                return known[1]
            batch, leads = self._join(object_id)
        if leads:
            self._lead(batch)
        else:
            batch.done.wait()
        if batch.error is not None:
            raise batch.error
        found = batch.found.get(object_id)
        return found if found is not None else self._get(object_id)

    def recall(self, object_id: str) -> T | None:
        """Return the object as a listing of this process last showed it, no matter how long ago; None when none did."""
        with self._lock:
            known = self._recent.get(object_id)
        return known[1] if known is not None else None

    def forget(self, object_id: str) -> None:
        """Drop what is remembered about this object, because it has just been changed."""
        with self._lock:
            self._recent.pop(object_id, None)

    def read_many(self, object_ids: set[str]) -> dict[str, T]:
        """Read these objects in one round of listing; ids that it does not show are absent from the answer."""
        found: dict[str, T] = {}
        started = self._clock.monotonic()
        for pages, items in enumerate(self.listing.pages(), start=1):
            with self._lock:
                self._recent.update({key: (started, item) for key, item in items.items()})
            found.update({key: items[key] for key in object_ids & items.keys()})
            # Another page is worth its call only while it can save more than one call, and while the pages have cost
            # less than single calls for the missing objects would. So the cost is never more than twice the minimum.
            missing = len(object_ids) - len(found)
            if missing < 2 or pages >= missing:
                break
            started = self._clock.monotonic()
        return found

    def _join(self, object_id: str) -> tuple[_Batch[T], bool]:
        leads = self._gathering is None
        if self._gathering is None:
            self._gathering = _Batch()
        self._gathering.wanted.add(object_id)
        return self._gathering, leads

    def _lead(self, batch: _Batch[T]) -> None:
        try:
            self._clock.sleep(self._gather_seconds)
            with self._lock:
                self._gathering = None
            if len(batch.wanted) > 1:
                batch.found = self.read_many(set(batch.wanted))
        except Exception as error:
            batch.error = error
        finally:
            with self._lock:
                if self._gathering is batch:
                    self._gathering = None
            batch.done.set()


def status_now(reader: CoalescingReader[S], object_id: str, recorded: str) -> str | None:
    """Return the status now, for a plan; None when the object is gone.

    The `recorded` status when the service can't be asked, because a plan must not fail for that reason.
    """
    try:
        return reader.read(object_id).status
    except NotFoundError:
        return None
    except ApiError:
        return recorded
