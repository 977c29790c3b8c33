"""Why this exists: every lifecycle module answers a check and a diff in the same two shapes, so that each front end can
serve any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.schema import Violation


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check: the inputs to go on with, what is wrong with them, and what is merely unusual."""

    inputs: dict[str, Any]
    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """The outcome of a diff, and the sentence that tells its consequence (None when there is none to tell)."""

    replaces: tuple[str, ...]
    changes: bool
    delete_before_replace: bool
    consequence: str | None
