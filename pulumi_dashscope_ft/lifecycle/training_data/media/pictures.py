"""Read the size of a picture from its header: PNG, JPEG, GIF, BMP and WebP.

Formats: PNG (ISO/IEC 15948, 11.2.2), JPEG (ITU-T T.81, B.2.2), GIF89a (section 18), BMP (BITMAPCOREHEADER and
BITMAPINFOHEADER) and the WebP container (RFC 9649).
"""

from __future__ import annotations

import struct

from .steps import Steps, sized

_NO_SIZE = (0xC4, 0xC8, 0xCC)
"""Among the markers of JPEG from C0 to CF those that begin no frame."""
_ALONE = (0x01, *range(0xD0, 0xD9))
"""Markers that nothing follows."""


def read_png(size: int) -> Steps:
    """Read a PNG file."""
    kind, width, height = struct.unpack(">12x4s2I", (yield 24))
    if kind != b"IHDR":
        raise ValueError("no header")
    return sized(width, height)


def read_gif(size: int) -> Steps:
    """Read a GIF file."""
    return sized(*struct.unpack("<6x2H", (yield 10)))


def read_bmp(size: int) -> Steps:
    """Read a BMP file. A negative height says that it begins at the top."""
    (head,) = struct.unpack("<14xI", (yield 18))
    if head == 12:
        return sized(*struct.unpack("<2H", (yield 4)))
    width, height = struct.unpack("<2i", (yield 8))
    return sized(width, abs(height))


def read_jpeg(size: int) -> Steps:
    """Read a JPEG file."""
    yield 2
    while True:
        (before,) = yield 1
        if before != 0xFF:
            raise ValueError("no marker")
        marker = before
        while marker == 0xFF:  # any number of them may fill the space before a marker
            (marker,) = yield 1
        if marker in _ALONE:
            continue
        (length,) = struct.unpack(">H", (yield 2))
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = struct.unpack(">x2H", (yield 5))
            return sized(width, height)
        if length < 2 or marker in (0x00, 0xDA):  # the picture itself, and no size before it
            raise ValueError("no size")
        yield 2 - length


def read_webp(size: int) -> Steps:
    """Read a WebP file: a picture of either kind, or one with more than a picture."""
    kind = (yield 20)[12:16]
    if kind == b"VP8X":
        content = (yield 10)[4:]
        return sized(1 + int.from_bytes(content[:3], "little"), 1 + int.from_bytes(content[3:], "little"))
    if kind == b"VP8L":
        mark, bits = struct.unpack("<BI", (yield 5))
        if mark != 0x2F:
            raise ValueError("no mark")
        return sized(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    mark, width, height = struct.unpack("<3x3s2H", (yield 10))
    if kind != b"VP8 " or mark != b"\x9d\x01\x2a":
        raise ValueError("no mark")
    return sized(width & 0x3FFF, height & 0x3FFF)
