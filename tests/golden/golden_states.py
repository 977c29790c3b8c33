"""The states that releases have written, each with what its service held."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from golden_world import HERE


@dataclass(frozen=True)
class Golden:
    """A state that a release has written, and what its service held."""

    folder: Path

    @property
    def flavour(self) -> str:
        return self.folder.name.partition("-")[0]

    @property
    def engine(self) -> str:
        return self.folder.name.partition("-")[2]

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
        return found

    @property
    def held(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "service.json").read_text(encoding="utf-8"))
        return found

    def __str__(self) -> str:
        return f"{self.folder.parent.name}-{self.folder.name}"


GOLDEN = [Golden(file.parent) for file in sorted(HERE.glob("*/*/state.json"))]


def of_users() -> list[Golden]:
    """One a release and flavour: the one of the real engine, where the release has left it."""
    best = {(one.folder.parent.name, one.flavour): one for one in sorted(GOLDEN, key=lambda one: one.engine != "local")}
    return list(best.values())
