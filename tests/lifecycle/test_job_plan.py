"""What a change of inputs means, and what the plan says about it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verbs import fine_tuning_job

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.comparison import equal, integral
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.schema import UNKNOWN, input_names, replacing

SAME = [
    {},
    {"hyperParameters": {"n_epochs": 3, "learning_rate": 0.0001}},
    {"hyperParameters": {"n_epochs": 3.0, "learning_rate": "1.0E-4"}},
    {"hyperParameters": {"n_epochs": 3.0, "learning_rate": "1e-4", "split": None}},
    {"__name": "renamed", "__nonce": "other1", "__owner": UNKNOWN},
    {"adoptJobId": "SELF"},
    {"onDestroy": "delete", "onUndeletable": "warn", "teardownTimeout": "10m"},
    {"teardownTimeout": 600.0},
]

REPLACES = [
    ({"model": "qwen3-14b"}, "model"),
    ({"model": UNKNOWN}, "model"),
    ({"trainingFileIds": ["file-2"]}, "trainingFileIds"),
    ({"trainingFileIds": [UNKNOWN]}, "trainingFileIds"),
    ({"trainingFileIds": ["file-1", "file-1"]}, "trainingFileIds"),
    ({"hyperParameters": {"n_epochs": 4.0, "learning_rate": "1e-4"}}, "hyperParameters.n_epochs"),
    ({"hyperParameters": {"n_epochs": 3.0}}, "hyperParameters.learning_rate"),
    ({"hyperParameters": None}, "hyperParameters"),
    ({"jobName": "mine"}, "jobName"),
    ({"triggers": [1]}, "triggers"),
    ({"workspaceId": "llm-2"}, "workspaceId"),
    ({"adoptJobId": "ft-202401010000-abcd"}, "adoptJobId"),
]

IN_PLACE = [
    {"onDestroy": "retain"},
    {"onUndeletable": "error"},
    {"teardownTimeout": "30m"},
    {"apiKeyEnv": "OTHER"},
]


def planned(world: Any, change: dict[str, Any], status: str | None = None, **first: Any) -> Any:
    job_id, outputs = world.create(**first)
    if status:
        world.emulator.force(job_id, status)
        world.clock.sleep(3)
    world.before = world.counts()
    news = {**world.inputs(), **first, **change}
    news = {name: job_id if value == "SELF" else value for name, value in news.items()}
    return job_id, fine_tuning_job.diff(world.connection, job_id, outputs, news)


@pytest.mark.parametrize("change", SAME)
def test_nothing_changed_costs_no_call(world: Any, change: dict[str, Any]) -> None:
    _, plan = planned(world, change)
    assert not plan.replaces
    assert plan.changes == ("adoptJobId" in change)
    assert world.counts() == world.before


@pytest.mark.parametrize(("change", "field"), REPLACES)
def test_a_change_of_what_was_submitted_replaces(world: Any, change: dict[str, Any], field: str) -> None:
    job_id, plan = planned(world, change)
    assert plan.replaces == (field.split(".")[0],)
    assert plan.consequence.startswith(f"{field}: replaces {job_id}, which is PENDING")


@pytest.mark.parametrize("change", IN_PLACE)
def test_a_change_that_only_steers_is_in_place_and_costs_no_call(world: Any, change: dict[str, Any]) -> None:
    _, plan = planned(world, change)
    assert (plan.replaces, plan.changes, plan.delete_before_replace) == ((), True, False)
    assert world.counts() == world.before


def test_a_status_that_moved_on_is_not_drift(world: Any) -> None:
    _, plan = planned(world, {}, status="SUCCEEDED")
    assert not plan.changes


@pytest.mark.parametrize(
    ("status", "first", "text"),
    [
        (
            "RUNNING",
            True,
            "which is RUNNING: it will be cancelled first (tokens so far are billed), then it is deleted",
        ),
        ("CANCELING", True, "which is CANCELING: its end is awaited first"),
        ("SUCCEEDED", False, "which is SUCCEEDED: it will be deleted after the new run was started"),
        ("FAILED", False, "which is FAILED: it will be deleted after"),
    ],
)
def test_the_old_job_goes_first_while_it_is_active(world: Any, status: str, first: bool, text: str) -> None:
    _, plan = planned(world, {"model": "qwen3-14b"}, status=status)
    assert plan.delete_before_replace is first
    assert text in plan.consequence


@pytest.mark.parametrize(("policy", "text"), [("retain", "left running and billed"), ("cancel", "its record is kept")])
def test_the_plan_knows_what_destroy_would_do(world: Any, policy: str, text: str) -> None:
    _, plan = planned(world, {"model": "qwen3-14b"}, status="RUNNING", onDestroy=policy)
    assert text in plan.consequence


def test_a_plan_does_not_fail_because_the_service_can_not_be_asked(world: Any) -> None:
    world.emulator.add_fault(FaultRule(operation="get", kind="status", status=401, code="InvalidApiKey"))
    _, plan = planned(world, {"model": "qwen3-14b"})
    assert plan.delete_before_replace
    assert "which is PENDING" in plan.consequence


def test_a_plan_for_a_job_that_is_gone(world: Any) -> None:
    job_id, outputs = world.create()
    world.emulator.remove_job(job_id)
    plan = fine_tuning_job.diff(world.connection, job_id, outputs, world.inputs(model="qwen3-14b"))
    assert plan.consequence is not None
    assert "already gone" in plan.consequence
    assert not plan.delete_before_replace


def test_an_update_keeps_every_output_and_tells_the_new_teardown(world: Any) -> None:
    job_id, outputs = world.create()
    before = world.counts()
    updated = fine_tuning_job.update(world.connection, job_id, outputs, world.inputs(onDestroy="retain"))
    assert updated["teardown"] == "keep"
    assert {name: updated[name] for name in ("jobId", "status", "jobName")} == {
        name: outputs[name] for name in ("jobId", "status", "jobName")
    }
    back = fine_tuning_job.update(world.connection, job_id, updated, world.inputs())
    assert "onDestroy" not in back
    assert back["teardown"] == "cancel, then delete"
    assert world.counts() == before


def test_every_input_of_the_schema_is_either_replacing_or_steering() -> None:
    """The schema says which inputs replace; the code must agree, for each of them."""
    from pulumi_dashscope_ft.lifecycle.job.diff import STEERING
    from pulumi_dashscope_ft.lifecycle.job.request import SUBMITTED

    inputs = set(input_names("FineTuningJob"))
    assert set(replacing("FineTuningJob")) == inputs - set(STEERING)
    assert set(SUBMITTED) < inputs


class TestRead:
    def test_fresh_outputs(self, world: Any) -> None:
        job_id, outputs = world.create()
        world.emulator.force(job_id, "RUNNING")
        world.clock.sleep(3)
        fresh = fine_tuning_job.read(world.connection, job_id, outputs)
        assert fresh is not None
        assert (fresh["status"], fresh["teardown"]) == ("RUNNING", "cancel, then delete")
        assert fresh["__inputs"] == outputs["__inputs"]
        assert fresh["__nonce"] == outputs["__nonce"]

    def test_gone(self, world: Any) -> None:
        job_id, outputs = world.create()
        world.emulator.remove_job(job_id)
        assert fine_tuning_job.read(world.connection, job_id, outputs) is None

    @pytest.mark.parametrize("early", [True, False])
    def test_the_model_is_shown_only_once_it_exists(self, world: Any, early: bool) -> None:
        world.emulator.configure(early_finetuned_output=early)
        job_id, outputs = world.create()
        assert "finetunedOutput" not in outputs
        world.emulator.force(job_id, "SUCCEEDED")
        world.clock.sleep(3)
        fresh = fine_tuning_job.read(world.connection, job_id, outputs)
        assert fresh is not None
        assert fresh["finetunedOutput"].endswith(job_id)

    def test_a_failed_job_shows_why_and_asks_for_its_logs_once(self, world: Any) -> None:
        job_id, outputs = world.create()
        world.emulator.force(job_id, "FAILED")
        world.clock.sleep(3)
        fresh = fine_tuning_job.read(world.connection, job_id, outputs)
        assert fresh is not None
        assert fresh["failure"]["logTail"]
        calls = world.counts()["logs"]
        world.clock.sleep(3)
        again = fine_tuning_job.read(world.connection, job_id, fresh)
        assert again == fresh
        assert world.counts()["logs"] == calls


class TestCheck:
    def test_the_nonce_stays_with_the_resource_and_is_new_for_a_replacement(self) -> None:
        run_registry = RunRegistry()
        first = fine_tuning_job.check({}, {"model": "m", "trainingFileIds": ["f"]}, run_registry).inputs
        kept = fine_tuning_job.check(first, {"model": "m", "trainingFileIds": ["f"]}, run_registry).inputs
        other = fine_tuning_job.check({}, {"model": "m", "trainingFileIds": ["f"]}, run_registry).inputs
        assert first["__nonce"] == kept["__nonce"] != other["__nonce"]
        assert run_registry.is_recorded(first["__nonce"])

    @pytest.mark.parametrize(
        ("training_type", "kind", "refused"),
        [("sft", "dpo", True), (None, "cpt", True), ("dpo_lora", "chat", True), ("cpt", "chat", True),
         ("sft", "chat", False), (None, "chat", False), ("dpo_full", "dpo", False), ("cpt", "cpt", False),
         ("efficient_sft", "media", False), ("cpt", None, False), (UNKNOWN, "dpo", False), ("sft", UNKNOWN, False),
         ("reinforcement", "dpo", False)],
    )  # fmt: skip
    def test_data_of_the_wrong_shape_for_the_training_type(self, training_type: Any, kind: Any, refused: bool) -> None:
        inputs = {"model": "m", "trainingFileIds": ["f"], "trainingType": training_type, "__formats": [kind]}
        found = fine_tuning_job.check({}, inputs, RunRegistry()).violations
        assert [one.field() for one in found] == (["trainingFileIds[0]"] if refused else [])


numbers = st.one_of(st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)


@given(values)
def test_a_value_equals_itself_however_pulumi_carries_it(value: Any) -> None:
    assert equal(value, value)
    assert equal(value, integral(value))


@given(numbers)
def test_a_number_equals_its_own_spelling(number: float) -> None:
    assert equal(number, str(number))
    assert equal(number, repr(float(number))) or isinstance(number, int)


@given(values, values)
def test_equality_is_symmetric(left: Any, right: Any) -> None:
    assert equal(left, right) == equal(right, left)


@pytest.mark.parametrize(
    ("left", "right"), [(True, 1), (False, 0), ("1", True), (1, 2), ("a", "b"), ([1], 1), ({"a": 1}, {"a": 2})]
)
def test_different_values_differ(left: Any, right: Any) -> None:
    assert not equal(left, right)


@pytest.mark.parametrize(
    ("status", "rerun_on", "again"),
    [
        ("FAILED", ["FAILED"], True),
        ("FAILED", ["CANCELED"], False),
        ("FAILED", [], False),
        ("FAILED", None, False),
        ("CANCELED", ["FAILED", "CANCELED"], True),
        ("SUCCEEDED", ["FAILED", "CANCELED"], False),
        ("RUNNING", ["FAILED", "CANCELED"], False),
    ],
)
def test_a_run_that_ended_badly_is_planned_again_only_when_asked_for(
    world: Any, status: str, rerun_on: list[str] | None, again: bool
) -> None:
    """Whether or not a refresh has told the state how the run ended."""
    first = {} if rerun_on is None else {"rerunOn": rerun_on}
    job_id, plan = planned(world, {}, status, **first)
    assert plan.replaces == (("rerunOn",) if again else ())
    if again:
        assert f"rerunOn: replaces {job_id}, which is {status}" in plan.consequence
        assert not plan.delete_before_replace
    asked = sum(world.counts().values()) - sum(world.before.values())
    assert asked == (1 if rerun_on else 0)


def test_a_refreshed_end_needs_no_call_to_be_planned_again(world: Any) -> None:
    job_id, outputs = world.create(rerunOn=["FAILED"])
    world.emulator.force(job_id, "FAILED")
    world.clock.sleep(3)
    refreshed = fine_tuning_job.read(world.connection, job_id, outputs)
    assert refreshed is not None
    news = {**world.inputs(), "rerunOn": ["FAILED"], "__nonce": outputs["__nonce"]}
    assert fine_tuning_job.diff(world.connection, job_id, refreshed, news).replaces == ("rerunOn",)
    # Adopting the failed job again would be no new run.
    kept = {**news, "adoptJobId": job_id}
    assert not fine_tuning_job.diff(world.connection, job_id, refreshed, kept).replaces
    # And asking for a rerun of a job that has failed already takes effect at once.
    job_id, outputs = world.create()
    world.emulator.force(job_id, "FAILED")
    world.clock.sleep(3)
    refreshed = fine_tuning_job.read(world.connection, job_id, outputs)
    assert refreshed is not None
    assert fine_tuning_job.diff(world.connection, job_id, refreshed, news).replaces == ("rerunOn",)
