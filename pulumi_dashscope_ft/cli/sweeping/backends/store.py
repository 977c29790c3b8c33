"""What a backend's folder or bucket can do: list files, and read one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Entry", "Store", "StoreError"]


class StoreError(Exception):
    """The folder or bucket could not be read; says why, as a clause without secrets."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as a listing shows it.

    :param key: its path from the root of the backend, with `/`.
    :param size: in bytes.
    :param modified: when it was last written, in seconds since 1970.
    :param version: changes whenever the file is written.
    """

    key: str
    size: int
    modified: float
    version: object


class Store(Protocol):
    """The folder or bucket of a backend. Thread-safe."""

    def entries(self, folder: str) -> list[Entry]:
        """List all files below a folder of the backend; none when there is no such folder.

        :raises StoreError: it can't be listed completely.
        :raises NotDirectError: it holds what only the `pulumi` command can judge.
        """

    def read(self, key: str, most: int) -> bytes | None:
        """Return the content of a file; None when there is no such file.

        :param most: largest size in bytes.
        :raises StoreError: it can't be read, or is larger.
        """
