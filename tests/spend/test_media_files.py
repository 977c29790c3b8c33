"""Lengths and sizes from the headers of media files: documented formats, damage, and bytes made to do harm."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import media_files as made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.lifecycle.training_data.media.passing import BEGINNING, choose
from pulumi_dashscope_ft.lifecycle.training_data.media.steps import MOST_AT_ONCE, MOST_STEPS, Feed, Medium

HD = (1920, 1080)


def read(content: bytes, piece: int = 4096, *, size: int | None = None) -> Medium | None:
    feed = Feed(choose, BEGINNING, len(content) if size is None else size)
    for at in range(0, len(content), piece):
        feed.take(memoryview(content)[at : at + piece])
    assert len(feed._kept) <= MOST_AT_ONCE
    return feed.medium


def wav(*, stated: int, data: int, before: bytes = b"") -> bytes:
    """A recording of 1,000 bytes a second, whose header states another number of bytes than it has."""
    form = b"fmt " + struct.pack("<I2H2I2H", 16, 1, 1, 500, 1000, 2, 16)
    return b"RIFF\xff\xff\xff\xffWAVE" + before + form + b"data" + struct.pack("<I", stated) + bytes(data)


def packed_wav(seconds: float) -> bytes:
    """A recording in ADPCM, whose header says how many samples it has, and a wrong number of bytes for a second."""
    form = b"fmt " + struct.pack("<I2H2I2H", 16, 0x11, 1, 16_000, 16_000, 1024, 4)
    fact = b"fact" + struct.pack("<2I", 4, round(seconds * 16_000))
    return b"RIFF\0\0\0\0WAVE" + form + fact + b"data" + struct.pack("<I", 3000) + bytes(3000)


@pytest.mark.parametrize(
    ("content", "medium"),
    [
        (made.clip(5, HD), Medium(5, *HD)),
        (made.clip(5, HD, moov_first=True), Medium(5, *HD)),
        (made.clip(6.5, (720, 1280), version=1), Medium(6.5, 720, 1280)),
        (made.clip(5, HD, movie_seconds=5.023), Medium(5, *HD)),
        (made.clip(11.5, HD, brand=b"qt  ", long_data=True), Medium(11.5, *HD)),
        (made.clip(5, HD)[len(made.box(b"ftyp", bytes(12))) :], Medium(5, *HD)),
        (made.clip(150 / 30, HD, scale=30_000), Medium(5, *HD)),
        (made.fragmented(4.5), Medium(4.5, 64, 36)),
        (made.recording(497.03, rate=100), Medium(497.03)),
        (made.recording(1.5, rate=4_410, channels=2), Medium(1.5)),
        (made.recording(2, rate=2_400, width=3), Medium(2)),
        (wav(stated=0xFFFFFFFF, data=2500), Medium(2.5)),
        (wav(stated=0, data=2500), Medium(2.5)),
        (wav(stated=2000, data=2500), Medium(2)),
        (packed_wav(2.5), Medium(2.5)),
        (wav(stated=2500, data=2500, before=b"LIST" + struct.pack("<I", 3) + b"abc\0"), Medium(2.5)),
        (made.png(*HD), Medium(None, *HD)),
        (made.gif(320, 200), Medium(None, 320, 200)),
        (made.bmp(320, -200), Medium(None, 320, 200)),
        (made.old_bmp(320, 200), Medium(None, 320, 200)),
        (made.jpeg(1024, 768), Medium(None, 1024, 768)),
        (made.jpeg(1024, 768, marker=0xC2, before=b"\xff\xff\xff\xd0"), Medium(None, 1024, 768)),
        (made.webp(b"VP8 ", 640, 480), Medium(None, 640, 480)),
        (made.webp(b"VP8L", 640, 480), Medium(None, 640, 480)),
        (made.webp(b"VP8X", 16_000, 9_000), Medium(None, 16_000, 9_000)),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else str(value),
)
@pytest.mark.parametrize("piece", [1, 7, 65_536])
def test_what_a_header_says(content: bytes, medium: Medium, piece: int) -> None:
    assert read(content, piece) == medium


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"tiny", id="less than a header"),
        pytest.param(b"Not a picture at all, and longer than a header.", id="text"),
        pytest.param(made.clip(5)[:300], id="cut"),
        pytest.param(made.clip(0), id="0 seconds"),
        pytest.param(made.clip(100_000), id="more than a day"),
        pytest.param(made.fragmented(5, said=False), id="fragments without a length"),
        pytest.param(made.box(b"ftyp", bytes(8)) + made.box(b"moov"), id="an empty moov"),
        pytest.param(made.box(b"ftyp", bytes(8)) + struct.pack(">I4s", 4, b"moov"), id="shorter than its head"),
        pytest.param(made.box(b"moov", struct.pack(">I4s", 2**31, b"mvhd")), id="longer than what it is in"),
        pytest.param(made.box(b"free", bytes(8)) + struct.pack(">I4sQ", 1, b"mdat", 2**63), id="longer than the file"),
        pytest.param(made.box(b"moov", made.box(b"mvhd", b"\x02" + bytes(3))), id="an mvhd of 4 bytes"),
        pytest.param(made.recording(0), id="a recording of nothing"),
        pytest.param(wav(stated=0, data=0), id="an empty stream"),
        pytest.param(b"RIFF\0\0\0\0WAVEdata\x10\0\0\0" + bytes(16), id="data without a format"),
        pytest.param(b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0\1\0" + bytes(16), id="a format of 2 bytes"),
        pytest.param(made.png(0, 10), id="0 pixels"),
        pytest.param(made.png(2**31 - 1, 10), id="too many pixels"),
        pytest.param(made.jpeg(0, 10), id="a JPEG of no width"),
        pytest.param(b"\xff\xd8\xff\xda" + bytes(40), id="a JPEG without a frame"),
        pytest.param(b"\xff\xd8\xff\xe1\0\1" + bytes(40), id="a segment shorter than its length"),
        pytest.param(b"\xff\xd8" + b"\xff" * 50_000, id="filling without an end"),
    ],
)
def test_what_can_not_be_read_is_not_guessed(content: bytes) -> None:
    assert read(content) is None


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(made.box(b"free") * 200_000, id="empty boxes"),
        pytest.param(b"\xff\xd8" + b"\xff\xe1\0\2" * 200_000, id="empty segments"),
        pytest.param(b"RIFF\0\0\0\0WAVE" + b"LIST\0\0\0\0" * 200_000, id="empty chunks"),
        pytest.param(struct.pack(">I4s", 2**31, b"moov") * 200_000, id="a moov in a moov in a moov"),
    ],
)
def test_a_file_made_to_keep_a_reader_busy_is_given_up(content: bytes) -> None:
    feed = Feed(choose, BEGINNING, 2**40)
    feed.take(content)
    assert feed.done
    assert feed.taken <= MOST_STEPS + 1
    assert feed.medium is None


SAMPLES = [
    made.clip(5, HD),
    made.clip(5, HD, moov_first=True, version=1),
    made.fragmented(3),
    made.recording(0.1),
    made.png(9, 9),
    made.jpeg(9, 9),
    made.gif(9, 9),
    made.bmp(9, 9),
    *(made.webp(kind, 9, 9) for kind in (b"VP8 ", b"VP8L", b"VP8X")),
]


@given(st.sampled_from(SAMPLES), st.data())
@settings(deadline=None, max_examples=300)
def test_no_damage_makes_a_reader_raise(sample: bytes, data: Any) -> None:
    content = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    found = read(bytes(content[: data.draw(st.integers(0, len(content)))]), data.draw(st.sampled_from([1, 64, 9999])))
    assert found is None or found.seconds is None or 0 < found.seconds <= 86_400
    assert found is None or found.size is None or min(found.size) > 0


@given(st.sampled_from([sample[:BEGINNING] for sample in SAMPLES]), st.binary(max_size=400))
@settings(deadline=None, max_examples=300)
def test_random_bytes_behind_a_beginning_never_raise(beginning: bytes, rest: bytes) -> None:
    read(beginning + rest, 16)


@pytest.mark.parametrize("make", [lambda: made.clip(7.25, (640, 360)), lambda: made.jpeg(33, 44)])
def test_pieces_of_any_size_say_the_same(make: Callable[[], bytes]) -> None:
    content = make()
    assert len({read(content, piece) for piece in (1, 2, 3, 5, 11, 13, 1000, 10**6)}) == 1
