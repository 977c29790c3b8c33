"""The check of tool calls in a conversation: the tools, the calls, and the answers to them.

Source: API page text-generation-tuning-data-upload-rules, for qwen3.5 and newer models. The arguments of a call are a
string that holds JSON, and the message with a tool's answer names the call. What the service does with a call that
breaks a rule is documented for none of them, so only what can't be read at all is a problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_dashscope_ft.bounded.json_text import JsonBounds, decode
from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import (
    Note,
    misspelled_keys,
    problem,
    quote_text,
    warning,
    what,
)

_BOUNDS = JsonBounds(depth=64, values=100_000)
_KIND = "tool calls"
_TOOL = '{"type": "function", "function": {"name": "…", "description": "…", "parameters": {…}}}'
_CALL = '{"id": "call_1", "type": "function", "function": {"name": "…", "arguments": "{\\"…\\": …}"}}'


def tool_notes(row: Mapping[str, Any]) -> Iterator[Note]:
    """Yield what is wrong with a row's "tools", and with the calls and answers in its messages."""
    declared: set[str] = set()
    if "tools" in row:
        yield from _declarations(row["tools"], declared)
    messages = row.get("messages")
    calls: set[str] = set()
    named: set[str] = set()
    for position, message in enumerate(messages if isinstance(messages, list) else (), start=1):
        if isinstance(message, dict) and ("tool_calls" in message or message.get("role") == "tool"):
            yield from _message_notes(message, f"message {position}", calls, named)
    for name in ("chosen", "rejected"):
        answer = row.get(name)
        if isinstance(answer, dict) and "tool_calls" in answer:
            yield from _calls_notes(answer["tool_calls"], quote_text(name), calls, named)
    if not named:
        return
    if "tools" not in row:
        yield warning(f'has tool calls but no "tools": list the tools that can be called, as [{_TOOL}]', _KIND)
    elif declared and named - declared:
        missing = min(named - declared)
        yield warning(f'calls {quote_text(missing)}, which is not among its "tools"', _KIND)


def _declarations(tools: Any, declared: set[str]) -> Iterator[Note]:
    if not isinstance(tools, list):
        yield problem(f'"tools" is {what(tools)}: it must be a list such as [{_TOOL}]')
        return
    for position, tool in enumerate(tools, start=1):
        function = tool.get("function") if isinstance(tool, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(function, dict) or not isinstance(name, str) or not name:
            yield warning(f"tool {position} is not of the documented form {_TOOL}", _KIND)
            continue
        declared.add(name)
        yield from misspelled_keys(function, ("name", "description", "parameters"), f"tool {position}")
        if "parameters" in function and not isinstance(function["parameters"], dict):
            yield warning(
                f'tool {position}: "parameters" is {what(function["parameters"])}; documented is an object',
                _KIND,
            )


def _message_notes(message: Mapping[str, Any], name: str, calls: set[str], named: set[str]) -> Iterator[Note]:
    if "tool_calls" in message:
        if message.get("role") != "assistant":
            yield warning(f'{name}: "tool_calls" counts on assistant messages only', _KIND)
        yield from _calls_notes(message["tool_calls"], name, calls, named)
    if message.get("role") == "tool":
        answered = message.get("tool_call_id")
        if not isinstance(answered, str) or not answered:
            yield warning(f'{name} answers a tool call without "tool_call_id": name the call', _KIND)
        elif answered not in calls:
            yield warning(f'{name}: "tool_call_id" is {quote_text(answered)}, and no call before it has that id', _KIND)


def _calls_notes(given: Any, name: str, calls: set[str], named: set[str]) -> Iterator[Note]:
    if not isinstance(given, list):
        yield problem(f'{name}: "tool_calls" is {what(given)}: it must be a list such as [{_CALL}]')
        return
    if not given:
        yield warning(f'{name}: "tool_calls" is an empty list: leave the key out', _KIND)
    for position, call in enumerate(given, start=1):
        yield from _call_notes(call, f"{name}, call {position}", calls, named)


def _call_notes(call: Any, place: str, calls: set[str], named: set[str]) -> Iterator[Note]:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(call, dict) or not isinstance(function, dict):
        yield problem(f"{place} is not of the documented form: write {_CALL}")
        return
    if isinstance(call.get("id"), str):
        calls.add(call["id"])
    else:
        yield warning(f'{place} has no "id", so no answer can name it', _KIND)
    if isinstance(function.get("name"), str) and function["name"]:
        named.add(function["name"])
    else:
        yield problem(f'{place} has no "name" of the tool: write {_CALL}')
    yield from misspelled_keys(function, ("name", "arguments"), place)
    if "arguments" in function:
        yield from _arguments_notes(function["arguments"], place)


def _arguments_notes(arguments: Any, place: str) -> Iterator[Note]:
    if not isinstance(arguments, str):
        yield problem(
            f'{place}: "arguments" is {what(arguments)}: it must be a string that holds JSON, such as '
            '"{\\"hour\\": 6}"'
        )
        return
    try:
        holds = decode(arguments, _BOUNDS)
    except ValueError:
        yield warning(f'{place}: "arguments" is a string, but not JSON; documented is a string that holds JSON', _KIND)
        return
    if not isinstance(holds, dict):
        yield warning(f'{place}: "arguments" holds {what(holds)}; the arguments of a function are an object', _KIND)
