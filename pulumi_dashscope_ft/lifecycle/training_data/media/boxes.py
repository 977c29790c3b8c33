"""Read the length and the size of a clip in an MP4 or QuickTime file.

Such a file is a row of boxes, each with its length and its kind. `moov` says how long the clip is. It stands before or
behind the pictures themselves, which are passed over.

Format: ISO/IEC 14496-12, sections 4.2 (boxes), 8.2.2 (mvhd), 8.3.2 (tkhd), 8.4.2 (mdhd), 8.4.3 (hdlr), 8.5.2 (stsd) and
8.8.2 (mehd).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

from .steps import Medium, Steps, lasting, sized

KINDS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""Kinds of the first box of such a file. QuickTime files may begin without `ftyp`."""

_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex")
_TRACK_SIZE = {0: 84, 1: 96}
_DEEPEST = 8


class _Box(NamedTuple):
    kind: bytes
    end: int


class _Time(NamedTuple):
    """A time in units of which a second has `scale`."""

    scale: int
    units: int

    @property
    def seconds(self) -> float | None:
        """The time; None where the file does not say it."""
        return self.units / self.scale if self.units and self.scale else None


_UNSAID = _Time(0, 0)


@dataclass(slots=True)
class _Track:
    is_video: bool = False
    shown_for: int = 0
    """In units of the movie."""
    media: _Time = _UNSAID
    sizes: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Movie:
    time: _Time = _UNSAID
    in_fragments: int = 0
    tracks: list[_Track] = field(default_factory=list)

    def medium(self) -> Medium:
        """Return what is known; the pictures decide, and sound may last longer.

        :raises ValueError: it does not say how long it is.
        """
        video = next((track for track in self.tracks if track.is_video), None)
        scale = self.time.scale
        times = [self.time, _Time(scale, self.in_fragments)]
        if video is not None:
            times = [_Time(scale, video.shown_for), video.media, *times]
        seconds = lasting(next((time.seconds for time in times if time.seconds is not None), 0))
        sizes = [(width, height) for width, height in (video.sizes if video is not None else ()) if width and height]
        if not sizes:
            return Medium(seconds)
        return sized(max(width for width, _ in sizes), max(height for _, height in sizes), seconds)


def read_clip(size: int) -> Steps:
    """Read a clip from a file of so many bytes."""
    movie, position = _Movie(), 0
    inside = [_Box(b"", size)]
    while True:
        while position >= inside[-1].end:
            if inside.pop().kind == b"moov":
                return movie.medium()
        length, kind = struct.unpack(">I4s", (yield 8))
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", (yield 8))
            head = 16
        elif length == 0:
            length = inside[-1].end - position
        box = _Box(kind, position + length)
        if length < head or box.end > inside[-1].end or len(inside) > _DEEPEST:
            raise ValueError("a box that is longer than what it is in")
        position += head
        if kind in _CONTAINERS:
            inside.append(box)
            if kind == b"trak":
                movie.tracks.append(_Track())
            continue
        asked = _asked(kind, box.end - position)
        if asked:
            _take(movie, kind, (yield asked))
        yield asked - (box.end - position)
        position = box.end


def _asked(kind: bytes, length: int) -> int:
    """Return how many bytes of a box of this kind are read."""
    most = {b"mvhd": 32, b"mdhd": 32, b"tkhd": 96, b"hdlr": 12, b"stsd": 44, b"mehd": 12}.get(kind, 0)
    return min(most, length)


def _take(movie: _Movie, kind: bytes, content: bytes) -> None:
    track = movie.tracks[-1] if movie.tracks else _Track()
    is_long = content[0] == 1
    if kind == b"mvhd":
        movie.time = _time(content)
    elif kind == b"mehd":
        (movie.in_fragments,) = struct.unpack_from(">Q" if is_long else ">I", content, 4)
    elif kind == b"mdhd":
        track.media = _time(content)
    elif kind == b"hdlr":
        track.is_video |= content[8:12] == b"vide"  # QuickTime files have a second one, for where the data is
    elif kind == b"tkhd":
        length = _TRACK_SIZE[content[0]]
        (shown_for,) = struct.unpack_from(">Q" if is_long else ">I", content, 28 if is_long else 20)
        track.shown_for = _said(shown_for, is_long)
        width, height = struct.unpack_from(">2I", content, length - 8)
        track.sizes.append((width >> 16, height >> 16))
    elif kind == b"stsd" and len(content) == 44:  # of a track of sound, these bytes are something else
        track.sizes += [struct.unpack_from(">2H", content, 40)] if track.is_video else []


def _time(content: bytes) -> _Time:
    is_long = content[0] == 1
    scale, units = struct.unpack_from(">IQ" if is_long else ">2I", content, 20 if is_long else 12)
    return _Time(scale, _said(units, is_long))


def _said(units: int, is_long: bool) -> int:
    """Return a time; 0 where all bits are set, which means that it is not known."""
    return 0 if units == (2**64 if is_long else 2**32) - 1 else units
