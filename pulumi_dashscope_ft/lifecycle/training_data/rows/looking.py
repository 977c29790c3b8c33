"""The check of one row: find its shape, then everything that is wrong with it.

A job trained on rows of the wrong shape fails after some minutes, or trains on something else than the user meant. The
rules are applied to one row at a time, without knowing where it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.rows.decision import decision_notes
from pulumi_dashscope_ft.lifecycle.training_data.rows.media import Mention, media_shape
from pulumi_dashscope_ft.lifecycle.training_data.rows.messages import message_notes, one_message
from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import (
    Note,
    likely_key,
    misspelled_keys,
    problem,
    quote_text,
    warning,
    what,
)
from pulumi_dashscope_ft.lifecycle.training_data.rows.parts import content_media
from pulumi_dashscope_ft.lifecycle.training_data.rows.prompts import prompt_notes
from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import (
    CHAT,
    CPT,
    DECISION,
    DPO,
    EXAMPLES,
    MEDIA,
    PROMPT,
    kind_of,
)
from pulumi_dashscope_ft.lifecycle.training_data.rows.tools import tool_notes

_FOREIGN: Mapping[str, str] = {
    "conversations": "looks like the ShareGPT format",
    "instruction": "looks like the Alpaca format",
    "prompt": "looks like a prompt with its completion",
    "question": "looks like a question with its answer",
}
_KEYS = ("messages", "chosen", "rejected", "text", "tools", "rollout_extra", "state", "questions")


@dataclass(frozen=True, slots=True)
class Row:
    """The result for one row."""

    kind: str | None
    notes: tuple[Note, ...]
    media: tuple[Mention, ...] = ()
    """The pictures, videos and recordings that the row refers to."""
    timed: str | None = None
    """The clip or recording whose seconds are billed."""


def look_at(row: Any, *, loose: bool = False) -> Row:
    """Find the shape of a row and everything that is wrong with it. Never raises because of what the row contains.

    `loose` accepts rows of no known shape as "media": in an archive, they may be for a model that this release does not
    know.
    """
    if not isinstance(row, dict):
        found = f"is {what(row)}, not a JSON object: a row must be an object such as {EXAMPLES[CHAT]}"
        return Row(None, (problem(found),))
    if "messages" not in row:
        shape = media_shape(row, loose=loose)
        if shape is not None:
            return Row(MEDIA, shape.notes, shape.media, shape.timed)
    kind = kind_of(row)
    if kind is None:
        return Row(None, (problem(_no_shape(row)),))
    notes = (*_notes(kind, row), *misspelled_keys(row, _KEYS, "the row"))
    return Row(kind, notes, tuple(Mention(name, needed=False) for name in content_media(row)))


def _notes(kind: str, row: Mapping[str, Any]) -> Iterator[Note]:
    if kind == CPT:
        yield from _text_notes(row["text"])
    elif kind == DECISION:
        yield from decision_notes(row)
    else:
        yield from message_notes(row.get("messages"), answered=kind not in (DPO, PROMPT))
        yield from tool_notes(row)
        if kind == DPO:
            yield from _preference_notes(row)
        elif kind == PROMPT:
            yield from prompt_notes(row)
        elif "rollout_extra" in row:
            yield warning(
                'has "rollout_extra", which only reinforcement and pg_opd use, but also an assistant message, which '
                "rows for those must not have",
                "rollout_extra",
            )


def _no_shape(row: Mapping[str, Any]) -> str:
    if not row:
        return f"is an empty object: a row must be an object such as {EXAMPLES[CHAT]}"
    for key, looks in _FOREIGN.items():
        if key in row:
            return f'has no "messages" and {looks}: rewrite it as {EXAMPLES[CHAT]}'
    keys = ", ".join(quote_text(key) for key in list(row)[:5])
    meant = next((found for key in list(row)[:20] if (found := likely_key(key, _KEYS))), None)
    return (
        f'has no "messages" (it has {keys}{f"; did you mean {quote_text(meant)}?" if meant else ""}): '
        f'a row must be an object such as {EXAMPLES[CHAT]}, or {EXAMPLES[CPT]} for training type "cpt"'
    )


def _text_notes(text: Any) -> Iterator[Note]:
    if not isinstance(text, str):
        yield problem(f'"text" is {what(text)}: it must be a string, as in {EXAMPLES[CPT]}')
    elif not text.strip():
        yield warning('"text" is empty, so there is nothing to learn from this row')


def _preference_notes(row: Mapping[str, Any]) -> Iterator[Note]:
    for name in ("chosen", "rejected"):
        if name not in row:
            other = "rejected" if name == "chosen" else "chosen"
            yield problem(f'has "{other}" but no "{name}": a preference row needs both, as in {EXAMPLES[DPO]}')
            continue
        yield from one_message(row[name], quote_text(name), roles=("assistant",))
    chosen, rejected = row.get("chosen"), row.get("rejected")
    if isinstance(chosen, dict) and isinstance(rejected, dict) and chosen.get("content") == rejected.get("content"):
        yield warning('"chosen" and "rejected" say the same, so there is nothing to learn from this row')
    messages = row.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    if isinstance(last, dict) and last.get("role") == "assistant":
        yield warning('"messages" ends with an assistant message, where the chosen and the rejected answer belong')
