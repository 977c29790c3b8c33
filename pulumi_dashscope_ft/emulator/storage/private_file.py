"""Files that only their owner may read.

Why it exists: a state file holds what jobs were created with, and the digests of keys. SQLite makes its files as the
process's umask has it, which on most machines lets every local user read them.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

PRIVATE = 0o600
_COMPANIONS = ("", "-journal", "-wal", "-shm")
"""What SQLite puts beside a file; a new one gets the mode of the file itself."""


def keep_private(path: Path) -> list[str]:
    """Make the file if there is none, for its owner only, and take others' rights away where there is one.

    Answers a line about each file that others could read. Raises ``ValueError`` for what is no regular file or
    belongs to somebody else, ``OSError`` for a file that can't be opened. On Windows, whose files have no modes, it
    only looks whether the file is one.
    """
    said = []
    for tail in _COMPANIONS:
        line = _tightened(Path(f"{path}{tail}"), make=not tail)
        if line:
            said.append(line)
    return said


def _tightened(path: Path, *, make: bool) -> str:
    # Not blocking: a pipe of that name would wait for a writer.
    flags = os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags | (os.O_CREAT if make else 0), PRIVATE)
    except FileNotFoundError:
        if make:
            raise
        return ""
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{path} is no regular file; name another file")
        if os.name != "posix" or not status.st_mode & 0o077:
            return ""
        if status.st_uid != os.geteuid():
            raise ValueError(f"{path} belongs to another user, who can read what is in it; name another file")
        os.fchmod(descriptor, PRIVATE)
        return f"{path} could be read by others (mode {stat.S_IMODE(status.st_mode):04o}): it is 0600 now"
    finally:
        os.close(descriptor)
