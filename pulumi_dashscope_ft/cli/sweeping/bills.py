"""What the jobs of a sweep have cost, what they were estimated to cost, and what a cancel has saved.

The service shows a count once a job has ended. A job that still runs has only the estimate that its state holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.cli.output.amounts import cost_text

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key, LiveObject
    from pulumi_dashscope_ft.lifecycle.base.report import TeardownRecord
    from pulumi_dashscope_ft.lifecycle.spend.sums import RecordedEstimate
    from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState

__all__ = ["Bill", "Bills"]


@dataclass(frozen=True)
class Bill:
    """What a job has cost.

    :param cost: as JSON (see `spend.actual`); None while it runs.
    :param estimate: what its state says; None where no state does.
    :param was_stopped: whether this sweep has ended it while it ran.
    """

    cost: Mapping[str, Any] | None = None
    estimate: RecordedEstimate | None = None
    was_stopped: bool = False

    @property
    def saved(self) -> tuple[Decimal, Decimal | None] | None:
        """The least and the most that was saved by stopping it, by its estimate; None where that is not known."""
        estimate, cost = self.estimate, self.cost
        if not self.was_stopped or estimate is None or cost is None or cost["currency"] != estimate.currency:
            return None
        spent = Decimal(cost["amount"])
        most = None if estimate.high is None else max(estimate.high - spent, Decimal(0))
        return max(estimate.low - spent, Decimal(0)), most

    def text(self) -> str | None:
        """Say it in a cell of a table: `0.04 CNY, saved 1.46 to 1.96 CNY`, or `estimated 1.50 to 2.00 CNY`."""
        known = cost_text(self.cost)
        if self.estimate is None:
            return known
        if self.saved is not None:
            return f"{known}, saved {_range(*self.saved, self.estimate.currency)}"
        if known is None or known == "unknown":
            estimated = f"estimated {_range(self.estimate.low, self.estimate.high, self.estimate.currency)}"
            return ", ".join(filter(None, [known, estimated]))
        return known

    def facts(self) -> dict[str, Any]:
        """Return it as JSON. Amounts are decimal texts."""
        estimate, saved = self.estimate, self.saved
        return {
            "actualCost": self.cost,
            "estimate": None if estimate is None else _facts(estimate.low, estimate.high, estimate.currency),
            "saved": None if estimate is None or saved is None else _facts(*saved, estimate.currency),
        }


class Bills:
    """The bills of an account's jobs.

    :param region: where the account is; None where that is not known.
    """

    def __init__(self, states: Iterable[RecordedState], region: str | None) -> None:
        from pulumi_dashscope_ft.lifecycle.spend.sums import recorded_estimate

        self._region = region
        self._estimates: dict[Key, RecordedEstimate] = {}
        for state in states:
            for key, resources in state.held.items():
                for held in resources:
                    if (estimate := recorded_estimate(held.properties)) is not None:
                        self._estimates.setdefault(key, estimate)

    def of(self, live: LiveObject, record: TeardownRecord | None = None) -> Bill:
        """Return the bill of an object; an empty one for what is no job.

        :param record: what this sweep's teardown of it has recorded, if there was one.
        """
        from pulumi_dashscope_ft.lifecycle.base.report import CANCELLED
        from pulumi_dashscope_ft.lifecycle.spend import actual, price_list

        if live.consumption is None:
            return Bill()
        cost = actual.cost(live.consumption, self._region, price_list.shipped())
        shown: Mapping[str, Any] | None = None if cost is None else cost.facts()
        if record is not None and record.cost is not None:
            shown = record.cost
        was_stopped = record is not None and CANCELLED in record.done
        return Bill(shown, self._estimates.get(live.key), was_stopped)


def _facts(low: Decimal, high: Decimal | None, currency: str) -> dict[str, Any]:
    from pulumi_dashscope_ft.lifecycle.spend.money import exact_text

    return {"low": exact_text(low), "high": None if high is None else exact_text(high), "currency": currency}


def _range(low: Decimal, high: Decimal | None, currency: str) -> str:
    from pulumi_dashscope_ft.lifecycle.spend.actual import range_text
    from pulumi_dashscope_ft.lifecycle.spend.money import Money

    return range_text(Money(low, currency), None if high is None else Money(high, currency))
