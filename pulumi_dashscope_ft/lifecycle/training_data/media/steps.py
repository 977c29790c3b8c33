"""Drive a reader of a file format by the bytes of a file as they pass, in order and in pieces of any size.

A reader is a generator. It asks for bytes by yielding how many it wants, passes over bytes by yielding their number as
a negative one, and returns what it has found. So it reads a file that can't be sought in, keeps nothing but what it has
asked for, and needs no thread. A file may be made to do harm: how much a reader may ask for, and how often, is bounded.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator
from typing import NamedTuple

MOST_AT_ONCE = 256
"""Bytes that a reader may ask for at once."""
MOST_STEPS = 10_000
"""How often a reader may ask. A usual clip takes a hundred steps."""
LONGEST = 24 * 60 * 60
"""Seconds of the longest file that is believed. A damaged header may say any number."""
LARGEST_SIDE = 100_000
"""Pixels of the longest side that is believed."""

_BROKEN = (ValueError, ArithmeticError, LookupError, struct.error)


class Medium(NamedTuple):
    """What is known of a picture, a clip or a recording.

    :param seconds: None for a picture.
    :param width: in pixels; None for a recording.
    :param height: the same.
    """

    seconds: float | None = None
    width: int | None = None
    height: int | None = None

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height; None for a recording."""
        return None if self.width is None or self.height is None else (self.width, self.height)


LookUp = Callable[[str], Medium | None]
"""Finds what is known of a file by the name that a row has for it."""


def nothing_known(name: str) -> Medium | None:
    """Look up a medium where no media come with the rows."""
    return None


Steps = Generator[int, bytes, Medium]
Reader = Callable[[int], Steps]
"""Begins to read a file of so many bytes."""


def lasting(seconds: float) -> float:
    """Return a length of time, if it can be one.

    :raises ValueError: it can't.
    """
    if not 0 < seconds <= LONGEST:
        raise ValueError("no length that a clip can have")
    return seconds


def sized(width: int, height: int, seconds: float | None = None) -> Medium:
    """Return a picture, or a clip, of this size, if it can have it.

    :raises ValueError: it can't.
    """
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise ValueError("no size that a picture can have")
    return Medium(seconds, width, height)


class Feed:
    """Reads one file from the pieces that it gets.

    :param choose: returns the reader for a file that begins with these bytes; None when there is none.
    :param beginning: how many bytes `choose` gets.
    :param size: bytes of the whole file.
    """

    def __init__(self, choose: Callable[[bytes], Reader | None], beginning: int, size: int) -> None:
        self.medium: Medium | None = None
        self.done = size < beginning
        self.taken = 0
        """Steps that were taken."""
        self._choose = choose
        self._size = size
        self._steps: Steps | None = None
        self._kept = bytearray()
        self._wanted, self._passed_over = beginning, 0

    def take(self, piece: bytes | memoryview) -> None:
        """Read on. Never raises because of what the file contains."""
        at = 0
        while not self.done and at < len(piece):
            if self._passed_over:
                step = min(self._passed_over, len(piece) - at)
                self._passed_over -= step
                at += step
                continue
            more = piece[at : at + self._wanted - len(self._kept)]
            self._kept += more
            at += len(more)
            if len(self._kept) == self._wanted:
                self._go_on()

    def _go_on(self) -> None:
        content = bytes(self._kept)
        self._kept.clear()
        if self._steps is not None:
            self._step(content)
            return
        reader = self._choose(content)
        if reader is None:
            self.done = True
            return
        self._steps = reader(self._size)
        self._step(None)
        self.take(content)

    def _step(self, content: bytes | None) -> None:
        """Hand the reader what it has asked for, until it asks for what has not passed yet."""
        assert self._steps is not None
        try:
            wanted = next(self._steps) if content is None else self._steps.send(content)
            while wanted <= 0:
                self.taken += 1
                self._passed_over -= wanted
                self._require(self.taken <= MOST_STEPS)
                wanted = self._steps.send(b"")
            self.taken += 1
            self._require(wanted <= MOST_AT_ONCE and self.taken <= MOST_STEPS)
            self._wanted = wanted
        except StopIteration as end:
            self.medium, self.done = end.value, True
        except _BROKEN:
            self.done = True

    @staticmethod
    def _require(is_within: bool) -> None:
        if not is_within:
            raise ValueError("more than a reader may ask for")
