"""Digests and size of a file's content, and a reader that proves that it reads that very content.

The content decides whether a file has changed, and the service shows an MD5 of what it received. Both digests and the
size come from one pass over the file, in constant memory; the checks judge the very bytes that were digested, even if
somebody writes to the file meanwhile.
"""

from __future__ import annotations

import errno
import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_dashscope_ft.bounded.files import open_regular

_CHUNK = 1024 * 1024
_BLOCK = 64 * 1024
_BLOCKS_KEPT = 32


class Digest(NamedTuple):
    """Identity of a file's content."""

    sha256: str
    """64 lower-case hexadecimal digits."""
    md5: str
    """32 lower-case hexadecimal digits, as in the service's file objects. No protection against deliberate changes."""
    size: int
    """Bytes."""


def digest(path: str | Path) -> Digest:
    """Compute digests and size of a file.

    :raises OSError: the file can't be read, or is no regular file.
    """
    with open_regular(path) as file:
        reader = DigestingReader(file)
        reader.drain()
        return reader.digest()


class DigestingReader(io.RawIOBase):
    """Reads a file from its current position, and digests what it reads. Wrap it in `io.BufferedReader`."""

    def __init__(self, file: io.RawIOBase) -> None:
        super().__init__()
        self._file = file
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._size = 0

    def readable(self) -> bool:
        """Say, as `io` asks, that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read, and take what was read into the digest."""
        count = self._file.readinto(buffer)
        if count:
            self._take(memoryview(buffer)[:count])
        return count

    def drain(self) -> None:
        """Read on to the end."""
        buffer = bytearray(_CHUNK)
        while self.readinto(buffer):
            pass

    def digest(self) -> Digest:
        """Return the digest of everything read so far."""
        return Digest(self._sha256.hexdigest(), self._md5.hexdigest(), self._size)

    def _take(self, piece: memoryview) -> None:
        self._sha256.update(piece)
        self._md5.update(piece)
        self._size += len(piece)


class DigestedFile:
    """A file that was digested as a whole, and is then read in parts: an archive's directory is at its end.

    Every block that is read is compared with what was digested, so that no other bytes are ever judged. Raises
    `OSError` if the file can't be read, or has other content.

    :param passing: gets all bytes, in their order, while they are digested.
    """

    def __init__(self, file: io.RawIOBase, passing: Callable[[memoryview], None] | None = None) -> None:
        self._file = file
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._marks: list[bytes] = []
        whole, buffer = DigestingReader(file), bytearray(_BLOCK)
        file.seek(0)
        while count := _fill(whole, buffer):
            block = memoryview(buffer)[:count]
            self._marks.append(_mark(block))
            if passing is not None:
                passing(block)
        self.digest = whole.digest()
        self.size = self.digest.size

    def read_at(self, offset: int, count: int) -> bytes:
        """Read `count` bytes from `offset` on; fewer at the end of the file."""
        first, last = offset // _BLOCK, (min(offset + count, self.size) - 1) // _BLOCK
        content = b"".join(map(self._block, range(first, last + 1)))
        start = offset - first * _BLOCK
        return content[start : start + count]

    def _block(self, number: int) -> bytes:
        kept = self._kept.get(number)
        if kept is not None:
            self._kept.move_to_end(number)
            return kept
        self._file.seek(number * _BLOCK)
        buffer = bytearray(min(_BLOCK, self.size - number * _BLOCK))
        if _fill(self._file, buffer) != len(buffer) or _mark(buffer) != self._marks[number]:
            raise OSError(errno.EIO, "something writes to it while it is read")
        block = self._kept[number] = bytes(buffer)
        if len(self._kept) > _BLOCKS_KEPT:
            self._kept.popitem(last=False)
        return block


def _mark(block: bytes | bytearray | memoryview) -> bytes:
    return hashlib.sha256(block).digest()


def _fill(file: io.RawIOBase, buffer: bytearray) -> int:
    """Fill the buffer as far as the file goes; return the number of bytes read."""
    filled = 0
    with memoryview(buffer) as view:
        while filled < len(view):
            count = file.readinto(view[filled:])
            if not count:
                break
            filled += count
    return filled
