"""Adds up what jobs have cost, page by page of their list: of a job, only its part in the sums is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.lifecycle.base.expiry import BEIJING, moment
from pulumi_dashscope_ft.lifecycle.base.kind.consumption import of_job
from pulumi_dashscope_ft.lifecycle.base.kind.facts import name_of
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.spend import actual
from pulumi_dashscope_ft.lifecycle.spend.hourly import hourly
from pulumi_dashscope_ft.lifecycle.spend.money import exact_text
from pulumi_dashscope_ft.lifecycle.spend.sums import Sums

from .holdings import Holdings
from .ways import MODEL, MONTH, OWNER, STACK
from .window import Window

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Deployment, Job
    from pulumi_dashscope_ft.lifecycle.spend.price_list import PriceList

__all__ = ["Reckoning", "Served"]

Group = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """A deployment that runs now.

    :param group: where it belongs; the month is None.
    :param amount: per hour, a decimal text; None where it is unknown.
    """

    deployed_model: str
    name: str | None
    status: str
    group: Group
    amount: str | None
    currency: str | None
    unknown: str | None


class Reckoning:
    """The sums.

    :param by: what jobs are grouped by: some of `ways.WAYS`.
    :param region: where the account is; None where that is not known.
    :param own_prices: whether the user has given prices; they count for jobs whose cost a state has recorded, too.
    """

    def __init__(
        self,
        by: Sequence[str],
        holdings: Holdings,
        region: str | None,
        prices: PriceList,
        *,
        own_prices: bool,
    ) -> None:
        self.by = tuple(by)
        self.region = region
        self.groups: dict[Group, Sums] = {}
        self.total = Sums()
        self.served: list[Served] = []
        self.foreign = 0
        """Jobs whose stamp names an owner that no state has."""
        self.undated = 0
        """Jobs that were left out because they show no time."""
        self.oldest_price: int | None = None
        """The age in days of the oldest price that was used."""
        self._holdings = holdings
        self._prices = prices
        self._own_prices = own_prices
        self._seen: set[str] = set()

    def add(self, job: Job, window: Window, now: float) -> None:
        """Count a job that is in the window by its end, or by its creation while it runs. Each job counts once."""
        if job.job_id in self._seen:
            return
        self._seen.add(job.job_id)
        used = of_job(job)
        written = (job.end_time if used.is_final else None) or job.create_time
        at = moment(written, BEIJING)
        if not window.is_open and (at is None or not window.holds(at)):
            self.undated += at is None
            return
        owner = _owner(job.job_name)
        stack = self._holdings.stack_of("job", job.job_id, owner)
        self.foreign += stack is None and owner is not None
        cost = actual.cost(used, self.region, self._prices)
        if cost is not None and cost.price is not None:
            age = cost.price.days_old(datetime.fromtimestamp(now, UTC).date())
            self.oldest_price = age if self.oldest_price is None else max(age, self.oldest_price)
        recorded = None if self._own_prices else self._holdings.cost_of(job.job_id)
        estimate = self._holdings.estimate_of(job.job_id)
        group = self._group(stack, owner, used.model, None if at is None or written is None else written.strip()[:7])
        for sums in (self.total, self.groups.setdefault(group, Sums())):
            sums.add(used, cost, recorded, estimate)

    def add_deployment(self, live: Deployment) -> None:
        """Count a deployment if it is billed by the hour now."""
        cost = hourly(live, self.region, self._prices)
        if cost is None or any(live.deployed_model == served.deployed_model for served in self.served):
            return
        owner = _owner(live.name)
        stack = self._holdings.stack_of("deployment", live.deployed_model, owner)
        model = live.base_model or (live.model_name or "").partition("-ft-")[0] or None
        self.served.append(
            Served(
                live.deployed_model,
                name_of(live.name, live.deployed_model),
                live.status,
                self._group(stack, owner, model, None),
                None if cost.amount is None else exact_text(cost.amount.amount),
                None if cost.amount is None else cost.amount.currency,
                cost.unknown,
            )
        )

    @property
    def seen(self) -> int:
        """How many jobs were counted, or left out for their time."""
        return len(self._seen)

    def ordered(self) -> list[tuple[Group, Sums]]:
        """Return the groups in the order of their names; what belongs to none comes last."""
        return sorted(self.groups.items(), key=lambda item: [(name is None, name or "") for name in item[0]])

    def named(self, group: Group) -> dict[str, Any]:
        """Return the names of a group by what they are."""
        return dict(zip(self.by, group, strict=True))

    def _group(self, stack: str | None, owner: str | None, model: str | None, month: str | None) -> Group:
        known = {STACK: stack, OWNER: owner, MODEL: model, MONTH: month}
        return tuple(known[way] for way in self.by)


def _owner(name: str | None) -> str | None:
    found = stamp.parse(name)
    return None if found is None else found.owner
