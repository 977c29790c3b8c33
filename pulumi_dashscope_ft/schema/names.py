"""Translates property names between camelCase (schema) and snake_case (Python) without loss.

The translation is a rule, because a list would drift from the schema.
"""

from __future__ import annotations

import re

_HUMP = re.compile(r"(?<=[A-Za-z0-9])(?=[A-Z])")
_QUOTED_NAME = re.compile(r"(?<=`)[a-z0-9]+(?:[A-Z][a-z0-9]*)+(?=[`.])")


def to_snake_case(name: str) -> str:
    """Return a name in snake_case: "trainingFileIds" → "training_file_ids". One that already is stays as it is."""
    return _HUMP.sub("_", name).lower()


def to_camel_case(name: str) -> str:
    """Return a name in camelCase: "training_file_ids" → "trainingFileIds". One that already is stays as it is."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def in_python(text: str) -> str:
    """Return a description with the property names in backticks spelled as in Python."""
    return _QUOTED_NAME.sub(lambda name: to_snake_case(name[0]), text)
