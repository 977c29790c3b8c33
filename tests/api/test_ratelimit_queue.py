"""The schedule that all callers share."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import FakeClock

from pulumi_dashscope_ft.api import RateLimiter, Settings
from pulumi_dashscope_ft.api.http.ratelimit import LONGEST_PENALTY, ImpatientError, shared_limiter


def test_a_burst_then_the_rate(clock: FakeClock) -> None:
    limiter = RateLimiter(10, 3, clock)
    start = clock.now
    for _ in range(7):
        limiter.acquire()
    assert clock.now - start == pytest.approx(0.4)
    clock.now += 100  # a pause fills the bucket, and no further than full
    assert [round(limiter.acquire(), 6) for _ in range(4)] == [0, 0, 0, 0.1]


@given(
    rate=st.floats(0.5, 100),
    burst=st.integers(1, 30),
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_no_window_holds_more_than_the_rate_allows_by_then(
    fake_clock: type[FakeClock], rate: float, burst: int, gaps: Any
) -> None:
    clock = fake_clock()
    limiter = RateLimiter(rate, burst, clock)
    passed, rates = [], []
    for gap in gaps:
        clock.now += gap
        limiter.acquire()
        passed.append(clock.now)
        rates.append(limiter.rate)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            assert last - first + 1 <= burst + rates[last] * (passed[last] - passed[first]) + 1e-6


@given(seconds=st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_penalties_that_overlap_do_not_add_up(fake_clock: type[FakeClock], seconds: list[float]) -> None:
    clock = fake_clock()
    limiter = RateLimiter(10, 5, clock)
    for penalty in seconds:
        limiter.penalize(penalty)
    longest = min(max(seconds), LONGEST_PENALTY)
    assert limiter.acquire() == pytest.approx(longest)
    if longest:
        assert limiter.acquire() == pytest.approx(0.1)  # and then no burst


def test_a_penalty_moves_those_who_already_wait() -> None:
    class Interrupted(FakeClock):
        def sleep(self, seconds: float) -> None:
            if not self.sleeps:
                limiter.penalize(10)  # somebody else hears a 429 while this caller waits
            super().sleep(seconds)

    clock = Interrupted()
    limiter = RateLimiter(1, 1, clock)
    limiter.acquire()
    assert limiter.acquire() == 11  # its second, and the pause
    assert clock.sleeps == [1, 10]
    assert limiter.acquire() == 1  # and the next one keeps its distance


@given(penalties=st.lists(st.floats(0, LONGEST_PENALTY), max_size=8), patience=st.floats(0, 90))
def test_a_caller_waits_for_pauses_as_long_as_it_has_patience(penalties: list[float], patience: float) -> None:
    left = list(penalties)

    class Throttled(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if left:
                limiter.penalize(left.pop())  # the pause is over, and the next caller hears of another

    clock = Throttled()
    limiter = RateLimiter(10, 1, clock)
    if left:
        limiter.penalize(left.pop())
    started = clock.now
    with contextlib.suppress(ImpatientError):
        limiter.acquire(patience)
    assert clock.now - started <= patience + 0.2, "its own place in the queue, and no pause beyond its patience"


def test_a_full_queue_alone_makes_nobody_impatient(clock: FakeClock) -> None:
    limiter = RateLimiter(10, 1, clock)
    for _ in range(1000):
        limiter.acquire(0.0)


def test_sixty_four_threads_share_one_schedule() -> None:
    """On the real clock, in a quarter of a second: 64 callers through a bucket of 14 at 200 a second."""
    limiter = RateLimiter(200, 14)
    started = time.monotonic()
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(lambda _: limiter.acquire(), range(64)))
    assert time.monotonic() - started >= 49 / 200  # 50 of them had to take a place, one every 5 ms


def test_clients_of_one_host_share_a_limiter() -> None:
    first = Settings(base_url="https://one.example/api/v1")
    assert shared_limiter(first) is shared_limiter(Settings(base_url="https://one.example/other"))
    assert shared_limiter(first) is not shared_limiter(Settings(base_url="https://two.example/api/v1"))
    assert shared_limiter(first) is not shared_limiter(Settings(base_url="https://one.example", rate=1))


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (float("nan"), 1), (1, 0)])
def test_impossible_figures(rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="rate"):
        RateLimiter(rate, burst)
