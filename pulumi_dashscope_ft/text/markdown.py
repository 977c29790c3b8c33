"""Text for a comment in a pull request: it stays text there, whoever wrote it.

Why it exists: sites read a comment twice. First as Markdown, where an entity is no markup; then they look in what came
out for mentions, references and addresses, where an entity has become the sign again. So each sign of Markdown becomes
an entity, and what would become a link afterwards is broken by a word joiner (U+2060), which nobody sees.
Checked against the GitHub Flavored Markdown Spec 0.29 (section 6, and the extensions) and GitLab's references.
"""

from __future__ import annotations

import re

__all__ = ["markdown"]

_JOINER = "&#8288;"
_MARKS = re.compile(r"[\\&|<>`*_\[\]@#~$^]")
_LINKS = re.compile(
    r"""
      (?<=[@~^%]) (?=[\w"'])                  # @user  ~label  ^alert  %milestone
    | (?<=[\#!$&]) (?=[0-9])                  # #1  !1  $1  &1
    | (?<=:) (?=//)                           # https://…
    | (?<=\bwww) (?=\.)                       # www.…
    | (?<=\bmailto) (?=:) | (?<=\bxmpp) (?=:)
    | (?<=\bGH-) (?=[0-9])                    # GH-1
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BLOCK = re.compile(r"[-+=]|[0-9]{1,9}(?=[.)])")


def markdown(text: str, *, starts_line: bool = False) -> str:
    """Return `text`, which is one line, as Markdown that shows exactly that.

    :param starts_line: it is at the start of a line or of an item, where a list or a heading could begin.
    """
    line = _JOINER.join(_MARKS.sub(_entity, part) for part in _LINKS.split(text))
    block = _BLOCK.match(text) if starts_line else None
    if block:
        sign = block.end() - 1 if block[0] in "-+=" else block.end()
        line = f"{line[:sign]}&#{ord(line[sign])};{line[sign + 1 :]}"
    return line


def _entity(match: re.Match[str]) -> str:
    return "\\\\" if match[0] == "\\" else f"&#{ord(match[0])};"
