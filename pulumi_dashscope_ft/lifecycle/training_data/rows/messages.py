"""The check of the messages in a row.

Chat rows, preference rows, prompts and rows with pictures all consist of messages, and most faulty data files are
faulty in their messages: roles of another tool's format, a missing answer, content that is not text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import (
    Note,
    misspelled_keys,
    problem,
    quote_text,
    warning,
    what,
)
from pulumi_dashscope_ft.lifecycle.training_data.rows.parts import is_empty, part_notes, thinks
from pulumi_dashscope_ft.lifecycle.training_data.rows.weights import ignored_key_notes, loss_weight_notes

ROLES = ("system", "user", "assistant")
"""Roles of a conversation (API page model-training-overview)."""

_TOOL = "tool"
"""Role of a tool's answer (API page text-generation-tuning-data-upload-rules)."""
_FUNCTION = "function"
"""Role of a tool's answer in the older format of another vendor; not documented for training."""
_MEANT = {"human": "user", "gpt": "assistant", "bot": "assistant", "model": "assistant", "ai": "assistant"}
_KEYS = ("role", "content", "loss_weight", "tool_calls", "tool_call_id")


def message_notes(messages: Any, *, answered: bool) -> Iterator[Note]:
    """Yield what is wrong with a row's "messages". With `answered`, the last one has to be the assistant's."""
    if not isinstance(messages, list) or not messages:
        found = "an empty list" if messages == [] else "missing" if messages is None else what(messages)
        yield problem(f'"messages" is {found}: it must be a list such as [{{"role": "user", "content": "…"}}, …]')
        return
    for position, message in enumerate(messages, start=1):
        yield from one_message(message, f"message {position}")
    roles = [message.get("role") if isinstance(message, dict) else None for message in messages]
    # With an unknown role, the missing one may be misspelled.
    known = all(role in (*ROLES, _TOOL, _FUNCTION) for role in roles)
    if answered and known and "assistant" not in roles:
        yield problem("has no assistant message: there is no answer to learn; add one as the last message")
    elif answered and known and roles[-1] != "assistant":
        yield problem(f"ends with a {roles[-1]} message: the last message must be the assistant's, the answer to learn")
    for position, message in enumerate(messages[:-1], start=1):
        if isinstance(message, dict) and message.get("role") == "assistant" and thinks(message.get("content")):
            yield warning(f"message {position} has <think> in it: only the last assistant message may think")


def one_message(message: Any, name: str, roles: tuple[str, ...] = ROLES) -> Iterator[Note]:
    """Yield what is wrong with one message, called by the given name."""
    if not isinstance(message, dict):
        yield problem(f'{name} is {what(message)}: it must be an object such as {{"role": "user", "content": "…"}}')
        return
    yield from _role_notes(message, name, roles)
    yield from _content_notes(message, name)
    yield from ignored_key_notes(message, name)
    yield from loss_weight_notes(message, name)
    yield from misspelled_keys(message, _KEYS, name)


def _role_notes(message: Mapping[str, Any], name: str, roles: tuple[str, ...]) -> Iterator[Note]:
    role = message.get("role")
    if role in roles or (role == _TOOL and roles == ROLES):
        return
    allowed = ", ".join(quote_text(role) for role in roles)
    if role is None:
        from_ = ' (it has "from": this looks like the ShareGPT format)' if "from" in message else ""
        yield problem(f'{name} has no "role"{from_}: write {allowed}')
    elif not isinstance(role, str):
        yield problem(f'{name}: "role" is {what(role)}: write {allowed}')
    elif role == _FUNCTION and roles == ROLES:
        yield warning(
            f'{name}: the role "function" is not documented for training; the answer of a tool has the role "tool" and '
            'a "tool_call_id"'
        )
    else:
        meant = role.strip().lower()
        meant = _MEANT.get(meant, meant)
        write = quote_text(meant) if meant in roles else allowed
        yield problem(f"{name}: the role {quote_text(role)} is not one that fits here: write {write}")


def _content_notes(message: Mapping[str, Any], name: str) -> Iterator[Note]:
    calls = "tool_calls" in message
    if "content" not in message and not calls:
        value = ' (it has "value": this looks like the ShareGPT format)' if "value" in message else ""
        yield problem(f'{name} has no "content"{value}: add it, a string')
        return
    content = message.get("content")
    if isinstance(content, list):
        yield from part_notes(content, name)
    elif content is None and calls:
        return
    elif not isinstance(content, str):
        yield problem(f'{name}: "content" is {what(content)}: it must be a string, or a list of parts for pictures')
    # A message that calls a tool needs no text (API page text-generation-tuning-data-upload-rules).
    if message.get("role") == "assistant" and not calls and is_empty(content):
        yield warning(f"{name}: the assistant's content is empty, so there is nothing to learn from it")
