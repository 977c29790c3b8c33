"""Small real media files, written byte by byte: they hold what a header says, and no picture or sound worth having."""

from __future__ import annotations

import io
import json
import struct
import wave
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILLING = bytes(range(256)) * 8


def box(kind: bytes, *content: bytes) -> bytes:
    whole = b"".join(content)
    return struct.pack(">I4s", 8 + len(whole), kind) + whole


def long_box(kind: bytes, *content: bytes) -> bytes:
    """A box whose length stands in 64 bits behind its kind."""
    whole = b"".join(content)
    return struct.pack(">I4sQ", 1, kind, 16 + len(whole)) + whole


def _header(version: int, times: bytes) -> bytes:
    return struct.pack(">I", version << 24) + times


def timed_box(kind: bytes, seconds: float, scale: int, *, version: int = 0, rest: bytes = bytes(80)) -> bytes:
    """`mvhd` or `mdhd`."""
    units = round(seconds * scale)
    times = struct.pack(">QQIQ" if version else ">4I", 0, 0, scale, units)
    return box(kind, _header(version, times), rest)


def track_box(
    seconds: float,
    scale: int,
    size: tuple[int, int],
    *,
    kind: bytes = b"vide",
    media_seconds: float | None = None,
    version: int = 0,
) -> bytes:
    """`trak` with a picture of this size."""
    units, shown = round(seconds * scale), struct.pack(">2I", size[0] << 16, size[1] << 16)
    times = struct.pack(">QQ2IQ" if version else ">5I", 0, 0, 1, 0, units)
    head = box(b"tkhd", _header(version, times), bytes(52), shown)
    entry = struct.pack(">I4s6xH16x2H", 86, b"avc1", 1, *size) + bytes(50)
    table = box(b"stbl", box(b"stsd", struct.pack(">2I", 0, 1), entry))
    handler = box(b"hdlr", bytes(8), kind, bytes(13))
    media = timed_box(b"mdhd", seconds if media_seconds is None else media_seconds, 12_800, rest=bytes(4))
    place = box(b"hdlr", bytes(4), b"dhlr", b"url ", bytes(13))  # as QuickTime files have it
    return box(b"trak", head, box(b"mdia", media, handler, box(b"minf", place, table)))


def clip(
    seconds: float,
    size: tuple[int, int] = (64, 36),
    *,
    scale: int = 1000,
    moov_first: bool = False,
    movie_seconds: float | None = None,
    version: int = 0,
    data: bytes = FILLING,
    brand: bytes = b"isom",
    long_data: bool = False,
) -> bytes:
    """An MP4 file: by default what the camera or ffmpeg writes, with `moov` behind the pictures.

    :param movie_seconds: where a track of sound lasts longer than the pictures.
    """
    whole = seconds if movie_seconds is None else movie_seconds
    tracks = [track_box(whole, scale, (0, 0), kind=b"soun"), track_box(seconds, scale, size, version=version)]
    moov = box(b"moov", timed_box(b"mvhd", whole, scale, version=version), *tracks)
    pictures = (long_box if long_data else box)(b"mdat", data)
    begin = box(b"ftyp", brand, bytes(4), brand)
    return begin + (moov + pictures if moov_first else box(b"free", bytes(8)) + pictures + moov)


def fragmented(seconds: float, *, said: bool = True) -> bytes:
    """A clip in fragments, whose own header says 0."""
    extends = box(b"mvex", box(b"mehd", struct.pack(">2I", 0, round(seconds * 600)))) if said else b""
    moov = box(b"moov", timed_box(b"mvhd", 0, 600), track_box(0, 600, (64, 36)), extends)
    return box(b"ftyp", b"iso5", bytes(4)) + moov + box(b"moof", bytes(64)) + box(b"mdat", FILLING)


def recording(seconds: float, *, rate: int = 16_000, channels: int = 1, width: int = 2) -> bytes:
    """A WAV file of silence."""
    to = io.BytesIO()
    with wave.open(to, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes(round(seconds * rate) * channels * width))
    return to.getvalue()


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<2H", width, height) + bytes(20)


def bmp(width: int, height: int) -> bytes:
    return b"BM" + bytes(12) + struct.pack("<I2i", 40, width, height) + bytes(40)


def old_bmp(width: int, height: int) -> bytes:
    return b"BM" + bytes(12) + struct.pack("<I2H", 12, width, height) + bytes(40)


def jpeg(width: int, height: int, *, marker: int = 0xC0, before: bytes = b"") -> bytes:
    """With its EXIF data and tables before the frame."""
    exif = b"\xff\xe1" + struct.pack(">H", 2 + 3000) + b"\xff\xc0" * 1500
    tables = b"\xff\xc4" + struct.pack(">H", 5) + b"\x00\x00\x00"
    frame = b"\xff" + bytes([marker]) + struct.pack(">HB2HB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + exif + tables + before + frame + b"\xff\xda" + bytes(40) + b"\xff\xd9"


def webp(kind: bytes, width: int, height: int) -> bytes:
    if kind == b"VP8X":
        content = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        content = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + bytes(9)
    else:
        content = bytes(3) + b"\x9d\x01\x2a" + struct.pack("<2H", width, height) + bytes(9)
    chunk = kind + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def archive(
    path: Path,
    rows: list[Any],
    members: Mapping[str, bytes],
    *,
    rows_last: bool = False,
    method: int = zipfile.ZIP_DEFLATED,
    folder: str = "",
) -> Path:
    """An archive of training data."""
    text = "".join(json.dumps(row) + "\n" for row in rows)
    files = [("data.jsonl", text.encode()), *members.items()]
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in files[1:] + files[:1] if rows_last else files:
            file.writestr(folder + name, content)
    return path


def clip_row(name: str) -> dict[str, str]:
    return {"prompt": "A boat.", "first_frame_path": "image/1.png", "video_path": name}


def clip_archive(path: Path, lengths: list[float], **more: Any) -> Path:
    """An archive for a video model, with clips of these lengths."""
    members = {f"video/{number}.mp4": clip(seconds) for number, seconds in enumerate(lengths)}
    rows = [clip_row(name) for name in members]
    return archive(path, rows, {"image/1.png": png(64, 36), **members}, **more)


def speech_archive(path: Path, lengths: list[float], **more: Any) -> Path:
    """An archive for a speech model, with recordings of these lengths."""
    members = {f"train/{number}.wav": recording(seconds) for number, seconds in enumerate(lengths)}
    rows = [{"wav_fn": name, "text": "Good morning."} for name in members]
    return archive(path, rows, members, **more)
