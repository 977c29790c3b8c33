"""At most one job is bought for one run, whatever happens to the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from verbs import fine_tuning_job

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError, OperationInterruptedError

LOST_AFTER_EFFECT = ["lost", "effect_then_status", "malformed", "no_output"]
QUOTA = {
    "status": 429,
    "code": "Throttling",
    "message": "Only 20 fine-tune job in running or succeeded allowed per user.",
}
LOST_BEFORE_EFFECT = ["reset", "html"]


def bought(world: Any) -> int:
    return len(world.emulator.jobs) + len(world.emulator.gone_jobs)


def test_a_create_submits_what_the_user_wrote_and_returns_at_once(world: Any) -> None:
    before = world.clock.monotonic()
    job_id, outputs = world.create(trainingType="efficient_sft", finetunedOutputSuffix="v1")
    assert world.clock.monotonic() - before < 1
    assert (outputs["jobId"], outputs["status"], outputs["teardown"]) == (job_id, "PENDING", "cancel, then delete")
    sent = world.client.fine_tunes.get(job_id)
    assert sent.hyper_parameters == {"n_epochs": 3, "learning_rate": "1e-4"}
    assert isinstance(sent.hyper_parameters["n_epochs"], int)
    assert sent.training_type == "efficient_sft"
    assert stamp.parse(sent.job_name) is not None
    assert world.counts() == {"list": 1, "create": 1, "get": 1}


def test_only_what_the_user_wrote_is_sent(world: Any) -> None:
    world.create(hyperParameters=None)
    (record,) = [r for r in world.emulator.requests if r.operation == "create"]
    assert set(json.loads(record.body)) == {"model", "training_file_ids", "job_name"}


@pytest.mark.parametrize("kind", LOST_AFTER_EFFECT)
def test_a_create_whose_answer_is_lost_is_found_not_repeated(world: Any, kind: str) -> None:
    world.emulator.add_fault(FaultRule(operation="create", kind=kind, count=1, after_effect=True))
    job_id, _ = world.create()
    assert bought(world) == 1
    assert job_id in world.emulator.jobs
    assert "no second run is bought" in world.told


@pytest.mark.parametrize("kind", LOST_BEFORE_EFFECT)
def test_a_create_that_took_no_effect_is_sent_again(world: Any, kind: str) -> None:
    world.emulator.add_fault(FaultRule(operation="create", kind=kind, count=1))
    world.create()
    assert bought(world) == 1
    assert world.counts()["create"] == 2


@pytest.mark.parametrize("after", [0.0, 20.0, 100.0, 290.0])
def test_ctrl_c_ends_the_search_and_nothing_is_asked_for_again(world: Any, after: float) -> None:
    world.emulator.add_fault(FaultRule(operation="create", kind="status", status=500, count=1))
    pressed = world.clock.monotonic() + after
    world.connection = replace(world.connection, interrupted=lambda: world.clock.monotonic() >= pressed)
    with pytest.raises(OperationInterruptedError, match="run `pulumi up`"):
        world.create()
    assert world.clock.monotonic() <= pressed + 5.5
    assert world.counts()["create"] == 1


@pytest.mark.parametrize("lag", [10.0, 25.0, 120.0, 299.0])
def test_a_job_that_the_list_shows_late_is_waited_for(world: Any, lag: float) -> None:
    world.emulator.configure(list_lag_seconds=lag)
    world.emulator.add_fault(FaultRule(operation="create", kind="lost", count=1))
    world.create()
    assert bought(world) == 1


def test_when_nothing_can_be_settled_nothing_is_bought_twice_and_the_next_up_settles_it(world: Any) -> None:
    nonce = stamp.new_nonce()
    world.emulator.add_fault(FaultRule(operation="create", kind="lost", count=1))
    gateway = FaultRule(operation="list", kind="html", status=502)
    original = world.client.fine_tunes.create

    def create_then_outage(body: Any) -> Any:
        world.emulator.add_fault(gateway)
        return original(body)

    world.client.fine_tunes.create = create_then_outage
    with pytest.raises(AmbiguousCreateError) as caught:
        world.create(__nonce=nonce)
    assert "pulumi up" in str(caught.value)
    assert bought(world) == 1
    world.emulator.clear_faults()
    world.restart()
    job_id, _ = world.create()
    assert bought(world) == 1
    assert job_id in world.emulator.jobs


def test_three_creates_without_effect_end_in_an_error(world: Any) -> None:
    world.emulator.add_fault(FaultRule(operation="create", kind="reset"))
    with pytest.raises(AmbiguousCreateError, match="could not be started"):
        world.create()
    assert bought(world) == 0
    assert world.counts()["create"] == 3


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (QUOTA, "waiting does not help"),
        ({"status": 400, "code": "Arrearage"}, "unpaid"),
        ({"status": 401, "code": "InvalidApiKey"}, "check the key"),
        ({"status": 403, "code": "Model.AccessDenied"}, "permissions"),
        ({"status": 400, "code": "InvalidParameter", "message": "Missing training files"}, "correct the inputs"),
    ],
)  # fmt: skip
def test_a_refused_create_fails_at_once_and_says_what_to_do(world: Any, fault: dict[str, Any], advice: str) -> None:
    world.emulator.add_fault(FaultRule(operation="create", kind="status", **fault))
    before = world.clock.monotonic()
    with pytest.raises(LifecycleError) as caught:
        world.create()
    assert advice in str(caught.value)
    assert "nothing was started" in str(caught.value)
    assert world.counts()["create"] == 1
    assert world.clock.monotonic() - before < 1


def test_a_refusal_after_a_lost_answer_does_not_say_that_nothing_was_started(world: Any) -> None:
    """The first may have taken effect after all, with a list that lags, and be what has filled the quota."""
    world.emulator.add_fault(FaultRule(operation="create", kind="status", status=504, code="", count=1))
    world.emulator.add_fault(FaultRule(operation="create", error="quota"))
    with pytest.raises(LifecycleError) as caught:
        world.create()
    assert "nothing was started" not in str(caught.value)
    assert "an earlier request got no usable answer (the answer was HTTP 504" in str(caught.value)
    assert "the job list shows no such job" in str(caught.value)


def test_an_active_job_left_by_a_killed_run_is_adopted(world: Any) -> None:
    job_id, _ = world.create()
    world.restart()
    again, outputs = world.create(hyperParameters={"learning_rate": 0.0001, "n_epochs": 3})
    assert again == job_id
    assert outputs["jobId"] == job_id
    assert bought(world) == 1
    assert "adopted, no new run is bought" in world.told


@pytest.mark.parametrize(
    "change",
    [{"model": "qwen3-14b"}, {"triggers": ["again"]}, {"__owner": "an0therstk"}, {"__name": "other"},
     {"hyperParameters": {"n_epochs": 4.0, "learning_rate": "1e-4"}}],
)  # fmt: skip
def test_another_stack_resource_input_or_trigger_starts_a_run_of_its_own(world: Any, change: dict[str, Any]) -> None:
    world.create()
    world.restart()
    world.create(**change)
    assert bought(world) == 2


def test_a_job_that_the_state_holds_is_not_taken_for_a_leftover(world: Any) -> None:
    nonce = stamp.new_nonce()
    first, _ = world.create(__nonce=nonce)
    world.restart()
    world.run_registry.note_recorded(nonce)
    second, _ = world.create()
    assert first != second


@pytest.mark.parametrize("ours", ["RUNNING", "SUCCEEDED", "FAILED"])
def test_of_two_jobs_with_one_stamp_none_is_taken(world: Any, ours: str) -> None:
    """One may be a copy of the request that somebody has sent. At most one is what this stack pays for."""
    job_id, outputs = world.create()
    world.emulator.force(job_id, ours)
    world.client.fine_tunes.create(
        {"model": "qwen3-8b", "training_file_ids": ["file-1"], "job_name": outputs["jobName"]}
    )
    world.restart()
    with pytest.raises(LifecycleError, match="more than one has it"):
        world.create()
    assert bought(world) == 2


def test_of_two_new_jobs_with_this_very_stamp_none_is_taken(world: Any) -> None:
    original = world.client.fine_tunes.create

    def repeated_on_its_way(body: Any) -> Any:
        original(body)
        return original(body)

    world.emulator.add_fault(FaultRule(operation="create", kind="lost", nth=2))
    world.client.fine_tunes.create = repeated_on_its_way
    with pytest.raises(AmbiguousCreateError, match="more than one job could be it"):
        world.create()


@pytest.mark.parametrize("later", [0.0, 61.0])
def test_two_resources_of_one_run_never_get_one_job(world: Any, later: float) -> None:
    """Whether or not the second looks at what the first has made."""
    first, _ = world.create()
    world.clock.sleep(later)
    second, _ = world.create()
    assert first != second


def test_a_succeeded_leftover_is_neither_adopted_nor_bought_again(world: Any) -> None:
    job_id, _ = world.create()
    world.emulator.force(job_id, "SUCCEEDED")
    world.restart()
    with pytest.raises(LifecycleError) as caught:
        world.create()
    assert bought(world) == 1
    assert f'adoptJobId to "{job_id}"' in str(caught.value)
    assert "triggers" in str(caught.value)


@pytest.mark.parametrize("status", ["FAILED", "CANCELED"])
def test_a_failed_leftover_stands_in_nobodys_way(world: Any, status: str) -> None:
    job_id, _ = world.create()
    world.emulator.force(job_id, status)
    world.restart()
    world.create()
    assert bought(world) == 2


def test_replacing_a_job_by_itself_keeps_it(world: Any) -> None:
    """`pulumi up --replace` gives the provider no hint of the old job: it adopts it, and must then not delete it."""
    job_id, outputs = world.create()
    world.restart()
    again, kept = world.create()
    world.delete(job_id, outputs)
    world.delete(job_id, outputs)  # a second old record: an earlier replacement was cut short
    assert again == job_id
    assert world.emulator.jobs[job_id].status == "PENDING"
    assert "left alone" in world.told
    world.delete(job_id, kept)  # a later, real delete
    assert job_id not in world.emulator.jobs


class TestAdoptJobId:
    def test_adopts_what_fits(self, world: Any) -> None:
        job_id, _ = world.create()
        world.restart()
        again, outputs = world.create(adoptJobId=job_id, __name="renamed")
        assert again == job_id
        assert outputs["adoptJobId"] == job_id
        assert bought(world) == 1

    def test_adopts_a_finished_job_too(self, world: Any) -> None:
        job_id, _ = world.create()
        world.emulator.force(job_id, "SUCCEEDED")
        world.restart()
        _, outputs = world.create(adoptJobId=job_id)
        assert outputs["status"] == "SUCCEEDED"
        assert outputs["finetunedOutput"].startswith("qwen3-8b")

    @pytest.mark.parametrize(
        ("change", "named"), [({"model": "qwen3-14b"}, "model"), ({"trainingFileIds": ["file-9"]}, "trainingFileIds")]
    )
    def test_refuses_what_does_not_fit(self, world: Any, change: dict[str, Any], named: str) -> None:
        job_id, _ = world.create()
        with pytest.raises(LifecycleError, match=named):
            world.create(adoptJobId=job_id, **change)

    @pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
    @pytest.mark.parametrize("change", [{"model": "qwen3-14b"}, {"triggers": ["again"]}])
    def test_a_changed_input_replaces_it_by_a_new_run(self, world: Any, change: dict[str, Any], status: str) -> None:
        """Though adoptJobId still names it: the plan has said that it goes, and `up` must not end there."""
        old, _ = world.create()
        world.emulator.force(old, status)
        world.restart()
        _, outputs = world.create(adoptJobId=old, __name="kept")
        world.restart()
        news = world.inputs(adoptJobId=old, __name="kept", **change)
        planned = fine_tuning_job.diff(world.connection, old, outputs, news)
        assert planned.replaces == tuple(change)
        if planned.delete_before_replace:
            world.delete(old, outputs)
        new, after = fine_tuning_job.create(world.connection, news)
        if not planned.delete_before_replace:
            world.delete(old, outputs)
        assert new != old
        assert list(world.emulator.jobs) == [new]
        world.restart()
        assert not fine_tuning_job.diff(world.connection, new, after, news).changes

    def test_another_resource_may_take_over_what_is_being_replaced(self, world: Any) -> None:
        old, outputs = world.create()
        world.emulator.force(old, "SUCCEEDED")
        world.restart()
        news = world.inputs(triggers=["again"])
        fine_tuning_job.diff(world.connection, old, outputs, news)
        assert world.create(adoptJobId=old, __name="kept")[0] == old

    def test_two_resources_can_not_adopt_one_job(self, world: Any) -> None:
        job_id, _ = world.create()
        world.restart()
        world.create(adoptJobId=job_id, __name="first")
        with pytest.raises(LifecycleError, match=f"{job_id} is the job of another resource already"):
            world.create(adoptJobId=job_id, __name="second")

    def test_refuses_an_unknown_id(self, world: Any) -> None:
        with pytest.raises(LifecycleError, match="no job ft-202401010000-abcd"):
            world.create(adoptJobId="ft-202401010000-abcd")


class TestNameOfTheUsersOwn:
    def test_is_sent_verbatim(self, world: Any) -> None:
        job_id, outputs = world.create(jobName="My run (v2)")
        assert world.emulator.jobs[job_id].job_name == "My run (v2)"
        assert outputs["jobName"] == "My run (v2)"

    @pytest.mark.parametrize("kind", LOST_AFTER_EFFECT)
    def test_a_lost_answer_is_reconciled_by_name_model_and_data(self, world: Any, kind: str) -> None:
        world.emulator.add_fault(FaultRule(operation="create", kind=kind, count=1, after_effect=True))
        world.create(jobName="mine")
        assert bought(world) == 1

    def test_an_active_twin_is_for_the_user_to_decide(self, world: Any) -> None:
        job_id, _ = world.create(jobName="mine")
        world.restart()
        with pytest.raises(LifecycleError, match=job_id):
            world.create(jobName="mine")
        assert bought(world) == 1

    @pytest.mark.parametrize("change", [{"model": "qwen3-14b"}, {"trainingFileIds": ["file-9"]}])
    def test_an_active_job_of_that_name_for_another_purpose_is_no_twin(
        self, world: Any, change: dict[str, Any]
    ) -> None:
        world.create(jobName="mine", **change)
        world.restart()
        world.create(jobName="mine")
        assert bought(world) == 2

    def test_a_candidate_with_other_settings_is_not_taken_without_asking(self, world: Any) -> None:
        """Somebody starts a job of that name, model and data, which differs in how it trains."""
        original = world.client.fine_tunes.create

        def somebody_is_quicker(body: Any) -> Any:
            original({**body, "hyper_parameters": {"n_epochs": 9}})
            return original(body)

        world.emulator.add_fault(FaultRule(operation="create", kind="reset", nth=2))
        world.client.fine_tunes.create = somebody_is_quicker
        with pytest.raises(AmbiguousCreateError, match="more than one job could be it"):
            world.create(jobName="mine")
        assert bought(world) == 1

    def test_two_candidates_stop_it(self, world: Any) -> None:
        original = world.client.fine_tunes.create

        def somebody_else_does_the_same(body: Any) -> Any:
            original(body)
            return original(body)

        world.emulator.add_fault(FaultRule(operation="create", kind="lost", nth=2))
        world.client.fine_tunes.create = somebody_else_does_the_same
        with pytest.raises(AmbiguousCreateError, match="more than one job could be it"):
            world.create(jobName="mine")


class TestServiceThatDoesNotEchoNames:
    @pytest.mark.parametrize("kind", LOST_AFTER_EFFECT)
    def test_a_lost_answer_is_reconciled_by_model_and_data(self, world: Any, kind: str) -> None:
        world.emulator.configure(echo_job_name=False)
        world.create(model="qwen3-14b")  # somebody's job that was there before
        world.emulator.add_fault(FaultRule(operation="create", kind=kind, count=1, after_effect=True))
        world.restart()
        world.create()
        assert bought(world) == 2

    def test_a_job_that_was_there_before_is_never_taken(self, world: Any) -> None:
        world.emulator.configure(echo_job_name=False)
        first, _ = world.create()
        world.emulator.add_fault(FaultRule(operation="create", kind="lost", count=1))
        world.restart()
        second, _ = world.create()
        assert first != second
        assert bought(world) == 2
