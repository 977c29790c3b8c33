"""Literals and variable names for generated programs.

Text of the service is pasted into somebody's program and run. A literal consists of visible characters only, so that
what a reviewer reads is what runs. Text inside it never becomes code, and a generated name shadows nothing.
"""

from __future__ import annotations

import builtins
import json
import keyword
import math
import re
from collections.abc import Mapping
from typing import Any

from .sanitizing import escape

__all__ = ["python_literal", "python_name", "typescript_literal", "typescript_name", "yaml_literal"]

_PYTHON_NAMES = frozenset(
    {*dir(builtins), *keyword.kwlist, *keyword.softkwlist, "pulumi", "pulumi_dashscope_ft", "json", "os", "sys"}
)
# Reserved words of ECMAScript 2024 and of TypeScript in modules, and names that every Pulumi program uses.
_TYPESCRIPT_NAMES = frozenset(
    """
    abstract any arguments as async await boolean break case catch class const constructor continue debugger declare
    default delete do else enum eval export exports extends false finally for from function get global globalThis if
    implements import in infinity instanceof interface is keyof let module namespace nan never new null number object of
    package private process promise protected public pulumi readonly require return set static string super switch
    symbol this throw true try type typeof undefined unique unknown var void while with yield console dashscope
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is no easier to read
)


def python_literal(value: Any) -> str:
    """Return `value` as one Python literal; a text is on one line.

    :raises TypeError: `value` is not a text, number, list or object of these.
    """
    if isinstance(value, str):
        text = repr(value) if escape(value) == value and value.isprintable() else ascii(value)
        return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{python_literal(str(key))}: {python_literal(item)}' for key, item in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(python_literal, value))}]"
    raise TypeError(f"a {type(value).__name__} has no literal")


def typescript_literal(value: Any) -> str:
    """Return `value` as one TypeScript literal. Texts are in double quotes, where `${` means nothing.

    :raises TypeError: `value` is not a text, number, list or object of these.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if isinstance(value, Mapping):
        # Quoted and in brackets, so that `__proto__` is a key like any other.
        pairs = (f"[{_json(str(key))}]: {typescript_literal(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(typescript_literal, value))}]"
    return _json(value)


def yaml_literal(value: Any) -> str:
    """Return `value` as YAML on one line, in flow style, for a program in Pulumi YAML.

    There `${x}` is the value of something else and `$$` a dollar sign, so each dollar sign is doubled (pulumi-yaml,
    `ast/interpolation.go`).

    :raises TypeError: `value` is not a text, number, list or object of these.
    """
    if isinstance(value, str):
        return '"' + "".join(map(_in_yaml, value.replace("$", "$$"))) + '"'
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    if isinstance(value, float) and "." not in repr(value):
        return f"{value:.16e}"  # `1e-05` is a text in YAML 1.1
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{yaml_literal(str(key))}: {yaml_literal(item)}' for key, item in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(yaml_literal, value))}]"
    return _json(value)


def python_name(text: str) -> str:
    """Return a Python variable name made of `text`: lower case, ASCII, not used by Python or by a Pulumi program."""
    return _name(text.lower(), _PYTHON_NAMES)


def typescript_name(text: str) -> str:
    """Return a TypeScript variable name made of `text`: lower camel case, not used by TypeScript itself."""
    first, *others = re.split(r"[^A-Za-z0-9]+", text.strip("-_")) if text else [""]
    return _name(first.lower() + "".join(word[:1].upper() + word[1:] for word in others), _TYPESCRIPT_NAMES)


def _name(text: str, used: frozenset[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]", "_", text)
    if not plain.strip("_"):
        return "resource"
    if plain.startswith("__"):  # used by Python: `__builtins__`, `__file__`
        plain = plain.strip("_")
    if plain[0].isdigit():
        return f"_{plain}"
    return f"{plain}_" if plain in used else plain


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False).replace("\x7f", "\\u007f")


def _in_yaml(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable() and escape(char) == char:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
