"""Control of one kind of object over all workspaces: look, force, replan, remove, plan the next.

Compression jobs and import jobs are steered in the same way, by tests and by the control API. What differs is the room
of a workspace that keeps and plays them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Generic, Protocol, TypeVar

from pulumi_dashscope_ft.emulator.limits import require_room
from pulumi_dashscope_ft.emulator.model.board import Transition


class Job(Protocol):
    """What the jobs of every kind have."""

    @property
    def job_id(self) -> str:
        """The id, as the API shows it."""

    @property
    def history(self) -> list[Transition]:
        """The steps so far; the first is the creation."""


Item = TypeVar("Item", bound=Job)


class Room(Protocol[Item]):
    """The jobs of one kind in one workspace. Times are service seconds."""

    jobs: dict[str, Item]
    gone: dict[str, Item]

    def force(self, job_id: str, status: str, at: float) -> None:
        """Put a job into any status by hand. Raises `ValueError` for an unknown status."""

    def replan(self, job_id: str, changes: Mapping[str, object]) -> None:
        """Change the plan of a job. Raises `ValueError` if the changes are no valid plan."""

    def remove(self, job_id: str) -> None:
        """Remove a job in any status."""


class Steering(Generic[Item]):
    """All jobs of one kind.

    :param at_now: the service's lock, held with everything advanced to the present.
    :param rooms: the rooms of all workspaces.
    :param plan: the present default plan; its `override` checks changes.
    :param changed: called after every change.
    """

    def __init__(
        self,
        at_now: Callable[[], AbstractContextManager[float]],
        rooms: Callable[[], Iterable[Room[Item]]],
        plan: Callable[[], Any],
        changed: Callable[[], None],
    ) -> None:
        self.planned: deque[dict[str, object]] = deque()
        self.at_now = at_now
        self._rooms, self._plan, self._changed = rooms, plan, changed

    def all(self) -> dict[str, Item]:
        """Return the existing jobs of all workspaces, oldest first. Call with the lock held."""
        merged = [job for room in self._rooms() for job in room.jobs.values()]
        return {job.job_id: job for job in sorted(merged, key=lambda job: job.history[0].at)}

    def gone(self) -> dict[str, Item]:
        """Return the removed jobs of all workspaces. Call with the lock held."""
        return {job.job_id: job for room in self._rooms() for job in room.gone.values()}

    def plan_next(self, changes: Mapping[str, object]) -> None:
        """Make the next created job follow this plan; several calls queue up.

        :raises ValueError: the changes are no valid plan, or too many plans wait.
        """
        with self.at_now():
            self._plan().override(changes)
            require_room(self.planned)
            self.planned.append(dict(changes))

    def next_plan(self) -> dict[str, object]:
        """Return the plan for a job that is created now, and use it up. Call with the lock held."""
        return self.planned.popleft() if self.planned else {}

    def force(self, job_id: str, status: str) -> None:
        """Put a job into a status by hand.

        :raises KeyError: there is no such job.
        :raises ValueError: the status is unknown.
        """
        with self.at_now() as now:
            self._home(job_id).force(job_id, status, now)
            self._changed()

    def replan(self, job_id: str, changes: Mapping[str, object]) -> None:
        """Change the plan of one job.

        :raises KeyError: there is no such job.
        :raises ValueError: the changes are no valid plan.
        """
        with self.at_now():
            self._home(job_id).replan(job_id, changes)
            self._changed()

    def remove(self, job_id: str) -> None:
        """Remove a job as somebody else would, in any status.

        :raises KeyError: there is no such job.
        """
        with self.at_now():
            self._home(job_id).remove(job_id)
            self._changed()

    def _home(self, job_id: str) -> Room[Item]:
        for room in self._rooms():
            if job_id in room.jobs:
                return room
        raise KeyError(job_id)
