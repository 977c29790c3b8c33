"""Opens regular files without waiting and reads them up to a limit.

`open` waits for ever at a pipe without a writer, and `read` returns whatever is there. All checks look at the open
file, not at the path: the path may lead elsewhere a moment later.
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
    """The path is a folder, a pipe, a device or a socket; `strerror` says which."""


class TooLargeError(OSError):
    """The file or stream holds more than the limit; `strerror` names the limit."""


def open_regular(path: str | Path) -> io.FileIO:
    """Open a regular file for reading, unbuffered. Never waits for a writer.

    :raises NotRegularError: the path is not a regular file.
    :raises OSError: the file can't be opened.
    :raises ValueError: the path contains a zero byte.
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
    """Return the current size of an open regular file in bytes."""
    return os.fstat(file.fileno()).st_size


def read_file(path: str | Path, most: int) -> bytes:
    """Return the content of a regular file.

    :param most: largest size in bytes.
    :raises OSError: the file can't be read; also `NotRegularError` and `TooLargeError`.
    :raises ValueError: the path contains a zero byte.
    """
    with open_regular(path) as file:
        if size_of(file) > most:
            raise too_large(most)
        return read_bounded(file, most)


def read_bounded(stream: IO[bytes] | io.RawIOBase, most: int) -> bytes:
    """Return everything that a stream holds. Waits for a pipe.

    :param most: largest size in bytes.
    :raises TooLargeError: the stream holds more. Not much more than `most` was read.
    """
    content = bytearray()
    while piece := stream.read(min(_PIECE, most + 1 - len(content))):
        content += piece
        if len(content) > most:
            raise too_large(most)
    return bytes(content)


def too_large(most: int) -> TooLargeError:
    """Return the error for content of more than `most` bytes."""
    return TooLargeError(errno.EFBIG, f"it is larger than {_size(most)}, the most that is read")


def _size(count: int) -> str:
    for unit, name in ((2**30, "GB"), (2**20, "MB"), (2**10, "KB")):
        if count >= unit:
            return f"{count / unit:,.0f} {name}"
    return f"{count} bytes"
