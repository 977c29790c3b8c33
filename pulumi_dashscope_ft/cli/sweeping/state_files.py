"""One Pulumi state in a file, on standard input, or at the end of a pipe.

A sweep reads its states again before each object that it ends. A pipe (`--state <(pulumi stack export)`) can be read
only once, and a large state takes seconds to read; reading what is neither file nor pipe may never end. A state that
can't be read is not an empty one: every failure ends in a state that says why it could not be read.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_dashscope_ft.bounded.files import read_bounded, read_file
from pulumi_dashscope_ft.cli.account import note

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState

__all__ = ["reader"]

_SETTLED = 5.0
"""A file that is written again after this many seconds gets another time, on any file system."""
_TOLERANCE = 60.0
"""Seconds by which the clock of a file server may be ahead of this machine's."""


def reader(name: str, max_age: float, now: Callable[[], float]) -> Callable[[], RecordedState]:
    """Return a function that reads the state again and again.

    :param name: a path; `-` for standard input.
    :param max_age: seconds after which a file is too old to prove anything.
    :param now: the service's time.
    """
    ages = _Ages(max_age, now)
    if name == "-":
        return cache(partial(_standard_input, ages))
    file = _File(Path(name), ages)
    return cache(file.read) if file.is_pipe() else file.read


@dataclass(frozen=True)
class _Ages:
    """What follows from the time of a file: which moment it shows, and whether that is too long ago.

    This machine has written that time, so only the difference to its clock counts.
    """

    longest: float
    now: Callable[[], float]

    def copied(self, age: float) -> float:
        return self.now() - max(age, 0.0)

    def doubt(self, age: float) -> str | None:
        if age < -_TOLERANCE:
            return f"the file has a time that is {-age / 60:.0f} minutes ahead of this machine's. Export it again"
        if age <= self.longest:
            return None
        return f"the file is {age / 3600:.0f} hours old. Export it again, or allow that with --max-state-age"


def _standard_input(ages: _Ages) -> RecordedState:
    from pulumi_dashscope_ft.lifecycle.sweep import recorded_state

    source = "on standard input"
    if sys.stdin is None:
        return recorded_state.unreadable(source, "the standard input is closed")
    if sys.stdin.isatty():
        note("Reading the state from the terminal: paste what `pulumi stack export` writes, then Ctrl-D.")
    age = _age_of_standard_input()
    try:
        text = read_bounded(sys.stdin.buffer, recorded_state.LARGEST)
    except OSError as error:
        return recorded_state.unreadable(source, error.strerror or str(error))
    return recorded_state.read(text, source, old=ages.doubt(age), copied=ages.copied(age))


def _age_of_standard_input() -> float:
    """Return the age in seconds of the file on standard input (`sweep - < state.json`); 0 for a pipe."""
    try:
        info = os.fstat(sys.stdin.fileno())
    except (OSError, ValueError):
        return 0.0
    return time.time() - info.st_mtime if stat.S_ISREG(info.st_mode) else 0.0


class _File:
    def __init__(self, path: Path, ages: _Ages) -> None:
        self._path = path
        self._ages = ages
        self._known: tuple[object, RecordedState] | None = None

    def is_pipe(self) -> bool:
        try:
            return stat.S_ISFIFO(self._path.stat().st_mode)
        except (OSError, ValueError):
            return False

    def read(self) -> RecordedState:
        from pulumi_dashscope_ft.lifecycle.sweep import recorded_state

        source = f"in {self._path}"
        try:
            info = self._path.stat()
            if not (stat.S_ISREG(info.st_mode) or stat.S_ISFIFO(info.st_mode)):
                hint = "; name the export of a stack, or use --state-dir" if stat.S_ISDIR(info.st_mode) else ""
                return recorded_state.unreadable(source, f"it is no file{hint}")
            age = time.time() - info.st_mtime
            doubt = self._ages.doubt(age)
            sign = (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, doubt)
            if self._known is not None and self._known[0] == sign:
                return self._known[1]
            copied = self._ages.copied(age)
            state = recorded_state.read(self._content(info.st_mode), source, old=doubt, copied=copied)
        except (OSError, ValueError) as error:
            return recorded_state.unreadable(source, getattr(error, "strerror", None) or str(error))
        except MemoryError:
            return recorded_state.unreadable(source, f"it is too large ({info.st_size} bytes)")
        self._known = (sign, state) if age > _SETTLED else None
        return state

    def _content(self, mode: int) -> bytes:
        """Read the file. Raises `OSError`. A named pipe (`<(pulumi stack export)`) is waited for, nothing else."""
        from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import LARGEST

        if stat.S_ISFIFO(mode):
            with self._path.open("rb") as pipe:
                return read_bounded(pipe, LARGEST)
        return read_file(self._path, LARGEST)
