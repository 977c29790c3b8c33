"""Charts of a run, as plain numbers: the bar of its statuses and the curve of its loss.

A template is no place for arithmetic, and a chart drawn by the server needs no script, no library and no exception in
the page's content policy. This module turns a run into coordinates, and the template writes them into SVG. Nothing here
knows HTML.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_dashscope_ft.emulator.model.board import Transition
from pulumi_dashscope_ft.emulator.model.machine import FINAL, PENDING, QUEUING, Plan, due

BAR = 1000.0
"""Width of a timeline bar; the template stretches it to the available room."""
LEAST = 12.0
"""Least width of a status: otherwise five seconds in the queue would vanish beside six hours of training."""
AHEAD = "ahead"
"""The stretch after now that the plan still expects."""

CURVE_WIDTH, CURVE_HEIGHT = 160.0, 44.0
_MARGIN = 4.0
_LOSS = re.compile(r"'loss': (-?\d+(?:\.\d*)?(?:e[+-]?\d+)?)[,}]")


@dataclass(frozen=True, slots=True)
class Segment:
    """One status on the bar: left edge and width in :data:`BAR` units; times in service seconds."""

    status: str
    x: float
    width: float
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A loss curve in a box of :data:`CURVE_WIDTH` by :data:`CURVE_HEIGHT`; `line` and `area` are SVG points."""

    line: str
    area: str
    end_x: float
    end_y: float
    first: float
    last: float
    count: int


def timeline(transitions: Sequence[Transition], plan: Plan, now: float) -> list[Segment]:
    """Return the statuses of a run from its creation to its end; for an active one to now, and then the planned rest.

    A final status takes no time and closes the bar with a piece of the least width.
    """
    spans: list[tuple[str, float, float]] = []
    ends = [step.at for step in transitions[1:]] + [max(now, transitions[-1].at)]
    for step, end in zip(transitions, ends, strict=True):
        spans.append((step.status, step.at, 0.0 if step.status in FINAL else end - step.at))
    rest = remaining(transitions[-1], plan, now)
    if rest > 0:
        spans.append((AHEAD, now, rest))
    widths = _widths([seconds for _, _, seconds in spans])
    segments, x = [], 0.0
    for (status, at, seconds), width in zip(spans, widths, strict=True):
        segments.append(Segment(status, round(x, 2), round(width, 2), at, seconds))
        x += width
    return segments


def remaining(last: Transition, plan: Plan, now: float) -> float:
    """Return the seconds until the planned end, 0 for a run that has ended. A busy runner can make it longer."""
    if last.status in FINAL:
        return 0.0
    here = due(last.status, last.at, plan)
    rest = 0.0 if here is None else max(0.0, here - now)
    if last.status in (PENDING, QUEUING):
        rest += plan.running_seconds
    if last.status == PENDING:
        rest += plan.queuing_seconds
    return rest


def _widths(seconds: Sequence[float]) -> list[float]:
    """Return shares of the bar: narrow pieces get the least width, and the others share the rest."""
    least = min(LEAST, BAR / len(seconds))
    wide = {place for place, length in enumerate(seconds) if length > 0}
    while wide:
        room = BAR - least * (len(seconds) - len(wide))
        total = sum(seconds[place] for place in wide)
        narrow = {place for place in wide if room * (seconds[place] / total) < least}
        if not narrow:
            return [room * (length / total) if place in wide else least for place, length in enumerate(seconds)]
        wide -= narrow
    return [BAR / len(seconds)] * len(seconds)


def losses(lines: Sequence[str]) -> list[float]:
    """Return the losses in a log, in order: those of lines that are Python dictionaries with a `loss`."""
    matches = (_LOSS.search(line) for line in lines if line.startswith("{"))
    read = [float(match[1]) for match in matches if match]
    return [loss for loss in read if math.isfinite(loss)]


def curve(values: Sequence[float], share: float) -> Curve | None:
    """Return the curve of at least two losses.

    :param share: progress of the run, 0 to 1: the part of the box that is filled from the left.
    """
    if len(values) < 2:
        return None
    low, high = min(values), max(values)
    spread = (high - low) or 1.0
    width = (CURVE_WIDTH - 2 * _MARGIN) * min(1.0, max(share, 0.05))
    points = []
    for place, loss in enumerate(values):
        x = _MARGIN + width * place / (len(values) - 1)
        y = _MARGIN + (CURVE_HEIGHT - 2 * _MARGIN) * (high - loss) / spread
        points.append((round(x, 1), round(y, 1)))
    line = " ".join(f"{x},{y}" for x, y in points)
    floor = CURVE_HEIGHT - 1
    area = f"{points[0][0]},{floor} {line} {points[-1][0]},{floor}"
    return Curve(line, area, *points[-1], first=values[0], last=values[-1], count=len(values))
