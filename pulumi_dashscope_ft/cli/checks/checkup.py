"""The result of one check of `doctor`.

A check is only useful if it says what to do. So a finding that is not fine can't be made without advice.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding", "fine", "unusual", "wrong"]


@dataclass(frozen=True)
class Finding:
    """One line of `doctor`.

    :param check: a name that scripts may rely on: `key`, `service`, `quota`, ….
    :param mark: `✓`, `!` (works, or may work; look at it) or `✗` (will not work).
    :param message: what was found, as one sentence without a full stop.
    :param advice: what to do; None with `✓`.
    """

    check: str
    mark: str
    message: str
    advice: str | None = None

    @property
    def result(self) -> str:
        """The mark in a word, for JSON: `ok`, `warning` or `failed`."""
        return {"✓": "ok", "!": "warning", "✗": "failed"}[self.mark]


def fine(check: str, message: str) -> Finding:
    """Make a finding that needs no action."""
    return Finding(check, "✓", message)


def unusual(check: str, message: str, advice: str) -> Finding:
    """Make a finding that the user should know; it may still work."""
    return Finding(check, "!", message, advice)


def wrong(check: str, message: str, advice: str) -> Finding:
    """Make a finding that will not work."""
    return Finding(check, "✗", message, advice)
