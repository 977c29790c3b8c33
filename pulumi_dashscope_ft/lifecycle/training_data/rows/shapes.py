"""The shapes that a row can have, and which training types use which shape.

Source: API reference, section 4.6 (pages text-generation-tuning-data-upload-rules, rl-training-overview,
opd-model-development-guide, decision-model-tuning-guide and the guides for wan, qwen-image and CosyVoice).
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import Note, problem, quote_text, warning
from pulumi_dashscope_ft.lifecycle.training_data.training_types import ON_POLICY

CHAT, DPO, CPT, VL, MEDIA, PROMPT, DECISION = "chat", "dpo", "cpt", "vl", "media", "prompt", "decision"

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
    PROMPT: '{"messages": [{"role": "user", "content": "…"}], "rollout_extra": {"solution": "…"}}',
    DECISION: (
        '{"state": {"content": "…"}, "questions": {"urgent": {"type": "noul", "instructions": "…", "label": true}}}'
    ),
}

_FOR_TRAINING: Mapping[str, tuple[str, ...]] = {
    "sft": (CHAT, VL),
    "efficient_sft": (CHAT, VL, MEDIA, DECISION),
    "dpo_full": (DPO,),
    "dpo_lora": (DPO,),
    "cpt": (CPT,),
    **dict.fromkeys(ON_POLICY, (PROMPT,)),
}
_TRAINED_BY: Mapping[str, str] = {
    CHAT: "sft or efficient_sft",
    VL: "sft or efficient_sft",
    DPO: "dpo_full or dpo_lora",
    CPT: "cpt",
    MEDIA: "efficient_sft",
    PROMPT: "reinforcement or pg_opd",
    DECISION: "efficient_sft",
}
_CONVERSATIONS = (CHAT, VL)


def kind_of(row: Mapping[str, object]) -> str | None:
    """Return the shape that a row should have, one of the constants above without `MEDIA`; None when unknown."""
    if "chosen" in row or "rejected" in row:
        return DPO
    if "messages" in row:
        return _kind_of_messages(row["messages"])
    if "questions" in row or "state" in row:
        return DECISION
    return CPT if "text" in row else None


def together(first: str | None, second: str | None) -> str | None:
    """Return the shape of a file with rows of two shapes. Chat rows may mix with chat rows that have pictures."""
    if first is None or second is None:
        return first or second
    return VL if {first, second} == set(_CONVERSATIONS) else first


def clash(kind: str, first: str, line: int) -> str | None:
    """Why a row of this shape can't stand in a file whose first row, in the given line, has another shape."""
    if kind == first or {kind, first} == set(_CONVERSATIONS):
        return None
    if kind == PROMPT and first in _CONVERSATIONS:
        return (
            f"has no assistant message, unlike line {line}: there is no answer to learn; add one as the last message "
            f"(rows without answers, for {_TRAINED_BY[PROMPT]}, belong in a file of their own)"
        )
    if kind in _CONVERSATIONS and first == PROMPT:
        return (
            f"has an assistant message, but line {line} has none: one file holds either conversations (for "
            f"{_TRAINED_BY[CHAT]}) or prompts without answers (for {_TRAINED_BY[PROMPT]}); split the file"
        )
    return (
        f"is a {kind} row, but line {line} is a {first} row: one file holds rows of one shape; "
        "move these rows to a file of their own"
    )


def contradiction(kind: str, training_type: str | None) -> Note | None:
    """Why rows of this shape can't be trained on in that way; None when they can, or when that is unknown."""
    usable = _FOR_TRAINING.get(training_type or "", (kind,))
    if training_type is None or kind in usable:
        return None
    if training_type in ON_POLICY and kind in (*_CONVERSATIONS, DPO):
        # The page asks for prompts only. What becomes of a row with an answer is not documented.
        return warning(
            f"holds {kind} rows, which have answers, but training type {quote_text(training_type)} wants prompts only, "
            f"such as {EXAMPLES[PROMPT]}; take the answers out"
        )
    return problem(
        f"holds {kind} rows, but training type {quote_text(training_type)} trains on {usable[0]} rows such as "
        f"{EXAMPLES[usable[0]]}; write such rows, or set the training type to {_TRAINED_BY[kind]}"
    )


def _kind_of_messages(messages: object) -> str:
    listed = messages if isinstance(messages, list) else []
    # A role that nobody knows may be a misspelled assistant: such a row is a conversation with a fault.
    answered, parts = not listed, False
    for message in listed:
        is_object = isinstance(message, dict)
        answered = answered or not is_object or message.get("role") not in ("system", "user")
        parts = parts or (is_object and isinstance(message.get("content"), list))
    if not answered:
        return PROMPT
    return VL if parts else CHAT
