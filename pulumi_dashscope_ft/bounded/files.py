"""Files that are opened without waiting and read up to a limit.

Why it exists: `open` waits for ever at a pipe that nobody writes to, and `read` takes whatever is there. What is looked
at is always what was opened: a path may lead elsewhere a moment later.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import IO

__all__ = ["NotRegularError", "TooLargeError", "open_regular", "read_bounded", "read_file", "size_of"]

_PIECE = 1024 * 1024

_KINDS = (
    (stat.S_ISDIR, "it is a folder, not a file"),
    (stat.S_ISFIFO, "it is a pipe, not a regular file"),
    (stat.S_ISSOCK, "it is a socket, not a regular file"),
    (stat.S_ISBLK, "it is a device, not a regular file"),
    (stat.S_ISCHR, "it is a device, not a regular file"),
)


class NotRegularError(OSError):
    """The path leads to a folder, a pipe, a device or a socket; `strerror` says to which."""


class TooLargeError(OSError):
    """There is more to read than is read; `strerror` names the limit."""


def open_regular(path: str | Path) -> io.FileIO:
    """Open a regular file for reading, without a buffer. Never waits for somebody to write.

    :raises NotRegularError: it is something else.
    :raises OSError: it can't be opened.
    :raises ValueError: the path has a zero byte in it.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket, or a device without a driver
            raise NotRegularError(errno.EINVAL, "it is a socket or a device, not a regular file") from None
        raise
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            what = next((words for test, words in _KINDS if test(mode)), "it is not a regular file")
            raise NotRegularError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, what)
        return io.FileIO(descriptor, "rb", closefd=True)
    except BaseException:
        os.close(descriptor)
        raise


def size_of(file: IO[bytes] | io.RawIOBase) -> int:
    """Bytes of an open regular file, as of now."""
    return os.fstat(file.fileno()).st_size


def read_file(path: str | Path, most: int) -> bytes:
    """The content of a regular file of at most `most` bytes.

    :raises OSError: also `NotRegularError` and `TooLargeError`.
    :raises ValueError: the path has a zero byte in it.
    """
    with open_regular(path) as file:
        if size_of(file) > most:
            raise too_large(most)
        return read_bounded(file, most)


def read_bounded(stream: IO[bytes] | io.RawIOBase, most: int) -> bytes:
    """All that a stream holds, if that is at most `most` bytes; a pipe is waited for.

    :raises TooLargeError: it holds more. Not much more than `most` has been read.
    """
    content = bytearray()
    while piece := stream.read(min(_PIECE, most + 1 - len(content))):
        content += piece
        if len(content) > most:
            raise too_large(most)
    return bytes(content)


def too_large(most: int) -> TooLargeError:
    """The error for what is larger than `most` bytes."""
    return TooLargeError(errno.EFBIG, f"it is larger than {_size(most)}, the most that is read")


def _size(count: int) -> str:
    for unit, name in ((2**30, "GB"), (2**20, "MB"), (2**10, "KB")):
        if count >= unit:
            return f"{count / unit:,.0f} {name}"
    return f"{count} bytes"
