"""The benchmark of many processes on one account: what it lets loose is the real thing, and ends what it began."""

from __future__ import annotations

import pytest

from benchmarks.many_processes import JOBS, LIMIT, Shared, measure
from benchmarks.pipeline import ADAPTIVE, FIXED, LIMITERS, FixedRate
from pulumi_dashscope_ft.api import RateLimiter


@pytest.mark.parametrize("limiter", [ADAPTIVE, FIXED])
def test_two_processes_refresh_and_tear_down_their_jobs(limiter: str) -> None:
    shared = measure(2, limiter)
    assert len(shared.walls) == 2
    assert shared.failed == ()
    assert shared.served >= 2 * 2 * JOBS, "a cancel and a delete for each job"


def test_the_figures_are_those_of_the_slowest() -> None:
    shared = Shared(walls=(10.0, 10.0, 15.0), failed=(), served=10 * LIMIT, refused=7)
    assert (shared.wall, shared.alone, shared.fairness) == (15.0, 11.0, 1.5)


def test_the_fixed_rate_is_what_it_says() -> None:
    fixed = LIMITERS[FIXED]()
    assert isinstance(fixed, FixedRate)
    place = fixed.place()
    fixed.acquire(place=place)
    assert fixed.throttled(place) is None, "the call backs off by itself"
    assert fixed.rate == 10
    assert type(LIMITERS[ADAPTIVE]()) is RateLimiter
