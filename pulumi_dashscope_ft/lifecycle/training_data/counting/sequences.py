"""What the service trains on of one row: one or two sequences of messages, as the chat template writes them.

Each message stands between two special tokens, after its role and a line break, which is how all published templates of
the Qwen families begin. What a template adds for tools is taken as a fixed number of tokens (`TOOLS_FRAME`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import CPT, DECISION
from pulumi_dashscope_ft.lifecycle.training_data.rows.texts import Message, RowTexts

BEGIN, END = "<|im_start|>", "<|im_end|>"
MESSAGE_FRAME = 5
"""Tokens around a message: its begin, its role, a line break, its end, and another line break."""
TOOLS_FRAME = 130
"""Tokens around the list of tools, roughly: the published templates of Qwen 2.5 and 3 have 120 to 140."""


class TrainedRow(NamedTuple):
    """What is trained on of one row.

    :param prompt: messages that stand before each ending, as (role, text).
    :param endings: what follows: an answer and its alternative for preferences, else one empty ending.
    :param framed: whether the messages stand in the chat template; plain text does not.
    :param more: tokens that come with the first message.
    """

    prompt: tuple[tuple[str, str], ...]
    endings: tuple[tuple[tuple[str, str], ...], ...] = ((),)
    framed: bool = True
    more: int = 0


def trained_row(row: RowTexts) -> TrainedRow:
    """Return what is trained on of a row."""
    if row.kind == CPT:
        return TrainedRow((("", "".join(row.prompt[0][0])),), framed=False)
    if row.kind == DECISION:
        return TrainedRow((("user", _json({name: row.row.get(name) for name in ("state", "questions")})),))
    prompt, tools = tuple(map(_written, row.prompt)), row.tools
    more = 0
    if tools:
        prompt, more = (("system", "\n".join(map(_json, tools))), *prompt), TOOLS_FRAME
    if row.answers:
        return TrainedRow(prompt, tuple([(_written(answer),) for answer in row.answers]), True, more)
    return TrainedRow(prompt, ((),), True, more)


def written(messages: tuple[tuple[str, str], ...], *, framed: bool) -> str:
    """Write messages as the template does, with its special tokens."""
    if not framed:
        return "".join(text for _, text in messages)
    return "".join([f"{BEGIN}{role}\n{text}{END}\n" for role, text in messages])


def _written(message: Message) -> tuple[str, str]:
    """Return role and text of a message: its thoughts, its content, its calls of tools."""
    texts, said = message
    role = str(said.get("role") or "")
    thoughts, calls = said.get("reasoning_content"), said.get("tool_calls")
    if not thoughts and not calls:
        return role, texts[0] if len(texts) == 1 else "".join(texts)
    before = f"<think>\n{thoughts}\n</think>\n\n" if isinstance(thoughts, str) and thoughts else ""
    return role, "".join((before, *texts, *map(_call, calls if isinstance(calls, list) else ())))


def _call(call: Any) -> str:
    return f"\n<tool_call>\n{_json(call.get('function', call) if isinstance(call, Mapping) else call)}\n</tool_call>"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
