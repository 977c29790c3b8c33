"""What a run has used up, as the service shows it, and prices, as far as the base knows them.

Its cost is reckoned from both (see `spend.actual`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from pulumi_dashscope_ft.api import Job, JobStatus


@dataclass(frozen=True, slots=True)
class Consumption:
    """What a fine-tuning job has used up.

    :param model: the base model, whose price counts; None where the service shows none.
    :param training_type: as the API spells it; None is what the service takes then, `sft`.
    :param status: a `JobStatus`, or one that this release does not know.
    :param usage: what the service has counted, which may be any number; None where it shows none.
    :param ended: when the run ended, as the service writes it.
    """

    model: str | None
    training_type: str | None
    status: str
    usage: int | None
    ended: str | None

    @property
    def is_final(self) -> bool:
        """Whether the run has ended. Before that the service shows no usage (get-fine-tuning-job-api)."""
        return self.status in JobStatus.FINAL


class Prices(Protocol):
    """A list of prices, such as `spend.price_list.PriceList`."""

    def __hash__(self) -> int: ...

    def find(self, what: str, *, region: str, **wanted: str) -> Any:
        """Return the price of this kind and region whose fields have these values; None when there is none."""


def of_job(job: Job) -> Consumption:
    """Return what a job has used up. A tuned model that is tuned further costs the price of its base model."""
    base = job.base_model or (job.model or "").partition("-ft-")[0]
    return Consumption(base or None, job.training_type, job.status, job.usage, job.end_time)
