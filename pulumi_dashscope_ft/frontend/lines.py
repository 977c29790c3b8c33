"""Text for the user, made safe for terminals and logs.

What the service wrote (statuses, names, messages) ends up on terminals and in CI logs; it must not be able to move the
cursor there, nor to repeat a key or a secret. All text for the user passes through here, and functions that show text
accept only a `TerminalText`, which is made nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NewType

from pulumi_dashscope_ft.text import redact, redact_secrets, redact_watched_keys, sanitize

TerminalText = NewType("TerminalText", str)
"""Text that may be shown: lines without control characters, keys, and secrets of the program."""

_LONGEST_LINE = 4000


def sanitize_lines(text: str, spelled: Callable[[str], str] = str) -> TerminalText:
    """Make `text` safe to show: no control characters, nothing that looks like a key, no secret of the program.

    Lines and their indentation are kept.

    :param spelled: gives each line the spelling of the user's language.
    """
    # Secrets first, in the whole text: the end of a line may cut a secret in two.
    return TerminalText(
        "\n".join(_line(line, spelled) for line in redact_secrets(redact_watched_keys(text)).split("\n"))
    )


def _line(line: str, spelled: Callable[[str], str]) -> str:
    words = line.lstrip(" ")
    return line[: len(line) - len(words)] + sanitize(redact(spelled(words)), limit=_LONGEST_LINE)
