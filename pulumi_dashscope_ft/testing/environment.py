"""The environment of this process, without what was lent to a program.

A program that runs in process sees its stack's variables in `os.environ`, which the process has only once. A provider
host or a command that is started for another stack meanwhile must not inherit them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping

_own: dict[str, str] | None = None


def own_environment() -> dict[str, str]:
    """Return the variables of this process without those that were lent to a running program."""
    return dict(os.environ) if _own is None else dict(_own)


@contextlib.contextmanager
def lent(variables: Mapping[str, str]) -> Iterator[None]:
    """Add variables for a program, and restore the old ones afterwards. Only one program runs at a time."""
    global _own
    before = dict(os.environ)
    _own = before
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        _own = None
