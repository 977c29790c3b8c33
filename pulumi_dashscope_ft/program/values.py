"""Checks that Pulumi can carry the inputs of a program, and says what to write instead.

Pulumi carries JSON. Its serialiser answers anything else (`Decimal`, `bytes`, a `set`, an object) with a traceback that
names neither the resource nor the property. Such values are found here first, at any depth, also when they come out of
an `Output`. A path may be a `pathlib.Path`. The message gives the type of a value and never the value itself, because
it may be a secret.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import inspect
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import known_types

from pulumi_dashscope_ft.schema import to_snake_case

_PATHS = frozenset({"path"})
"""Inputs that are paths in the file system."""

_DEEPEST = 100
_PLAIN = (str, bool, int, float)
_BYTES = (bytes, bytearray, memoryview)


def carried(subject: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return `given` in a form that Pulumi can carry. Keys that begin with `__` are ours and stay as they are.

    :param subject: the resource, such as `FineTuningJob triage`.
    :raises pulumi.RunError: some values can't be carried; the message lists all of them and what to write instead. If a
        value is only known later, the output raises the error.
    """
    checked = _Inputs(subject)
    inputs = {
        name: value if name.startswith("__") else checked.carried(value, to_snake_case(name), path=name in _PATHS)
        for name, value in given.items()
    }
    checked.require_none_wrong()
    return inputs


@dataclass(slots=True)
class _Inputs:
    """One pass over the inputs of one resource.

    :param wrong: values that can't be carried: the place, the type and what to write instead.
    """

    subject: str
    wrong: list[str] = field(default_factory=list)

    def require_none_wrong(self) -> None:
        if self.wrong:
            from pulumi_dashscope_ft.frontend.lines import sanitize_lines

            listed = "".join(f"\n    {line}" for line in self.wrong)
            raise pulumi.RunError(
                f"{sanitize_lines(self.subject)} has inputs that Pulumi can't carry:{sanitize_lines(listed)}\n"
                "  done:  it was not registered, and nothing was started for it.\n"
                "  next:  change the program as the lines above say, then run `pulumi preview`."
            )

    def carried(self, value: Any, where: str, *, path: bool = False, depth: int = 0) -> Any:
        """Return the value in a form that Pulumi can carry. Adds to `wrong` what can't be carried."""
        if value is None or isinstance(value, _PLAIN):
            return value
        if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
            return self._later(value, where, path=path)
        if path and isinstance(value, os.PathLike):
            return os.fsdecode(value)
        if depth > _DEEPEST:
            self.wrong.append(f"{where}: is nested more than {_DEEPEST} levels deep. Write it flatter.")
        elif isinstance(value, Mapping):
            return self._mapping(value, where, depth)
        elif isinstance(value, Sequence) and not isinstance(value, (range, *_BYTES)):
            return [self.carried(item, f"{where}[{at}]", depth=depth + 1) for at, item in enumerate(value)]
        elif not _is_pulumis(value):
            self.wrong.append(f"{where}: is {_named(value)}. Write {_instead(value)}.")
        return value

    def _mapping(self, value: Mapping[Any, Any], where: str, depth: int) -> dict[Any, Any]:
        for key in value:
            if not isinstance(key, str):
                self.wrong.append(f"{where}: has a key that is {_named(key)}. Write keys as text, in quotes.")
        return {key: self.carried(value[key], f"{where}.{key}", depth=depth + 1) for key in value}

    def _later(self, value: Any, where: str, *, path: bool) -> pulumi.Output[Any]:
        def now(known: Any) -> Any:
            inputs = _Inputs(self.subject)
            fit = inputs.carried(known, where, path=path)
            inputs.require_none_wrong()
            return fit

        return pulumi.Output.from_input(value).apply(now)


def _is_pulumis(value: Any) -> bool:
    """Whether Pulumi has its own form for the value. The provider reports one in the wrong place."""
    ours = (known_types.is_unknown, known_types.is_resource, known_types.is_asset, known_types.is_archive)
    return any(is_one(value) for is_one in ours)


def _named(value: Any) -> str:
    name = type(value).__name__
    if isinstance(value, _BYTES):
        return name
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _instead(value: Any) -> str:
    """Say what to write instead of a value that can't be carried."""
    if isinstance(value, _BYTES):
        return 'text: the value followed by .decode("utf-8")'
    if isinstance(value, decimal.Decimal):
        return 'float(…) around it, or text such as "1e-4"'
    if isinstance(value, (datetime.date, datetime.time)):
        return "text: the value followed by .isoformat()"
    if isinstance(value, datetime.timedelta):
        return 'a length of time such as "90m", or seconds: the value followed by .total_seconds()'
    if isinstance(value, Set):
        return "a list, with sorted(…) around it: a set has no order"
    if isinstance(value, enum.Enum):
        return "the value followed by .value"
    if isinstance(value, (os.PathLike, uuid.UUID)):
        return "str(…) around it"
    if callable(getattr(value, "item", None)):  # numbers and arrays of numpy and torch
        return "the value followed by .item(), or by .tolist() for several"
    if isinstance(value, Iterable):
        return "list(…) around it"
    return "text, a number, True or False, a list, or a dict"
