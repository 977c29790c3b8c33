"""A window of time: `--since` and `--until`, as a day, a month, a point in time, or an age.

The service writes Beijing time, and bills by it, so a day or a month is one there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

import click

from pulumi_dashscope_ft.cli.output.ages import duration

__all__ = ["Edge", "Window", "since", "until"]

_BEIJING = timezone(timedelta(hours=8))
_FORM = re.compile(r"(?P<month>[0-9]{4}-[0-9]{2})(?P<day>-[0-9]{2})?(?P<time>[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")
_LIKE = "write for example 2026-11, 2026-11-05, 2026-11-05T18:00 (Beijing time) or 30d"


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge of a window.

    :param typed: as the user has written it.
    :param at: returns the moment, in seconds since 1970, for the time that it is now.
    """

    typed: str
    at: Callable[[float], float]


class Window:
    """A window of time; each edge may be missing.

    :param begin: the first moment of it.
    :param end: the first moment after it.
    :param now: in seconds since 1970.
    """

    def __init__(self, begin: Edge | None, end: Edge | None, now: float) -> None:
        self._begin = None if begin is None else begin.at(now)
        self._end = None if end is None else end.at(now)

    @property
    def is_open(self) -> bool:
        """Whether everything is in it."""
        return self._begin is None and self._end is None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be in it."""
        return self._begin is not None and self._end is not None and self._begin >= self._end

    def holds(self, at: float) -> bool:
        """Whether this moment is in it."""
        return (self._begin is None or at >= self._begin) and (self._end is None or at < self._end)


def since(context: click.Context, option: click.Parameter, given: str | None) -> Edge | None:
    """Read `--since`: from the begin of a day or month on, or for as long as an age says."""
    return None if given is None else _edge(given.strip(), ends=False)


def until(context: click.Context, option: click.Parameter, given: str | None) -> Edge | None:
    """Read `--until`: to the end of a day or month, or until as long ago as an age says."""
    return None if given is None else _edge(given.strip(), ends=True)


def _edge(text: str, *, ends: bool) -> Edge:
    form = _FORM.fullmatch(text)
    if form is None or (form["time"] and not form["day"]):
        try:
            age = duration(text)
        except click.BadParameter:
            raise click.BadParameter(f"{text!r} is no point in time; {_LIKE}") from None
        return Edge(text, lambda now: now - age)
    try:
        at = _moment(form, ends=ends)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"there is no {text}; {_LIKE}") from None
    return Edge(text, lambda now: at)


def _moment(form: re.Match[str], *, ends: bool) -> float:
    """Return the moment that is meant. Raises `ValueError` for a day or an hour that there is not."""
    month, day, time = form.groups()[:3]
    first = date.fromisoformat(f"{month}{day or '-01'}")
    if time is not None:
        at = datetime.fromisoformat(f"{month}{day}T{time[1:]}")
    else:
        at = datetime(first.year, first.month, first.day)
        if ends:
            at += timedelta(days=1) if day is not None else timedelta(days=_days_of(first))
    return at.replace(tzinfo=_BEIJING).timestamp()


def _days_of(first: date) -> int:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (following - first).days
