"""What a report may quote of the service: words of a fixed vocabulary, and nothing else.

A report goes into a public issue, and an answer may contain anything: ids of the account, names of models and files, a
key. No list of secrets to remove is complete. So it is the other way round: only words that are known to be harmless
are shown, and everything else is an ellipsis.
"""

from __future__ import annotations

import re
from importlib.resources import files

MORE = "…"
_LONGEST_MESSAGE = 140
_LOOKED_AT = 2000
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|[^A-Za-z]+")
_CODE = re.compile(r"[A-Za-z]+(?:[._ ][A-Za-z]+)*")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PUNCTUATION = re.compile(r"[.,:;!?'\"()_\-]{1,2}")

_WORDS = frozenset(files(__package__).joinpath("words.txt").read_text(encoding="utf-8").split())
"""Words of the documented codes and messages, and those that such messages are usually made of."""


def code_shown(code: str) -> str:
    """Return a code of the service, such as `UnsupportedOperation`, if its words are known; else `another code`."""
    text = code.strip()
    if len(text) > 60 or not _CODE.fullmatch(text):
        return "another code"
    parts = _PART.findall(text)
    known = all(part.lower() in _WORDS for part in parts) and "".join(parts) == re.sub(r"[._ ]", "", text)
    return text if known else "another code"


def message_shown(message: str) -> str:
    """Return a message with an ellipsis for each run of words that are not known; empty if nothing is left.

    A word with anything unknown in it, such as a name or an id, is left out as a whole.
    """
    shown: list[str] = []
    for word in message[:_LOOKED_AT].split():
        if _is_known(word):
            shown.append(word)
        elif not shown or shown[-1] != MORE:
            shown.append(MORE)
    text = " ".join(shown)
    if not re.search(r"[A-Za-z]{3}", text):
        return ""
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + MORE


def _is_known(word: str) -> bool:
    pieces = _WORD.findall(word)
    return all(piece.lower() in _WORDS or _PUNCTUATION.fullmatch(piece) for piece in pieces)
