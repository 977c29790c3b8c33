"""Signs on terminals that do not have them.

`errors="replace"` turns ✓ and ✗ into the same question mark, so a pipeline's log would no longer say what is wrong.
Here each sign has a substitute of its own in ASCII, which a stream's error handler puts in its place. No command has to
know what the terminal can show.

A stream that is ASCII gets a codec under another name, because click takes an ASCII stream for a misconfigured one, and
writes UTF-8 to it.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping
from io import TextIOWrapper
from typing import Any

__all__ = ["SUBSTITUTES", "use_known_signs"]

SUBSTITUTES = {
    "✓": "+",
    "✗": "x",
    "→": "->",
    "←": "<-",
    "…": "...",
    "×": "x",
    "·": "*",
    "•": "*",
    "≤": "<=",
    "≥": ">=",
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    **dict(zip("▁▂▃▄▅▆▇█", "_.-:=+*#", strict=True)),
    **dict(zip("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\|/-\\|/", strict=True)),
    **dict.fromkeys("━╸╺─", "-"),
}
"""Sign → what stands for it in ASCII. `!` stays, so ✓, `!` and ✗ are three different signs everywhere."""

_HANDLER = "dashscope-ft-signs"
_CODEC = "ascii-with-signs"


def use_known_signs(stream: TextIOWrapper, environment: Mapping[str, str] = os.environ) -> None:
    """Make a stream write a substitute for each sign that its terminal can't show, and `?` for other characters."""
    codecs.register_error(_HANDLER, _substitute)
    if _is_ascii(stream.encoding) or _shows_only_ascii(environment):
        codecs.register(_find)
        stream.reconfigure(encoding=_CODEC, errors=_HANDLER)
    else:
        stream.reconfigure(errors=_HANDLER)


def _shows_only_ascii(environment: Mapping[str, str]) -> bool:
    """Whether the user has asked for the C locale, or is at a console whose font lacks most signs.

    Python writes UTF-8 in the C locale (PEP 538, PEP 540). An environment that says nothing is trusted.
    """
    locale = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    return locale in ("C", "POSIX") or environment.get("TERM") == "linux"


def _is_ascii(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "ascii"
    except LookupError:
        return False


def _substitute(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    refused = error.object[error.start : error.end]
    return "".join(SUBSTITUTES.get(sign, "?") for sign in refused), error.end


class _Encoder(codecs.IncrementalEncoder):
    def encode(self, text: str, final: bool = False) -> bytes:
        return text.encode("ascii", self.errors)


def _find(name: str) -> codecs.CodecInfo | None:
    """Return the codec, which is ASCII in all but its name."""
    if name.replace("_", "-") != _CODEC:
        return None
    plain = codecs.lookup("ascii")
    decoder: Any = plain.incrementaldecoder
    return codecs.CodecInfo(
        plain.encode, plain.decode, plain.streamreader, plain.streamwriter, _Encoder, decoder, _CODEC
    )
