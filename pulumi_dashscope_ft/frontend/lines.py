"""Why this exists: what the service wrote (statuses, names, messages) ends up on terminals and in CI logs; it must not
be able to move the cursor there, nor to repeat a key. All text for the user leaves through here.
"""

from __future__ import annotations

from collections.abc import Callable

from pulumi_dashscope_ft.api import clean, redact

_LONGEST_LINE = 4000


def printable(text: str, spelled: Callable[[str], str] = str) -> str:
    """`text` as it is to be shown: no control characters, nothing that looks like a key; lines and their indentation
    are kept.

    :param spelled: gives each line the spelling of the user's language.
    """
    return "\n".join(_line(line, spelled) for line in text.split("\n"))


def _line(line: str, spelled: Callable[[str], str]) -> str:
    words = line.lstrip(" ")
    return line[: len(line) - len(words)] + clean(redact(spelled(words)), limit=_LONGEST_LINE)
