"""The check of rows for image, video and speech models: texts, and the names of files in the same archive.

Source: API pages wan-video-generation-finetune-guide, wan-image-generation-finetune-guide,
image-generation-create-fine-tuning-job-api (wan image and qwen-image) and fine-tune-speech-synthesis-model-by-api
(CosyVoice). A row of another shape may be for a model that this release does not know: then only the files that its
keys seem to name are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import (
    Note,
    misspelled_keys,
    problem,
    quote_text,
    warning,
    what,
)

_OF_A_FILE = re.compile(r"(_path|_fn|_file|_img|_image|_video|_audio|_wav)\Z", re.IGNORECASE)


class Mention(NamedTuple):
    """A file that a row names."""

    name: str
    needed: bool
    """Whether the row can't be trained on without the file."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """A documented shape.

    :param marks: keys that no other shape has.
    :param file: key of the file that the row is about.
    :param files: keys of further files.
    :param advised: keys that every sample of the guide has, beside `text`.
    :param text: key of the text.
    :param text_needed: whether a row without text is of no use.
    :param is_timed: whether the seconds of the file are billed.
    """

    name: str
    marks: tuple[str, ...]
    file: str
    files: tuple[str, ...]
    advised: tuple[str, ...]
    text: str
    text_needed: bool
    is_timed: bool
    example: str

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.file, *self.files, self.text)


_SHAPES = (
    _Shape(
        "video",
        ("video_path", "first_frame_path", "last_frame_path"),
        "video_path",
        ("first_frame_path", "last_frame_path"),
        ("first_frame_path",),
        "prompt",
        False,
        True,
        '{"prompt": "…", "first_frame_path": "image/1.png", "video_path": "video/1.mp4"}',
    ),
    _Shape(
        "image",
        ("img_path", "input_img"),
        "img_path",
        ("input_img",),
        (),
        "prompt",
        False,
        False,
        '{"prompt": "…", "img_path": "1.png"}',
    ),
    _Shape("speech", ("wav_fn",), "wav_fn", (), (), "text", True, True, '{"wav_fn": "train/1.wav", "text": "…"}'),
)


@dataclass(frozen=True, slots=True)
class MediaRow:
    """What was found in a row for an image, video or speech model.

    :param timed: the clip or recording whose seconds are billed; None where there is none.
    """

    notes: tuple[Note, ...]
    media: tuple[Mention, ...]
    timed: str | None = None


def media_shape(row: Mapping[str, Any], *, loose: bool) -> MediaRow | None:
    """Check a row that has no "messages" as a row for an image, video or speech model; None when it is none.

    :param loose: whether a row of no known shape is one, too. An empty row is none, nor one with keys of a text row.
    """
    shape = next((shape for shape in _SHAPES if any(mark in row for mark in shape.marks)), None)
    if shape is not None:
        name = row.get(shape.file) if shape.is_timed else None
        timed = name if isinstance(name, str) and name else None
        return MediaRow(tuple(_shape_notes(row, shape)), tuple(_mentions(row, shape)), timed)
    if loose and row and not row.keys() & {"text", "chosen", "rejected", "state", "questions"}:
        return MediaRow((), tuple(_likely_mentions(row)))
    return None


def _shape_notes(row: Mapping[str, Any], shape: _Shape) -> Iterator[Note]:
    yield from misspelled_keys(row, shape.keys, "the row")
    other = next((one for one in _SHAPES if one is not shape and any(mark in row for mark in one.marks)), None)
    if other is not None:
        yield warning(f"has keys of {shape.name} rows and of {other.name} rows: a job trains on one of them", "mixed")
    if shape.file not in row:
        yield problem(f"has no {quote_text(shape.file)}: {_article(shape)} row is such as {shape.example}")
    for key in (shape.file, *shape.files):
        if key in row:
            yield from _file_notes(row[key], key, shape)
    for key in shape.advised:
        if key not in row:
            yield warning(f"has no {quote_text(key)}; documented are rows such as {shape.example}", f"no {key}")
    text = row.get(shape.text)
    if text is None or (isinstance(text, str) and not text.strip()):
        says = f"has no {quote_text(shape.text)}: write what the {shape.name} shows, as in {shape.example}"
        if shape.text_needed:
            says = f"has no {quote_text(shape.text)}: write what is said, as in {shape.example}"
        yield problem(says) if shape.text_needed else warning(says, "no text")
    elif not isinstance(text, str):
        yield problem(f"{quote_text(shape.text)} is {what(text)}: it must be a string, as in {shape.example}")


def _file_notes(value: Any, key: str, shape: _Shape) -> Iterator[Note]:
    several = key in shape.files and isinstance(value, list) and value
    for name in value if several else [value]:
        if not isinstance(name, str):
            yield problem(f"{quote_text(key)} is {what(value)}: it must be the name of a file, as in {shape.example}")
            return
        if not name:
            yield problem(f"{quote_text(key)} is empty: it must be the name of a file, as in {shape.example}")
            return


def _mentions(row: Mapping[str, Any], shape: _Shape) -> Iterator[Mention]:
    for key in (shape.file, *shape.files):
        value = row.get(key)
        names = value if isinstance(value, list) else [value]
        yield from (Mention(name, needed=True) for name in names if isinstance(name, str) and name)


def _likely_mentions(row: Mapping[str, Any]) -> Iterator[Mention]:
    for key, value in row.items():
        if isinstance(value, str) and value and _OF_A_FILE.search(key):
            yield Mention(value, needed=False)


def _article(shape: _Shape) -> str:
    return f"an {shape.name}" if shape.name[0] in "aeiou" else f"a {shape.name}"
