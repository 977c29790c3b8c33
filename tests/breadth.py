"""How broad a run is: the whole product of what a test is parametrized with, or a part that leaves out repetition.

A matrix asks the same of every row: each operation × each fault × each flavour × each form of answers. A defect shows
in a row because of one value or of two that meet, hardly ever because of four. So a test says which of its parameters
are *rotated*, `@pytest.mark.rotated("front", "data_form")`, and a normal run takes each combination of the others once,
with values of the rotated ones that change from row to row by a fixed rule:

- every combination of the other parameters is run,
- every combination of the rotated ones is run,
- every value of a rotated parameter meets every value of each other one. Where that takes more rows, more are run.

`--breadth whole` (`make soak`) runs the whole product. A test that is named by its id is run in any case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

import pytest

Row = Mapping[str, Hashable]
"""One set of parameters: name → value, or what stands for the value."""


def chosen(rows: Sequence[Row], rotated: frozenset[str]) -> list[int]:
    """The numbers of the rows that a normal run takes, in their order. All rows have the same names.

    :param rotated: names of parameters; those that the rows lack do not count.
    """
    names = sorted(rotated & rows[0].keys())
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[tuple(value for name, value in row.items() if name not in rotated)].append(number)
    open_meetings = {meeting for row in rows for meeting in _meetings(row, names)}
    used: Counter[Hashable] = Counter()
    taken: list[int] = []

    def gain(number: int) -> tuple[int, int, int]:
        """What is new in it; then, how seldom its values were taken, and how seldom their combination."""
        row = rows[number]
        values = [(name, row[name]) for name in names]
        new = len(open_meetings.intersection(_meetings(row, names)))
        return new, -sum(used[one] for one in values), -used[(*values,)]

    def take(number: int) -> None:
        row = rows[number]
        values = [(name, row[name]) for name in names]
        used.update([*values, (*values,)])
        open_meetings.difference_update(_meetings(row, names))
        taken.append(number)

    for group in groups.values():
        take(max(group, key=gain))
    while open_meetings:
        take(max(range(len(rows)), key=gain))
    return sorted(taken)


def _meetings(row: Row, rotated: Sequence[str]) -> list[Hashable]:
    """What a run has once at least: each pair of values of which one is rotated, and the rotated ones together."""
    pairs = [(one, other) for one, other in combinations(row, 2) if {one, other} & {*rotated}]
    return [*((one, row[one], other, row[other]) for one, other in pairs), tuple((name, row[name]) for name in rotated)]


def deselect(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of `items` what a normal run does not take."""
    by_test: dict[Hashable, list[pytest.Function]] = defaultdict(list)
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec") and _rotated(item):
            by_test[item.nodeid.partition("[")[0]].append(item)
    left_out: set[pytest.Item] = set()
    for tests in by_test.values():
        # By identity: not all values can be compared, and each is one object in all of its rows.
        rows = [{name: id(value) for name, value in test.callspec.params.items()} for test in tests]
        taken = {*chosen(rows, _rotated(tests[0]))}
        left_out.update(test for number, test in enumerate(tests) if number not in taken)
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def _rotated(item: pytest.Item) -> frozenset[str]:
    return frozenset(name for mark in item.iter_markers("rotated") for name in mark.args)
