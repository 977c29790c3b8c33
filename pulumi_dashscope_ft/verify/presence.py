"""Which verifications still run on this machine, so that one does not end what another is still using.

Each holds a lock on a file of its own. The system lets go of the lock when the process ends, however it ends; the file
stays when something was left. About runs on other machines nothing is known here.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
import time
from enum import Enum
from pathlib import Path
from typing import IO

_FOLDER = "dashscope-ft-verify"
_KEPT = 3 * 86400.0


class Run(Enum):
    """What is known here of a run."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"
    """It was made on another machine, or has left nothing."""


class Presence:
    """One run's own lock, and the look at those of others.

    :param nonce: the nonce in the run's label.
    """

    def __init__(self, nonce: str) -> None:
        owner = str(os.getuid()) if hasattr(os, "getuid") else "own"
        self.path = Path(tempfile.gettempdir()) / f"{_FOLDER}-{owner}" / nonce
        self._held: IO[bytes] | None = None

    def begin(self) -> None:
        """Hold the lock from now on. Where no file can be made, others can't see that this run is alive."""
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            if not _is_own(self.path.parent):
                return
            self._forget_old()
            self._held = self.path.open("ab")
            _lock(self._held)

    def _forget_old(self) -> None:
        """Remove what runs of some days ago have left: nothing of theirs is there any more (see `labels.LASTS`)."""
        oldest = time.time() - _KEPT
        for path in self.path.parent.iterdir():
            with contextlib.suppress(OSError):  # another run may remove it at the same time
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def end(self, *, nothing_left: bool) -> None:
        """Let go of the lock; without anything left, the file goes, too."""
        if self._held is None:
            return
        self._held.close()
        self._held = None
        if nothing_left:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def of(self, nonce: str) -> Run:
        """Return what is known of the run with this nonce."""
        try:
            if not _is_own(self.path.parent):
                return Run.UNKNOWN
            with self.path.with_name(nonce).open("r+b") as file:
                _lock(file)
        except FileNotFoundError:
            return Run.UNKNOWN
        except OSError:
            return Run.ALIVE
        return Run.DEAD


def _is_own(folder: Path) -> bool:
    """Whether nobody else can have put files into it: everybody may make a folder in that for temporary files."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())


def _lock(file: IO[bytes]) -> None:
    """Lock the file until it is closed.

    :raises OSError: another process, or another part of this one, holds the lock.
    """
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
