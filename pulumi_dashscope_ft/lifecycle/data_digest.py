"""Why this exists: whether a file has changed is decided by its content, and the service shows an MD5 of what it was
sent. Both digests and the size come from one pass over the file, in constant memory.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

_CHUNK = 1024 * 1024


class Digest(NamedTuple):
    """Identity of a file's content."""

    sha256: str
    """64 lower-case hexadecimal digits."""
    md5: str
    """32 lower-case hexadecimal digits, as the service's file objects have it. No protection against anybody."""
    size: int
    """Bytes."""


def digest(path: str | Path) -> Digest:
    """Digests and size of a file.

    Raises:
        OSError: the file can't be read.
    """
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            md5.update(chunk)
            size += len(chunk)
    return Digest(sha256.hexdigest(), md5.hexdigest(), size)
