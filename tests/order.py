"""The order of a run: tests that wait stand between tests that calculate, from the first to the last of them.

An end-to-end test starts processes and waits for them and for real clocks; most others keep a core busy. pytest's own
order, by path, has all of `tests/e2e` in one stretch, so that all workers wait at the same time in the end. The modules
stay whole, because their tests share what they set up.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, groupby
from pathlib import Path

import pytest

_WAITING = frozenset({"browser", "e2e", "plugin", "release", "testing"})
"""Folders whose tests wait most of the time; so does a module that runs an engine, wherever it is."""


def spread(items: Sequence[pytest.Item], root: Path) -> list[pytest.Item]:
    """Return the tests with the modules of the two sorts in turn, each sort spread over the whole run."""
    modules = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    waiting, others = ([tests for tests in modules if _waits(tests[0], root) is sort] for sort in (True, False))
    placed = sorted([*_placed(waiting), *_placed(others)], key=lambda one: one[0])
    return [test for _, tests in placed for test in tests]


def _placed(modules: Sequence[Sequence[pytest.Item]]) -> list[tuple[float, Sequence[pytest.Item]]]:
    """Each module with the middle of its place among all tests of its sort, from 0 to 1."""
    ends = list(accumulate(map(len, modules)))
    return [((end - len(tests) / 2) / ends[-1], tests) for tests, end in zip(modules, ends, strict=True)]


def _waits(test: pytest.Item, root: Path) -> bool:
    return test.path.relative_to(root).parts[0] in _WAITING or "engine" in getattr(test, "fixturenames", ())
