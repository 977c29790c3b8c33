"""Times, ids and pages as the service writes them.

The API mixes time formats without a zone, ids that contain a time, and page parameters with limits per endpoint. One
place knows these forms.
"""

from __future__ import annotations

import random
import re
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TypeVar

from .errors import invalid_parameter

BEIJING = timezone(timedelta(hours=8))
"""No page names a zone; inferred from the minute in a job id being that of its `create_time`."""

Item = TypeVar("Item")
_DIGITS = re.compile(r"\d{1,9}", re.ASCII)


def plain_time(at: float, zone: tzinfo = BEIJING) -> str:
    """Return `yyyy-MM-dd HH:mm:ss`: jobs and files."""
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def iso_time(at: float, zone: tzinfo = BEIJING) -> str:
    """Return `yyyy-MM-ddTHH:mm:ss`: checkpoints."""
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%dT%H:%M:%S")


def exact_time(at: float, zone: tzinfo = BEIJING) -> str:
    """Return `yyyy-MM-ddTHH:mm:ss.mmm`: deployments, which show a fraction in some examples and none in others."""
    return f"{iso_time(at, zone)}.{datetime.fromtimestamp(at, zone).microsecond // 1000:03d}"


def zoned_time(at: float) -> str:
    """Return `yyyy-MM-ddTHH:mm:ss.mmm+00:00`: import jobs, the only times with a zone."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def log_time(at: float, zone: tzinfo = BEIJING) -> str:
    """Return `yyyy-MM-dd HH:mm:ss,mmm`: log lines."""
    moment = datetime.fromtimestamp(at, zone)
    return f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03d}"


ID_KINDS = ("jobs", "files", "deployments", "compressions", "imports")
"""The kinds of objects whose ids can be chosen."""


class Ids:
    """Generated identifiers, reproducible for a seed, unless somebody has chosen the next ones.

    Not thread-safe: the service's lock protects it.
    """

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)
        self._chosen: dict[str, deque[str]] = {kind: deque() for kind in ID_KINDS}

    def choose(self, kind: str, ids: Iterable[str]) -> None:
        """Set the ids of the next objects of this kind (one of :data:`ID_KINDS`), in this order."""
        self._chosen[kind].extend(ids)

    def chosen(self, kind: str) -> str | None:
        """Return the id chosen for the next object of this kind, and use it up."""
        waiting = self._chosen[kind]
        return waiting.popleft() if waiting else None

    def waiting(self) -> dict[str, int]:
        """Return how many chosen ids of each kind are left."""
        return {kind: len(ids) for kind, ids in self._chosen.items()}

    def forget_chosen(self) -> None:
        """Drop the ids that a test has chosen and no call has used yet."""
        for ids in self._chosen.values():
            ids.clear()

    def uuid(self) -> str:
        """Return a random UUID (version 4), from this object's own source of chance."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def tail(self) -> str:
        """Return eight hex digits, as in the ids of base models' deployments."""
        return f"{self._random.getrandbits(32):08x}"

    def file(self) -> str:
        """Return the chosen id, or a UUID."""
        return self.chosen("files") or self.uuid()

    def job(self, at: float, taken: Callable[[str], bool], zone: tzinfo = BEIJING) -> str:
        """Return the chosen id, or `ft-{yyyyMMddHHmm}-{4 hex}`, not `taken`."""
        return self.chosen("jobs") or self._dated("ft", "%Y%m%d%H%M", at, taken, zone)

    def compression(self, at: float, taken: Callable[[str], bool], zone: tzinfo = BEIJING) -> str:
        """Return the chosen id, or `quant-{yyyyMMddHHmm}-{4 hex}`, not `taken`."""
        return self.chosen("compressions") or self._dated("quant", "%Y%m%d%H%M", at, taken, zone)

    def imported(self) -> str:
        """Return the chosen id, or a UUID."""
        return self.chosen("imports") or self.uuid()

    def imported_model(self, base_model: str, at: float, taken: Callable[[str], bool]) -> str:
        """Return `{base}-offline-{yyyyMMdd}-{4 hex}`, not `taken`."""
        return self._dated(f"{base_model}-offline", "%Y%m%d", at, taken)

    def _dated(self, prefix: str, form: str, at: float, taken: Callable[[str], bool], zone: tzinfo = BEIJING) -> str:
        moment = datetime.fromtimestamp(at, zone).strftime(form)
        first = self._random.randrange(0x10000)
        for step in range(0x10000):
            name = f"{prefix}-{moment}-{(first + step) % 0x10000:04x}"
            if not taken(name):
                return name
        raise RuntimeError(f"all 65536 ids {prefix}-{moment}-… are taken")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `number` counts from 1."""

    number: int
    size: int

    @classmethod
    def of(cls, query: Mapping[str, str], *, default: int, most: int | None) -> Page:
        """Return the page in `page_no` and `page_size`.

        :raises ApiProblemError: 400 `InvalidParameter` out of range (inferred: a page states the range, but no page
            says what happens outside).
        """
        return cls(
            whole_number(query, "page_no", default=1, least=1, most=None),
            whole_number(query, "page_size", default=default, least=1, most=most),
        )

    def within(self, most: int) -> Page:
        """Return the page with at most so many items."""
        return Page(self.number, min(self.size, most))

    def cut(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return the items on this page; nothing past the end (inferred)."""
        start = (self.number - 1) * self.size
        return items[start : start + self.size]


def whole_number(query: Mapping[str, str], name: str, *, default: int, least: int, most: int | None) -> int:
    """Return an integer query parameter.

    :raises ApiProblemError: 400 `InvalidParameter` names it if it is not an integer or out of range.
    """
    text = query.get(name)
    if text is None or text == "":
        return default
    if not _DIGITS.fullmatch(text):
        raise invalid_parameter(name)
    value = int(text)
    if value < least or (most is not None and value > most):
        raise invalid_parameter(name)
    return value
