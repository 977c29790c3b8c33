"""What pictures and videos in rows add to a run, whatever limit of their pixels counts in training."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from pulumi_dashscope_ft.lifecycle.training_data.counting.pictures import SIDES
from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import TokenSummary

from .figures import Run

_OLD_PATCHES = ("qwen2.5-vl", "qvq")
"""How the names of models begin whose patches are the smaller ones."""
_LONGER = Decimal("1.15")
"""How much longer a row may be than its approximated text."""


class Shown(NamedTuple):
    """What rows show.

    :param texts: tokens of text that are trained on at least.
    :param low: tokens of an epoch that come to these, at least.
    :param high: the same, at most, as far as they are known.
    :param unbounded: why they may be more; None where they can't.
    """

    texts: int
    low: int = 0
    high: int = 0
    unbounded: str | None = None
    remarks: tuple[str, ...] = ()


def shown(run: Run, data: Sequence[TokenSummary], limit: int | None, texts: int, *, cuts: bool) -> Shown:
    """Return what the rows of these files show.

    :param limit: the `max_length` of the job.
    :param texts: tokens of text that are trained on, if what rows show makes none of them too long.
    :param cuts: whether rows that are too long are cut, and not dropped.
    """
    counts = [(count, count.pictures) for count in data if count.pictures is not None]
    uncounted, number = sum(count.uncounted for count in data), sum(pictures.number for _, pictures in counts)
    if not uncounted and not number:
        return Shown(texts)
    side = SIDES[0] if run.base.startswith(_OLD_PATCHES) else SIDES[1]
    low = high = 0
    remarks = []
    for count, pictures in counts:
        longest = None if pictures.longest is None else pictures.longest * (1 if count.exact else _LONGER)
        high += pictures.tokens.most[SIDES.index(side)]
        if limit is None or (longest is not None and longest <= limit):
            low += pictures.tokens.least
            continue
        texts = texts if cuts else max(texts - pictures.texts, 0)
        remarks.append("rows with pictures may be longer than max_length: they are not in the lower figure")
    if number:
        remarks.append(
            "the limit of a picture's pixels in training is not documented: the lower figure has 4 patches of each, "
            f"the upper one the whole picture in patches of {side} × {side}"
        )
    unbounded = None
    if uncounted:
        beside = f" (the size of {number:,} others is)" if number else ""
        unbounded = f"the tokens of {uncounted:,} pictures and videos come on top and are not known{beside}"
    return Shown(texts, low, high, unbounded, tuple(dict.fromkeys(remarks)))
