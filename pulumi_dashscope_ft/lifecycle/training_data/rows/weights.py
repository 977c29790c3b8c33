"""How much a message counts in training: the documented key, and the keys of other vendors' data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import Note, problem, quote_text, warning, what
from pulumi_dashscope_ft.schema.numbers import number_or_same


def loss_weight_notes(message: Mapping[str, Any], name: str) -> Iterator[Note]:
    """Yield what is wrong with a message's "loss_weight".

    It is a number above 0 and at most 1, which the newest sample writes as a string (API page
    text-generation-tuning-data-upload-rules). Older pages allowed 0, so 0 is a warning only.
    """
    if "loss_weight" not in message:
        return
    given = message["loss_weight"]
    weight = number_or_same(given)
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= 1:
        shown = quote_text(given) if isinstance(given, str) else what(given)
        yield problem(
            f'{name}: "loss_weight" is {shown}: it must be a number above 0 and at most 1, as 0.5 or "0.5" is'
        )
    elif weight == 0:
        yield warning(
            f'{name}: "loss_weight" is 0: the documented range starts above 0, and whether the message is then left '
            "out of training is not documented. Take the message out, or write a small weight such as 0.01",
            "loss_weight 0",
        )
    if message.get("role") != "assistant":
        yield warning(f'{name}: "loss_weight" counts on assistant messages only', "loss_weight")


def ignored_key_notes(message: Mapping[str, Any], name: str) -> Iterator[Note]:
    """Yield notes about keys that other vendors' data has; they are never a problem.

    The service trains on every assistant message, whatever these keys say (API page
    text-generation-tuning-data-upload-rules; that it ignores them rather than refuses them is inferred).
    """
    if "weight" in message:
        kind, effect = _effect_of_weight(message)
        yield warning(
            f'{name}: "weight" is not supported: {effect}. Take the key out; to train an assistant message less, write '
            '"loss_weight" (above 0, at most 1)',
            kind,
        )
    if "name" in message:
        yield warning(f'{name}: "name" is not supported: who speaks is not learned. Take the key out', "name")


def _effect_of_weight(message: Mapping[str, Any]) -> tuple[str, str]:
    """Return the kind of the warning, and what becomes of a message with this key."""
    if message.get("role") != "assistant":
        return "weight", "it has no effect"
    if _is_zero(message["weight"]):
        return "weight 0", "this message IS trained and billed, although its weight is 0"
    return "weight", "this message is trained and billed like any other"


def _is_zero(value: Any) -> bool:
    try:
        return float(value) == 0
    except (TypeError, ValueError, OverflowError):
        return False
