"""The secret values of a run: no text that leaves the package repeats what a program has marked as secret.

A message, a plan or a report may repeat any input, and the service repeats in its own words what it received. So all
front ends register the secret values here, and all text passes through here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from weakref import WeakSet

from .redaction import Reading, Sought

__all__ = ["HIDDEN", "SecretTexts", "redact_secrets"]

HIDDEN = "[secret]"

_SHORTEST = 4
"""A shorter secret is redacted only where it is quoted: redacting a `3` would make every text unreadable."""

_SHORT = 8
"""A shorter secret is redacted only as a word of its own: inside another word, such as an id, it is a coincidence."""

_REGISTRIES: WeakSet[SecretTexts] = WeakSet()


class SecretTexts:
    """The secret values of one run. :func:`redact_secrets` removes them while this object is in use. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: tuple[str, ...] = ()
        self._sought: dict[str, Sought] = {}
        _REGISTRIES.add(self)

    def add(self, texts: Iterable[str]) -> None:
        """Add secret texts. From now on they are redacted everywhere."""
        new = {text for text in texts if text.strip()}
        if not new <= set(self._texts):
            with self._lock:
                self._sought |= {text: Sought(text) for text in new - set(self._sought)}
                self._texts = tuple({*self._texts, *new})

    def redact(self, text: str) -> str:
        """Return `text` with each secret replaced."""
        return _without(text, {secret: self._sought[secret] for secret in self._texts})


def redact_secrets(text: str) -> str:
    """Return `text` without the values that a program of this run has made secret, and otherwise unchanged.

    Only for text that people read. Never for what is sent, recorded or compared: a status may be spelled like a secret.
    """
    secrets = {secret: registry._sought[secret] for registry in list(_REGISTRIES) for secret in registry._texts}
    return _without(text, secrets)


def _without(text: str, secrets: Mapping[str, Sought]) -> str:
    reading = Reading(text)
    # The longest first, because one may be part of another.
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            reading = reading.without(secrets[secret], HIDDEN, _SHORTEST, words=len(secret) < _SHORT)
        elif not secret.isdecimal() and f'"{secret}"' in reading.text:
            reading = Reading(reading.text.replace(f'"{secret}"', f'"{HIDDEN}"'))
    return reading.text
