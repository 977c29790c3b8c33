"""Unpack one member of an archive, within bounds.

A member may unpack to more than it declares, or to nearly nothing forever. It is unpacked piece by piece, counted
meanwhile, and given up at the first byte too many.
"""

from __future__ import annotations

import io
import zlib
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.zip.directory import DEFLATED, Member, ReadAt, broken, is_too_tight

_PIECE = 64 * 1024


class MemberReader(io.RawIOBase):
    """Content of one member. Wrap it in `io.BufferedReader`. Reading raises `ArchiveError`."""

    def __init__(self, member: Member, read_at: ReadAt) -> None:
        super().__init__()
        self._member = member
        self._read_at = read_at
        self._taken = self._given = self._crc = 0
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == DEFLATED else None

    def readable(self) -> bool:
        """Say, as `io` asks, that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read unpacked bytes.

        :raises ArchiveError: the member can't be unpacked, or is not what the directory promises.
        """
        try:
            piece = self._stored(len(buffer)) if self._inflater is None else self._inflated(len(buffer))
        except zlib.error:
            raise broken(f"{self._member.name} can't be unpacked") from None
        self._crc = zlib.crc32(piece, self._crc)
        self._given += len(piece)
        if self._given > self._member.unpacked or is_too_tight(self._given, self._taken):
            raise broken(f"{self._member.name} unpacks to more than it says")
        if not piece and (self._given, self._crc) != (self._member.unpacked, self._member.crc):
            raise broken(f"{self._member.name} has another size or checksum than it says")
        buffer[: len(piece)] = piece
        return len(piece)

    def _stored(self, most: int) -> bytes:
        return self._take(most)

    def _inflated(self, most: int) -> bytes:
        """At most this many unpacked bytes; none only at the end."""
        inflater = self._inflater
        while inflater is not None and not inflater.eof:
            packed = inflater.unconsumed_tail or self._take(_PIECE)
            piece = inflater.decompress(packed, most)
            if piece:
                return piece
            if not packed:
                raise broken(f"{self._member.name} ends too soon")
        return b""

    def _take(self, most: int) -> bytes:
        piece = self._read_at(self._member.start + self._taken, min(most, self._member.packed - self._taken))
        self._taken += len(piece)
        return piece
