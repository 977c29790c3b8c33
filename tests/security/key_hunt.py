"""Looks for a secret the way a crash reporter would show it: in an exception, in all that it came through, and in the
variables of every frame of ours and of the libraries, whatever objects they are in.
"""

from __future__ import annotations

import base64
import functools
import os
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pulumi_dashscope_ft.api import KeySource

TESTS = str(Path(__file__).parents[1])
_ENDS = (types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType, types.CodeType, int, float, complex)
_DEEPEST = 12


def spellings(secret: str) -> list[str]:
    """The secret as a crash report may hold it."""
    content = secret.encode()
    inner = [base64.b64encode(b"x" * offset + content).decode()[4:-4] for offset in range(3)]
    return [secret, secret.upper(), quote(secret, safe=""), content.hex(), *inner]


def places(error: BaseException, secret: str, *, apart: tuple[type, ...] = ()) -> list[str]:
    """Where the secret is, as paths such as `ApiError in transport.py:send: ['request']['headers']['Authorization']`.

    :param apart: objects of these classes are not looked into.
    """
    needles = spellings(secret)
    found: list[str] = []
    for name, value in _parts_of_chain(error):
        found += [f"{name}{path}" for path in _holding(value, needles, "", {}, -1, apart)]
    return found


def _parts_of_chain(error: BaseException) -> Iterator[tuple[str, Any]]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        name = type(one).__name__
        yield name, [str(one), repr(one), one.args, dict(getattr(one, "__dict__", {})), getattr(one, "__notes__", [])]
        at = one.__traceback__
        while at is not None:
            code = at.tb_frame.f_code
            if not code.co_filename.startswith(TESTS):  # the test knows the key
                yield f"{name} in {os.path.basename(code.co_filename)}:{code.co_name}: ", dict(at.tb_frame.f_locals)
            at = at.tb_next
        waiting += [one.__cause__, one.__context__]


def _holding(
    value: Any, needles: list[str], path: str, seen: dict[int, Any], depth: int, apart: tuple[type, ...]
) -> Iterator[str]:
    if isinstance(value, (bytes, bytearray)):
        value = bytes(value).decode("latin-1")
    if isinstance(value, str):
        if any(needle in value for needle in needles):
            yield path
        return
    depth += 1
    # A KeySource is where the key is read: it holds one only where a program has given it one.
    if value is None or depth > _DEEPEST or id(value) in seen or isinstance(value, (*_ENDS, KeySource, *apart)):
        return
    if value is os.environ:
        return
    seen[id(value)] = value
    if isinstance(value, functools.partial):
        value = [value.func, *value.args, value.keywords]
    if isinstance(value, types.MethodType):
        value = value.__self__
    if isinstance(value, (dict, types.MappingProxyType, os._Environ)):
        for key, item in list(value.items()):
            yield from _holding(key, needles, f"{path}.keys", seen, depth, apart)
            yield from _holding(item, needles, f"{path}[{key!r}]"[:200], seen, depth, apart)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for at, item in enumerate(value):
            yield from _holding(item, needles, f"{path}[{at}]", seen, depth, apart)
    else:
        yield from _holding(_attributes(value), needles, path, seen, depth, apart)


def _attributes(value: Any) -> dict[str, Any]:
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    return {**getattr(value, "__dict__", {}), **{name: getattr(value, name, None) for name in slots}}
