"""Reinforcement learning and distillation: jobs that are billed by the minute.

Every other job is billed by the token. These are billed by training unit and time until they end or are cancelled
(pages rl-training-overview and opd-training-overview), so a forgotten one costs money as long as it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.training_types import ON_POLICY, REINFORCEMENT, hyper_number
from pulumi_dashscope_ft.schema import Violation


def is_timed(training_type: Any) -> bool:
    """Whether a job of this training type is billed by the minute."""
    return training_type in ON_POLICY


def canonical(training_type: Any) -> Any:
    """Return the one spelling of a training type that stands for its others."""
    return REINFORCEMENT[0] if training_type in REINFORCEMENT else training_type


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
    mini_batch, batch, rollouts = (
        hyper_number(inputs, name) for name in ("ppo_mini_batch_size", "batch_size", "n_rollouts")
    )
    if mini_batch is None or batch is None or rollouts is None or mini_batch <= batch * rollouts:
        return []
    reason = "should be at most batch_size × n_rollouts, which is a rule of the service's documentation"
    return [Violation(("hyperParameters", "ppo_mini_batch_size"), reason)]
