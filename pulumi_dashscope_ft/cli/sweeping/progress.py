"""How far a sweep is.

A sweep lists objects of all kinds until the lists settle, reads a state per stack, and then ends one object after the
other, looking at everything again in between. Each of these may take minutes. One bar shows them all (see
`output.progress_bar`): it counts states during the survey and objects while they are ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pulumi_dashscope_ft.cli.output.progress_bar import At

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
    from pulumi_dashscope_ft.lifecycle.base.kind.teardown import TeardownOptions
    from pulumi_dashscope_ft.lifecycle.sweep.account import Account

__all__ = ["ObservedAccount", "SweepProgress"]


class SweepProgress:
    """How far a sweep is; reports to nobody until `report_to` says to whom."""

    def __init__(self) -> None:
        self._at: At | None = None
        self._ended = 0
        self._to_end: int | None = None

    def report_to(self, at: At | None, to_end: int | None = None) -> None:
        """Report to `at` from now on; `to_end`: how many objects will be ended, None during the survey."""
        self._at, self._ended, self._to_end = at, 0, to_end

    def listing(self, kind: str) -> None:
        """Report that the objects of this kind are being listed."""
        self._tell(f"looking at the {kind}s", None, None)

    def reading(self, done: int, total: int) -> None:
        """Report that `done` of `total` states are read."""
        self._tell("reading the states", done, total)

    def ending(self, live: LiveObject) -> None:
        """Report that this object is being torn down."""
        self._tell(f"ending {live.kind} {live.object_id}", None, None)

    def ended(self) -> None:
        """Count one more object as torn down."""
        self._ended += 1

    def _tell(self, what: str, done: int | None, total: int | None) -> None:
        if self._at is not None:
            counts = (done, total) if self._to_end is None else (self._ended, self._to_end)
            self._at(what, *counts)


class ObservedAccount:
    """An account that reports to the sweep's progress what it is asked for."""

    def __init__(self, account: Account, progress: SweepProgress) -> None:
        self._account = account
        self._progress = progress

    def list(self, kind: str) -> Mapping[str, LiveObject]:
        """Report the kind, then list its objects, by id."""
        self._progress.listing(kind)
        return self._account.list(kind)

    def confirm(self, kind: str) -> bool:
        """Whether the last listing of this kind is proven to be complete. Not reported: it takes one call."""
        return self._account.confirm(kind)

    def get(self, kind: str, object_id: str) -> LiveObject | None:
        """Return the object as it is now; None when it is gone. Not reported: it takes one call."""
        return self._account.get(kind, object_id)

    def tear_down(self, live: LiveObject, policy: TeardownOptions | None) -> None:
        """Report the object, then tear it down as `policy` says."""
        self._progress.ending(live)
        self._account.tear_down(live, policy)
