"""`waitForQuota`: a create waits for a place in the quota, and buys once whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from verbs import fine_tuning_job

from pulumi_dashscope_ft.api import QuotaExceededError
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.job.quota.counting import LIMIT, limit_in
from pulumi_dashscope_ft.lifecycle.waiting.places import PROBE

OTHER = "0ther0ther"


class Full:
    """An account whose quota of two is used up: one job of this stack, one of another."""

    def __init__(self, world: Any) -> None:
        self.world = world
        world.emulator.configure(quota=2, runners=10, running_seconds=1e6)
        self.mine, _ = world.create(__name="mine")
        self.others, _ = world.create(__name="others", __owner=OTHER)
        self.before = dict(world.counts())
        self._actions: list[tuple[float, Callable[[], Any]]] = []
        advance = world.clock._on_advance

        def on_advance(seconds: float) -> None:
            advance(seconds)
            due = [action for at, action in self._actions if at <= world.clock.monotonic()]
            self._actions = [(at, action) for at, action in self._actions if at > world.clock.monotonic()]
            for action in due:
                action()

        world.clock._on_advance = on_advance

    def after(self, seconds: float, action: Callable[[], Any]) -> None:
        """Somebody else does this in so many seconds."""
        self._actions.append((self.world.clock.monotonic() + seconds, action))

    def frees(self, seconds: float) -> None:
        self.after(seconds, lambda: self.world.emulator.remove_job(self.others))

    def calls(self) -> dict[str, int]:
        now = self.world.counts()
        return {name: n - self.before.get(name, 0) for name, n in now.items() if n != self.before.get(name, 0)}


@pytest.fixture
def full(world: Any) -> Full:
    return Full(world)


def test_without_it_a_used_up_quota_fails_at_once_and_the_message_names_it(full: Full) -> None:
    with pytest.raises(LifecycleError, match="waitForQuota"):
        full.world.create()
    assert full.calls() == {"create": 1}


def test_it_waits_for_a_place_and_starts_one_job(full: Full) -> None:
    full.frees(60)
    began = full.world.clock.monotonic()
    job_id, outputs = full.world.create(waitForQuota="2h")
    assert 60 <= full.world.clock.monotonic() - began <= 60 * 1.2 + 5
    assert set(full.world.emulator.jobs) == {full.mine, job_id}
    assert outputs["waitForQuota"] == "2h"
    assert full.calls()["create"] == 2, "the refused one, and the one after the wait"
    assert full.calls()["list"] <= 16, "looks come further and further apart"


def test_it_says_what_occupies_the_places_and_what_frees_one(full: Full) -> None:
    full.world.emulator.force(full.others, "SUCCEEDED")
    full.frees(30)
    full.world.create(waitForQuota="2h")
    told = full.world.told
    assert "the quota of jobs is used up; waiting up to 2h for a place (waitForQuota)" in told
    assert "2 of 2 places are used" in told
    assert "a place is free after 3" in told
    assert f"quota: 2 jobs count: 1 of this stack, 1 of the stack {OTHER}." in told
    assert f"{full.others} (SUCCEEDED, of the stack {OTHER}, since 20" in told
    assert (
        "`dashscope-ft sweep --state-dir … --finished` deletes each SUCCEEDED job (1 here) that no state holds" in told
    )


def test_an_expired_job_is_named_as_one_that_a_sweep_ends(full: Full) -> None:
    full.world.emulator.remove_job(full.others)
    full.world.create(__name="short", __owner=OTHER, expiresIn="1m")
    full.world.clock.sleep(300)
    with pytest.raises(LifecycleError, match="ends 1 that has expired"):
        full.world.create(waitForQuota="1m")


def test_the_time_is_limited_and_the_error_says_what_to_do(full: Full) -> None:
    began = full.world.clock.monotonic()
    with pytest.raises(LifecycleError) as caught:
        full.world.create(waitForQuota="10m")
    assert 600 <= full.world.clock.monotonic() - began <= 602
    error = caught.value
    assert "no place in the quota of 2 jobs became free within 10m (waitForQuota)" in error.what
    assert error.state is not None
    assert full.others in error.state
    assert error.done == "nothing was started."
    assert error.next_step is not None
    assert error.next_step.startswith("make room: ")
    assert "with a longer waitForQuota if need be" in error.next_step
    assert set(full.world.emulator.jobs) == {full.mine, full.others}
    assert full.calls() == {"create": 2, "list": full.calls()["list"]}, "one try that is due after five minutes"


def test_the_configuration_counts_where_the_job_says_nothing(full: Full) -> None:
    full.world.connection = full.world.connection.__class__(
        **{
            name: getattr(full.world.connection, name)
            for name in full.world.connection.__dataclass_fields__
            if name != "wait_for_quota"
        },
        wait_for_quota=60.0,
    )
    with pytest.raises(LifecycleError, match="within 1m "):
        full.world.create()
    with pytest.raises(LifecycleError, match="within 5m "):
        full.world.create(waitForQuota="5m")


def test_what_appears_meanwhile_is_taken_over_and_not_bought_again(full: Full) -> None:
    """A job of a killed `up` that the list showed late."""
    elsewhere = type(full.world)(full.world.emulator)
    full.after(20, lambda: full.world.emulator.remove_job(full.others))
    full.after(20, lambda: elsewhere.create())
    full.after(25, lambda: full.world.emulator.remove_job(full.mine))
    job_id, _ = full.world.create(waitForQuota="2h")
    assert set(full.world.emulator.jobs) == {job_id}
    assert full.calls()["create"] == 2, "the refused one, and that of the killed `up`"
    assert "adopted, no new run is bought" in full.world.told


def test_a_lost_answer_after_the_wait_is_searched_as_usual(full: Full) -> None:
    full.frees(60)
    full.after(60, lambda: full.world.emulator.add_fault(FaultRule(operation="create", kind="lost", count=1)))
    job_id, _ = full.world.create(waitForQuota="2h")
    assert set(full.world.emulator.jobs) == {full.mine, job_id}
    assert full.calls()["create"] == 2
    assert "no second run is bought" in full.world.told


@pytest.mark.parametrize("named", [False, True])
def test_a_lost_job_that_fills_the_quota_itself_is_found_in_the_wait(full: Full, named: bool) -> None:
    """Its answer is lost, the list shows it late, and the second request meets a quota that the first has filled."""
    name = {"jobName": "mine-alone"} if named else {}
    full.world.emulator.remove_job(full.others)
    full.world.emulator.configure(list_lag_seconds=420)
    full.world.emulator.add_fault(FaultRule(operation="create", kind="lost", count=1))
    job_id, _ = full.world.create(waitForQuota="2h", **name)
    assert set(full.world.emulator.jobs) == {full.mine, job_id}
    assert len(full.world.emulator.gone_jobs) == 1
    assert full.calls()["create"] <= 8, "the list shows room, so it is tried, ever more rarely"


def test_a_namesake_that_somebody_starts_meanwhile_is_left_to_the_user(full: Full) -> None:
    full.frees(30)
    elsewhere = type(full.world)(full.world.emulator)
    full.after(30, lambda: elsewhere.create(jobName="triage"))
    full.after(40, lambda: full.world.emulator.remove_job(full.mine))
    with pytest.raises(LifecycleError, match='a job named "triage" with the same model and data is active already'):
        full.world.create(waitForQuota="2h", jobName="triage")
    assert len(full.world.emulator.jobs) == 1


@pytest.mark.parametrize("kind", ["status", "html", "reset"])
def test_a_list_that_fails_for_a_while_does_not_end_the_wait(full: Full, kind: str) -> None:
    full.after(10, lambda: full.world.emulator.add_fault(FaultRule(operation="list", kind=kind)))
    full.after(500, full.world.emulator.clear_faults)
    full.frees(500)
    job_id, _ = full.world.create(waitForQuota="2h")
    assert job_id in full.world.emulator.jobs


def test_a_refused_key_ends_it(full: Full) -> None:
    full.after(10, lambda: full.world.emulator.add_fault(FaultRule(operation="list", error="invalid_key")))
    with pytest.raises(LifecycleError, match="could not wait for a place in the quota for job") as caught:
        full.world.create(waitForQuota="2h")
    assert caught.value.done == "nothing was started."


def test_calls_that_come_too_fast_are_waited_out(full: Full) -> None:
    rule = FaultRule(operation="list", error="rate", count=5)
    full.after(10, lambda: full.world.emulator.add_fault(rule))
    full.frees(60)
    job_id, _ = full.world.create(waitForQuota="2h")
    assert job_id in full.world.emulator.jobs
    assert rule.fired == 5


def test_a_busy_trainer_after_the_wait_is_retried_as_ever(full: Full) -> None:
    full.frees(60)
    full.after(60, lambda: full.world.emulator.add_fault(FaultRule(operation="create", error="busy", count=2)))
    job_id, _ = full.world.create(waitForQuota="2h")
    assert job_id in full.world.emulator.jobs
    assert full.calls()["create"] == 4


def test_another_quota_is_not_waited_for(full: Full) -> None:
    full.world.emulator.add_fault(FaultRule(operation="create", error="allocation_quota"))
    with pytest.raises(LifecycleError, match="waiting does not help"):
        full.world.create(waitForQuota="2h")
    assert full.calls() == {"create": 1}


def test_a_refused_create_after_the_wait_fails_as_ever(full: Full) -> None:
    full.frees(60)
    full.after(60, lambda: full.world.emulator.add_fault(FaultRule(operation="create", error="arrears")))
    with pytest.raises(LifecycleError, match="unpaid"):
        full.world.create(waitForQuota="2h")


def test_places_that_the_list_does_not_show_are_tried_ever_more_rarely(full: Full) -> None:
    """Jobs of another workspace may count, too: the list shows room, and the service refuses."""
    full.world.emulator.remove_job(full.others)
    full.world.emulator.add_fault(FaultRule(operation="create", error="quota"))
    with pytest.raises(LifecycleError, match="no place in the quota of 20 jobs"):
        full.world.create(waitForQuota="2h")
    assert full.calls()["create"] <= 7200 / PROBE + 10
    assert full.calls()["list"] <= 7200 / 30 + 20


def test_a_raised_quota_is_found_although_the_list_stays_as_it_is(full: Full) -> None:
    full.after(60, lambda: full.world.emulator.configure(quota=3))
    job_id, _ = full.world.create(waitForQuota="2h")
    assert set(full.world.emulator.jobs) == {full.mine, full.others, job_id}


def test_the_expiry_counts_from_the_start_of_the_job(full: Full) -> None:
    full.frees(3600)
    _, outputs = full.world.create(waitForQuota="2h", expiresIn="30m")
    assert stamp.parse(outputs["jobName"]) is not None
    starts = full.world.clock.time()
    assert outputs["expires"] == fine_tuning_job_expiry(starts + 1800)


def fine_tuning_job_expiry(at: float) -> str | None:
    from pulumi_dashscope_ft.lifecycle.base import expiry

    return expiry.text(at)


def test_a_change_of_it_is_no_replacement_and_costs_no_call(full: Full) -> None:
    full.frees(5)
    job_id, outputs = full.world.create(waitForQuota="2h")
    full.before = dict(full.world.counts())
    for changed in ("3h", None):
        news = full.world.inputs(waitForQuota=changed, __nonce=outputs["__nonce"])
        planned = fine_tuning_job.diff(full.world.connection, job_id, outputs, news)
        assert (planned.replaces, planned.changes, planned.consequence) == ((), True, None)
        updated = fine_tuning_job.update(full.world.connection, job_id, outputs, news)
        assert updated.get("waitForQuota") == changed
    assert full.calls() == {}


def test_the_same_run_asked_for_with_another_wait_is_the_same_run(full: Full) -> None:
    """A killed `up` waited, and started its job; the next one has another limit."""
    full.frees(5)
    job_id, _ = full.world.create(waitForQuota="2h")
    full.world.restart()
    again, _ = full.world.create(waitForQuota="3h")
    assert again == job_id


@pytest.mark.parametrize(
    ("code", "message", "limit"),
    [
        ("Throttling", "Only 20 fine-tune job in running or succeeded allowed per user.", 20),
        ("Throttling", "Only 50 fine-tune job in running or succeeded allowed per user.", 50),
        ("Throttling", "No more jobs allowed per user.", LIMIT),
        ("Throttling.AllocationQuota", "Allocated quota exceeded.", None),
        ("Arrearage", "20 fine-tune", None),
    ],
)
def test_which_refusals_are_the_job_quotas(code: str, message: str, limit: int | None) -> None:
    assert limit_in(QuotaExceededError(status=429, operation="create", code=code, message=message)) == limit
