"""Writes `native/enums.py` from schema.json: the values that the programs written by `pulumi import` name.

Run `make arguments` after a change of the schema. `test_program_enums.py` fails until that is done.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.schema import load, to_snake_case
from pulumi_dashscope_ft.schema.names import in_python

FILE = Path(__file__).parents[2] / "pulumi_dashscope_ft" / "native" / "enums.py"

HEAD = '''"""The values that some properties take, by name. Generated from schema.json: `make arguments`.

Plain text does as well (`training_type="sft"`), also for values that are newer than this release. The names are those
of Pulumi's own generator, because the programs that `pulumi import` writes use them.
"""

from __future__ import annotations

from enum import StrEnum
'''


def enums() -> dict[str, list[Mapping[str, Any]]]:
    """Return the values that each enumeration of the schema lists, by the enumeration's name."""
    types = {token.rpartition(":")[2]: spec for token, spec in load()["types"].items()}
    return {name: spec["enum"] for name, spec in sorted(types.items()) if "enum" in spec}


def member(value: Mapping[str, Any]) -> str:
    """Return the name that Pulumi's generator for Python gives a value."""
    return to_snake_case(value["name"][0].lower() + value["name"][1:]).upper()


def module() -> str:
    """Return the text of the module."""
    described = {token.rpartition(":")[2]: spec for token, spec in load()["types"].items()}
    return HEAD + "".join(_class(name, described[name]) for name in enums())


def _class(name: str, spec: Mapping[str, Any]) -> str:
    lines = [f"class {name}(StrEnum):", *_docstring(spec["description"])]
    for value in spec["enum"]:
        lines += ["", f'    {member(value)} = "{value["value"]}"']
        lines += _docstring(value["description"]) if "description" in value else ()
    return "\n\n" + "\n".join(lines) + "\n"


def _docstring(text: str) -> Iterator[str]:
    first, _, rest = in_python(text).partition(". ")
    summary = first.removesuffix(".") + "."
    if len(summary) > 110:
        summary = re.sub(r" \([^)]*\)", "", summary)
    if not rest and len(summary) <= 110:
        yield f'    """{summary}"""'
        return
    yield from _wrapped(f'"""{summary}')
    if rest:
        yield ""
        yield from _wrapped(rest)
    yield '    """'


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 116, initial_indent="    ", subsequent_indent="    ")


if __name__ == "__main__":
    FILE.write_text(module(), encoding="utf-8")
