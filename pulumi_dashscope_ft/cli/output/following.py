"""Follow a job's log while it grows.

The API has no stream, only lines from an offset (get-fine-tuning-job-logs-api). Following a job means asking for its
status and for new lines, again and again, and never losing a line at the end: the status is read *before* the lines, so
everything that a finished job has written is there when the lines are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import ApiError, Clock
    from pulumi_dashscope_ft.lifecycle.base.connection import Connection
    from pulumi_dashscope_ft.lifecycle.base.kind.closeup import CloseUp, Run
    from pulumi_dashscope_ft.lifecycle.job.training_log import TrainingProgress

__all__ = ["Look", "Training", "follow", "whole_log"]

_SHORTEST, _LONGEST = 1.0, 10.0
"""Seconds between looks: short while there are new lines, growing while there are none."""


@dataclass(frozen=True)
class Training:
    """How a run goes, as far as its log tells.

    :param losses: of the steps that were logged so far, in order.
    """

    progress: TrainingProgress
    losses: tuple[float, ...] = field(default=(), repr=False)

    @classmethod
    def unknown(cls) -> Training:
        """Return the value before the first line."""
        from pulumi_dashscope_ft.lifecycle.job.training_log import TrainingProgress

        return cls(TrainingProgress())

    def after(self, lines: Iterable[str]) -> Training:
        """Return how the run goes after these further lines."""
        lines = list(lines)
        nothing = replace(self.progress, loss=None)
        logged = (nothing.after([line]).loss for line in lines)
        return Training(self.progress.after(lines), self.losses + tuple(loss for loss in logged if loss is not None))


@dataclass(frozen=True)
class Look:
    """One look at a job: its status, and the lines that are new since the last look.

    :param missed: why the end of the log is missing, if it could not be read.
    """

    job: Run
    lines: tuple[str, ...]
    training: Training
    missed: ApiError | None = None


def follow(connection: Connection, closeup: CloseUp, job_id: str, clock: Clock) -> Iterator[Look]:
    """Look at the job until it has ended; the last look has the rest of its log. Changes nothing.

    An outage between the first look and the last is waited out.

    :raises ApiError: an error that trying again can't fix; `NotFoundError` when there is no such job.
    """
    from pulumi_dashscope_ft.api import ApiError

    seen, training, pause, begun = 0, Training.unknown(), _SHORTEST, False
    while True:
        lines: tuple[str, ...] = ()
        missed: ApiError | None = None
        try:
            job = closeup.read(connection, job_id)
            begun = True
            try:
                lines = whole_log(connection, closeup, job_id, seen)
            except ApiError as error:
                # How the job has ended matters more than its last lines.
                if not job.is_final:
                    raise
                missed = error
        except ApiError as error:
            if not (begun and error.retryable):
                raise
            clock.sleep(_LONGEST)
            continue
        seen += len(lines)
        training = training.after(lines)
        yield Look(job, lines, training, missed)
        if job.is_final:
            return
        pause = _SHORTEST if lines else min(pause * 1.5, _LONGEST)
        clock.sleep(pause)


def whole_log(connection: Connection, closeup: CloseUp, job_id: str, offset: int = 0) -> tuple[str, ...]:
    """Read all lines from `offset` on, in as many calls as that takes."""
    lines: list[str] = []
    if closeup.log is None:
        return ()
    while True:
        page = closeup.log(connection, job_id, offset + len(lines))
        lines += page.lines
        if not page.lines or offset + len(lines) >= page.total:
            return tuple(lines)
