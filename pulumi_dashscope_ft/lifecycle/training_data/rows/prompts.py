"""The check of rows for reinforcement learning and distillation: a prompt, and what the reward functions need.

Source: API pages rl-training-overview, text-generation-tuning-data-upload-rules and opd-model-development-guide. The
prompt is a user message and optionally a system message, each with a string; `rollout_extra` is an object with any
keys, and distillation does not use it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import Note, problem, warning, what


def prompt_notes(row: Mapping[str, Any]) -> Iterator[Note]:
    """Yield what is wrong with a prompt, beyond what is wrong with its messages."""
    messages = [message for message in row["messages"] if isinstance(message, dict)]
    if messages and messages[-1].get("role") != "user":
        yield problem("has no assistant message, and its last message is not the user's: end the prompt with one")
    for position, message in enumerate(messages, start=1):
        if isinstance(message.get("content"), list):
            yield warning(
                f'message {position}: "content" is a list; documented for prompts without an answer is a string',
                "prompt content",
            )
    if "rollout_extra" in row and not isinstance(row["rollout_extra"], dict):
        yield problem(
            f'"rollout_extra" is {what(row["rollout_extra"])}: it must be an object such as {{"solution": "…"}}'
        )
    if "reward" in row:
        yield warning(
            'has "reward", which is not a key of such rows: reward functions compute it. What they need goes into '
            '"rollout_extra"',
            "reward",
        )
