"""An entry of the page of the command's errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from command_stage import CommandStage, Told


@dataclass(frozen=True)
class CommandEntry:
    """One thing that can go wrong. `play` brings it about and returns what was said."""

    title: str
    when: str
    next_step: str
    play: Callable[[CommandStage], Told]
