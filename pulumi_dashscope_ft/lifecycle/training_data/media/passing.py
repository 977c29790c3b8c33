"""Read the media of an archive while its bytes pass for the digest, so that the archive is read once.

Where each member begins is known from the directory, which is read before. What is found counts only for a member that
the directory still shows in the same place after the digest, so nobody can exchange the file in between.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator

from pulumi_dashscope_ft.lifecycle.training_data.zip.directory import (
    DEFLATED,
    ArchiveError,
    Member,
    read_directory,
)

from .boxes import KINDS, read_clip
from .pictures import read_bmp, read_gif, read_jpeg, read_png, read_webp
from .steps import Feed, Medium, Reader
from .waves import read_recording

BEGINNING = 12
"""Bytes by which a format is recognised."""
MOST_STEPS = 4_000_000
"""How often the readers of one archive may ask, all together: some seconds."""
UNPACKED_PER_BYTE, UNPACKED_FREE = 2, 64 * 2**20
"""How much is unpacked at most: bytes per byte of the archive, and beside that. Media can hardly be packed."""

_PIECE = 64 * 1024


def choose(beginning: bytes) -> Reader | None:
    """Return the reader for a file that begins with these bytes; None when its format is not known."""
    if beginning.startswith((b"RIFF", b"RF64")):
        return {b"WAVE": read_recording, b"WEBP": read_webp}.get(beginning[8:12])
    if beginning[4:8] in KINDS:
        return read_clip
    marks: tuple[tuple[bytes, Reader], ...] = (
        (b"\xff\xd8\xff", read_jpeg),
        (b"\x89PNG\r\n\x1a\n", read_png),
        (b"GIF87a", read_gif),
        (b"GIF89a", read_gif),
        (b"BM", read_bmp),
    )
    return next((reader for mark, reader in marks if beginning.startswith(mark)), None)


class PassingMedia:
    """What is found in the members of an archive, whose bytes are taken from its first one on."""

    def __init__(self, members: Iterable[Member], size: int) -> None:
        self.found: dict[Member, Medium] = {}
        self._members = iter(sorted((one for one in members if one.packed), key=lambda one: one.start))
        self._member = next(self._members, None)
        self._at = 0
        self._steps = MOST_STEPS
        self._unpacked = UNPACKED_PER_BYTE * size + UNPACKED_FREE
        self._feed: Feed | None = None
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    def take(self, piece: memoryview) -> None:
        """Take the next bytes of the archive. Never raises because of what they are."""
        end = self._at + len(piece)
        while self._member is not None and self._member.start < end:
            member, behind = self._member, self._member.start + self._member.packed
            if self._feed is None:
                self._begin(member)
            first, last = max(member.start, self._at) - self._at, min(behind, end) - self._at
            self._read(member, piece[first:last])
            if behind > end:
                break
            self._end(member)
        self._at = end

    def _begin(self, member: Member) -> None:
        self._feed = Feed(choose, BEGINNING, member.unpacked)
        self._feed.done |= self._steps <= 0
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    def _end(self, member: Member) -> None:
        assert self._feed is not None
        if self._feed.medium is not None:
            self.found[member] = self._feed.medium
        self._steps -= self._feed.taken
        self._feed, self._member = None, next(self._members, None)

    def _read(self, member: Member, packed: memoryview) -> None:
        feed = self._feed
        assert feed is not None
        if feed.done:
            return
        if member.method != DEFLATED:
            feed.take(packed)
            return
        try:
            for piece in self._inflated(packed):
                feed.take(piece)
                if feed.done:
                    return
        except zlib.error:
            feed.done = True

    def _inflated(self, packed: memoryview) -> Iterator[bytes]:
        rest: bytes | memoryview = packed
        while self._unpacked > 0 and not self._inflater.eof:
            piece = self._inflater.decompress(rest, _PIECE)
            rest = self._inflater.unconsumed_tail
            self._unpacked -= len(piece)
            yield piece
            if len(piece) < _PIECE and not rest:
                return


def of_archive(file: io.RawIOBase, size: int) -> PassingMedia | None:
    """Prepare to read the media of an archive; None when it is none that is read.

    :raises OSError: the file can't be read.
    """

    def read_at(offset: int, count: int) -> bytes:
        file.seek(offset)
        content = bytearray()
        while len(content) < count and (more := file.read(count - len(content))):
            content += more
        return bytes(content)

    try:
        return PassingMedia(read_directory(read_at, size), size)
    except ArchiveError:
        return None
