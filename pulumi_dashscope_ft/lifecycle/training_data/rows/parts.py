"""The parts of a message's content: texts, pictures and videos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import Note, problem, warning, what
from pulumi_dashscope_ft.schema.numbers import is_number

_PARTS = ("text", "image", "video")
_FRAME_RATES = ("fps", "sample_fps")
_LOWEST_RATE, _HIGHEST_RATE = 0.1, 10
"""Frames per second (API page text-generation-tuning-data-upload-rules)."""


def part_notes(parts: list[Any], name: str) -> Iterator[Note]:
    """Yield what is wrong with a content that is a list, of the message called by the given name."""
    shape = '{"text": "…"}, {"image": "1.jpg"} or {"video": "1.mp4"}'
    if not parts:
        yield problem(f'{name}: "content" is an empty list: it must hold parts such as {shape}')
    for position, part in enumerate(parts, start=1):
        place = f"{name}, part {position}"
        if not isinstance(part, dict):
            yield problem(f"{place} is {what(part)}: it must be an object such as {shape}")
            continue
        kinds = [kind for kind in _PARTS if kind in part]
        if not kinds:
            openai = " (image_url is another API's format)" if "image_url" in part else ""
            yield problem(f'{place} has neither "text" nor "image" nor "video"{openai}: write {shape}')
        for kind in kinds:
            yield from _value_notes(kind, part[kind], place)
        if "video" in part:
            yield from _video_notes(part, place)


def content_media(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of all pictures and videos that a row's messages refer to."""
    messages = row.get("messages")
    for message in [*(messages if isinstance(messages, list) else []), row.get("chosen"), row.get("rejected")]:
        content = message.get("content") if isinstance(message, dict) else None
        for part in content if isinstance(content, list) else []:
            for kind in ("image", "video"):
                value = part.get(kind) if isinstance(part, dict) else None
                names = value if isinstance(value, list) else [value]
                yield from (name for name in names if isinstance(name, str))


def content_texts(content: Any) -> Iterator[str]:
    """Yield the texts of a message's content."""
    if isinstance(content, str):
        yield content
    for part in content if isinstance(content, list) else ():
        text = part.get("text") if isinstance(part, dict) else None
        if isinstance(text, str):
            yield text


def is_empty(content: Any) -> bool:
    """Whether a content says nothing: blank text, or a list of nothing but blank texts."""
    if isinstance(content, str):
        return not content.strip()
    return (
        isinstance(content, list)
        and bool(content)
        and all(
            isinstance(part, dict) and part.keys() <= {"text", "type"} and isinstance(part.get("text"), str)
            for part in content
        )
        and not any(text.strip() for text in content_texts(content))
    )


def thinks(content: Any) -> bool:
    """Whether an assistant's content contains its thoughts."""
    return any("<think>" in text for text in content_texts(content))


def _value_notes(kind: str, value: Any, place: str) -> Iterator[Note]:
    frames = kind == "video" and isinstance(value, list) and value and all(isinstance(item, str) for item in value)
    if not isinstance(value, str) and not frames:
        yield problem(f'{place}: "{kind}" is {what(value)}: it must be a string')
    elif kind != "text" and not value:
        yield problem(f'{place}: "{kind}" is empty: it must be the name of a file in the archive')


def _video_notes(part: Mapping[str, Any], place: str) -> Iterator[Note]:
    """Yield notes about how a video is sampled."""
    for key in _FRAME_RATES:
        rate = part.get(key)
        if key in part and not _is_rate(rate):
            yield warning(
                f'{place}: "{key}" is {what(rate)}; documented are numbers from {_LOWEST_RATE} to {_HIGHEST_RATE}',
                "video",
            )
    for key in ("video_start", "video_end"):
        if key in part and isinstance(part["video"], list):
            yield warning(f'{place}: "{key}" counts for a video file only, not for a list of frames', "video")


def _is_rate(value: Any) -> bool:
    return is_number(value) and _LOWEST_RATE <= value <= _HIGHEST_RATE
