"""What a row of training data must look like.

A job trained on rows of the wrong shape fails after some minutes, or trains on something else than the user meant. The
rules (API reference, page model-training-overview and the guide it links to) are applied here, to one row at a time and
without knowing where it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.messages import content_media, message_notes, one_message
from pulumi_dashscope_ft.lifecycle.training_data.notes import Note, problem, quote_text, warning, what

CHAT, DPO, CPT, VL, MEDIA = "chat", "dpo", "cpt", "vl", "media"

EXAMPLES: Mapping[str, str] = {
    CHAT: '{"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}',
    DPO: (
        '{"messages": [{"role": "user", "content": "…"}], "chosen": {"role": "assistant", "content": "…"}, '
        '"rejected": {"role": "assistant", "content": "…"}}'
    ),
    CPT: '{"text": "…"}',
    VL: (
        '{"messages": [{"role": "user", "content": [{"image": "1.jpg"}, {"text": "…"}]}, '
        '{"role": "assistant", "content": [{"text": "…"}]}]}'
    ),
}

_FOR_TRAINING: Mapping[str, tuple[str, ...]] = {
    "sft": (CHAT, VL),
    "efficient_sft": (CHAT, VL, MEDIA),
    "dpo_full": (DPO,),
    "dpo_lora": (DPO,),
    "cpt": (CPT,),
}
_TRAINED_BY: Mapping[str, str] = {
    CHAT: "sft or efficient_sft",
    VL: "sft or efficient_sft",
    DPO: "dpo_full or dpo_lora",
    CPT: "cpt",
    MEDIA: "efficient_sft",
}
_FOREIGN: Mapping[str, str] = {
    "conversations": "looks like the ShareGPT format",
    "instruction": "looks like the Alpaca format",
    "prompt": "looks like a prompt with its completion",
    "question": "looks like a question with its answer",
}


@dataclass(frozen=True, slots=True)
class Row:
    """The result for one row."""

    kind: str | None
    notes: tuple[Note, ...]
    media: tuple[str, ...] = ()
    """Names of the pictures and videos that the row refers to."""


def look_at(row: Any, *, loose: bool = False) -> Row:
    """Find the shape of a row and everything that is wrong with it. Never raises because of what the row contains.

    `loose` accepts rows of no known shape as "media": what image, video and speech models take is documented for each
    model only, and changes.
    """
    if not isinstance(row, dict):
        found = f"is {what(row)}, not a JSON object: a row must be an object such as {EXAMPLES[CHAT]}"
        return Row(None, (problem(found),))
    kind = kind_of(row)
    if kind == CPT:
        return Row(CPT, tuple(_text_notes(row["text"])))
    if kind is None:
        return Row(MEDIA, ()) if loose else Row(None, (problem(_no_shape(row)),))
    notes = list(message_notes(row.get("messages"), answered=kind != DPO))
    if kind == DPO:
        notes += _preference_notes(row)
    return Row(kind, tuple(notes), tuple(content_media(row)))


def kind_of(row: Mapping[str, Any]) -> str | None:
    """Return the shape that a row should have: "chat", "dpo", "cpt", "vl", or None when unknown."""
    if "chosen" in row or "rejected" in row:
        return DPO
    if "messages" in row:
        messages = row["messages"] if isinstance(row["messages"], list) else []
        lists = any(isinstance(message, dict) and isinstance(message.get("content"), list) for message in messages)
        return VL if lists else CHAT
    return CPT if "text" in row else None


def together(first: str | None, second: str | None) -> str | None:
    """Return the shape of a file with rows of two shapes. Chat rows may mix with chat rows that have pictures."""
    if first is None or second is None:
        return first or second
    return VL if {first, second} == {CHAT, VL} else first


def contradiction(kind: str, training_type: str | None) -> str | None:
    """Why rows of this shape can't be trained on in that way; None when they can, or when that is unknown."""
    usable = _FOR_TRAINING.get(training_type or "", (kind,))
    if training_type is None or kind in usable:
        return None
    return (
        f"holds {kind} rows, but training type {quote_text(training_type)} trains on {usable[0]} rows such as "
        f"{EXAMPLES[usable[0]]}; write such rows, or set the training type to {_TRAINED_BY[kind]}"
    )


def _no_shape(row: Mapping[str, Any]) -> str:
    if not row:
        return f"is an empty object: a row must be an object such as {EXAMPLES[CHAT]}"
    for key, looks in _FOREIGN.items():
        if key in row:
            return f'has no "messages" and {looks}: rewrite it as {EXAMPLES[CHAT]}'
    keys = ", ".join(quote_text(key) for key in list(row)[:5])
    return (
        f'has no "messages" (it has {keys}): a row must be an object such as {EXAMPLES[CHAT]}, '
        f'or {EXAMPLES[CPT]} for training type "cpt"'
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
