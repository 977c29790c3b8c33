"""What a report of the real service has made of the emulator's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Likeness:
    """The answers of one report.

    :param date: when it was made, as the report says.
    :param settings: the settings that give its answers.
    :param answers: fact → answer, of the facts that were seen.
    :param contradicted: how many of them are other than the documentation lets expect.
    :param unseen: facts that were not seen: their settings keep the defaults.
    :param notes: a line for each answer that the emulator gives in a form of its own.
    """

    date: str
    settings: Mapping[str, object]
    answers: Mapping[str, str]
    contradicted: int
    unseen: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """One line: `as a report of 2026-11-30 says: 35 facts, 3 of them contradicted, 2 not seen`."""
        of = f"a report of {self.date}" if self.date else "a report"
        return (
            f"as {of} says: {len(self.answers)} facts, {self.contradicted} of them contradicted, "
            f"{len(self.unseen)} not seen"
        )

    def to_json(self) -> dict[str, object]:
        """Return it for display."""
        return {
            "summary": self.summary,
            "answers": dict(self.answers),
            "notSeen": list(self.unseen),
            "notes": list(self.notes),
        }
