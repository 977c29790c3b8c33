"""What jobs have cost, in four forms: for a person, a program, a spreadsheet, a pull request. All say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.cli.output.rendering import (
    Column,
    markdown_item,
    markdown_table,
    print_csv,
    print_json,
    print_lines,
    print_markdown,
    print_sentence,
    print_table,
)

from .holdings import Holdings
from .reckoning import Reckoning
from .ways import STACK

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.spend.sums import Sums

__all__ = ["FORMATS", "CostReport"]

FORMATS = ("table", "json", "csv", "markdown")
_AT_MOST = 5
"""The number of reasons that a remark of its own names."""
_CSV = (
    *("jobs", "running", "tokens", "amount", "currency", "per", "unknown", "reasons"),
    *("estimatedJobs", "estimatedLow", "estimatedHigh"),
)


@dataclass(frozen=True)
class CostReport:
    """Sums and what the reader must know besides.

    :param window: what was asked for: `since` and `until` as they were typed.
    :param failures: why something could not be read from the service, each a sentence without its full stop.
    :param moved: whether the list of jobs has changed while it was read.
    """

    reckoning: Reckoning
    holdings: Holdings
    window: dict[str, str | None]
    failures: Sequence[str] = ()
    moved: bool = False

    def show(self, form: str) -> None:
        """Write the report to the standard output."""
        if form == "json":
            print_json(self.facts())
        elif form == "csv":
            print_csv(self._csv_titles(), self._csv_rows())
        elif form == "markdown":
            blocks = [markdown_table(self._columns(), self._rows())]
            if self.reckoning.served:
                blocks.append(markdown_table(self._served_columns(), self._served_rows()))
            print_markdown(f"### Costs: {self.summary()}", *blocks, *map(markdown_item, self.remarks()))
        else:
            print_table(self._columns(), self._rows(), footer=self.summary())
            if self.reckoning.served:
                print_lines("")
                print_table(self._served_columns(), self._served_rows(), footer=self._served_summary())
            for line in self.remarks():
                print_sentence(line)

    def facts(self) -> dict[str, Any]:
        """Everything, as JSON values; the shape is a promise."""
        reckoning = self.reckoning
        return {
            "by": list(reckoning.by),
            **self.window,
            "groups": [{**reckoning.named(group), **sums.facts()} for group, sums in reckoning.ordered()],
            "total": reckoning.total.facts(),
            "deployments": [
                {
                    "deployedModel": served.deployed_model,
                    "name": served.name,
                    "status": served.status,
                    **reckoning.named(served.group),
                    "amount": served.amount,
                    "currency": served.currency,
                    "per": "hour",
                    "unknown": served.unknown,
                }
                for served in reckoning.served
            ],
            "deploymentsPerHour": [
                {"amount": f"{amount.normalize():f}", "currency": currency} for currency, amount in self._per_hour()
            ],
            "states": {
                "read": self.holdings.count - len(self.holdings.unreadable),
                "unreadable": [{"name": name, "problem": problem} for name, problem in self.holdings.unreadable],
            },
            "remarks": self.remarks(),
        }

    def summary(self) -> str:
        """One line: how many jobs there are, and what they have cost."""
        total = self.reckoning.total
        jobs = f"{total.jobs} job{'' if total.jobs == 1 else 's'}"
        return f"{jobs}: {_cost_text(total)}" if total.jobs else jobs

    def remarks(self) -> list[str]:
        """Return what the reader must also know, one sentence each."""
        return [*self._about_readings(), *self._about_unknown(), *self._about_jobs()]

    def _about_readings(self) -> Iterator[str]:
        yield from (f"error: {failure}" for failure in self.failures)
        for name, problem in self.holdings.unreadable:
            yield f"warning: the state {name} could not be read, so its stack and its estimates are missing: {problem}"
        if self.moved:
            yield "warning: the list of jobs changed while it was read, so a job may be missing. Run it again"

    def _about_unknown(self) -> Iterator[str]:
        reasons = self.reckoning.total.unknown.most_common()
        for reason, number in reasons[:_AT_MOST]:
            yield f"unknown: {number} job{'' if number == 1 else 's'}: {reason}"
        if reasons[_AT_MOST:]:
            more = sum(number for _, number in reasons[_AT_MOST:])
            yield f"unknown: {more} more jobs, for {len(reasons) - _AT_MOST} other reasons (--json has them)"

    def _about_jobs(self) -> Iterator[str]:
        from pulumi_dashscope_ft.api import DEFAULT_REGION
        from pulumi_dashscope_ft.lifecycle.spend.price_list import STALE_AFTER_DAYS

        reckoning = self.reckoning
        if reckoning.undated:
            show = "job shows" if reckoning.undated == 1 else "jobs show"
            yield f"note: {reckoning.undated} {show} no time that can be read, so the window leaves out what it cost"
        if STACK in reckoning.by and reckoning.foreign:
            name = "job names" if reckoning.foreign == 1 else "jobs name"
            why = "that no given state has. Pass those states too" if self.holdings.count else "and no state was given"
            yield f"note: {reckoning.foreign} {name} the owner of a stack {why} (--state, --state-dir)"
        if reckoning.region is None:
            yield f"note: the address of the service does not show its region; the prices are those of {DEFAULT_REGION}"
        if reckoning.oldest_price is not None and reckoning.oldest_price > STALE_AFTER_DAYS:
            yield f"note: a price is {reckoning.oldest_price} days old; --prices takes a file with newer ones"
        yield "note: it is no bill, and jobs whose records were deleted are not in it"

    # A table for people

    def _columns(self) -> list[Column]:
        titles = [Column(way) for way in self.reckoning.by]
        return [*titles, Column("jobs", True), Column("tokens", True), Column("cost"), Column("estimated")]

    def _rows(self) -> list[list[Any]]:
        return [
            [*group, sums.jobs, f"{sums.tokens:,}", _cost_text(sums), _estimate_text(sums)]
            for group, sums in self.reckoning.ordered()
        ]

    def _served_columns(self) -> list[Column]:
        return [Column("deployment"), Column("status"), *map(Column, self._served_ways()), Column("per hour")]

    def _served_ways(self) -> list[str]:
        """Return what deployments are shown with: not the month, because they run now."""
        return [way for way in self.reckoning.by if way != "month"]

    def _served_rows(self) -> list[list[Any]]:
        return [
            [
                served.deployed_model,
                served.status,
                *(self.reckoning.named(served.group)[way] for way in self._served_ways()),
                f"unknown: {served.unknown}" if served.amount is None else f"{served.amount} {served.currency}",
            ]
            for served in self.reckoning.served
        ]

    def _served_summary(self) -> str:
        served = self.reckoning.served
        unknown = sum(one.amount is None for one in served)
        sums = ", ".join(f"{amount.normalize():,f} {currency}" for currency, amount in self._per_hour())
        parts = [*([f"{sums} an hour"] if sums else []), *([f"{unknown} unknown"] if unknown else [])]
        return f"{len(served)} deployment{'' if len(served) == 1 else 's'} billed now: {', '.join(parts)}"

    def _per_hour(self) -> list[tuple[str, Decimal]]:
        found: dict[str, Decimal] = {}
        for served in self.reckoning.served:
            if served.amount is not None and served.currency is not None:
                found[served.currency] = found.get(served.currency, Decimal(0)) + Decimal(served.amount)
        return sorted(found.items())

    # A spreadsheet

    def _csv_titles(self) -> list[str]:
        return ["what", "id", *self.reckoning.by, *_CSV]

    def _csv_rows(self) -> Iterator[list[Any]]:
        from pulumi_dashscope_ft.lifecycle.spend.money import exact_text

        for group, sums in self.reckoning.ordered():
            costs = {one.currency: exact_text(one.amount) for one in sums.costs()}
            estimates = {low.currency: (low, high) for low, high in sums.estimates()}
            counts: list[Any] = [sums.jobs, sums.running, sums.tokens]
            rest: list[Any] = [sums.unknown.total(), "; ".join(reason for reason, _ in sums.unknown.most_common())]
            estimated: Any = sums.estimated
            # One row for each currency. Counts are in the first, so that a column can be summed.
            for currency in sorted({*costs, *estimates}) or [""]:
                low, high = estimates.get(currency, (None, None))
                yield [
                    *("jobs", None, *group, *counts, costs.get(currency), currency, "run", *rest, estimated),
                    None if low is None else exact_text(low.amount),
                    None if high is None else exact_text(high.amount),
                ]
                counts, rest, estimated = [None] * 3, [None] * 2, None
        for served in self.reckoning.served:
            unknown = 1 if served.amount is None else 0
            yield [
                *("deployment", served.deployed_model, *served.group, None, None, None, served.amount, served.currency),
                *("hour", unknown, served.unknown, None, None, None),
            ]


def _cost_text(sums: Sums) -> str:
    """Say what is known of a cost, and how much is not: `1.68 CNY, 2 unknown, 1 running`."""
    from pulumi_dashscope_ft.lifecycle.spend.actual import money_text

    known = [money_text(one) for one in sums.costs()]
    unknown = [f"{sums.unknown.total()} unknown"] if sums.unknown else []
    return ", ".join([*known, *unknown, *([f"{sums.running} running"] if sums.running else [])])


def _estimate_text(sums: Sums) -> str | None:
    """Say what was estimated: `1.60 to 2.00 CNY`, and of how many jobs if not of all."""
    from pulumi_dashscope_ft.lifecycle.spend.actual import range_text

    texts = [range_text(low, high) for low, high in sums.estimates()]
    of = "" if sums.estimated == sums.jobs else f" ({sums.estimated} of {sums.jobs})"
    return f"{', '.join(texts)}{of}" if texts else None
