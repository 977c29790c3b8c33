"""Property paths, as in `ignore_changes` and `replace_on_changes`: `a.b[0].c`, `a["x.y"]`, `a[*]`.

Both options name places inside a property bag, and both must agree with the real engine on the meaning of a path.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from pulumi_dashscope_ft.testing.values import Secret

_PART = re.compile(r"""\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[\*\]|\.?([^.\[\]"]+)""")
_MISSING = object()

Path = tuple["str | int", ...]


def parse(text: str) -> Path:
    """Split a path into keys and indexes; `*` stands for all of them.

    :raises ValueError: the text is not a path.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None:
            raise ValueError(f"{text!r} is not a property path: it can't be read from character {at + 1} on")
        quoted, index, plain = match.groups()
        if quoted is not None:
            parts.append(re.sub(r"\\(.)", r"\1", quoted))
        elif index is not None:
            parts.append(int(index))
        else:
            parts.append(plain if plain is not None else "*")
        at = match.end()
    return tuple(parts)


def contains(outer: Path, inner: Path) -> bool:
    """Whether `inner` is at or below `outer`."""
    return len(outer) <= len(inner) and all(a in ("*", b) for a, b in zip(outer, inner, strict=False))


def reset(path: Path, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return `new` with the value at `path` as in `old`; unchanged if the path leads nowhere in either."""
    result = copy.deepcopy(new)
    _reset(path, old, result)
    return result


def _reset(path: Path, old: Any, new: Any) -> None:
    old, new = _bare(old), _bare(new)
    head, rest = path[0], path[1:]
    if head == "*":
        keys = list(range(len(new))) if isinstance(new, list) else sorted({*_keys(old), *_keys(new)})
        for key in keys:
            _reset((key, *rest), old, new)
        return
    before, after = _get(old, head), _get(new, head)
    if rest:
        if before is not _MISSING and after is not _MISSING:
            _reset(rest, before, after)
    elif isinstance(new, dict) and isinstance(head, str):
        if before is _MISSING:
            new.pop(head, None)
        else:
            new[head] = copy.deepcopy(before)
    elif isinstance(new, list) and isinstance(head, int) and before is not _MISSING and head < len(new):
        new[head] = copy.deepcopy(before)


def _bare(value: Any) -> Any:
    return value.value if isinstance(value, Secret) else value


def _keys(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _get(container: Any, key: str | int) -> Any:
    if isinstance(container, dict):
        return container.get(key, _MISSING)
    if isinstance(container, list) and isinstance(key, int) and key < len(container):
        return container[key]
    return _MISSING
