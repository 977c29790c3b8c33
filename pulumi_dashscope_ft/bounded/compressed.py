"""Unpacks gzip up to a limit: a few kilobytes can hold a terabyte of zeros."""

from __future__ import annotations

import zlib

from .files import too_large

__all__ = ["gunzip", "is_gzip"]

_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


def is_gzip(content: bytes) -> bool:
    """Whether the content begins as a gzip file does."""
    return content.startswith(_MAGIC)


def gunzip(content: bytes, most: int) -> bytes:
    """Return what a gzip file holds, of all its members.

    :param most: largest size in bytes, unpacked. Not much more is ever in memory.
    :raises ValueError: the file is damaged or ends too early.
    :raises TooLargeError: it holds more.
    """
    unpacked = bytearray()
    while content:
        member = zlib.decompressobj(_GZIP)
        try:
            unpacked += member.decompress(content, most + 1 - len(unpacked))
        except zlib.error as error:
            raise ValueError(f"its compression is damaged: {error}") from None
        if len(unpacked) > most:
            raise too_large(most)
        if not member.eof:
            raise ValueError("its compressed content ends too early")
        content = member.unused_data
    return bytes(unpacked)
