"""The fleet of the benchmark is one that a sweep understands: it finds the orphans, and only those."""

from __future__ import annotations

from benchmarks import fleet


def test_a_small_fleet_is_swept_with_one_reading_of_the_jobs() -> None:
    figures = fleet.run((11,), 300, lambda text: None)
    names = [figure.name for figure in figures]
    assert [name.partition(":")[0] for name in names] == ["wall time", "memory"] * 2 + ["calls for the list of jobs"]
    assert list(figures[-1].ours) == [4, 4], "three pages, and the first again"
    assert all(0 < figure.value < 300 for figure in figures)
