"""A backend in a folder (`file://…`).

Pulumi writes a new file beside the old one and renames it, so an open file is a whole one. What is no plain file or
folder (a symbolic link, a device) is left to the `pulumi` command: whether Pulumi follows a link depends on where it
is.
"""

from __future__ import annotations

import os
from pathlib import Path

from pulumi_dashscope_ft.bounded.files import read_file

from .stack import NotDirectError
from .store import Entry, StoreError

__all__ = ["Folder"]

_DEEPEST = 5
"""Levels of folders below one that is listed. Locks have the most: the organization, the project, the stack."""


class Folder:
    """The folder of a backend."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self, folder: str) -> list[Entry]:
        """List all files below a folder of the backend."""
        if not self._path.is_dir():
            raise StoreError(f"{self._path} is no folder that is there")
        place = folder.rstrip("/")
        if (self._path / place).is_symlink():
            raise NotDirectError(f"{place} is a symbolic link")
        found: list[Entry] = []
        self._collect(place, _DEEPEST, found)
        return found

    def read(self, key: str, most: int) -> bytes | None:
        """Return the content of a file."""
        try:
            return read_file(self._path / key, most)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StoreError(_why(error)) from None

    def _collect(self, folder: str, levels: int, found: list[Entry]) -> None:
        try:
            with os.scandir(self._path / folder) as entries:
                children = sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"{folder} can't be listed: {_why(error)}") from None
        for child in children:
            key = f"{folder}/{child.name}"
            try:
                if child.is_symlink():
                    raise NotDirectError(f"{key} is a symbolic link")
                if child.is_dir(follow_symlinks=False):
                    if levels:
                        self._collect(key, levels - 1, found)
                    continue
                info = child.stat(follow_symlinks=False)
            except FileNotFoundError:  # a file that was being written, and has got its own name meanwhile
                continue
            except OSError as error:
                raise StoreError(f"{key} can't be looked at: {_why(error)}") from None
            version = (info.st_ino, info.st_size, info.st_mtime_ns)
            found.append(Entry(key, info.st_size, info.st_mtime, version))


def _why(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)
