"""What ends a wait: success, failure, and what only looks like one of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

from pulumi_dashscope_ft.api import ApiTimeoutError, AuthenticationError, NotFoundError
from pulumi_dashscope_ft.lifecycle.errors import OperationInterruptedError
from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller, WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CROWD, Failure, Waiter, WaitFailedError, status_left

LOST = Failure("it was lost", "look for it")
WAITER = Waiter(success=frozenset({"FOUND"}), failure={"LOST": LOST}, delays=(1.0,), jitter=0.0)


@dataclass(frozen=True)
class Thing:
    status: str
    label: str | None = None


class Steps:
    """A clock on which time passes only by sleeping. A wait that reads it again and again has no end."""

    def __init__(self) -> None:
        self.now = 0.0
        self.readings = 0

    def monotonic(self) -> float:
        self.readings += 1
        assert self.readings < 10_000, "the wait does not end"
        return self.now

    def time(self) -> float:
        return self.monotonic()

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Script:
    """A service that shows one status after the other; the last one stays. `None` is a look that fails."""

    def __init__(self, *statuses: str | None) -> None:
        self.statuses = list(statuses)
        self.looks: list[float] = []
        self.clock = Steps()
        self.poller: Poller[Thing] = Poller(None, self.get, self.clock)

    def get(self, thing_id: str) -> Thing:
        self.looks.append(self.clock.now)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status is None:
            raise ApiTimeoutError("no answer", operation="get")
        return Thing(status)

    def wait(self, waiter: Waiter = WAITER, deadline: float = 100.0) -> Thing | None:
        return self.poller.wait("a", waiter, deadline=deadline)


def test_success_ends_a_wait() -> None:
    script = Script("SOUGHT", "SOUGHT", "FOUND")
    assert script.wait() == Thing("FOUND")
    assert script.looks == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("before", [[], ["SOUGHT"], [None, "SOUGHT", None]])
def test_a_failure_ends_a_wait_and_says_what_it_means(before: list[str | None]) -> None:
    script = Script(*before, "LOST", "FOUND")
    with pytest.raises(WaitFailedError) as caught:
        script.wait()
    assert caught.value.seen == Thing("LOST")
    assert caught.value.failure == LOST
    assert len(script.looks) == len(before) + 1


def test_a_failure_of_an_earlier_attempt_counts_only_later() -> None:
    waiter = Waiter(WAITER.success, WAITER.delays, WAITER.failure, lingering={"LOST": 3.0}, jitter=0.0)
    assert Script("LOST", "LOST", "FOUND").wait(waiter) == Thing("FOUND")
    stays = Script("LOST")
    with pytest.raises(WaitFailedError):
        stays.wait(waiter)
    assert stays.looks == [1.0, 2.0, 3.0]


def test_a_status_without_what_comes_with_it_is_no_success() -> None:
    waiter = Waiter(WAITER.success, WAITER.delays, complete=lambda seen: seen.label is not None)
    assert not waiter.is_over(Thing("FOUND"), 0.0)
    assert waiter.is_over(Thing("FOUND", "a"), 0.0)
    assert waiter.decides("FOUND")


def test_a_failure_is_one_also_where_any_change_ends_the_wait() -> None:
    waiter = Waiter(WAITER.success, WAITER.delays, WAITER.failure, leaving="SOUGHT")
    assert not waiter.is_over(Thing("SOUGHT"), 0.0)
    assert waiter.is_over(Thing("SEEN"), 0.0)
    assert not waiter.decides("SEEN")
    with pytest.raises(WaitFailedError):
        waiter.is_over(Thing("LOST"), 0.0)


def test_an_unknown_status_goes_on_until_the_time_is_up() -> None:
    script = Script("SOMETHING ELSE")
    with pytest.raises(WaitTimeoutError) as caught:
        script.wait(deadline=2.5)
    assert caught.value.last == Thing("SOMETHING ELSE")
    assert script.looks == [1.0, 2.0, 2.5]


def test_a_failure_ends_only_the_wait_of_the_one_that_has_failed() -> None:
    """Whichever of two threads does the looking for both."""
    clock = Steps()
    shown = {"a": Thing("LOST"), "b": Thing("SOUGHT")}
    poller: Poller[Thing] = Poller(None, shown.__getitem__, clock)
    ended: dict[str, object] = {}

    def wait(thing_id: str) -> None:
        try:
            ended[thing_id] = poller.wait(thing_id, WAITER, deadline=1e9)
        except WaitFailedError as failed:
            ended[thing_id] = failed.seen
            shown["b"] = Thing("FOUND")

    threads = [threading.Thread(target=wait, args=(thing_id,)) for thing_id in shown]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ended == {"a": Thing("LOST"), "b": Thing("FOUND")}


def test_a_failure_decides_a_wait_too() -> None:
    """A create must not wait for what an answer has already shown to be in vain."""
    assert [WAITER.decides(status) for status in ("FOUND", "LOST", "SOUGHT")] == [True, True, False]


def test_any_change_ends_the_wait_after_a_refused_cancel() -> None:
    script = Script("PENDING", "PENDING", "QUEUING")
    assert script.wait(status_left("PENDING")) == Thing("QUEUING")
    assert Script("SUCCEEDED").wait(status_left("PENDING")) == Thing("SUCCEEDED")


def test_a_crowd_looks_as_often_as_its_own_delays_say() -> None:
    """One look serves them all, so that it may come sooner."""
    waiter = Waiter(frozenset(), delays=(8.0,), crowd_delays=(2.0,), jitter=0.0)
    assert [waiter.delay(0.0, waiting) for waiting in (1, CROWD - 1, CROWD, 50)] == [8.0, 8.0, 2.0, 2.0]
    alike = Waiter(frozenset(), delays=(8.0,), jitter=0.0)
    assert alike.delay(0.0, 50) == 8.0


def test_an_error_that_trying_again_cant_fix_ends_the_wait() -> None:
    script = Script("SOUGHT")

    def refuse(thing_id: str) -> Thing:
        script.looks.append(script.clock.now)
        raise AuthenticationError(status=401, operation="get")

    script.poller = Poller(None, refuse, script.clock)
    with pytest.raises(AuthenticationError):
        script.wait()
    assert script.looks == [1.0]


def test_what_is_gone_ends_the_wait() -> None:
    script = Script("SOUGHT")

    def gone(thing_id: str) -> Thing:
        if len(script.looks) == 2:
            raise NotFoundError(status=404, operation="get")
        return script.get(thing_id)

    script.poller = Poller(None, gone, script.clock)
    assert script.wait() is None


def test_ctrl_c_ends_the_wait_between_two_looks() -> None:
    script = Script("SOUGHT")
    waiter = Waiter(WAITER.success, delays=(60.0,), jitter=0.0)
    with pytest.raises(OperationInterruptedError):
        script.poller.wait("a", waiter, deadline=1e4, interrupted=lambda: script.clock.now >= 70.0)
    assert script.looks == [60.0]
    assert script.clock.now < 71.0
