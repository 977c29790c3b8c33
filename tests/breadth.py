"""How broad a run is: the whole product of what a test is parametrized with, or a part that leaves out repetition.

A matrix asks the same of every row: each operation × each fault × each flavour × each form of answers. A defect shows
in a row because of one value or of two that meet, hardly ever because of four. So a test says which of its parameters
are *rotated*, `@pytest.mark.rotated("front", "data_form")`, and a normal run takes each combination of the others once,
with values of the rotated ones that change from row to row by a fixed rule:

- every combination of the other parameters is run,
- every combination of the rotated ones is run,
- every value of a rotated parameter meets every value of each other one. Where that takes more rows, more are run.

End-to-end tests have few parameters, and each starts processes. There values rotate from test to test of a module,
`rotated("flavour", among="tests")`: each test is run once on each engine. A test in which the flavours differ is marked
plain `rotated`, and runs on all.

`--breadth whole` (`make soak`) runs the whole product. A test that is named by its id is run in any case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

import pytest

Row = Mapping[str, Hashable]
"""One set of parameters: name → value, or what stands for the value."""

TEST = "the test"
"""In a row, the name of its test, where values rotate among the tests of a module."""


def chosen(rows: Sequence[Row], rotated: frozenset[str]) -> list[int]:
    """The numbers of the rows that a normal run takes, in their order.

    :param rotated: names of parameters; those that a row lacks do not count.
    """
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[tuple((name, value) for name, value in row.items() if name not in rotated)].append(number)
    open_meetings = {meeting for row in rows for meeting in _meetings(row, rotated)}
    used: Counter[Hashable] = Counter()
    taken: list[int] = []

    def gain(number: int) -> tuple[int, int]:
        """How much is new in it; then, how seldom the rest was taken."""
        meetings = _meetings(rows[number], rotated)
        return len(open_meetings.intersection(meetings)), -sum(used[meeting] for meeting in meetings)

    def take(number: int) -> None:
        meetings = _meetings(rows[number], rotated)
        used.update(meetings)
        open_meetings.difference_update(meetings)
        taken.append(number)

    for group in groups.values():
        take(max(group, key=gain))
    while open_meetings:
        take(max(range(len(rows)), key=gain))
    return sorted(taken)


def _meetings(row: Row, rotated: frozenset[str]) -> list[Hashable]:
    """What a run has once at least: each pair of values of which one is rotated, and the rotated ones together."""
    names = [name for name in row if name != TEST]
    pairs = [(one, other) for one, other in combinations(names, 2) if {one, other} & rotated]
    together = tuple((name, row[name]) for name in names if name in rotated)
    return [*((one, row[one], other, row[other]) for one, other in pairs), together]


def deselect(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of `items` what a normal run does not take."""
    together: dict[tuple[str, frozenset[str]], list[pytest.Function]] = defaultdict(list)
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            for mark in item.iter_markers("rotated"):
                among_tests = mark.kwargs.get("among") == "tests"
                place = str(item.path) if among_tests else item.nodeid.partition("[")[0]
                together[place, frozenset(mark.args)].append(item)
                break
    left_out: set[pytest.Item] = set()
    for (place, rotated), tests in together.items():
        taken = {*chosen([_row(test, of_module=str(test.path) == place) for test in tests], rotated)}
        left_out.update(test for number, test in enumerate(tests) if number not in taken)
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def _row(test: pytest.Function, *, of_module: bool) -> Row:
    """A test's parameters by identity: not all values can be compared, and each is one object in all of its rows."""
    row: dict[str, Hashable] = {name: id(value) for name, value in test.callspec.params.items()}
    return {TEST: test.originalname, **row} if of_module else row
