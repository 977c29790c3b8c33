"""Removes secrets from text, however they are spelled there.

An answer, a gateway's page or the `pulumi` command may repeat a secret, and seldom as it was sent: percent-encoded in a
URL, with entities in a page, as base64 in a debug header, cut by colour codes in a log. So the text is decoded as its
reader would read it, and the secret is searched in the result.

Every step takes linear time for any text: patterns are possessive, and their alternatives are disjoint.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple, Protocol
from weakref import WeakValueDictionary

__all__ = ["MASK", "Reading", "Sought", "redact", "redact_logins", "redact_value", "redact_watched_keys", "watch"]

MASK = "sk-***"
_SHORTEST_KEY = 8  # redacting something shorter would mangle ordinary words and protect nothing

# Not within a word. A colour code (`ESC [ 31 m`) ends in a letter, but is no word.
_KEY_SHAPED = re.compile(r"((?<![A-Za-z0-9])|\x1b\[[0-9;?]*[A-Za-z])sk-[A-Za-z0-9_\-]{6,}")
_BEARER = re.compile(r"(?i)\bbearer\s+[^\s\"',;]+")
_WORD = re.compile(r"[^\s\"<>`]+")
_PORT = re.compile(r"[^/?#:@]*:[0-9]{1,5}(?:[/?#]|$)")

_INVISIBLE = (
    r"\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
# the character itself, or escaped
_ESC = r"(?: \x1b | \\++(?:u001b|x1b|033|e) | %(?:25)*+1b | &(?:amp;)*+\#(?:0*+27|x0*+1b); )"
_SPELLED = re.compile(
    rf"""
      (?: {_ESC} \[ | \x9b ) [0-?]*+ [\ -/]*+ [@-~]                              # control sequences
    | \x1b [\]PX^_] [^\x07\x1b\x9c]*+ (?: \x07 | \x1b\\ | \x9c )                 # strings of the terminal
    | [{_INVISIBLE}]++                                                           # spaces and what has no width
    | </? (?:a|b|br|code|em|font|i|mark|p|s|span|strong|tt|u|wbr)\b [^<>]{{0,200}}+ >
    | = \r?\n                                                                    # soft line break of a mail
    | \\++ (?: (?-i:U)(?P<long>[0-9a-f]{{8}}) | u\{{0*+(?P<braced>[0-9a-f]{{1,6}})\}} | u(?P<u>[0-9a-f]{{4}})
          | x(?P<x>[0-9a-f]{{2}}) | (?P<octal>[0-7]{{3}}) | [nrtbfv0] )?
    | % (?:25)*+ (?P<percent>[0-9a-f]{{2}})
    | & (?:amp;)*+ (?: \#0*+(?P<decimal>[0-9]{{1,7}});? | \#x0*+(?P<hex>[0-9a-f]{{1,6}});?
          | (?P<name>[a-z][a-z0-9]{{1,30}}); )
    | (?P<wide>[\uff01-\uff5e])                                                  # full-width letters
    | (?P<dash>[\u2010-\u2015\u2212\ufe58\ufe63])
    """,
    re.VERBOSE | re.IGNORECASE,
)


_BEGINS_ESCAPE = re.compile(r"[<\\%&]")
"""Where anything of `_SPELLED` begins that is no space, in one line of ASCII."""


class _Source(Protocol):
    def read(self) -> str: ...


_WATCHED: WeakValueDictionary[int, _Source] = WeakValueDictionary()


def watch(source: _Source) -> None:
    """Make :func:`redact` remove what `source.read()` returns, as long as `source` is in use.

    The sources are kept, not the keys: a key is read at the moment it is searched for. If `read` raises an `Exception`,
    there is no key.
    """
    _WATCHED[id(source)] = source


def redact(text: str, key: str | None = None) -> str:
    """Return `text` without keys and logins.

    That is: `key` and the keys in use in this process in any spelling, anything else that looks like a key, and the
    user part of URLs. Call it before `sanitize`: a key that was cut in two is not recognised.
    """
    reading = Reading(text)
    for secret in {*_watched_keys(), *([] if key is None else [key])}:
        reading = reading.without(secret)
    text = reading.text
    if "sk-" in text:
        text = _KEY_SHAPED.sub(rf"\1{MASK}", text)
    return redact_logins(_BEARER.sub("Bearer ***", text))


def redact_watched_keys(text: str) -> str:
    """Return `text` without the keys in use in this process, and otherwise unchanged."""
    reading = Reading(text)
    for key in {*_watched_keys()}:
        reading = reading.without(key)
    return reading.text


def redact_value(
    text: str, secret: str | Sought, mask: str = MASK, shortest: int = _SHORTEST_KEY, *, words: bool = False
) -> str:
    """Return `text` with `secret` replaced by `mask`, and otherwise unchanged.

    The secret is recognised in upper and lower case, base64 (at any offset within longer data, with either alphabet),
    hexadecimal, percent, JSON, HTML and full-width spelling, also encoded twice; when it is cut by white space,
    invisible characters, terminal sequences or tags of a page; and when the end of the text cuts it off.

    :param secret: for a round of texts, as `Sought`.
    :param shortest: a secret of fewer characters is left in the text.
    :param words: whether to leave the secret where it is part of a longer word.
    """
    return Reading(text).without(secret, mask, shortest, words=words).text


class Sought:
    """A secret in all its spellings, for one round of searches: they are computed once for many texts.

    Nobody keeps it longer than that: a key is read when it is needed, and not held.
    """

    def __init__(self, secret: str) -> None:
        meant = _as_read(secret)
        self.length = len(secret)
        self.needles = _needles(secret)
        self.meant = None if meant == secret else meant
        """The secret as a reader reads it, where that differs."""
        self.needles_meant = None if self.meant is None else _needles(self.meant)


class Reading:
    """A text that is searched for several secrets. It is decoded once, as long as none is found.

    Nearly every text holds none. So it is asked first whether one begins anywhere, and only then where.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def without(
        self, secret: str | Sought, mask: str = MASK, shortest: int = _SHORTEST_KEY, *, words: bool = False
    ) -> Reading:
        """Return the text with `secret` replaced by `mask` (see :func:`redact_value`)."""
        sought = secret if isinstance(secret, Sought) else Sought(secret)
        if sought.length < shortest:
            return self
        needles, meant = sought.needles, sought.needles_meant
        if sought.meant is not None and len(sought.meant) < shortest:
            meant = None
        if not (
            needles.begin_in(self._standing)
            or needles.begin_in(self._as_read)
            or (meant is not None and meant.begin_in(self._as_read))
        ):
            return self
        text = self.text
        standing = [*_found(self._standing, needles)]  # `%` before a key is not always the start of an escape
        read = [*self._found_decoded(needles)]
        if meant is not None:  # the secret itself contains spaces or escapes
            read += self._found_decoded(meant)
        if words:
            # A reader does not take several words for one.
            read = [span for span in read if not any(map(str.isspace, text[slice(*span)].strip()))]
        spans = [span for span in (*standing, *read) if not words or _is_word(text, *span)]
        return Reading(_replaced(text, spans, mask)) if spans else self

    @cached_property
    def _standing(self) -> _Letters:
        return _letters(self.text)

    @cached_property
    def _as_read(self) -> _Letters:
        read = _as_read(self.text)
        return self._standing if read == self.text else _letters(read)

    @cached_property
    def _decoded(self) -> tuple[_Letters, list[_Run]] | None:
        return _decoded(self.text)

    def _found_decoded(self, needles: _Needles) -> Iterator[tuple[int, int]]:
        """Yield start and end, in the text, of each needle in the decoded text."""
        if self._decoded is None:
            return
        letters, runs = self._decoded
        for start, end in _found(letters, needles):
            first = runs[bisect_right(runs, start, key=itemgetter(0)) - 1]
            last = runs[bisect_right(runs, end - 1, key=itemgetter(0)) - 1]
            begins = first[1] if first[2] else first[1] + start - first[0]
            ends = last[1] + last[2] if last[2] else last[1] + end - last[0]
            yield begins, ends


def redact_logins(text: str) -> str:
    """Return `text` with the user part of each URL in it (`https://user:password@host`) replaced by `***`."""
    if "://" not in text or "@" not in text:
        return text
    return _WORD.sub(lambda word: _without_login(word[0]), text)


def _without_login(word: str) -> str:
    """Return a word without the login of its URLs.

    A password may contain any character but white space, so the login is everything up to the last `@`, unless the `@`
    is in the path of a URL whose host and port are plain.
    """
    parts = re.split(r"(://)", word)
    for at in range(2, len(parts), 2):
        head, sign, host = parts[at].rpartition("@")
        if sign and "@" not in re.split(r"[/?#]", parts[at], maxsplit=1)[0] and (":" not in head or _PORT.match(head)):
            continue
        if sign:
            parts[at] = f"***@{host}"
    return "".join(parts)


def _watched_keys() -> Iterator[str]:
    for reference in _WATCHED.valuerefs():
        source = reference()
        if source is not None:
            key = _read(source)
            if key is not None:
                yield key


def _read(source: _Source) -> str | None:
    with suppress(Exception):  # without a key there is nothing to redact
        return source.read()
    return None


class _Needles(NamedTuple):
    """Spellings to search for, in lower case: those that keep the letters, and those in base64."""

    plain: tuple[str, ...]
    base64: tuple[str, ...]

    def begin_in(self, text: _Letters) -> bool:
        """Whether one of them begins anywhere in this text: otherwise none is in it, whole or cut off by its end."""
        return any(_beginning(needle) in text.lower for needle in self.plain) or any(
            _beginning(needle) in text.base64 for needle in self.base64
        )


def _needles(secret: str) -> _Needles:
    content = secret.encode("utf-8", errors="surrogatepass")
    return _Needles((_lower(secret), content.hex()), tuple(_in_base64(content, offset) for offset in range(3)))


def _beginning(needle: str) -> str:
    """Return what counts as the needle where the text ends within it."""
    return needle[: max(_SHORTEST_KEY, len(needle) // 2)]


def _in_base64(content: bytes, offset: int) -> str:
    """Return the part of the base64 spelling, in lower case, that `content` alone decides.

    :param offset: bytes between the end of a group of three and the start of `content`.
    """
    spelled = base64.b64encode(b"\0" * offset + content).decode("ascii").rstrip("=")
    whole = (offset + len(content)) * 8 // 6
    return spelled[(offset * 8 + 5) // 6 : whole].lower()


def _lower(text: str) -> str:
    return text.replace("\u0130", "i").lower()  # the only letter whose lower case has another length


_BASE64 = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+/=")


class _Letters(NamedTuple):
    """A text to search in: in lower case, and with the letters of one base64 alphabet."""

    lower: str
    base64: str


def _letters(text: str) -> _Letters:
    lower = _lower(text)
    return _Letters(lower, lower.replace("-", "+").replace("_", "/"))


def _found(text: _Letters, needles: _Needles) -> Iterator[tuple[int, int]]:
    """Yield start and end of each needle in this text."""
    for needle in needles.plain:
        yield from _occurrences(text.lower, needle)
    letters = text.base64
    for needle in needles.base64:
        for start, end in _occurrences(letters, needle):
            # The letters on either side encode the rest of its first and last byte; then there may be padding.
            start -= start > 0 and letters[start - 1] in _BASE64
            end += end < len(letters) and letters[end] in _BASE64
            while end < len(letters) and letters[end] == "=":
                end += 1
            yield start, end


def _occurrences(text: str, needle: str) -> Iterator[tuple[int, int]]:
    at = text.find(needle)
    while at >= 0:
        yield at, at + len(needle)
        at = text.find(needle, at + len(needle))
    # The text may end within the needle, so its beginning counts at the end of the text.
    beginning = _beginning(needle)
    at = text.find(beginning, max(0, len(text) - len(needle) + 1))
    while at >= 0:
        if needle.startswith(text[at:]):
            yield at, len(text)
            return
        at = text.find(beginning, at + 1)


def _as_read(text: str) -> str:
    """Return the text as its reader reads it."""
    if text.isascii() and text.isprintable() and not _BEGINS_ESCAPE.search(text):
        return text.replace(" ", "")  # the same, but fast
    return _SPELLED.sub(_meaning, text)


_Run = tuple[int, int, int]
"""A piece of decoded text: its start there and in the text, and its length in the text if it is an escape, else 0. A
plain tuple, because there may be one for every other character.
"""


def _decoded(text: str) -> tuple[_Letters, list[_Run]] | None:
    """Return the text as its reader reads it, and where each piece of that stands; nothing if it is the text itself."""
    pieces: list[str] = []
    runs: list[_Run] = []
    read = done = 0
    for match in _SPELLED.finditer(text):
        start, end = match.span()
        if start > done:
            runs.append((read, done, 0))
            pieces.append(text[done:start])
            read += start - done
        char = _meaning(match)
        if char:
            runs.append((read, start, end - start))
            pieces.append(char)
            read += 1
        done = end
    if not done:
        return None
    if done < len(text):
        runs.append((read, done, 0))
        pieces.append(text[done:])
    return _letters("".join(pieces)), runs


_BASES = {"braced": 16, "u": 16, "x": 16, "long": 16, "octal": 8, "percent": 16, "decimal": 10, "hex": 16}


def _meaning(match: re.Match[str]) -> str:
    """Return the character that an escape stands for, or nothing for a separator."""
    kind = match.lastgroup
    if kind is None:
        return ""
    digits = match[kind]
    if kind == "wide":
        return chr(ord(digits) - 0xFEE0)
    if kind == "dash":
        return "-"
    if kind == "name":
        import html  # its table of names takes half a MiB, and hardly a text needs it

        meant = html.unescape(f"&{digits};")
    else:
        code = int(digits, _BASES[kind])
        meant = chr(code) if code < 0x110000 else "?"
    if len(meant) != 1 or _SEPARATES.match(meant):
        return ""
    return "-" if _DASH.match(meant) else meant


_SEPARATES = re.compile(rf"[{_INVISIBLE}]")
_DASH = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63]")  # `&hyphen;` is not the hyphen of a keyboard


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether these characters stand alone in the text, and not within a word."""
    inside = text[start:end]
    begins = start == 0 or not (_is_letter(text[start - 1]) and _is_letter(inside[0]))
    ends = end == len(text) or not (_is_letter(text[end]) and _is_letter(inside[-1]))
    return begins and ends


def _is_letter(char: str) -> bool:
    return char == "_" or char.isalnum()


def _replaced(text: str, spans: Iterable[tuple[int, int]], mask: str) -> str:
    parts, done = [], 0
    for start, end in sorted(spans):
        if start >= done:
            parts += [text[done:start], mask]
        done = max(done, end)
    return "".join([*parts, text[done:]])
