"""What counting tokens, and reading the lengths of clips, adds to the check of a training file.

Why it exists: a file is read once, when Pulumi checks its resource, and an `up` waits for it. The count must not make
that a coffee break. The rows are conversations in English and Chinese, of the length of a support ticket.
"""

from __future__ import annotations

import json
import random
import re
import struct
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenMeter
from pulumi_dashscope_ft.lifecycle.training_data.counting.vocabulary import vocabulary
from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file

from .figures import Figure, Target

MOST = Target(1.5, of_ratio=True)
_WORDS = re.findall(
    r"\w+",
    "the order has not arrived yet could you please check where it is and tell me when the delivery will happen thank "
    "you very much for your quick answer refund policy broken package tracking number street address payment invoice",
)
_CHARACTERS = (
    "您好我的订单还没有收到请问什么时候能够送达谢谢您的帮助我们已经为您查询物流信息包裹目前正在运输途中预计明天下午送到"
    "请保持电话畅通如果有任何问题随时联系客服退款将在三个工作日内到账"
)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Seconds that one check took: as long as one waits for it, and of processors."""

    waited: float
    worked: float


def figures(megabytes: int, repetitions: int) -> list[Figure]:
    """Check a file of this size without a count, with an approximated one, and with an exact one.

    The vocabulary, which a process loads once, is loaded before.
    """
    exact = vocabulary()
    plain: list[_Taken] = []
    approximated: list[_Taken] = []
    counted: list[_Taken] = []
    with TemporaryDirectory(prefix="benchmark-") as folder:
        path = Path(folder, "train.jsonl")
        _write(path, megabytes * 2**20)
        for _ in range(repetitions):
            plain.append(_check(path, None))
            approximated.append(_check(path, TokenMeter()))
            counted.append(_check(path, TokenMeter(exact)))
        clips = Path(folder, "clips.zip")
        _write_clips(clips, megabytes)
        unread = [_check(clips, None) for _ in range(repetitions)]
        read = [_check(clips, TokenMeter()) for _ in range(repetitions)]
    what = f"check of {megabytes} MB of training data"
    return [
        *_figures(f"{what}, tokens approximated", approximated, plain, beside=False),
        *_figures(f"{what}, tokens counted exactly", counted, plain, beside=True),
        *_figures(f"check of {megabytes} MB of packed clips, their lengths read", read, unread, beside=False),
    ]


def _figures(what: str, taken: list[_Taken], plain: list[_Taken], *, beside: bool) -> list[Figure]:
    """Return both figures: on a busy machine, the time that one waits says little.

    An exact count is made on a second core while the next rows are read, so there only the time that one waits is
    judged.
    """
    return [
        Figure(
            f"{what} (beside: not counted)", "s", [each.waited for each in taken], [each.waited for each in plain], MOST
        ),
        Figure(
            f"{what}, processor time (beside: not counted)",
            "s",
            [each.worked for each in taken],
            [each.worked for each in plain],
            None if beside else MOST,
        ),
    ]


def _check(path: Path, meter: TokenMeter | None) -> _Taken:
    waited, worked = time.perf_counter(), time.process_time()
    report = check_data_file(path, meter=meter)
    if meter is not None:
        meter.close()
    taken = _Taken(time.perf_counter() - waited, time.process_time() - worked)
    if not report.complete or report.problems:
        raise RuntimeError(f"the data was not read whole: {report.problems}")
    return taken


def _write(path: Path, size: int) -> None:
    """Write rows until the file has this size, always the same ones."""
    chance = random.Random(1)

    def text(least: int, most: int) -> str:
        length = chance.randint(least, most)
        if chance.random() < 0.5:
            return " ".join(chance.choices(_WORDS, k=length)).capitalize() + "."
        return "".join(chance.choices(_CHARACTERS, k=length)) + "。"

    with path.open("w", encoding="utf-8") as file:
        while file.tell() < size:
            asked = {"role": "user", "content": text(10, 120)}
            rows = {"messages": [asked, {"role": "assistant", "content": text(20, 200)}]}
            file.write(json.dumps(rows, ensure_ascii=False) + "\n")


def _write_clips(path: Path, megabytes: int) -> None:
    """Write an archive of clips of a megabyte each, packed, and with what says how long they are at their end."""
    chance = random.Random(1)
    times = struct.pack(">5I", 0, 0, 0, 1000, 5000)
    movie = struct.pack(">I4sI4s", 16 + len(times), b"moov", 8 + len(times), b"mvhd") + times
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.png", b"")
        rows = []
        for number in range(megabytes):
            pictures = chance.randbytes(2**20)
            archive.writestr(f"{number}.mp4", struct.pack(">I4s", 8 + len(pictures), b"mdat") + pictures + movie)
            rows.append({"prompt": "A boat.", "first_frame_path": "1.png", "video_path": f"{number}.mp4"})
        archive.writestr("data.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
