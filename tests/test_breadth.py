"""A normal run leaves out rows that repeat others, and no row that would be missed."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from breadth import TEST, Row, chosen

AXES = {
    "operation": ["create", "get", "cancel"],
    "fault": ["reset", "500", "401", "hang", "rate"],
    "front": ["dynamic", "plugin"],
    "form": ["newest", "old"],
}
ROTATED = frozenset({"front", "form"})


def rows_of(*names: str) -> list[Row]:
    return [dict(zip(names, values, strict=True)) for values in product(*(AXES[name] for name in names))]


def taken(*names: str) -> list[Row]:
    rows = rows_of(*names)
    return [rows[number] for number in chosen(rows, ROTATED)]


def seen(rows: list[Row], *names: str) -> set[tuple[object, ...]]:
    return {tuple(row[name] for name in names) for row in rows}


def test_each_row_of_a_matrix_is_run_once_with_rotated_values_that_meet_all_others() -> None:
    rows = taken("operation", "fault", "front", "form")
    assert len(rows) == 3 * 5, "none of them twice"
    assert seen(rows, "operation", "fault") == {*product(AXES["operation"], AXES["fault"])}
    for one, other in combinations(AXES, 2):
        assert seen(rows, one, other) == {*product(AXES[one], AXES[other])}


@pytest.mark.parametrize("names", [("front",), ("front", "form"), ("operation", "front")])
def test_what_repeats_nothing_is_run_whole(names: tuple[str, ...]) -> None:
    assert taken(*names) == rows_of(*names)


def test_among_the_tests_of_a_module_each_is_run_once() -> None:
    rows: list[Row] = [{TEST: name, "front": front} for name in ("one", "two", "three") for front in AXES["front"]]
    taken = [rows[number] for number in chosen(rows, ROTATED)]
    assert [(row[TEST], row["front"]) for row in taken] == [("one", "dynamic"), ("two", "plugin"), ("three", "dynamic")]


def test_the_same_rows_are_taken_each_time() -> None:
    assert taken(*AXES) == taken(*AXES)
