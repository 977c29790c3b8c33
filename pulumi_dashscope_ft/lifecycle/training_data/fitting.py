"""Whether the data of a job fits the job: its training type, its model, its batch size and its longest length.

What the check of a job finds here, a user reads in the plan, before anything is started.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.amounts import length_warnings, row_warnings
from pulumi_dashscope_ft.lifecycle.training_data.known import KnownData, known_data
from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import Note, quote_text, warning
from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import DECISION, EXAMPLES, contradiction
from pulumi_dashscope_ft.schema import UNKNOWN, Violation
from pulumi_dashscope_ft.schema.marks import Marks, is_secret

_DECISION_MODEL = "decision-model"
"""How the names of decision models begin (page decision-model-tuning-guide)."""


def compare(inputs: Mapping[str, Any], known: Sequence[Any], secrets: Marks) -> tuple[list[Violation], list[Violation]]:
    """Return what can't work about a job with this data, and what is unusual.

    :param inputs: the job's. `UNKNOWN` values are compared once they are known.
    :param known: what the front end knows of the files (see `known`).
    :param secrets: which of the inputs are secret; their values are not repeated.
    """
    data = known_data(known)
    notes = [(entry, note) for entry in data if (note := _shape_note(inputs.get("trainingType"), entry)) is not None]
    found = [(Violation(entry.path, f"the file {note.text}", ("trainingType",)), note.fatal) for entry, note in notes]
    return [violation for violation, fatal in found if fatal], [
        *(violation for violation, fatal in found if not fatal),
        *_model_warnings(inputs, data, secrets),
        *row_warnings(inputs, data, secrets),
        *length_warnings(inputs, data, secrets),
    ]


def _shape_note(training_type: Any, entry: KnownData) -> Note | None:
    if training_type is UNKNOWN or entry.format is None or entry.format not in EXAMPLES:
        return None
    # Without a training type the service takes `sft` (API page create-fine-tuning-job-api, for text models).
    note = contradiction(entry.format, str(training_type or "sft"))
    if note is not None and entry.format == DECISION and training_type is None:
        return warning(note.text)
    return note


def _model_warnings(inputs: Mapping[str, Any], data: Sequence[KnownData], secrets: Marks) -> Iterator[Violation]:
    model = inputs.get("model")
    if not isinstance(model, str):
        return
    shown = "a secret" if is_secret(secrets, "model") else quote_text(model)
    of_decisions = model.startswith(_DECISION_MODEL)
    for entry in data:
        if entry.format == DECISION and not of_decisions:
            reason = f"the file holds decision rows, which only a {_DECISION_MODEL} trains on, and model is {shown}"
            yield Violation(entry.path, reason, ("model",))
        elif of_decisions and entry.format not in (None, DECISION):
            reason = f"the file holds {entry.format} rows, but model is {shown}: it trains on {EXAMPLES[DECISION]}"
            yield Violation(entry.path, reason, ("model",))
