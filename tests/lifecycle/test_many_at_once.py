"""Reads share listings, waits share one poller, and calls are counted: a change that makes it chattier fails here."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from verbs import fine_tuning_job

from pulumi_dashscope_ft.api import SYSTEM_CLOCK, ApiResponseError, Client, resolve_settings
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.connection import connect
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.waiting.listing import Listing, Page
from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller
from pulumi_dashscope_ft.lifecycle.waiting.reader import CoalescingReader
from pulumi_dashscope_ft.lifecycle.waiting.waiter import JOB_ENDED


def many(world: Any, count: int) -> list[tuple[str, dict[str, Any]]]:
    world.emulator.configure(quota=1000, runners=1000)
    return [world.create(__name=f"job{i}") for i in range(count)]


def real_time(world: Any) -> Any:
    """A connection on the system clock, for tests with real threads."""
    settings = resolve_settings(base_url=world.emulator.base_url, api_key="sk-test-key", environ={})
    lines: list[str] = []
    return connect(Client(settings), clock=SYSTEM_CLOCK, run_registry=RunRegistry(), report=lines.append), lines


@pytest.mark.parametrize("seconds", [4.0, 30.0, 60.0])
def test_one_up_and_destroy_costs_one_of_each_and_few_reads(world: Any, seconds: float) -> None:
    world.emulator.configure(canceling_seconds=seconds)
    job_id, outputs = world.create()
    world.emulator.force(job_id, "RUNNING")
    world.clock.sleep(3)
    world.delete(job_id, outputs)
    counts = world.counts()
    reads = counts.pop("list") + counts.pop("get")
    assert counts == {"create": 1, "cancel": 1, "delete": 1}
    assert reads <= {4.0: 8, 30.0: 12, 60.0: 14}[seconds]


def looks_until(seconds: float, waiting: int, spread: float) -> tuple[int, float]:
    """How many looks a wait of so many seconds costs, and how late its end is noticed."""
    now, looks = 0.0, 0
    while now < seconds:
        now += JOB_ENDED.delay(now, waiting, lambda: spread)
        looks += 1
    return looks, now - seconds


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(
    ("waiting", "seconds", "most", "late"),
    [(1, 4, 4, 1.0), (1, 30, 9, 3.5), (1, 60, 12, 6.5), (20, 4, 6, 0.9), (20, 30, 17, 3.5), (20, 60, 22, 6.5)],
)
def test_looks_are_few_and_in_time(spread: float, waiting: int, seconds: float, most: int, late: float) -> None:
    looks, noticed = looks_until(seconds, waiting, spread)
    assert looks <= most
    assert noticed <= late


def test_where_many_wait_the_end_is_noticed_within_a_tenth_and_half_a_second_on_the_whole() -> None:
    durations = [tenths / 10 for tenths in range(10, 600, 3)]
    shares = [looks_until(seconds, 20, 0.5)[1] / (0.1 * seconds + 0.5) for seconds in durations]
    assert sorted(shares)[len(shares) // 2] <= 0.75


def test_a_job_served_by_somebody_elses_look_is_not_looked_at_again_at_once() -> None:
    assert JOB_ENDED.delay(0.3, 1, lambda: 0.0) > 1


def test_a_hundred_reads_at_once_cost_one_listing(world: Any) -> None:
    jobs = many(world, 100)
    connection, _ = real_time(world)
    before = world.counts()
    with ThreadPoolExecutor(32) as pool:
        fresh = list(pool.map(lambda job: fine_tuning_job.read(connection, job[0], job[1]), jobs))
    assert all(one is not None and one["jobId"] == job_id for one, (job_id, _) in zip(fresh, jobs, strict=True))
    after = world.counts()
    assert sum(after.values()) - sum(before.values()) <= 20, (
        "a few listings: reads that begin late have one of their own"
    )


def test_creates_at_once_share_their_look_before_buying(world: Any) -> None:
    """Thirty creates look at the job list once, and each buys one job."""
    world.emulator.configure(quota=1000, runners=1000)
    connection, _ = real_time(world)
    inputs = [world.inputs(__name=f"job{i}") for i in range(30)]
    before = world.counts()
    with ThreadPoolExecutor(30) as pool:
        made = list(pool.map(lambda one: fine_tuning_job.create(connection, one), inputs))
    counts = {name: n - before.get(name, 0) for name, n in world.counts().items()}
    assert len({job_id for job_id, _ in made}) == 30
    assert counts["create"] == 30
    assert counts["list"] == 1


def test_what_a_listing_does_not_show_gets_a_call_of_its_own(world: Any) -> None:
    jobs = many(world, 6)
    world.emulator.remove_job(jobs[0][0])
    world.emulator.configure(list_lag_seconds=10_000)
    connection, _ = real_time(world)
    with ThreadPoolExecutor(6) as pool:
        fresh = list(pool.map(lambda job: fine_tuning_job.read(connection, job[0], job[1]), jobs))
    assert fresh[0] is None
    assert all(fresh[1:])


def test_twenty_teardowns_at_once_share_one_poller(world: Any) -> None:
    jobs = many(world, 20)
    for job_id, _ in jobs:
        world.emulator.force(job_id, "RUNNING")
    connection, _ = real_time(world)
    world.emulator.clock.set_speed(4.0)
    before = world.counts()
    try:
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda job: fine_tuning_job.delete(connection, job[0], job[1]), jobs))
    finally:
        world.emulator.clock.set_speed(None)
    made = {name: n - before.get(name, 0) for name, n in world.counts().items()}
    assert (made["cancel"], made["delete"]) == (20, 20)
    assert sum(made.values()) <= 52
    assert not world.emulator.jobs


def test_fifty_finished_jobs_cost_a_delete_each_and_one_listing(world: Any) -> None:
    jobs = many(world, 50)
    for job_id, _ in jobs:
        world.emulator.force(job_id, "FAILED")
    world.restart()
    world.connection.jobs.read_many({job_id for job_id, _ in jobs})
    before = world.counts()
    for job_id, outputs in jobs:
        world.clock.sleep(1)  # long after the listing
        world.delete(job_id, outputs)
    made = {name: n - before.get(name, 0) for name, n in world.counts().items() if n != before.get(name, 0)}
    assert made == {"delete": 50}


class Steps:
    """A clock that many threads may wait on: time passes for all of them when the looking thread sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_the_lead_is_handed_on_when_the_leaders_own_job_is_done(world: Any) -> None:
    first, second = (job_id for job_id, _ in many(world, 2))
    world.emulator.force(first, "CANCELED")
    world.emulator.force(second, "CANCELING")
    poller: Poller[Any] = world.connection.poller
    ended: dict[str, Any] = {}

    def wait(job_id: str) -> None:
        ended[job_id] = poller.wait(job_id, JOB_ENDED, deadline=world.clock.monotonic() + 600)

    threads = [threading.Thread(target=wait, args=(job_id,)) for job_id in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert {ended[first].status, ended[second].status} == {"CANCELED"}


def test_an_error_that_can_not_pass_ends_every_wait(world: Any) -> None:
    jobs = many(world, 3)
    for job_id, _ in jobs:
        world.emulator.force(job_id, "CANCELING")
    world.emulator.configure(canceling_seconds=10_000)
    world.emulator.add_fault(FaultRule(operation="*", kind="status", status=401, code="InvalidApiKey"))
    failed = []

    def wait(job_id: str) -> None:
        try:
            world.connection.poller.wait(job_id, JOB_ENDED, deadline=world.clock.monotonic() + 10_000)
        except Exception as error:
            failed.append(type(error).__name__)

    threads = [threading.Thread(target=wait, args=(job_id,)) for job_id, _ in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failed == ["AuthenticationError"] * 3


def test_a_waiting_job_says_a_line_per_change_and_one_per_ten_seconds_at_most(world: Any) -> None:
    world.emulator.configure(canceling_seconds=60)
    job_id, outputs = world.create()
    world.emulator.force(job_id, "RUNNING")
    world.clock.sleep(3)
    world.lines.clear()
    world.delete(job_id, outputs)
    waiting = [line for line in world.lines if "CANCELING" in line]
    assert 3 <= len(waiting) <= 6
    assert any(line.startswith(f"{job_id} CANCELED") for line in world.lines)


class TestReader:
    def reader(self, objects: dict[str, str], total: int | None = None) -> tuple[CoalescingReader[str], list[str]]:
        calls: list[str] = []

        def get(object_id: str) -> str:
            calls.append(f"get {object_id}")
            return objects[object_id]

        def page(number: int) -> Page[str]:
            calls.append(f"page {number}")
            keys = sorted(objects)[(number - 1) * 100 : number * 100]
            return Page({key: objects[key] for key in keys}, number * 100 < (len(objects) if total is None else total))

        return CoalescingReader(get, Listing(page, Steps()), Steps()), calls

    def test_a_lone_read_is_one_get(self) -> None:
        reader, calls = self.reader({"a": "1"})
        assert reader.read("a") == "1"
        assert calls == ["get a"]

    def test_further_pages_are_read_only_while_they_save_calls(self) -> None:
        reader, calls = self.reader({f"{i:04}": str(i) for i in range(300)})
        far = {"0250", "0251", "0252"}
        assert set(reader.read_many({"0000", *far})) == {"0000", *far}
        assert calls == ["page 1", "page 2", "page 3"]
        calls.clear()
        assert set(reader.read_many({"0000", "0250", "0251"})) == {"0000"}
        assert calls == ["page 1", "page 2"], "by then the two that are missing cost as much by themselves"
        calls.clear()
        assert set(reader.read_many({"0000", "0250"})) == {"0000"}
        assert calls == ["page 1"]

    def test_a_total_that_lies_does_not_loop_for_ever(self) -> None:
        reader, calls = self.reader({"a": "1"}, total=10_000)
        assert reader.read_many({"x", "y"}) == {}
        assert calls == ["page 1", "page 2"]

    def test_a_change_of_ones_own_makes_older_listings_useless(self) -> None:
        objects = {"a": "1", "b": "2"}
        reader, calls = self.reader(objects)
        reader.read_many({"a", "b"})
        objects["a"] = "changed"
        assert reader.read("a") == "1"  # two seconds old at most: good enough for a refresh
        assert reader.read("a", not_before=1e-9) == "changed"
        assert calls == ["page 1", "get a"]

    def test_an_error_of_the_listing_reaches_every_reader(self) -> None:
        def broken(*_: Any) -> Any:
            raise RuntimeError("down")

        reader: CoalescingReader[str] = CoalescingReader(broken, Listing(broken, Steps()), Steps())
        with pytest.raises(RuntimeError, match="down"):
            reader.read("a")
        with pytest.raises(RuntimeError, match="down"):
            reader.read("a")


class TestListing:
    def test_those_who_ask_at_once_share_one_listing_and_the_next_gets_a_fresh_one(self) -> None:
        shown = [{"a": "1"}]
        calls: list[int] = []
        gathering, go_on = threading.Event(), threading.Event()

        class Gate(Steps):
            def sleep(self, seconds: float) -> None:
                gathering.set()
                assert go_on.wait(10)

        def page(number: int) -> Page[str]:
            calls.append(number)
            return Page(dict(shown[0]), False)

        listing = Listing(page, Gate())
        with ThreadPoolExecutor(8) as pool:
            first = pool.submit(listing.all)
            assert gathering.wait(10)
            rest = [pool.submit(listing.all) for _ in range(7)]
            while sum(future.running() for future in rest) < 7:
                pass
            shown[0] = {"a": "1", "b": "made after the first had asked"}
            go_on.set()
            answers = [future.result(10) for future in (first, *rest)]
        assert all(answer == shown[0] for answer in answers)
        made = len(calls)
        assert made <= 2  # one, unless a thread only got to ask once the first listing had begun
        assert listing.all() == shown[0]
        assert len(calls) == made + 1

    def test_a_shared_look_serves_for_a_time_whatever_is_made_meanwhile(self) -> None:
        now, calls = [1000.0], [0]

        class Standing(Steps):
            def monotonic(self) -> float:
                return now[0]

        def page(number: int) -> Page[str]:
            calls[0] += 1
            if calls[0] == 1:
                raise RuntimeError("down")
            return Page({f"seen at {now[0]}": "1"}, False)

        listing = Listing(page, Standing())
        with pytest.raises(RuntimeError, match="down"):
            listing.shared(60.0)
        assert listing.shared(60.0) == ({"seen at 1000.0": "1"}, 1000.0), (
            "an error is not shared with those who ask later"
        )
        listing.outdate()
        now[0] += 60.0
        assert listing.shared(60.0) == ({"seen at 1000.0": "1"}, 1000.0)
        now[0] += 1.0
        assert listing.shared(60.0) == ({"seen at 1061.0": "1"}, 1061.0)
        assert calls == [3]

    def test_nobody_takes_an_interrupted_listing_for_a_short_one(self) -> None:
        def page(number: int) -> Page[str]:
            if number == 1:
                return Page({"a": "1"}, True)
            raise KeyboardInterrupt

        listing = Listing(page, Steps())
        with pytest.raises(KeyboardInterrupt):
            listing.all()
        with pytest.raises(KeyboardInterrupt):
            listing.all()

    def test_a_list_without_an_end_is_not_read_for_ever(self) -> None:
        """One that ignores the page that is asked for, and tells of a hundred more."""
        asked: list[int] = []

        def page(number: int) -> Page[str]:
            asked.append(number)
            assert number < 10, "it is read for ever"
            return Page({"a": "1", "b": "2"}, True)

        with pytest.raises(ApiResponseError, match="shows only what earlier pages have shown"):
            Listing(page, Steps()).all()
        assert asked == [1, 2, 3, 4]

    def test_the_answer_is_the_callers_own(self) -> None:
        listing = Listing(lambda _: Page({"a": "1"}, False), Steps())
        listing.all().clear()
        assert listing.all() == {"a": "1"}
