"""Reinforcement learning and distillation: jobs that are billed by the minute.

Every other job is billed by the token. These are billed by training unit and time until they end or are cancelled
(pages rl-training-overview and opd-training-overview), so a forgotten one costs money as long as it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.schema import UNKNOWN, Violation
from pulumi_dashscope_ft.schema.numbers import number_or_same

REINFORCEMENT = frozenset({"reinforcement", "rl"})
"""Both spellings that sources show: the SDK sends the first, the guide's table has the second."""

TIMED = REINFORCEMENT | {"pg_opd"}
"""The training types that are billed by the minute."""


def is_timed(training_type: Any) -> bool:
    """Whether a job of this training type is billed by the minute."""
    return isinstance(training_type, str) and training_type in TIMED


def canonical(training_type: Any) -> Any:
    """Return the one spelling of a training type that stands for its others."""
    return "reinforcement" if isinstance(training_type, str) and training_type in REINFORCEMENT else training_type


def unit(training_type: Any) -> str:
    """Return what such a job is billed for: `tokens` or `minutes`."""
    return "minutes" if is_timed(training_type) else "tokens"


def bill(planned: str, training_type: Any, *, active: bool) -> str:
    """Say what `destroy` would do, and how a job of that kind is billed until then."""
    return f"{planned}; billed by the minute until it ends" if active and is_timed(training_type) else planned


def warnings(inputs: Mapping[str, Any]) -> list[Violation]:
    """Return what is unusual about a job that is billed by the minute; nothing for other jobs."""
    if not is_timed(inputs.get("trainingType")):
        return []
    return [*_endless(inputs), *_too_large_a_mini_batch(inputs)]


def _endless(inputs: Mapping[str, Any]) -> list[Violation]:
    if any(inputs.get(name) is not None for name in ("expiresIn", "maxRuntime")):
        return []
    reason = (
        "is billed by the minute until the job ends or is cancelled; give expiresIn or maxRuntime, so that "
        "`dashscope-ft sweep` ends a job that was forgotten"
    )
    return [Violation(("trainingType",), reason, ("expiresIn", "maxRuntime"))]


def _too_large_a_mini_batch(inputs: Mapping[str, Any]) -> list[Violation]:
    """Check the rule between three hyper-parameters (page rl-training-config-monitoring), and quote no value."""
    given = inputs.get("hyperParameters")
    if given is UNKNOWN or not isinstance(given, Mapping):
        return []
    names = ("ppo_mini_batch_size", "batch_size", "n_rollouts")
    numbers = [number_or_same(given.get(name)) for name in names]
    if not all(isinstance(number, (int, float)) and not isinstance(number, bool) for number in numbers):
        return []
    mini_batch, batch, rollouts = numbers
    if mini_batch <= batch * rollouts:
        return []
    reason = "should be at most batch_size × n_rollouts, which is a rule of the service's documentation"
    return [Violation(("hyperParameters", "ppo_mini_batch_size"), reason)]
