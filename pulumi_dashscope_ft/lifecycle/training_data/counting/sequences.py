"""What the service trains on of one row: one or two sequences of messages, as the chat template writes them.

Each message stands between two special tokens, after its role and a line break, which is how all published templates of
the Qwen families begin. What a template adds for tools is taken as a fixed number of tokens (`TOOLS_FRAME`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pulumi_dashscope_ft.lifecycle.training_data.rows.parts import content_media, content_texts
from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import CHAT, CPT, DECISION, DPO, PROMPT, VL

BEGIN, END = "<|im_start|>", "<|im_end|>"
MESSAGE_FRAME = 5
"""Tokens around a message: its begin, its role, a line break, its end, and another line break."""
TOOLS_FRAME = 130
"""Tokens around the list of tools, roughly: the published templates of Qwen 2.5 and 3 have 120 to 140."""

_PLAIN = {"role", "content", "loss_weight"}
TRAINED_AS_TEXT = (CHAT, VL, PROMPT, DPO, CPT, DECISION)


class TrainedRow(NamedTuple):
    """What is trained on of one row.

    :param prompt: messages that stand before each ending, as (role, text).
    :param endings: what follows: an answer and its alternative for preferences, else one empty ending.
    :param framed: whether the messages stand in the chat template; plain text does not.
    :param more: tokens that come with the first message.
    :param pictures: number of pictures and videos, whose tokens are not counted.
    """

    prompt: tuple[tuple[str, str], ...]
    endings: tuple[tuple[tuple[str, str], ...], ...] = ((),)
    framed: bool = True
    more: int = 0
    pictures: int = 0


def trained_row(kind: str | None, row: Any) -> TrainedRow | None:
    """Return what is trained on of a row of this shape; None where that is not text."""
    if not isinstance(row, dict) or kind not in TRAINED_AS_TEXT:
        return None
    if kind == CPT:
        return TrainedRow((("", "".join(content_texts(row.get("text")))),), framed=False)
    if kind == DECISION:
        return TrainedRow((("user", _json({name: row.get(name) for name in ("state", "questions")})),))
    messages = row.get("messages")
    prompt = tuple([_of(message) for message in (messages if isinstance(messages, list) else ())])
    tools, more = row.get("tools"), 0
    if isinstance(tools, list) and tools:
        prompt, more = (("system", "\n".join(map(_json, tools))), *prompt), TOOLS_FRAME
    pictures = sum(1 for _ in content_media(row)) if kind in (VL, DPO) else 0
    if kind == DPO:
        endings = tuple((_of(row.get(name)),) for name in ("chosen", "rejected"))
        return TrainedRow(prompt, endings, more=more, pictures=pictures)
    return TrainedRow(prompt, more=more, pictures=pictures)


def written(messages: tuple[tuple[str, str], ...], *, framed: bool) -> str:
    """Write messages as the template does, with its special tokens."""
    if not framed:
        return "".join(text for _, text in messages)
    return "".join([f"{BEGIN}{role}\n{text}{END}\n" for role, text in messages])


def _of(message: Any) -> tuple[str, str]:
    if not isinstance(message, dict):
        return "", ""
    content = message.get("content")
    if isinstance(content, str) and message.keys() <= _PLAIN:
        return str(message.get("role") or ""), content
    return str(message.get("role") or ""), "".join(_texts(message))


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    thoughts = message.get("reasoning_content")
    if isinstance(thoughts, str) and thoughts:
        yield f"<think>\n{thoughts}\n</think>\n\n"
    yield from content_texts(message.get("content"))
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        yield f"\n<tool_call>\n{_json(call.get('function', call) if isinstance(call, Mapping) else call)}\n</tool_call>"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
