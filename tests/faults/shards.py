"""Why this exists: random schedules are the dearest tests here, so how many of them a normal run makes, and for which
front end, is decided in one place. `make soak` makes twice as many, and not the same ones.
"""

from __future__ import annotations

import os
from typing import Any

from front_ends import DYNAMIC, PLUGIN
from hypothesis import Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "default")
SOAK = PROFILE == "soak"
"""As many schedules as the profile says, and not the same ones each time."""

_AS_FOUND: dict[str, Any] = {"phases": [Phase.explicit, Phase.generate]} if PROFILE == "default" else {}
"""A normal run shows a counter-example as it was found, at once. To make it small means to play hundreds of others, and
one that takes minutes itself would be played until the time limit. `HYPOTHESIS_PROFILE=shrink` does that."""

STEPS = 12

SHARDS = tuple(enumerate([DYNAMIC, PLUGIN] * (4 if SOAK else 2)))
"""The number of each shard, and its front end."""


def run(machine: type[RuleBasedStateMachine], front: str, number: int, examples: int) -> None:
    """Make so many schedules, the same ones for the same number."""
    of_front: Any = type(machine.__name__, (machine,), {"front": front})
    more: dict[str, Any] = {} if SOAK else {"max_examples": examples}
    chosen = settings(stateful_step_count=STEPS, **more, **_AS_FOUND)
    test = get_state_machine_test(of_front, settings=chosen)
    (test if SOAK else seed(number)(test))()
