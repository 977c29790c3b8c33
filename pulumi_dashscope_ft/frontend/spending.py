"""Estimates, budgets and prices of one provider process, the same for both protocols.

What a resource will cost is estimated where its start is checked, so a preview shows it, and a budget refuses it before
anything is uploaded or started. Where a file's id, and so its data, is known only later, both happen before the create.
What exists is never refused: it is paid for already.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.api import DashScopeError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.hidden import plain_name
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult
from pulumi_dashscope_ft.lifecycle.base.report import note_spending
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.base.state import AnyState
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.kinds.registry import estimator_of
from pulumi_dashscope_ft.lifecycle.spend import budget, ledger, money, outputs, price_list
from pulumi_dashscope_ft.lifecycle.spend.estimator import Estimator
from pulumi_dashscope_ft.lifecycle.spend.figures import Estimate
from pulumi_dashscope_ft.lifecycle.spend.money import Money
from pulumi_dashscope_ft.schema import Violation

MAX_COST, MAX_COST_PER_UP, PRICES = "maxCost", "maxCostPerUp", "prices"
SETTINGS = (MAX_COST, MAX_COST_PER_UP, PRICES)
_NAMESPACE = "dashscope-ft"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SpendSettings:
    """What the configuration says about spending.

    :param max_cost: the most that each run may cost.
    :param max_cost_per_up: the most that all runs of one `up` may cost together.
    """

    max_cost: Money | None
    max_cost_per_up: Money | None
    prices: price_list.PriceList


@dataclass(slots=True)
class Start:
    """Something that is being started.

    :param estimate: what it costs; None where nobody can say.
    :param is_made: whether it exists now.
    """

    estimate: Estimate | None
    is_made: bool = False

    def recorded(self, state: AnyState) -> AnyState:
        """Return the state of what exists now, with what it costs."""
        self.is_made = True
        return state if self.estimate is None else state.showing(**outputs.outputs(self.estimate))

    def failed(self, failed: ResourceInitFailedError) -> ResourceInitFailedError:
        """Return the same failure about what exists now, with what it costs in the state to record."""
        return ResourceInitFailedError(failed.resource_id, self.recorded(failed.state), failed.reason)


class Spending:
    """Estimates and budgets of one provider process. Thread-safe.

    :param configuration: returns the configuration as texts.
    :param region: returns the region in which a resource with these inputs is.
    :param now: returns the time, in seconds since 1970.
    """

    def __init__(
        self,
        configuration: Callable[[], Mapping[str, str]],
        region: Callable[[Mapping[str, Any]], str],
        now: Callable[[], float],
    ) -> None:
        self._configuration = configuration
        self._region = region
        self._now = now
        self._ledger = ledger.SpendLedger()
        self._lock = threading.Lock()
        self._settings: SpendSettings | ValueError | None = None
        self._has_said_stale = False

    def check(self, type_name: str, before: AnyRequest, checked: CheckResult, tell: Tell) -> CheckResult:
        """Return the result of a check with what the budget says; show what a start will cost.

        :param before: the request that the resource was last registered with; empty for what will be started.
        :param tell: shows a line once.
        """
        try:
            settings = self._settled()
        except ValueError as error:
            return replace(checked, violations=(*checked.violations, Violation((), f"{error}.")))
        rules = estimator_of(type_name)
        request = checked.request
        if rules is None or not before.is_empty or checked.violations or request.inputs.get(rules.adopts) is not None:
            return checked
        found = self._estimate(rules, request, settings)
        reasons = self._refusals(rules, request, found, settings) if found is not None else []
        if reasons:
            return replace(checked, violations=(*checked.violations, *reasons))
        self._ledger.note_planned(request.name)
        if found is None:
            return checked
        if rules.is_told(request):
            tell(f"{plain_name(request.name)}: {outputs.line(found, rules.subject(request))}")
        self._tell_stale(found, tell)
        return checked

    @contextlib.contextmanager
    def starting(self, type_name: str, request: AnyRequest, connection: Connection) -> Iterator[Start]:
        """Start something in the block, unless a budget does not allow it.

        Once nothing else is planned, it is shown, and reported, what has been started in all.

        :raises LifecycleError: a budget does not allow it; nothing was started.
        """
        rules = estimator_of(type_name)
        if rules is None:
            yield Start(None)
            return
        adopted = connection.run_registry.to_adopt(request.inputs.get(rules.adopts), request.name)
        start = Start(None)
        try:
            start.estimate = self._authorized(rules, request, starts=adopted is None)
            yield start
        finally:
            ran = start.is_made and adopted is None
            self._finish(request.name, start.estimate if ran else None, connection.report)

    def changed(self, type_name: str, request: AnyRequest, state: AnyState) -> AnyState:
        """Return the state of something that is billed as long as it runs, after a change of what it is billed for."""
        rules = estimator_of(type_name)
        if rules is None or rules.has_budget or outputs.COST in state.outputs:
            return state
        try:
            return Start(self._estimate(rules, request, self._settled())).recorded(state)
        except ValueError:
            return state

    def _authorized(self, rules: Estimator, request: AnyRequest, *, starts: bool) -> Estimate | None:
        try:
            settings = self._settled()
        except ValueError as error:
            raise LifecycleError(f"{error}.", done="nothing was started.", next_step=_AGAIN) from None
        found = self._estimate(rules, request, settings)
        reasons = self._refusals(rules, request, found, settings) if starts and found is not None else []
        if reasons:
            what = "; ".join(str(reason) for reason in reasons)
            raise LifecycleError(f"{what}.", done="nothing was started.", next_step=_AGAIN)
        return found

    def _finish(self, name: str, found: Estimate | None, tell: Tell) -> None:
        """Note that a start has ended.

        :param found: what was started; None when nothing was.
        """
        started = self._ledger.finish(name, found)
        text = ledger.total(started)
        if text is not None:
            tell(text)
        if started:
            note_spending(ledger.facts(started), self._now(), tell)

    def _estimate(self, rules: Estimator, request: AnyRequest, settings: SpendSettings) -> Estimate | None:
        try:
            region = self._region(request.inputs)
        except DashScopeError:
            return None  # reported with the other settings
        return rules.estimate(request, region, settings.prices)

    def _refusals(
        self, rules: Estimator, request: AnyRequest, found: Estimate, settings: SpendSettings
    ) -> list[Violation]:
        """Return why a run is refused, and take its part of the budget if it is not. Only runs have a budget."""
        inputs = request.inputs
        if not rules.has_budget or budget.is_undecided(inputs):
            return []
        allow, told = inputs.get(budget.ALLOW_UNKNOWN) is True, rules.is_told(request)
        reasons = [
            Violation(limit.path, f"{'' if limit.path else f'{limit.name}: '}{reason}", budget.MENTIONED)
            for limit in budget.limits(inputs, settings.max_cost)
            if (reason := budget.refusal(found, limit, allow_unknown=allow, told=told)) is not None
        ]
        most = settings.max_cost_per_up
        if reasons or most is None:
            return reasons
        refused = self._ledger.take(
            request.name,
            found,
            lambda used: budget.too_expensive(found, most, allow_unknown=allow, told=told, used=used),
        )
        name = f"{_NAMESPACE}:{MAX_COST_PER_UP}"
        return [] if refused is None else [Violation((), f"{name}: {refused}", budget.MENTIONED)]

    def _tell_stale(self, found: Estimate, tell: Tell) -> None:
        """Say once that a price is old."""
        price = found.price
        if price is None:
            return
        days = price.days_old(datetime.fromtimestamp(self._now(), UTC).date())
        with self._lock:
            if days <= price_list.STALE_AFTER_DAYS or self._has_said_stale:
                return
            self._has_said_stale = True
        tell(f"warning: prices of {price.date} are {days} days old; {_NAMESPACE}:{PRICES} takes a file with newer ones")

    def prices(self) -> price_list.PriceList | None:
        """Return the prices that count; None where the settings can't be used, which a check reports."""
        try:
            return self._settled().prices
        except ValueError:
            return None

    def _settled(self) -> SpendSettings:
        """Return the settings, which are read once.

        :raises ValueError: one of them can't be used; the text names it, without a full stop.
        """
        with self._lock:
            if self._settings is None:
                try:
                    self._settings = _read(self._configuration())
                except ValueError as error:
                    self._settings = error
            if isinstance(self._settings, ValueError):
                raise ValueError(str(self._settings))
            return self._settings


_AGAIN = "change what is named, and run `pulumi up` again."


def _read(configuration: Mapping[str, str]) -> SpendSettings:
    path = configuration.get(PRICES)
    try:
        prices = price_list.shipped_after(None if path is None else Path(path).expanduser())
    except price_list.PriceFileError as error:
        raise ValueError(f"{_NAMESPACE}:{PRICES}: {error}") from None
    return SpendSettings(_amount(configuration, MAX_COST), _amount(configuration, MAX_COST_PER_UP), prices)


def _amount(configuration: Mapping[str, str], name: str) -> Money | None:
    given = configuration.get(name)
    try:
        return None if given is None else money.parse(given)
    except ValueError as error:
        raise ValueError(f"{_NAMESPACE}:{name} {error}") from None
