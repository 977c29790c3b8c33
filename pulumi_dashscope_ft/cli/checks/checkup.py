"""What a check of `doctor` finds.

Why it exists: a check is only worth something when it says what to do. So a finding that is not fine can't be made
without advice.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding", "fine", "unusual", "wrong"]


@dataclass(frozen=True)
class Finding:
    """One line of `doctor`.

    :param check: a name that scripts may rely on: `key`, `service`, `quota`, ….
    :param mark: `✓`, `!` (works, or may work; look at it) or `✗` (will not work).
    :param told: what was found, as one sentence without a full stop.
    :param advice: what to do; None with `✓`.
    """

    check: str
    mark: str
    told: str
    advice: str | None = None

    @property
    def result(self) -> str:
        """The mark in a word, for JSON: `ok`, `warning` or `failed`."""
        return {"✓": "ok", "!": "warning", "✗": "failed"}[self.mark]


def fine(check: str, told: str) -> Finding:
    """Nothing to do."""
    return Finding(check, "✓", told)


def unusual(check: str, told: str, advice: str) -> Finding:
    """It may work; the user should know."""
    return Finding(check, "!", told, advice)


def wrong(check: str, told: str, advice: str) -> Finding:
    """It will not work like that."""
    return Finding(check, "✗", told, advice)
