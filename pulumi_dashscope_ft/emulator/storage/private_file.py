"""Files that only their owner may read.

A state file holds what jobs were created with, and the digests of keys. SQLite creates its files with the process's
umask, which on most machines lets every local user read them.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

PRIVATE = 0o600
_COMPANIONS = ("", "-journal", "-wal", "-shm")
"""Files that SQLite puts beside a file; a new one gets the mode of the file itself."""


def keep_private(path: Path) -> list[str]:
    """Make the file for its owner only, or take other users' rights away from an existing one.

    On Windows, whose files have no modes, the function only checks that it is a regular file.

    :returns: a line about each file that others could read.
    :raises ValueError: it is no regular file or belongs to somebody else.
    :raises OSError: the file can't be opened.
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
