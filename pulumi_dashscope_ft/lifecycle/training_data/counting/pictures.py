"""The tokens of pictures and videos in rows: the least and the most, by the documented formulas.

A picture is cut into patches: each side is rounded to a multiple of a patch's side, and a picture with more pixels than
a limit is made smaller before. Which limit training uses is not documented, so the least is what the smallest limit
leaves, and the most is the picture as it is. A video is counted by pairs of frames (page model-training-overview).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pulumi_dashscope_ft.lifecycle.training_data.media.steps import LARGEST_SIDE, LookUp, Medium
from pulumi_dashscope_ft.lifecycle.training_data.rows.texts import Part
from pulumi_dashscope_ft.schema.numbers import is_number, number_or_same, whole

SIDES = (28, 32)
"""Pixels of a patch's side: of Qwen2.5-VL and QVQ, and of all families since."""
FEWEST_PATCHES = 4
_AROUND = 2
"""Tokens that stand around the patches."""
_USUAL_RATE = 2.0
_FEWEST_FRAMES, _MOST_FRAMES = 4, 2000
_RATES = ("fps", "sample_fps")
_RESIZED = ("resized_width", "resized_height")
_CLOSE = 1e-6
"""What is so close to a whole number may be rounded to either side of it."""


class Bounds(NamedTuple):
    """Tokens of pictures.

    :param most: for each of `SIDES`.
    """

    least: int = 0
    most: tuple[int, int] = (0, 0)

    def and_(self, other: Bounds, times: int = 1) -> Bounds:
        """Return the sum with other ones, whose most counts several times."""
        most = (self.most[0] + times * other.most[0], self.most[1] + times * other.most[1])
        return Bounds(self.least + other.least, most)


@dataclass(frozen=True, slots=True)
class PictureCount:
    """The pictures and videos of a file whose size is known.

    :param texts: tokens of text in the rows that show something.
    :param longest: the most tokens of such a row; None where a picture in one is of unknown size.
    """

    number: int
    tokens: Bounds
    texts: int
    longest: int | None

    def to_property(self) -> dict[str, Any]:
        """Return the count as a part of the output `tokens` of a file."""
        return {
            "number": self.number,
            "low": self.tokens.least,
            "high": list(self.tokens.most),
            "texts": self.texts,
            **({} if self.longest is None else {"longest": self.longest}),
        }


def pictures_of_property(value: Any) -> PictureCount | None:
    """Read such a part of an output; None when it is none."""
    high = value.get("high") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(high, (list, tuple)) or len(high) != len(SIDES):
        return None
    number, least, texts = (whole(value.get(name)) for name in ("number", "low", "texts"))
    most = [whole(one) for one in high]
    if number is None or least is None or texts is None or most[0] is None or most[1] is None or least > min(high):
        return None
    return PictureCount(number, Bounds(least, (most[0], most[1])), texts, whole(value.get("longest")))


def bounds_of(part: Part, look_up: LookUp) -> tuple[list[Bounds], int]:
    """Return the tokens of what a part of a content shows, and how many pictures and videos are of unknown size."""
    known, unknown = [], 0
    for name in _names(part.get("image")):
        medium = look_up(name)
        if medium is None or medium.size is None:
            unknown += 1
        else:
            known.append(_of_picture(medium.size))
    if "video" in part:
        video = _video(part, look_up)
        unknown += video is None
        known += [] if video is None else [video]
    return known, unknown


def _names(value: Any) -> list[str]:
    return [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]


def _of_picture(size: tuple[int, int]) -> Bounds:
    most = (_AROUND + _patches(size, SIDES[0]), _AROUND + _patches(size, SIDES[1]))
    return Bounds(_AROUND + FEWEST_PATCHES, most)


def _video(part: Part, look_up: LookUp) -> Bounds | None:
    """Return the tokens of a video, or of the list of its frames; None when they are not known."""
    named = part["video"]
    names = _names(named)
    media = [look_up(name) for name in names]
    sizes = [medium.size for medium in media if medium is not None and medium.size is not None]
    if not names or len(sizes) != len(names):
        return None
    frames: int | None = len(names) if isinstance(named, list) else _frames(media[0], part)
    if frames is None:
        return None
    resized = [number_or_same(part.get(name)) for name in _RESIZED]
    sides = [int(one) for one in resized if _is_between(one, 1, LARGEST_SIDE)]
    sizes += [(sides[0], sides[1])] if len(sides) == len(_RESIZED) else []
    pairs = math.ceil(max(frames, _FEWEST_FRAMES) / 2)
    fewest = math.ceil(_FEWEST_FRAMES / 2) * FEWEST_PATCHES
    of_old, of_new = (_AROUND + pairs * max(_patches(size, side) for size in sizes) for side in SIDES)
    return Bounds(_AROUND + fewest, (of_old, of_new))


def _frames(medium: Medium | None, part: Part) -> int | None:
    """Return how many frames of a video are looked at, at most."""
    if medium is None or medium.seconds is None:
        return None
    rates = [number_or_same(part[name]) for name in _RATES if part.get(name) is not None]
    rate = max([float(one) for one in rates if _is_between(one, 0, 1000)], default=_USUAL_RATE)
    return min(math.ceil(medium.seconds * rate), _MOST_FRAMES)


def _patches(size: tuple[int, int], side: int) -> int:
    """Return the most patches that a picture of this size is cut into: without a limit of its pixels."""
    width, height = size
    cut = math.ceil(width / side) * math.ceil(height / side)
    smallest = FEWEST_PATCHES * side * side
    if width * height < smallest:  # it is made larger
        scale = math.sqrt(smallest / (width * height)) / side
        cut = max(cut, math.ceil(width * scale + _CLOSE) * math.ceil(height * scale + _CLOSE))
    if min(size) < side:  # its short side is one patch however small it is made, so its long side may become longer
        cut = max(cut, math.isqrt(cut * max(size) // min(size)))
    return max(cut, FEWEST_PATCHES)


def _is_between(value: Any, least: float, most: float) -> bool:
    return is_number(value) and least <= value <= most
