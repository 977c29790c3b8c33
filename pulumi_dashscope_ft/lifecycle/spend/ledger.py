"""What one `up` spends: the runs that it may start, within one budget, and the sum of those that it has started.

The engine starts many resources at once, each in a thread of its own. A run takes its part of the budget before it is
checked any further, under a lock, so two runs can't both take what is left for one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .figures import Estimate
from .money import Money
from .outputs import LESS, decimal_text, money_text


class SpendLedger:
    """What this process knows of the spending of its run. Thread-safe. Resources are identified by their names."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[str, Money] = {}
        self._planned: set[str] = set()
        self._started: dict[str, Estimate] = {}

    def take(self, name: str, found: Estimate, refused: Callable[[Money | None], str | None]) -> str | None:
        """Take a run's part of the budget, unless it is refused. Taking it again for the same resource counts once.

        :param refused: says why the run is refused beside what others have taken; None when it is not.
        :returns: what `refused` says.
        """
        with self._lock:
            others = [amount for other, amount in self._taken.items() if other != name]
            used = Money(sum((one.amount for one in others), Decimal(0)), others[0].currency) if others else None
            reason = refused(used)
            most = found.high or found.low
            if reason is None and most is not None and found.per == "run":
                self._taken[name] = most
            return reason

    def note_planned(self, name: str) -> None:
        """Note that the resource of this name will start something."""
        with self._lock:
            self._planned.add(name)

    def finish(self, name: str, found: Estimate | None) -> tuple[Estimate, ...]:
        """Note that a start has ended, and return all that has been started once nothing planned is left.

        :param found: what was started; None when nothing was.
        """
        with self._lock:
            self._planned.discard(name)
            if found is not None:
                self._started[name] = found
            return () if self._planned or (found is None and not self._started) else tuple(self._started.values())


def total(started: tuple[Estimate, ...]) -> str | None:
    """Say in one line what all of this costs; None when nothing of it is known."""
    runs = [one for one in started if one.per == "run"]
    timed = [one for one in started if one.per == "hour"]
    parts = [text for text in (_sum(runs, ""), _sum(timed, " an hour")) if text]
    if not parts:
        return None
    unknown = sum(1 for one in (*runs, *timed) if one.low is None)
    more = f", and {unknown} of unknown cost" if unknown else ""
    return f"this run of Pulumi has started {' and '.join(parts)}{more}, by estimate"


def facts(started: tuple[Estimate, ...]) -> dict[str, Any]:
    """Return the same for programs. Amounts are decimal strings, by currency; what is unknown is not among them."""
    sums: dict[str, Any] = {}
    for per in ("run", "hour"):
        known = [one for one in started if one.per == per and one.low is not None]
        for currency in _currencies(known):
            mine = _in(known, currency)
            low, high = _bounds(mine)
            amounts = {"low": decimal_text(low), "high": None if high is None else decimal_text(high)}
            sums.setdefault(per, {})[currency] = {"count": len(mine), **amounts}
    return {
        "started": len(started),
        "unknown": sum(1 for one in started if one.low is None),
        "perRun": sums.get("run", {}),
        "perHour": sums.get("hour", {}),
    }


def _sum(found: list[Estimate], each: str) -> str:
    known = [one for one in found if one.low is not None]
    if not known:
        return ""
    texts = [f"{_range(_in(known, currency), currency)}{each}" for currency in _currencies(known)]
    what = "run" if not each else "object billed by the hour"
    several = what.replace(" ", "s ", 1) if " " in what else f"{what}s"
    return f"{len(known)} {what if len(known) == 1 else several}, {' and '.join(texts)}"


def _currencies(known: list[Estimate]) -> list[str]:
    return sorted({one.low.currency for one in known if one.low is not None})


def _in(known: list[Estimate], currency: str) -> list[Estimate]:
    return [one for one in known if one.low is not None and one.low.currency == currency]


def _bounds(known: list[Estimate]) -> tuple[Decimal, Decimal | None]:
    low = sum((one.low.amount for one in known if one.low is not None), Decimal(0))
    highs = [one.high.amount for one in known if one.high is not None]
    return low, sum(highs, Decimal(0)) if len(highs) == len(known) else None


def _range(known: list[Estimate], currency: str) -> str:
    low, high = _bounds(known)
    least = money_text(Money(low, currency))
    if high is None:
        return f"at least {least}"
    most = money_text(Money(high, currency))
    if least == most:
        return least if least.startswith(LESS) else f"about {least}"
    return f"{least.removesuffix(f' {currency}')} to {most}"
