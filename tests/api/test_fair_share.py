"""Many processes share an account's limit, and know of each other only through the service's 429s.

The processes are the real rate limiters and retriers' rules, each with a clock of its own on one simulated time line:
nothing sleeps, and an hour takes a second.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.api import RateLimiter
from pulumi_dashscope_ft.api.http.pace import LEAST_RATE, Pace
from pulumi_dashscope_ft.api.http.ratelimit import Place

LATENCY = 0.03
RETRY_TIMEOUT = 60.0


class World:
    """Simulated time: what happens next, and when."""

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing sleeps here")

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._numbers), action))

    def run(self, until: float = float("inf")) -> None:
        while self._events and self._events[0][0] <= until:
            self.now, _, action = heapq.heappop(self._events)
            action()


class Service:
    """Accepts so many calls in any second. What it refuses does not count."""

    def __init__(self, world: World, limit: float) -> None:
        self.limit = limit
        self.refused = 0
        self._world = world
        self._accepted: deque[float] = deque()

    def accepts(self) -> bool:
        while self._accepted and self._accepted[0] <= self._world.now - 1.0:
            self._accepted.popleft()
        if len(self._accepted) >= self.limit:
            self.refused += 1
            return False
        self._accepted.append(self._world.now)
        return True


@dataclass
class Process:
    """One process: some callers that each make one call after the other, as long as there are some to make."""

    world: World
    service: Service
    calls: Iterator[int]
    limiter: RateLimiter = field(init=False)
    ended: list[float] = field(default_factory=list)
    longest: float = 0.0
    """Seconds of the call that took longest, as the retrier counts them: it would give up after `RETRY_TIMEOUT`."""

    def __post_init__(self) -> None:
        self.limiter = RateLimiter(clock=self.world)

    def start(self, callers: int) -> None:
        for _ in range(callers):
            self._next_call()

    def _next_call(self) -> None:
        if next(self.calls, None) is not None:
            self._enter(self.limiter.place(), self.world.now)

    def _enter(self, place: Place, began: float) -> None:
        self.limiter.enter(place)
        self._try(place, began)

    def _try(self, place: Place, began: float) -> None:
        left = self.limiter.left(place)
        if left > 0:
            self.world.after(left, lambda: self._try(place, began))
        else:
            self.world.after(LATENCY, lambda: self._answered(place, began))

    def _answered(self, place: Place, began: float) -> None:
        self.longest = max(self.longest, self.world.now - began - place.behind)
        if self.service.accepts():
            self.limiter.accepted(place)
            self.ended.append(self.world.now)
            self._next_call()
        else:
            self.limiter.throttled(place)
            self._enter(place, began)


def play(processes: int, calls: int, callers: int, limit: float, *, spread: float = 0.5) -> tuple[World, list[Process]]:
    """So many processes, started within `spread` seconds, have each made all their calls."""
    world = World()
    service = Service(world, limit)
    made = [Process(world, service, iter(range(calls))) for _ in range(processes)]
    for process in made:
        world.after(random.uniform(0, spread), partial(process.start, callers))
    world.run()
    return world, made


@pytest.mark.parametrize(("processes", "calls", "callers"), [(1, 200, 10), (2, 200, 10), (10, 60, 10), (50, 25, 10)])
def test_they_use_the_limit_and_share_it(processes: int, calls: int, callers: int) -> None:
    random.seed(16)
    _, made = play(processes, calls, callers, limit=20)
    ends = [process.ended[-1] for process in made]
    assert all(len(process.ended) == calls for process in made)
    assert max(ends) <= 1.5 * processes * calls / 20, "they leave a third of the limit unused"
    assert max(ends) <= 2 * median(ends), "some get less than half of what others get"
    assert max(process.longest for process in made) < RETRY_TIMEOUT, "a call would have been given up"


@settings(max_examples=15, deadline=None)
@given(
    processes=st.integers(1, 30),
    callers=st.integers(1, 64),
    limit=st.integers(10, 60),
    spread=st.sampled_from((0.0, 0.5, 30.0)),
    seed=st.integers(0, 1000),
)
def test_none_stalls_whatever_the_limit(processes: int, callers: int, limit: int, spread: float, seed: int) -> None:
    random.seed(seed)
    calls = max(callers, 5)
    world, made = play(processes, calls, callers, limit, spread=spread)
    assert all(len(process.ended) == calls for process in made)
    assert world.now <= spread + 2 * processes * calls / limit + 30
    assert max(process.longest for process in made) < RETRY_TIMEOUT


def test_their_rates_come_together_whoever_came_first() -> None:
    random.seed(16)
    world = World()
    service = Service(world, 20)
    first, second = (Process(world, service, itertools.count()) for _ in range(2))
    first.start(8)
    world.after(60, lambda: second.start(8))
    world.run(until=60)
    alone = len(first.ended) / 60
    assert alone >= 20 / 1.5
    world.run(until=240)
    shares = [sum(end > 120 for end in process.ended) / 120 for process in (first, second)]
    assert sum(shares) >= 20 / 1.5
    assert max(shares) <= 1.5 * min(shares)


def test_a_limit_that_is_lifted_is_noticed_within_half_a_minute() -> None:
    random.seed(16)
    world = World()
    service = Service(world, 1)
    process = Process(world, service, itertools.count())
    process.start(64)
    world.run(until=120)
    assert process.limiter.rate < 3
    service.limit = 1000
    world.run(until=150)
    assert process.limiter.rate > 10


def test_nothing_slows_a_hundred_calls_down_where_there_is_no_limit() -> None:
    world, _ = play(1, 100, 32, limit=10_000, spread=0.0)
    assert world.now == pytest.approx(LATENCY * 4, abs=0.001)  # 32 callers make a hundred calls in four rounds


def test_a_service_that_refuses_everything_is_asked_ever_more_rarely() -> None:
    random.seed(16)
    world = World()
    service = Service(world, 0)
    process = Process(world, service, itertools.count())
    process.start(10)
    world.run(until=60)
    refused = service.refused
    world.run(until=120)
    assert service.refused - refused <= 60 * LEAST_RATE * 1.5
    assert process.longest >= 50, "each call is given up in time: nobody waits for others that get no answer either"


def test_callers_that_were_refused_together_slow_the_process_down_once() -> None:
    pace = Pace(10.0, 20, now=0.0)
    for _ in range(10):
        pace.throttled(sent=0.5, now=1.0)
    assert pace.rate == pytest.approx(7.0)
    pace.throttled(sent=1.2, now=1.3)
    assert pace.rate == pytest.approx(4.9)


def test_a_refused_call_keeps_its_place() -> None:
    world = World()
    limiter = RateLimiter(1.0, 1, world)
    places = [limiter.place() for _ in range(3)]
    for place in places:
        limiter.enter(place)
    assert limiter.left(places[0]) == 0
    limiter.throttled(places[0])
    limiter.enter(places[0])  # its second try
    world.now = 3.0
    limiter.left(places[0])
    lefts = [limiter.left(place) for place in places[1:]]
    assert lefts == sorted(lefts)
    assert lefts[0] > 0


def test_waiting_for_older_calls_counts_only_while_the_service_accepts_none() -> None:
    world = World()
    limiter = RateLimiter(1.0, 1, world)
    older, younger = limiter.place(), limiter.place()
    limiter.enter(older)
    assert limiter.left(older) == 0
    limiter.enter(younger)
    world.now = 0.5
    assert younger.behind == 0
    limiter.accepted(older)
    assert younger.behind == 0.5
