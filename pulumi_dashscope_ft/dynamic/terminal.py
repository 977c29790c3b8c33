"""Why this exists: what the service wrote (statuses, names, messages) ends up on terminals and in CI logs. It must not
be able to move the cursor there, nor to repeat a key. Everything this front end shows goes through here.
"""

from __future__ import annotations

from pulumi_dashscope_ft.api import clean, redact

_LONGEST_LINE = 4000


def printable(text: str) -> str:
    """`text` without control characters and anything that looks like a key; lines and their indentation are kept."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    words = line.lstrip(" ")
    return line[: len(line) - len(words)] + clean(redact(words), limit=_LONGEST_LINE)
