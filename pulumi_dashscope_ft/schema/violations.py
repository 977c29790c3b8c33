"""Violations: what is wrong with inputs, before a front end words it in its language.

A Python program's author wrote `training_file_ids`, a YAML program's author `trainingFileIds`. A violation therefore
keeps names and sentence apart, and joins them on request.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pulumi_dashscope_ft.schema.quoting import escape_line, quote_text

Path = tuple[str | int, ...]
Spelling = Callable[[str], str]


def as_schema(name: str) -> str:
    """Return the spelling of the schema itself: camelCase."""
    return name


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong or, among a report's warnings, unusual."""

    path: Path
    """The place: the input's camelCase name, then keys and list positions. Empty for the resource as a whole."""
    reason: str
    """A sentence without its subject: what is wrong, what was given, what to write instead."""
    mentions: tuple[str, ...] = ()
    """Inputs (camelCase) that the reason names."""

    @property
    def property(self) -> str:
        """The input concerned, in camelCase."""
        return str(self.path[0]) if self.path else ""

    def field(self, spelling: Spelling = as_schema) -> str:
        """Return the path as a person writes it: trainingFileIds[0], hyperParameters.n_epochs, hyperParameters["odd"].

        :param spelling: applied to the input's name only; keys below it belong to the API or to the user.
        """
        text = ""
        for position, step in enumerate(self.path):
            if isinstance(step, int):
                text += f"[{step}]"
            elif position == 0:
                text = escape_line(spelling(step)[:100])
            else:
                text += f".{step}" if re.fullmatch(r"\w{1,80}", step) else f"[{quote_text(step)}]"
        return text

    def message(self, spelling: Spelling = as_schema) -> str:
        """Return the whole message, with every input in the given spelling: "on_destroy: must be …"."""
        reason = self.reason
        for name in self.mentions:
            reason = re.sub(rf"\b{re.escape(name)}\b", lambda match: spelling(match[0]), reason)
        return f"{self.field(spelling)}: {reason}" if self.path else reason

    def __str__(self) -> str:
        return self.message()


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a validation, in the order of the schema's properties."""

    violations: tuple[Violation, ...] = ()
    """What can never work."""
    warnings: tuple[Violation, ...] = ()
    """What is unusual, but may be intended."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; there may be warnings."""
        return not self.violations
