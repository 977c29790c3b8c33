"""Why this exists: what the service wrote (statuses, names, messages) ends up on terminals and in CI logs; it must not
be able to move the cursor there, nor to repeat a key or a secret. All text for the user leaves through here, and what
shows it takes nothing else: a `TerminalText` is made nowhere but here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NewType

from pulumi_dashscope_ft.text import redact, redact_secrets, redact_watched_keys, sanitize

TerminalText = NewType("TerminalText", str)
"""Text that may be shown: lines without control characters, keys, and secrets of the program's."""

_LONGEST_LINE = 4000


def sanitize_lines(text: str, spelled: Callable[[str], str] = str) -> TerminalText:
    """`text` as it is to be shown: no control characters, nothing that looks like a key, no value that the program has
    made secret; lines and their indentation are kept.

    :param spelled: gives each line the spelling of the user's language.
    """
    # Secrets first, in the whole of it: one that is cut by the end of a line is one.
    return TerminalText(
        "\n".join(_line(line, spelled) for line in redact_secrets(redact_watched_keys(text)).split("\n"))
    )


def _line(line: str, spelled: Callable[[str], str]) -> str:
    words = line.lstrip(" ")
    return line[: len(line) - len(words)] + sanitize(redact(spelled(words)), limit=_LONGEST_LINE)
