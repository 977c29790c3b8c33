"""The check of the messages in a row.

Chat rows, preference rows and rows with pictures all consist of messages, and most faulty data files are faulty in
their messages: roles of another tool's format, a missing answer, content that is not text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.notes import Note, problem, quote_text, warning, what

ROLES = ("system", "user", "assistant")
"""Documented roles (API page model-training-overview)."""

_TOOL_ROLES = ("tool", "function")
_MEANT = {"human": "user", "gpt": "assistant", "bot": "assistant", "model": "assistant", "ai": "assistant"}
_PARTS = ("text", "image", "video")


def message_notes(messages: Any, *, answered: bool) -> Iterator[Note]:
    """Yield what is wrong with a row's "messages". With `answered`, the last one has to be the assistant's."""
    if not isinstance(messages, list) or not messages:
        found = "an empty list" if messages == [] else "missing" if messages is None else what(messages)
        yield problem(f'"messages" is {found}: it must be a list such as [{{"role": "user", "content": "…"}}, …]')
        return
    for position, message in enumerate(messages, start=1):
        yield from one_message(message, f"message {position}")
    roles = [message.get("role") if isinstance(message, dict) else None for message in messages]
    known = all(role in (*ROLES, *_TOOL_ROLES) for role in roles)  # else the missing role may be a misspelled one
    if answered and known and "assistant" not in roles:
        yield problem("has no assistant message: there is no answer to learn; add one as the last message")
    elif answered and known and roles[-1] != "assistant":
        yield problem(f"ends with a {roles[-1]} message: the last message must be the assistant's, the answer to learn")
    for position, message in enumerate(messages[:-1], start=1):
        if isinstance(message, dict) and message.get("role") == "assistant" and _thinks(message.get("content")):
            yield warning(f"message {position} has <think> in it: only the last assistant message may think")


def one_message(message: Any, name: str, roles: tuple[str, ...] = ROLES) -> Iterator[Note]:
    """Yield what is wrong with one message, called by the given name."""
    if not isinstance(message, dict):
        yield problem(f'{name} is {what(message)}: it must be an object such as {{"role": "user", "content": "…"}}')
        return
    yield from _role_notes(message, name, roles)
    yield from _content_notes(message, name)
    yield from _ignored_key_notes(message, name)
    if "loss_weight" in message:
        weight = message["loss_weight"]
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= 1:
            yield problem(f'{name}: "loss_weight" is {what(weight)}: it must be a number from 0.0 to 1.0')
        elif message.get("role") != "assistant":
            yield warning(f'{name}: "loss_weight" counts on assistant messages only')


def content_media(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of all pictures and videos that a row's messages refer to."""
    messages = row.get("messages")
    for message in [*(messages if isinstance(messages, list) else []), row.get("chosen"), row.get("rejected")]:
        content = message.get("content") if isinstance(message, dict) else None
        for part in content if isinstance(content, list) else []:
            for kind in ("image", "video"):
                value = part.get(kind) if isinstance(part, dict) else None
                names = value if isinstance(value, list) else [value]
                yield from (name for name in names if isinstance(name, str))


def _role_notes(message: Mapping[str, Any], name: str, roles: tuple[str, ...]) -> Iterator[Note]:
    role = message.get("role")
    if role in roles:
        return
    allowed = ", ".join(quote_text(role) for role in roles)
    if role is None:
        from_ = ' (it has "from": this looks like the ShareGPT format)' if "from" in message else ""
        yield problem(f'{name} has no "role"{from_}: write {allowed}')
    elif not isinstance(role, str):
        yield problem(f'{name}: "role" is {what(role)}: write {allowed}')
    elif role in _TOOL_ROLES and roles == ROLES:
        yield warning(f"{name}: the role {quote_text(role)} is not documented for training; documented are {allowed}")
    else:
        meant = role.strip().lower()
        meant = _MEANT.get(meant, meant)
        write = quote_text(meant) if meant in roles else allowed
        yield problem(f"{name}: the role {quote_text(role)} is not one that fits here: write {write}")


def _ignored_key_notes(message: Mapping[str, Any], name: str) -> Iterator[Note]:
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


def _content_notes(message: Mapping[str, Any], name: str) -> Iterator[Note]:
    if "content" not in message and "tool_calls" not in message:
        value = ' (it has "value": this looks like the ShareGPT format)' if "value" in message else ""
        yield problem(f'{name} has no "content"{value}: add it, a string')
        return
    content = message.get("content")
    if isinstance(content, list):
        yield from _part_notes(content, name)
    elif content is None and "tool_calls" in message:
        return
    elif not isinstance(content, str):
        yield problem(f'{name}: "content" is {what(content)}: it must be a string, or a list of parts for pictures')
    elif not content.strip() and message.get("role") == "assistant":
        yield warning(f"{name}: the assistant's content is empty, so there is nothing to learn from it")


def _part_notes(parts: list[Any], name: str) -> Iterator[Note]:
    shape = '{"text": "…"}, {"image": "1.jpg"} or {"video": "1.mp4"}'
    if not parts:
        yield problem(f'{name}: "content" is an empty list: it must hold parts such as {shape}')
    for position, part in enumerate(parts, start=1):
        place = f"{name}, part {position}"
        if not isinstance(part, dict):
            yield problem(f"{place} is {what(part)}: it must be an object such as {shape}")
            continue
        kinds = [kind for kind in _PARTS if kind in part]
        if not kinds:
            openai = " (image_url is another API's format)" if "image_url" in part else ""
            yield problem(f'{place} has neither "text" nor "image" nor "video"{openai}: write {shape}')
        for kind in kinds:
            yield from _value_notes(kind, part[kind], place)


def _value_notes(kind: str, value: Any, place: str) -> Iterator[Note]:
    frames = kind == "video" and isinstance(value, list) and value and all(isinstance(item, str) for item in value)
    if not isinstance(value, str) and not frames:
        yield problem(f'{place}: "{kind}" is {what(value)}: it must be a string')
    elif kind != "text" and not value:
        yield problem(f'{place}: "{kind}" is empty: it must be the name of a file in the archive')


def _thinks(content: Any) -> bool:
    return isinstance(content, str) and "<think>" in content
