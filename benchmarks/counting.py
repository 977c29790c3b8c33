"""What counting tokens adds to the check of a training file.

Why it exists: a file is read once, when Pulumi checks its resource, and an `up` waits for it. The count must not make
that a coffee break. The rows are conversations in English and Chinese, of the length of a support ticket.
"""

from __future__ import annotations

import json
import random
import re
import time
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


def figures(megabytes: int, repetitions: int) -> list[Figure]:
    """Check a file of this size without a count, with an approximated one, and with an exact one."""
    exact = vocabulary()
    plain: list[float] = []
    approximated: list[float] = []
    counted: list[float] = []
    with TemporaryDirectory(prefix="benchmark-") as folder:
        path = Path(folder, "train.jsonl")
        _write(path, megabytes * 2**20)
        for _ in range(repetitions):
            plain.append(_seconds(path, None))
            approximated.append(_seconds(path, TokenMeter()))
            counted.append(_seconds(path, TokenMeter(exact)))
    what = f"check of {megabytes} MB of training data"
    return [
        Figure(f"{what}, tokens approximated (beside: not counted)", "s", approximated, plain, MOST),
        Figure(f"{what}, tokens counted exactly (beside: not counted)", "s", counted, plain, MOST),
    ]


def _seconds(path: Path, meter: TokenMeter | None) -> float:
    started = time.perf_counter()
    report = check_data_file(path, meter=meter)
    if meter is not None:
        meter.close()
    took = time.perf_counter() - started
    if not report.complete or report.problems:
        raise RuntimeError(f"the data was not read whole: {report.problems}")
    return took


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
