"""One Pulumi state in a file, on standard input, or at the end of a pipe.

Why it exists: a sweep reads its states again before each object that it ends. A pipe (`--state <(pulumi stack export)`)
can be read only once, and a large state takes seconds to be read; what is neither file nor pipe may never end. A state
that can't be had is not an empty one: whatever goes wrong ends in one that says why it could not be read.
"""

from __future__ import annotations

import stat
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .account import note

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.recorded_state import RecordedState

__all__ = ["reader"]

_SETTLED = 5.0
"""Seconds after which a file that is written again gets another time, on any file system."""


def reader(name: str, max_age: float) -> Callable[[], RecordedState]:
    """Reads the state again and again.

    :param name: a path; `-` for standard input.
    :param max_age: seconds after which a file is too old to prove anything.
    """
    if name == "-":
        return cache(_standard_input)
    file = _File(Path(name), max_age)
    return cache(file.read) if file.is_pipe() else file.read


def _standard_input() -> RecordedState:
    from pulumi_dashscope_ft.lifecycle import recorded_state

    if sys.stdin is None:
        return recorded_state.unreadable("on standard input", "the standard input is closed")
    if sys.stdin.isatty():
        note("Reading the state from the terminal: paste what `pulumi stack export` writes, then Ctrl-D.")
    try:
        return recorded_state.read(sys.stdin.buffer.read(), "on standard input")
    except OSError as error:
        return recorded_state.unreadable("on standard input", error.strerror or str(error))


class _File:
    def __init__(self, path: Path, max_age: float) -> None:
        self._path = path
        self._max_age = max_age
        self._known: tuple[object, RecordedState] | None = None

    def is_pipe(self) -> bool:
        try:
            return stat.S_ISFIFO(self._path.stat().st_mode)
        except (OSError, ValueError):
            return False

    def read(self) -> RecordedState:
        from pulumi_dashscope_ft.lifecycle import recorded_state

        source = f"in {self._path}"
        try:
            found = self._path.stat()
            if not (stat.S_ISREG(found.st_mode) or stat.S_ISFIFO(found.st_mode)):
                hint = "; name the export of a stack, or use --state-dir" if stat.S_ISDIR(found.st_mode) else ""
                return recorded_state.unreadable(source, f"it is no file{hint}")
            age = time.time() - found.st_mtime
            doubt = self._doubt(age)
            sign = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, doubt)
            if self._known is not None and self._known[0] == sign:
                return self._known[1]
            state = recorded_state.read(self._path.read_bytes(), source, doubt=doubt)
        except (OSError, ValueError) as error:
            return recorded_state.unreadable(source, getattr(error, "strerror", None) or str(error))
        except MemoryError:
            return recorded_state.unreadable(source, f"it is too large ({found.st_size} bytes)")
        self._known = (sign, state) if age > _SETTLED else None
        return state

    def _doubt(self, age: float) -> str | None:
        if age <= self._max_age:
            return None
        return f"the file is {age / 3600:.0f} hours old. Export it again, or allow that with --max-state-age"
