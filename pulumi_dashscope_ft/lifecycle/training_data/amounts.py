"""Whether a job has enough rows, and whether they are short enough.

A job with fewer rows than a batch fails some ten minutes in, and one whose rows are too long trains on less than the
user has paid to prepare. Whatever is unknown (a file of another program, a value that is known later) is not compared.

Source: API reference, sections 4.6.3 and 6.1 (pages decision-model-tuning-guide, rl-training-overview,
wan-generation-finetune-api-reference, fine-tune-speech-synthesis-model-by-api and model-training-overview).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.known import KnownData, Steps
from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import CHAT, DECISION, DPO, VL
from pulumi_dashscope_ft.lifecycle.training_data.sources import TRAINING, VALIDATION, property_names
from pulumi_dashscope_ft.lifecycle.training_data.training_types import (
    ON_POLICY,
    REINFORCEMENT,
    hyper_number,
    may_be_set,
)
from pulumi_dashscope_ft.schema import UNKNOWN, Violation
from pulumi_dashscope_ft.schema.marks import Marks, below

_SPLIT = 0.9
"""Share of the rows that is trained on without validation data. Older pages say 0.8, which would need fewer rows."""
_SPLIT_UP = (CHAT, VL, DPO, DECISION)
"""Shapes of which the service sets a part aside for validation."""
_DEFAULT_BATCH = 64
"""Batch size of reinforcement learning; that of other training depends on the model."""
_LEAST = (
    ("cosyvoice", "", 150),
    ("wan", "image", 25),
    ("wan", "2v", 10),
)
"""How a model's name begins, what else it contains, and the fewest rows that its guide asks for."""
_TOO_LONG: Mapping[str, str] = {
    **dict.fromkeys(("sft", "efficient_sft"), "the service drops such a row"),
    **dict.fromkeys(("dpo_full", "dpo_lora"), "the service cuts such a row"),
}


def row_warnings(inputs: Mapping[str, Any], data: Sequence[KnownData], secrets: Marks) -> Iterator[Violation]:
    """Yield warnings about too few rows."""
    training, validation = _rows(inputs, data, TRAINING), _rows(inputs, data, VALIDATION)
    batch, shown = _batch(inputs, secrets)
    if training is not None and batch is not None:
        yield from _training_rows(inputs, data, training, batch, shown)
    if validation is not None and batch is not None and validation < batch:
        reason = f"{_has(validation)}, fewer than {shown}: validation data must fill a batch too"
        yield Violation(_place(data, VALIDATION), reason)
    model = inputs.get("model")
    least = next((least for start, part, least in _LEAST if _is_of(model, start, part)), 0)
    if training is not None and training < least:
        yield Violation(
            _place(data, TRAINING), f"{_has(training)}, and the guide of this model asks for {least} at least"
        )


def length_warnings(inputs: Mapping[str, Any], data: Sequence[KnownData], secrets: Marks) -> Iterator[Violation]:
    """Yield a warning for each file whose longest row is certainly too long."""
    of_prompts = inputs.get("trainingType") in ON_POLICY and hyper_number(inputs, "max_prompt_length") is not None
    name = "max_prompt_length" if of_prompts else "max_length"
    most = hyper_number(inputs, name)
    for entry in data:
        if most is None or entry.longest is None or entry.longest.tokens <= most:
            continue
        line, tokens = entry.longest
        limit = _shown(name, most, secrets)
        effect = _TOO_LONG.get(str(inputs.get("trainingType") or "sft"), "what becomes of such a row is not documented")
        yield Violation(
            entry.path,
            f"line {line} of the file has at least {tokens:,} tokens, more than {limit}: {effect}. "
            "Shorten it, or raise that number. Counted are words and digits, as no tokenizer comes with this provider: "
            "the true number is higher, and other rows may be too long as well",
        )


def _training_rows(
    inputs: Mapping[str, Any], data: Sequence[KnownData], rows: int, batch: int, shown: str
) -> Iterator[Violation]:
    place = _place(data, TRAINING)
    if inputs.get("trainingType") in ON_POLICY:
        if rows <= batch:
            yield Violation(place, f"{_has(rows)}, and a job of this training type needs more than {shown}")
        return
    if rows < batch:
        yield Violation(
            place,
            f"{_has(rows)}, fewer than {shown}: such a job fails some ten minutes in. Add rows, or make the batch "
            "smaller",
        )
        return
    share = _share_set_aside(inputs, data)
    needed = math.ceil(batch / share - 1e-9) if share is not None else 0
    if share is not None and rows < needed:
        yield Violation(
            place,
            f"{_has(rows)}. Without validation data the service sets {share:.0%} of them aside, and that part must "
            f"fill a batch too: with {shown} this takes {needed:,} rows. Add rows, give validationFileIds, or make the "
            "batch smaller",
            ("validationFileIds",),
        )


def _rows(inputs: Mapping[str, Any], data: Sequence[KnownData], purpose: str) -> int | None:
    """Return the rows of all data for this purpose together; None when there is none, or some of it is not known."""
    given = [inputs.get(name) for name in property_names(purpose)]
    named = sum(len(value) for value in given if isinstance(value, (list, tuple)))
    counts = [entry.rows for entry in data if entry.property in property_names(purpose)]
    known = [count for count in counts if count is not None]
    return sum(known) if named and len(known) == named and not any(value is UNKNOWN for value in given) else None


def _share_set_aside(inputs: Mapping[str, Any], data: Sequence[KnownData]) -> float | None:
    """Return the share of the rows that the service validates with; None when it is none, or not known."""
    validation = [inputs.get(name) for name in property_names(VALIDATION)]
    shapes = {entry.format for entry in data if entry.property in property_names(TRAINING)}
    if any(validation) or not shapes <= set(_SPLIT_UP):
        return None
    split = hyper_number(inputs, "split") if may_be_set(inputs, "split") else _SPLIT
    return 1 - split if split is not None and 0 < split < 1 else None


def _batch(inputs: Mapping[str, Any], secrets: Marks) -> tuple[int | None, str]:
    """Return the rows of a batch, and how a message calls them."""
    size = hyper_number(inputs, "batch_size")
    if size is not None and size >= 1:
        return int(size), _shown("batch_size", int(size), secrets)
    if inputs.get("trainingType") in REINFORCEMENT and not may_be_set(inputs, "batch_size"):
        return _DEFAULT_BATCH, f"the default batch_size of {_DEFAULT_BATCH}"
    return None, ""


def _shown(name: str, value: float, secrets: Marks) -> str:
    return name if below(below(secrets, "hyperParameters"), name) else f"{name} {value:,g}"


def _place(data: Sequence[KnownData], purpose: str) -> Steps:
    """Where the data for this purpose is named: the file, or the input where there are several."""
    paths = [entry.path for entry in data if entry.property in property_names(purpose)]
    return paths[0] if len(paths) == 1 else paths[0][:1]


def _has(rows: int) -> str:
    return f"has {rows:,} row" if rows == 1 else f"has {rows:,} rows"


def _is_of(model: Any, start: str, part: str) -> bool:
    return isinstance(model, str) and model.startswith(start) and part in model
