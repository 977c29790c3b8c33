"""A run has tests that wait and tests that calculate side by side from its first to its last, and loses none."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from order import spread

ROOT = Path("/tests")


@dataclass(frozen=True)
class Stub:
    path: Path
    number: int
    fixturenames: list[str] = field(default_factory=list, hash=False)


def module(path: str, tests: int, *fixtures: str) -> list[Stub]:
    return [Stub(ROOT / path, number, list(fixtures)) for number in range(tests)]


def ordered(*modules: list[Stub]) -> list[Stub]:
    tests = [test for tests in modules for test in tests]
    items = spread(cast(list[pytest.Item], tests), ROOT)
    return cast(list[Stub], items)


def test_both_sorts_are_spread_over_the_whole_run() -> None:
    calculating = [module(f"api/test_{number}.py", 30) for number in range(20)]
    waiting = [module(f"e2e/test_{number}.py", 5) for number in range(10)]
    order = ordered(*calculating, *waiting)
    assert sorted(map(hash, order)) == sorted(hash(test) for tests in [*calculating, *waiting] for test in tests)
    fifth = len(order) // 5
    for start in range(0, len(order), fifth):
        part = order[start : start + fifth]
        assert 5 <= sum(test.path.parent.name == "e2e" for test in part) <= 15, "about a fifth of fifty"


def test_a_module_stays_whole_and_in_its_order() -> None:
    order = ordered(module("api/test_a.py", 3), module("cli/test_b.py", 3), module("e2e/test_c.py", 3))
    for path in {test.path for test in order}:
        places = [place for place, test in enumerate(order) if test.path == path]
        assert places == list(range(places[0], places[0] + 3))
        assert [order[place].number for place in places] == [0, 1, 2]


def test_a_module_that_runs_an_engine_waits_wherever_it_is() -> None:
    order = ordered(module("api/test_a.py", 10), module("api/test_b.py", 10), module("security/test_c.py", 2, "engine"))
    assert [test.path.stem for test in order[10:12]] == ["test_c", "test_c"], "in the middle, and not at the end"


@pytest.mark.parametrize("path", ["api/test_a.py", "e2e/test_a.py"])
def test_one_sort_alone(path: str) -> None:
    assert len(ordered(module(path, 2))) == 2
    assert ordered() == []
