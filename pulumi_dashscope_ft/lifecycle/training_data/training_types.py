"""Training types that are alike, and hyper-parameters as numbers: what the checks of a job read of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.numbers import is_number, number_or_same

REINFORCEMENT = ("reinforcement", "rl")
"""Both spellings that sources show: the SDK sends the first, the table of fine-tuning-api-guide has the second."""

ON_POLICY = (*REINFORCEMENT, "pg_opd")
"""Training on the model's own answers: reinforcement learning and distillation. Rows hold a prompt only, and the job is
billed by the minute.
"""


def hyper_number(inputs: Mapping[str, Any], name: str) -> float | None:
    """Return a hyper-parameter; None when it is not given, not known yet or no number."""
    given = inputs.get("hyperParameters")
    value = number_or_same(given.get(name)) if isinstance(given, Mapping) else None
    return value if is_number(value) else None


def may_be_set(inputs: Mapping[str, Any], name: str) -> bool:
    """Whether a hyper-parameter is given, or may be."""
    given = inputs.get("hyperParameters")
    return given is UNKNOWN or (isinstance(given, Mapping) and given.get(name) is not None)
