"""The environment of this process, as it is when no program has borrowed it.

Why it exists: a program that runs in process sees its stack's variables in ``os.environ``, which the process has only
one of. A provider host or a command that is started for another stack meanwhile must not inherit them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping

_own: dict[str, str] | None = None


def own_environment() -> dict[str, str]:
    """The variables of this process without those that a running program was lent."""
    return dict(os.environ) if _own is None else dict(_own)


@contextlib.contextmanager
def lent(variables: Mapping[str, str]) -> Iterator[None]:
    """Add variables for a program, and put back what was there. Only one program runs at a time."""
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
