"""Read the length of a recording in a WAV file.

Format: Multimedia Programming Interface and Data Specifications 1.0 (RIFF, "WAVE"), and EBU Tech 3306 (RF64, for more
than 4 GB). Nothing is decoded: the header says how many bytes a second has, or how many samples there are.
"""

from __future__ import annotations

import struct

from .steps import Medium, Steps, lasting

_PLAIN = (1, 3, 0xFFFE)
"""Formats whose samples all have the same number of bytes: whole numbers, fractions, and either with more channels."""
_ELSEWHERE = 0xFFFFFFFF


def read_recording(size: int) -> Steps:
    """Read a recording from a file of so many bytes."""
    yield 12
    position, in_long = 12, 0
    rate = in_a_second = samples = 0
    is_plain = False
    while True:
        kind, length = struct.unpack("<4sI", (yield 8))
        position += 8
        if kind == b"data":
            if samples:
                return Medium(lasting(samples / rate))
            stated = in_long if length == _ELSEWHERE and in_long else length
            left = size - position
            # What wrote to a pipe did not know the length: then the data goes on to the end.
            return Medium(lasting((stated if 0 < stated <= left else left) / in_a_second))
        asked = min(length, 24) if kind in (b"fmt ", b"fact", b"ds64") else 0
        content = (yield asked) if asked else b""
        if kind == b"fmt ":
            form, _, rate, in_a_second, block = struct.unpack_from("<2H2IH", content)
            is_plain = form in _PLAIN and rate * block > 0
            in_a_second = rate * block if is_plain else in_a_second
        elif kind == b"fact" and not is_plain:  # of packed samples, bytes say little
            (samples,) = struct.unpack_from("<I", content)
        elif kind == b"ds64":
            (in_long,) = struct.unpack_from("<Q", content, 8)
        yield asked - length - length % 2
        position += length + length % 2
