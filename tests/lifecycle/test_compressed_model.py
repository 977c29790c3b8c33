"""A compressed model: started once, waited for, read, planned, adopted."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from press import BASE, MADE_ALL_THE_SAME, OWNER, Press
from verbs import compressed_model

from pulumi_dashscope_ft.api import Compression, JobStatus
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import TakeoverOptions
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.product.creation import intent_of
from pulumi_dashscope_ft.lifecycle.base.product.takeover import takeover
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.compression.kind import KIND, VERBS
from pulumi_dashscope_ft.lifecycle.compression.product import COMPRESSION
from pulumi_dashscope_ft.lifecycle.compression.view import live_object
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError


@pytest.fixture
def press(world: Any) -> Press:
    return Press(world)


# Creating


def test_a_create_starts_a_job_and_returns_with_its_model(press: Press) -> None:
    job_id, outputs = press.create(
        outputModelSuffix="w8",
        jobDescription="half the memory",
        hyperParameters={"calib_input": "true", "calib_samples": 64.0},
        customCalibrationFileIds=["file-" + "0a" * 16],
    )
    assert outputs["modelId"] == f"{BASE}-w8-{job_id}"
    assert (outputs["status"], outputs["teardown"], outputs["baseModel"]) == ("SUCCEEDED", "delete", BASE)
    job = press.emulator.compressions[job_id]
    assert job.hyper_parameters == {"calib_input": "true", "calib_samples": 64}
    assert press.calls == ["create_compression"]
    assert f"{job_id} is PENDING: waiting for the compressed model" in press.world.told
    assert f"{job_id} is SUCCEEDED: {outputs['modelId']}" in press.world.told


def test_a_stamp_fits_into_the_names_that_the_service_accepts() -> None:
    for name in ("x", "a-very-long-name-of-a-resource-that-goes-on", "shop:index:Part::eighteen_characters-"):
        given = {"model": "m", "templateId": "t", "__name": name, "__owner": OWNER, "__nonce": "n0nce5"}
        intent = intent_of(COMPRESSION, Request.of(given), key="key")
        assert len(intent.name) <= 50
        found = stamp.parse(intent.name)
        assert found is not None
        assert intent.stamp is not None
        assert found.same_run(intent.stamp)


@pytest.mark.parametrize("kind", MADE_ALL_THE_SAME)
def test_a_create_whose_answer_is_lost_is_found_not_repeated(press: Press, kind: str) -> None:
    press.emulator.add_fault(FaultRule(operation="create_compression", kind=kind, count=1, after_effect=True))
    job_id, _ = press.create()
    assert (press.made, list(press.emulator.compressions)) == (1, [job_id])
    assert "nothing is compressed twice" in press.world.told


@pytest.mark.parametrize("kind", ["reset", "html"])
def test_a_create_that_took_no_effect_is_sent_again(press: Press, kind: str) -> None:
    press.emulator.add_fault(FaultRule(operation="create_compression", kind=kind, count=1))
    press.create()
    assert press.made == 1


def test_a_lost_job_that_the_list_shows_too_late_is_found_when_its_name_is_refused(press: Press) -> None:
    """The second request is refused, because the service accepts a name once; then the list will show the job."""
    press.emulator.configure(list_lag_seconds=302.0)
    press.emulator.add_fault(FaultRule(operation="create_compression", kind="lost", count=1))
    job_id, _ = press.create()
    assert press.calls == ["create_compression", "create_compression"]
    assert (press.made, list(press.emulator.compressions)) == (1, [job_id])


def test_a_lost_job_that_the_list_never_shows_is_left_to_the_next_up(press: Press) -> None:
    press.emulator.configure(list_lag_seconds=400)
    press.emulator.add_fault(FaultRule(operation="create_compression", kind="lost", count=1))
    with pytest.raises(LifecycleError) as caught:
        press.create()
    assert "an earlier request got no usable answer" in str(caught.value)
    press.world.clock.sleep(400)
    press.world.restart()
    job_id, _ = press.create()
    assert (press.made, list(press.emulator.compressions)) == (1, [job_id])
    assert "was started by this stack with the same inputs: adopted" in press.world.told


def test_without_a_list_it_is_not_asked_for_twice(press: Press) -> None:
    press.emulator.add_fault(FaultRule(operation="create_compression", kind="lost", count=1))
    press.emulator.add_fault(FaultRule(operation="list_compressions", kind="html", status=403, nth=2))
    with pytest.raises(AmbiguousCreateError):
        press.create()
    assert press.calls == ["create_compression"]


def test_a_name_of_the_users_own_proves_a_lost_job(press: Press) -> None:
    press.emulator.add_fault(FaultRule(operation="create_compression", kind="lost", count=1))
    job_id, outputs = press.create(jobName="nightly")
    assert (outputs["jobName"], list(press.emulator.compressions)) == ("nightly", [job_id])


def test_one_that_may_outlive_its_stack_says_so_in_its_name(press: Press) -> None:
    for policy, retained in (("retain", True), ("delete", False)):
        job_id, _ = press.create(onDestroy=policy, triggers=[policy])
        found = stamp.parse(press.emulator.compressions[job_id].job_name)
        assert found is not None
        assert found.retained is retained


@pytest.mark.parametrize(
    ("status", "again"), [("RUNNING", False), ("SUCCEEDED", False), ("FAILED", True), ("CANCELED", True)]
)
def test_a_left_over_that_has_no_model_is_not_taken(press: Press, status: str, again: bool) -> None:
    left, _ = press.under_way(status)
    press.world.restart()
    press.world.clock.sleep(100)
    job_id, outputs = press.create()
    assert outputs["status"] == "SUCCEEDED"
    assert (job_id != left, press.calls) == (again, ["create_compression"] * again)


def test_another_trigger_is_another_job(press: Press) -> None:
    first, _ = press.create()
    press.world.restart()
    assert press.create(triggers=["again"])[0] != first


def test_a_name_that_another_job_has_is_refused_before_anything_is_asked_for(press: Press) -> None:
    first, _ = press.create(jobName="nightly")
    press.world.restart()
    press.begin()
    with pytest.raises(LifecycleError, match="nightly") as caught:
        press.create(jobName="nightly")
    assert f'set adoptJobId to "{first}"' in str(caught.value)
    assert press.calls == []


def test_what_the_service_refuses_is_said_and_nothing_is_recorded(press: Press) -> None:
    with pytest.raises(LifecycleError, match="InvalidParameter") as caught:
        press.create(model=BASE)
    assert "nothing was started" in str(caught.value)
    assert press.made == 0


def test_the_quota_ends_at_once(press: Press) -> None:
    press.emulator.configure(compression_quota=0)
    before = press.world.clock.monotonic()
    with pytest.raises(LifecycleError, match="QuotaExceeded") as caught:
        press.create()
    assert "Cancel one of them" in str(caught.value)
    assert press.world.clock.monotonic() - before < 5
    assert press.calls == ["create_compression"]


def test_where_the_service_has_no_such_jobs_the_create_says_so(press: Press) -> None:
    """Outside Beijing there is no such path: the list is empty, and a create is refused."""
    rule: dict[str, Any] = {"kind": "status", "status": 404, "code": "NotFound", "message": "Request path not found."}
    for operation in ("list_compressions", "create_compression"):
        press.emulator.add_fault(FaultRule(operation=operation, **rule))
    assert KIND.objects is not None
    assert KIND.objects.list(press.world.connection) == {}
    with pytest.raises(LifecycleError, match="Request path not found"):
        press.create()


def test_a_gateways_404_is_no_empty_list(press: Press) -> None:
    press.emulator.add_fault(FaultRule(operation="list_compressions", kind="html", status=404))
    with pytest.raises(LifecycleError, match="could not read the list of compression jobs"):
        press.create()
    assert press.calls == []


# Waiting


def test_a_wait_that_ends_too_early_is_gone_on_with(press: Press) -> None:
    error = press.refused(waitTimeout="10s")
    assert "has no compressed model yet after 10s" in str(error)
    assert error.state.outputs["jobId"] == error.resource_id
    assert "modelId" not in error.state.outputs
    olds = error.state.properties()
    planned = press.diff(error.resource_id, olds)
    assert (planned.replaces, planned.changes) == ((), True)
    assert "goes on waiting for its model, nothing is compressed twice" in str(planned.consequence)
    news = press.inputs()
    done = compressed_model.update(press.world.connection, error.resource_id, olds, news)
    assert done["modelId"].endswith(error.resource_id)
    assert press.made == 1


def test_a_job_that_fails_is_recorded_with_its_reason(press: Press) -> None:
    press.emulator.plan_next_compression(outcome="FAILED", failure_reason="out of memory")
    error = press.refused()
    assert "has ended without a compressed model" in str(error)
    assert "FAILED" in str(error)
    read = press.read(error.resource_id, error.state.properties())
    assert read["status"] == "FAILED"
    assert read["failure"]["code"]
    planned = press.diff(error.resource_id, read)
    assert (planned.replaces, planned.changes) == ((), True)
    assert "has no model, so this fails; to start anew, change an input or add a value to `triggers`" in str(
        planned.consequence
    )
    assert press.diff(error.resource_id, read, triggers=["again"]).replaces == ("triggers",)


def test_a_job_that_vanishes_during_the_wait(press: Press) -> None:
    job_id, outputs = press.under_way()
    press.emulator.remove_compression(job_id)
    with pytest.raises(ResourceInitFailedError, match=r"404"):
        compressed_model.update(press.world.connection, job_id, outputs, press.inputs())
    assert press.read(job_id, outputs) is None


def test_ctrl_c_ends_the_wait_and_nothing_else(press: Press) -> None:
    stop = threading.Event()
    press.world.connection = replace(press.world.connection, interrupted=stop.is_set, report=lambda line: stop.set())
    began = press.world.clock.monotonic()
    error = press.refused()
    assert press.world.clock.monotonic() - began < 5
    assert "interrupted (Ctrl-C) while waiting for the compressed model" in str(error)
    assert press.emulator.compressions[error.resource_id].status not in JobStatus.FINAL
    assert press.calls == ["create_compression"]


def test_a_refused_key_during_the_wait_loses_nothing(press: Press) -> None:
    press.emulator.add_fault(FaultRule(operation="get_compression", kind="status", status=401, code="InvalidApiKey"))
    error = press.refused()
    assert "check the key" in str(error)
    assert error.resource_id in press.emulator.compressions
    assert press.calls == ["create_compression"]


def test_a_job_that_goes_while_it_is_waited_for(press: Press) -> None:
    def report(line: str) -> None:
        for job_id in list(press.emulator.compressions):
            press.emulator.remove_compression(job_id)

    press.world.connection = replace(press.world.connection, report=report)
    error = press.refused()
    assert "the service knows no such compression job (any more)" in str(error)


def test_why_it_has_failed_is_said_without_its_log_too(press: Press) -> None:
    press.emulator.plan_next_compression(outcome="FAILED", failure_reason="out of memory")
    press.emulator.add_fault(FaultRule(operation="compression_logs", kind="status", status=403, code="AccessDenied"))
    error = press.refused()
    assert "has ended without a compressed model" in str(error)
    assert "out of memory" in str(error)
    assert press.read(error.resource_id, error.state.properties())["failure"]["message"]


@pytest.mark.parametrize(("status", "foreseen"), [("FAILED", True), ("CANCELED", True), ("RUNNING", False)])
def test_a_preview_foresees_that_a_job_without_a_model_fails(press: Press, status: str, foreseen: bool) -> None:
    job_id, outputs = press.under_way(status)
    read = press.read(job_id, outputs)
    error = VERBS.failure_foreseen(job_id, State.of(read), Request.of({}))
    assert (error is not None) is foreseen
    if error is not None:
        assert f"{job_id} is {status} and has no compressed model" in str(error)


# Reading and planning


def test_a_read_shows_the_end_and_the_next_plan_is_empty(press: Press) -> None:
    job_id, outputs = press.under_way()
    press.emulator.force_compression(job_id, "SUCCEEDED")
    press.world.clock.sleep(3)
    read = press.read(job_id, outputs)
    assert read["modelId"].endswith(job_id)
    assert f"→ SUCCEEDED, model {read['modelId']}" in press.world.told
    assert not press.diff(job_id, read, waitTimeout="1s").changes


@pytest.mark.parametrize(
    ("status", "first", "said"),
    [
        ("RUNNING", True, "it is cancelled first, then it is deleted"),
        ("SUCCEEDED", False, "it is deleted after the new one has its model; the model that it has produced stays"),
    ],
)
def test_another_template_is_another_job(press: Press, status: str, first: bool, said: str) -> None:
    job_id, outputs = press.under_way(status)
    planned = press.diff(job_id, outputs, templateId="quant-w4a16")
    assert (planned.replaces, planned.delete_before_replace) == (("templateId",), first)
    assert f"templateId: replaces {job_id}, which is {status}: {said}" in str(planned.consequence)


def test_what_only_steers_changes_in_place_without_a_call(press: Press) -> None:
    job_id, outputs = press.create()
    press.begin()
    news = press.inputs(onDestroy="retain", waitTimeout="1h", teardownTimeout="1m")
    planned = compressed_model.diff(press.world.connection, job_id, outputs, news)
    assert (planned.replaces, planned.changes) == ((), True)
    assert compressed_model.is_local_update(outputs, news)
    before = len(press.emulator.requests)
    assert compressed_model.update(press.world.connection, job_id, outputs, news)["teardown"] == "keep"
    assert len(press.emulator.requests) == before


def test_a_key_of_the_wrong_workspace_or_a_refused_key_is_not_gone(press: Press) -> None:
    job_id, outputs = press.under_way()
    press.emulator.add_fault(FaultRule(operation="get_compression", kind="status", status=401, code="InvalidApiKey"))
    with pytest.raises(LifecycleError, match="401"):
        press.read(job_id, outputs)


# Adopting, importing, listing


def test_an_existing_job_is_adopted(press: Press) -> None:
    job_id, _ = press.create()
    press.world.restart()
    press.begin()
    adopted, outputs = press.create(adoptJobId=job_id)
    assert (adopted, press.calls) == (job_id, [])
    assert outputs["modelId"].endswith(job_id)


@pytest.mark.parametrize(
    ("given", "wrong"), [({"templateId": "quant-w4a16"}, "templateId"), ({"model": "another"}, "model")]
)
def test_another_job_is_not_adopted(press: Press, given: dict[str, Any], wrong: str) -> None:
    job_id, _ = press.create()
    press.world.restart()
    with pytest.raises(LifecycleError, match=f"was made with another {wrong}"):
        press.create(adoptJobId=job_id, **given)
    with pytest.raises(LifecycleError, match="there is no compression job quant-0"):
        press.create(adoptJobId="quant-0")


def test_an_import_fills_in_what_was_submitted(press: Press) -> None:
    job_id, _ = press.create(jobDescription="half")
    request = KIND.import_request(press.world.connection, job_id)
    assert request is not None
    assert {**request.inputs, "hyperParameters": None} == {
        "model": press.model,
        "templateId": "quant-w8a8",
        "jobDescription": "half",
        "hyperParameters": None,
    }
    assert request.nonce


def test_two_resources_never_hold_one_job(press: Press) -> None:
    job_id, _ = press.create()
    other = press.inputs(adoptJobId=job_id, __name="other")
    with pytest.raises(LifecycleError, match="already"):
        compressed_model.create(press.world.connection, other)


def test_a_sweep_sees_what_runs_and_what_it_needs() -> None:
    shown = {"job_id": "quant-1", "model": "m-1"}
    for status, active in (("RUNNING", True), ("SOMETHING NEW", True), ("SUCCEEDED", False), ("FAILED", False)):
        one = live_object(Compression.from_json({**shown, "status": status}))
        assert one.active is active
        assert one.needs == ({"m-1"} if active else set())


@pytest.mark.parametrize("left_out", ["model", "template_id"])
def test_what_the_service_does_not_show_cant_be_written_down(left_out: str) -> None:
    shown = {"job_id": "quant-1", "status": "RUNNING", "model": "m-1", "template_id": "quant-w8a8"}
    found = takeover(VERBS, Compression.from_json(shown), TakeoverOptions())
    assert found.inputs == {"adoptJobId": "quant-1", "model": "m-1", "templateId": "quant-w8a8"}
    with pytest.raises(ValueError, match="can't be used"):
        takeover(VERBS, Compression.from_json({**shown, left_out: None}), TakeoverOptions())
