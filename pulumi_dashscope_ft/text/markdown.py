"""Text for a comment in a pull request: it stays text there, no matter who wrote it.

Sites read a comment twice. First they read it as Markdown, where an entity is no markup. Then they search the result
for mentions, references and addresses, where an entity has become the character again. So each Markdown character
becomes an entity, and a word joiner (U+2060), which is invisible, breaks what would become a link. Checked against the
GitHub Flavored Markdown Spec 0.29 (section 6, and the extensions) and GitLab's references.
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
    """Return one line of text as Markdown that shows exactly that text.

    :param starts_line: whether it starts a line or an item, where a list or a heading could begin.
    """
    line = _JOINER.join(_MARKS.sub(_entity, part) for part in _LINKS.split(text))
    block = _BLOCK.match(text) if starts_line else None
    if block:
        sign = block.end() - 1 if block[0] in "-+=" else block.end()
        line = f"{line[:sign]}&#{ord(line[sign])};{line[sign + 1 :]}"
    return line


def _entity(match: re.Match[str]) -> str:
    return "\\\\" if match[0] == "\\" else f"&#{ord(match[0])};"
