"""How the engine behaves, told once, run on the local engine and on the real one.

Each scenario asserts what matters in it. On the real engine the scenario is run on both, and everything observable is
compared: change summaries, steps and their reasons, provider calls in their order and with their arguments, errors,
outputs, and the whole state after each operation.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from typing import Any

import pytest
import scenarios_of_options
import scenarios_of_steps

SCENARIOS = [*scenarios_of_steps.SCENARIOS, *scenarios_of_options.SCENARIOS]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_on_the_local_engine(scenario: Callable[[Any], None], make_world: Any) -> None:
    scenario(make_world("local"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_on_the_command_and_alike(scenario: Callable[[Any], None], make_world: Any) -> None:
    real = make_world("command")
    local = make_world("local")
    scenario(real)
    scenario(local)
    for ours, theirs in zip(local.trace, real.trace, strict=True):
        difference = "\n".join(difflib.unified_diff(_lines(theirs), _lines(ours), "real", "local", n=8, lineterm=""))
        assert not difference, difference


def _lines(trace: Any) -> list[str]:
    """Spelled out line by line, so that a difference shows as such."""
    return json.dumps(trace, indent=1, sort_keys=True).splitlines()
