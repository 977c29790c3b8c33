"""The texts and media of a row, found in one walk: for the longest row, and for the count of tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import CHAT, CPT, DECISION, DPO, PROMPT, VL

Part = Mapping[str, Any]

_WITH_MESSAGES = (CHAT, VL, PROMPT, DPO)
_WITH_MEDIA = (VL, DPO)


class Message(NamedTuple):
    """A message of a row.

    :param texts: those of its content.
    :param thoughts: what stands before the content, without its tags.
    :param calls: calls of tools, as they stand in the row.
    """

    role: str
    texts: tuple[str, ...] = ()
    thoughts: str = ""
    calls: Sequence[Any] = ()


class RowTexts(NamedTuple):
    """What there is of text in a row, and what it shows.

    :param prompt: all messages, or those before the two answers of a preference.
    :param answers: the two answers of a preference.
    :param tools: the tools of a conversation.
    :param data: what a decision row holds beside its answer; None for other rows.
    :param shown: parts with a picture or a video.
    """

    kind: str
    prompt: Sequence[Message]
    answers: Sequence[Message] = ()
    tools: Sequence[Any] = ()
    data: Mapping[str, Any] | None = None
    shown: Sequence[Part] = ()


def row_texts(kind: str | None, row: Any) -> RowTexts | None:
    """Return the texts of a row of this shape; None when what is trained on is not text."""
    if not isinstance(row, dict):
        return None
    if kind in _WITH_MESSAGES:
        messages = row.get("messages")
        shown: list[Part] = []
        prompt = [_message(message, shown) for message in (messages if isinstance(messages, list) else ())]
        answers = [_message(row.get(name), shown) for name in ("chosen", "rejected")] if kind == DPO else ()
        tools = row.get("tools")
        return RowTexts(
            str(kind),
            prompt,
            answers,
            tools if isinstance(tools, list) else (),
            shown=shown if kind in _WITH_MEDIA else (),
        )
    if kind == CPT:
        return RowTexts(CPT, (Message("", _texts(row.get("text"), [])),))
    if kind == DECISION:
        return RowTexts(DECISION, (), data={name: row.get(name) for name in ("state", "questions")})
    return None


def _message(message: Any, shown: list[Part]) -> Message:
    if not isinstance(message, dict):
        return Message("")
    role, content = str(message.get("role") or ""), message.get("content")
    texts = (content,) if isinstance(content, str) else _texts(content, shown)
    thoughts, calls = message.get("reasoning_content"), message.get("tool_calls")
    if not thoughts and not calls:
        return Message(role, texts)
    return Message(role, texts, thoughts if isinstance(thoughts, str) else "", calls if isinstance(calls, list) else ())


def _texts(content: Any, shown: list[Part]) -> tuple[str, ...]:
    """Return the texts of a content, and add its parts that show something to `shown`."""
    if isinstance(content, str):
        return (content,)
    if not isinstance(content, list):
        return ()
    parts = [part for part in content if isinstance(part, dict)]
    shown += [part for part in parts if "image" in part or "video" in part]
    return tuple([part["text"] for part in parts if isinstance(part.get("text"), str)])
