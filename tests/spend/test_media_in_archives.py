"""Media in an archive: they are read while it is digested, once, in bounded memory, and no archive makes that hang."""

from __future__ import annotations

import io
import os
import random
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from typing import Any

import media_files as made
import pytest

from pulumi_dashscope_ft.lifecycle.training_data import formats
from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenCount, TokenMeter
from pulumi_dashscope_ft.lifecycle.training_data.counting.seconds import Clips
from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file
from pulumi_dashscope_ft.lifecycle.training_data.media import passing
from pulumi_dashscope_ft.lifecycle.training_data.media.passing import of_archive
from pulumi_dashscope_ft.lifecycle.training_data.media.steps import MOST_STEPS


def counted(path: Path) -> TokenCount:
    meter = TokenMeter()
    report = check_data_file(path, meter=meter)
    assert not report.problems
    assert report.complete
    return meter.close()


def lengths(path: Path) -> tuple[tuple[Clips, ...], int]:
    seconds = counted(path).seconds
    assert seconds is not None
    return seconds.clips, seconds.unread


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("rows_last", [False, True])
@pytest.mark.parametrize("folder", ["", "user_data/"])
def test_clips_are_found_wherever_they_stand(tmp_path: Path, method: int, rows_last: bool, folder: str) -> None:
    path = made.clip_archive(tmp_path / "x.zip", [5, 5, 6.5, 30], method=method, rows_last=rows_last, folder=folder)
    assert lengths(path) == ((Clips(5, 5, 2), Clips(6, 7, 1), Clips(30, 30, 1)), 0)


def test_recordings_are_not_rounded(tmp_path: Path) -> None:
    seconds = counted(made.speech_archive(tmp_path / "x.zip", [1.03, 2.5, 1.0])).seconds
    assert seconds is not None
    assert (seconds.total, seconds.read, seconds.unread) == (4.53, 3, 0)


def test_a_clip_counts_once_for_each_row_and_not_at_all_without_one(tmp_path: Path) -> None:
    rows = [made.clip_row("1.mp4"), made.clip_row("./1.mp4")]
    members = {"1.mp4": made.clip(4), "2.mp4": made.clip(9), "image/1.png": made.png(8, 8)}
    assert lengths(made.archive(tmp_path / "x.zip", rows, members)) == ((Clips(4, 4, 2),), 0)


def test_what_can_not_be_read_is_counted_and_no_file_is_refused_for_it(tmp_path: Path) -> None:
    whole = made.clip(5)
    members = {
        "image/1.png": made.png(8, 8),
        "good.mp4": whole,
        "cut.mp4": whole[:300],
        "text.mp4": b"this is no clip at all",
        "empty.mp4": b"",
        "sound.mp4": made.png(8, 8),
    }
    rows = [made.clip_row(name) for name in members if name != "image/1.png"]
    rows.append(made.clip_row("https://example.com/1.mp4"))
    assert lengths(made.archive(tmp_path / "x.zip", rows, members)) == ((Clips(5, 5, 1),), 5)


def test_a_clip_of_an_hour_and_more_keeps_the_summary_small(tmp_path: Path) -> None:
    path = made.clip_archive(tmp_path / "x.zip", [60 + number / 3 for number in range(300)])
    clips, _ = lengths(path)
    assert clips == (Clips(60, 160, 300),)


def test_an_archive_is_read_once_and_a_few_blocks_of_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `moov` stands behind the pictures, and all of it is packed."""
    noise = random.Random(1).randbytes(3_000_000)
    members = {f"{number}.mp4": made.clip(5, data=noise) for number in range(8)}
    rows = [made.clip_row(name) for name in members]
    path = made.archive(tmp_path / "x.zip", rows, {"image/1.png": made.png(8, 8), **members})
    read = 0

    class Counted(io.FileIO):
        def readinto(self, buffer: Any) -> int:
            nonlocal read
            count = super().readinto(buffer)
            read += count
            return count

        def read(self, size: int | None = -1) -> bytes:
            nonlocal read
            content = super().read(size)
            read += len(content)
            return content

    monkeypatch.setattr(formats, "open_regular", lambda path: Counted(path))
    assert lengths(path) == ((Clips(5, 5, 8),), 0)
    assert path.stat().st_size > 20_000_000
    assert read < path.stat().st_size + 3_000_000


def test_memory_is_bounded_by_no_clip(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(40_000_000)
    members = {"1.mp4": made.clip(5, data=noise), "image/1.png": made.png(8, 8)}
    path = made.archive(tmp_path / "x.zip", [made.clip_row("1.mp4")], members)
    del noise, members
    tracemalloc.start()
    try:
        assert lengths(path) == ((Clips(5, 5, 1),), 0)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_many_files_made_to_keep_the_readers_busy_end_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stays below the bound of a file, so there is one for all of an archive."""
    steps = MOST_STEPS - 1000
    boring = made.box(b"ftyp", bytes(4)) + made.box(b"free") * (steps // 2) + os.urandom(200)
    busy = {f"{number}.mp4": boring for number in range(5)}
    members = {"image/1.png": made.png(8, 8), "first.mp4": made.clip(5), **busy, "last.mp4": made.clip(5)}
    rows = [made.clip_row(name) for name in members if name != "image/1.png"]
    path = made.archive(tmp_path / "x.zip", rows, members)
    assert lengths(path) == ((Clips(5, 5, 2),), 5)
    monkeypatch.setattr(passing, "MOST_STEPS", 3 * steps)
    assert lengths(path) == ((Clips(5, 5, 1),), 6)


def test_what_unpacks_to_much_more_than_it_is_is_not_unpacked_for_long(tmp_path: Path) -> None:
    """A clip of zeros packs a thousand to one: behind 64 MB an archive of it is no data set, but a bomb."""
    zeros = made.clip(5, data=bytes(60_000_000))
    path = made.archive(tmp_path / "x.zip", [made.clip_row("1.mp4")] * 3, {"1.mp4": zeros, "image/1.png": b""})
    with path.open("rb", buffering=0) as file:
        media = of_archive(file, path.stat().st_size)
        assert media is not None
        media._unpacked = 1_000_000
        file.seek(0)
        media.take(memoryview(file.read()))
    assert media._unpacked > -100_000
    assert not media.found


@pytest.mark.parametrize("seed", range(40))
def test_no_damage_to_an_archive_makes_it_raise(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(made.clip_archive(tmp_path / "whole.zip", [5, 6.5]).read_bytes())
    for _ in range(chance.randint(1, 6)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path = tmp_path / "x.zip"
    path.write_bytes(content[: chance.choice([len(content), chance.randrange(4, len(content))])])
    meter = TokenMeter()
    check_data_file(path, meter=meter)
    meter.close()


def test_a_stream_that_breaks_off_is_given_up(tmp_path: Path) -> None:
    """The directory promises more than the packed bytes hold."""
    path = made.clip_archive(tmp_path / "x.zip", [5])
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("video/0.mp4")
    start = info.header_offset + 30 + len(info.filename)
    broken = zlib.compress(b"not enough", wbits=-15)
    content[start : start + len(broken)] = broken
    path.write_bytes(content)
    assert lengths(path) == ((), 1)


def test_an_archive_that_is_exchanged_in_between_says_nothing_of_the_old_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directory is read before the digest. What counts is the directory that was digested."""
    old, new = made.clip_archive(tmp_path / "old.zip", [9.5]), made.clip_archive(tmp_path / "x.zip", [5])
    before = of_archive

    def exchanged(file: Any, size: int) -> Any:
        with old.open("rb", buffering=0) as other:
            return before(other, old.stat().st_size)

    monkeypatch.setattr(formats, "of_archive", exchanged)
    clips, unread = lengths(new)
    assert (clips, unread) in [((), 1), ((Clips(5, 5, 1),), 0)]


def test_pictures_have_bounds_when_the_archive_holds_them(tmp_path: Path) -> None:
    part = {"image": "1.png"}
    rows = [
        {"messages": [{"role": "user", "content": [part, {"text": "What?"}]}, {"role": "assistant", "content": "Cat"}]},
        {
            "messages": [
                {"role": "user", "content": [part, {"image": "https://example.com/2.png"}]},
                {"role": "assistant", "content": [{"text": "Cats"}]},
            ]
        },
    ]
    count = counted(made.archive(tmp_path / "x.zip", rows, {"1.png": made.png(640, 470)}))
    assert count.uncounted == 1
    assert count.pictures is not None
    assert count.pictures.number == 2
    assert count.pictures.tokens.least == 2 * 6
    assert count.pictures.tokens.most == (2 * (23 * 17 + 2), 2 * (20 * 15 + 2))
    assert count.pictures.longest is None
    assert 0 < count.pictures.texts <= count.tokens


def test_text_is_counted_as_before(tmp_path: Path) -> None:
    """A state of an earlier release stays as it is."""
    path = tmp_path / "train.jsonl"
    path.write_text('{"text": "Once upon a time."}\n')
    count = counted(path)
    assert (count.pictures, count.seconds) == (None, None)


def test_the_sample_files_are_what_they_say() -> None:
    assert struct.unpack(">I", made.clip(5)[:4])[0] == len(made.box(b"ftyp", b"isom", bytes(4), b"isom"))
