"""How the times that the service writes relate to UTC.

The age of an object decides whether a sweep may touch it, and the service writes its times without a zone. They are
very likely Beijing time; if they were UTC, a job of this minute would look eight hours old.

So the zone needs proof. A time that the service has written can't be in its future, and an object that a state recorded
existed when it was recorded: both show how far ahead of UTC the service's clock is at least. Without any proof, an
object counts as a day younger than it looks. The clock of the machine that sweeps is never used if the service sends
its own time (the `Date` of an answer).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from pulumi_dashscope_ft.lifecycle.base.expiry import BEIJING, moment

UNCERTAIN = 24 * 3600.0
"""Seconds by which an object counts as younger when nothing shows the service's zone."""

TOLERANCE = 600.0
"""Seconds by which the clocks that are compared may differ; less than zones do."""
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """What is known about the service's clock.

    :param now: the time, in seconds since 1970, UTC.
    :param ahead: the least number of seconds by which the times that it writes are ahead of UTC; at most those of
        Beijing.
    :param given: whether the user has set it.
    """

    now: float
    ahead: float = BEIJING
    given: bool = False

    @property
    def zone_is_shown(self) -> bool:
        """Whether the zone of the service's times is certain."""
        return self.given or self.ahead >= BEIJING

    def latest(self, written: str | None) -> float | None:
        """Return the latest moment that a time of the service can mean; None if it can't be read."""
        return moment(written, self.ahead)

    def sure_age(self, written: str | None) -> float | None:
        """Seconds that have certainly passed since then."""
        at = self.latest(written)
        return None if at is None else self.now - at

    def likely_age(self, written: str | None) -> float | None:
        """Seconds since then, by the zone that the user has set or else by Beijing time; to show to people."""
        at = moment(written, self.ahead if self.given else BEIJING)
        return None if at is None else max(self.now - at, 0.0)


def calibrated(now: float, written: Iterable[str | None], recorded: Iterable[tuple[str | None, float]]) -> ServiceTime:
    """Work out the service's clock from what it shows.

    :param written: times that the service has written; all of them are past.
    :param recorded: such times, each with a moment (seconds since 1970) at which it was past.
    """
    pairs = [*((text, now) for text in written), *recorded]
    leads = [at - since for text, since in pairs if (at := moment(text)) is not None]
    # Zones differ by whole hours, at least where this service has regions.
    hours = math.ceil((max(leads) - TOLERANCE) / _HOUR) if leads else -math.inf
    return ServiceTime(now, min(max(hours * _HOUR, BEIJING - UNCERTAIN), BEIJING))
