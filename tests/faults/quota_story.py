"""Why this exists: where places are few, creates wait, and everything that may befall a stack may befall it in a wait:
faults, a killed process, Ctrl-C, other people's jobs that come and go.
"""

from __future__ import annotations

from typing import Any

from front_ends import DYNAMIC
from story import Story


class QuotaStory(Story):
    """One account with one place, jobs that wait for it, and a rate limit that slows all calls down."""

    def __init__(self, front: str = DYNAMIC, **more: Any) -> None:
        super().__init__(front, **{"quota": 1, "rate_limit": 2, **more})
        self.others_come()

    def somebody_elses(self, twin: bool, named: bool) -> None:
        """A colleague's job, if there is a place for it."""
        if self._has_place():
            super().somebody_elses(twin, named)

    def repeated(self) -> None:
        if self._has_place():
            super().repeated()

    def others_come(self) -> None:
        """A colleague's job takes the place, if it is free. It has ended without success a minute later."""
        if self._has_place():
            before = set(self.cloud.foreign)
            super().somebody_elses(False, True)
            (job_id,) = self.cloud.foreign - before
            self.cloud.emulator.replan(
                job_id, pending_seconds=10, queuing_seconds=10, running_seconds=40, outcome="FAILED"
            )

    def others_end(self) -> None:
        """The jobs of all other people end without success: their places are free."""
        for job_id in self.cloud.foreign:
            if self.cloud.status(job_id) not in (None, "FAILED", "CANCELED"):
                self.cloud.force(job_id, "FAILED")

    def _has_place(self) -> bool:
        jobs = [*self.cloud.bought(), *self.cloud.foreign]
        return sum(self.cloud.status(job_id) not in (None, "FAILED", "CANCELED") for job_id in jobs) < 1

    def _job(self, variant: int) -> dict[str, Any]:
        return {**super()._job(variant), "waitForQuota": "3m"}
