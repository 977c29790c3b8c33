"""The result of a check of training data.

To fix a data file, a user needs the line, what is wrong there and what to write instead. These objects carry that from
the checks to the message, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pulumi_dashscope_ft.lifecycle.training_data.digest import Digest
from pulumi_dashscope_ft.lifecycle.training_data.tokens import LongestRow


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a data file or, among the warnings, unusual."""

    place: str
    """The file: its path as given; for a file inside an archive followed by " > " and the name in the archive."""
    line: int | None
    """Number of the line, counted from 1; None when the whole file is meant."""
    reason: str
    """What is wrong and what to write instead, a clause without the place."""

    def __str__(self) -> str:
        return f"{self.place}, line {self.line}: {self.reason}" if self.line else f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class DataReport:
    """What the check of a data file found."""

    path: Path
    rows: int = 0
    """Rows seen: lines that are not blank. All rows of the file only when `complete`."""
    problems: tuple[Problem, ...] = ()
    """What keeps the file from being trained on."""
    warnings: tuple[Problem, ...] = ()
    """What the service may or may not accept, or what is probably a mistake."""
    kind: str | None = None
    """Shape of the rows: "chat", "dpo", "cpt", "vl", "prompt", "decision" or "media"; None when unknown."""
    longest: LongestRow | None = None
    """The longest row, as far as its tokens are known; None when no row has text whose tokens count."""
    size: int = 0
    """Size of the file in bytes."""
    digest: Digest | None = None
    """Digest of the very bytes that were checked; None when not all of the file was read."""
    complete: bool = True
    """False when the check stopped early, because there were too many problems or the file could not be read on."""

    @property
    def ok(self) -> bool:
        """Whether the file can be uploaded."""
        return not self.problems


class Findings:
    """Collects problems and warnings while a file is read, up to a limit of problems and of each kind of warning."""

    def __init__(self, place: str, most: int) -> None:
        self.place = place
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._most = most
        self._warned: Counter[str] = Counter()

    @property
    def full(self) -> bool:
        """Whether the requested number of problems is reached, so that reading on is of no use."""
        return len(self.problems) >= self._most

    def problem(self, reason: str, line: int | None = None) -> None:
        """Add a problem, unless there are enough of them."""
        if not self.full:
            self.problems.append(Problem(self.place, line, reason))

    def inside(self, name: str) -> Findings:
        """Begin the findings for a file inside this one. They count here once they are joined."""
        return Findings(f"{self.place} > {name}", self._most - len(self.problems))

    def join(self, other: Findings) -> None:
        """Take over the findings for a file inside this one."""
        self.problems += other.problems
        self.warnings += other.warnings
        self._warned += other._warned

    def warning(self, reason: str, line: int | None = None, kind: str = "") -> None:
        """Add a warning, unless there are enough of its `kind`."""
        if self._warned[kind] < self._most:
            self._warned[kind] += 1
            self.warnings.append(Problem(self.place, line, reason))
