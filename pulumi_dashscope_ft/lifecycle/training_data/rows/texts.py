"""The texts and media of a row, found in one walk: for the longest row, and for the count of tokens.

A file has a million rows, so what only some need (a message's role, its calls of tools) is looked up when it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import CHAT, CPT, DECISION, DPO, PROMPT, VL

Part = Mapping[str, Any]
Message = tuple[tuple[str, ...], Mapping[str, Any]]
"""The texts of a message's content, and the message as it stands in the row."""

_WITH_MESSAGES = (CHAT, VL, PROMPT, DPO)
_WITH_MEDIA = (VL, DPO)
_NO_MESSAGE: Message = ((), {})


class RowTexts(NamedTuple):
    """What there is of text in a row, and what it shows.

    :param prompt: all messages, or those before the two answers of a preference.
    :param answers: the two answers of a preference.
    :param shown: parts with a picture or a video.
    """

    kind: str
    row: Mapping[str, Any]
    prompt: Sequence[Message]
    answers: Sequence[Message] = ()
    shown: Sequence[Part] = ()

    @property
    def tools(self) -> Sequence[Any]:
        """The tools of a conversation."""
        tools = self.row.get("tools")
        return tools if isinstance(tools, list) and self.kind in _WITH_MESSAGES else ()


def row_texts(kind: str | None, row: Any) -> RowTexts | None:
    """Return the texts of a row of this shape; None when what is trained on is not text."""
    if not isinstance(row, dict):
        return None
    if kind in _WITH_MESSAGES:
        messages = row.get("messages")
        shown: list[Part] = []
        prompt = [
            # Nearly all are like this, and a call for each would take longer than the rest.
            ((message["content"],), message)
            if type(message) is dict and type(message.get("content")) is str
            else _message(message, shown)
            for message in (messages if isinstance(messages, list) else ())
        ]
        if kind == DPO:
            answers = [_message(row.get(name), shown) for name in ("chosen", "rejected")]
            return RowTexts(DPO, row, prompt, answers, shown)
        return RowTexts(kind, row, prompt, (), shown if kind in _WITH_MEDIA else ())
    if kind == CPT:
        return RowTexts(CPT, row, [(_texts(row.get("text"), []), row)])
    return RowTexts(DECISION, row, ()) if kind == DECISION else None


def _message(message: Any, shown: list[Part]) -> Message:
    if not isinstance(message, dict):
        return _NO_MESSAGE
    content = message.get("content")
    return ((content,) if isinstance(content, str) else _texts(content, shown)), message


def _texts(content: Any, shown: list[Part]) -> tuple[str, ...]:
    """Return the texts of a content, and add its parts that show something to `shown`."""
    if isinstance(content, str):
        return (content,)
    if not isinstance(content, list):
        return ()
    parts = [part for part in content if isinstance(part, dict)]
    shown += [part for part in parts if "image" in part or "video" in part]
    return tuple([part["text"] for part in parts if isinstance(part.get("text"), str)])
