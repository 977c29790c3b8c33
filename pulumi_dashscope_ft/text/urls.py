"""URLs with a login in them: `postgres://user:password@host/states?token=…`.

A password may contain any character, so a URL with a password can't be parsed by the rules for URLs. Where the login is
ambiguous, more is redacted rather than less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

from .redaction import redact_value

__all__ = ["redact_login_of", "without_login"]

_SHORTEST = 4
"""Shorter passwords stay where they stand alone: redacting them would make every message unreadable."""


def without_login(url: str) -> str:
    """Return `url` without what may be secret: user, password and query."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2].partition('?')[0]}" if separator else url.partition("?")[0]


def redact_login_of(url: str, text: str) -> str:
    """Return `text` without the user, password and query of `url`, quoted as a whole or in parts.

    :param text: written by somebody who was given `url`, such as the `pulumi` command.
    """
    for secret in sorted({*_secrets(url)}, key=len, reverse=True):
        text = redact_value(text, secret, mask="***", shortest=_SHORTEST)
    return text


def _secrets(url: str) -> Iterator[str]:
    login, sign, rest = url.partition("://")[2].rpartition("@")
    secrets = [login, login.partition(":")[2]] if sign else []
    secrets += [
        value for value in re.findall(r"=([^&]*)", (rest if sign else url).partition("?")[2]) if len(value) >= 8
    ]
    for secret in secrets[:64]:
        yield secret
        with suppress(ValueError):
            yield unquote(secret)
