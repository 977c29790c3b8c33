"""What takes long: teardowns side by side, models that are waited for, and custom timeouts."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

sys.path.insert(0, str(Path(__file__).parent))

from recorded import Recorded
from steps import Step, job_inputs, until

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.plugin.wire import decode, encode

SOME = provider_pb2.DiffResponse.DIFF_SOME

KEY = "sk-plugin-0123456789abcdef"
SOON = 30.0
"""Seconds, on a machine with more to do than it has cores; what is not held up takes one, and what is takes minutes."""
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'


def many(emulator: Any, number: int, **inputs: Any) -> list[Recorded]:
    """Jobs as a state holds them. They are made past the plugin, which keeps to the service's rate."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {KEY}"
    file = session.post(
        f"{emulator.base_url}/files", files={"files": ("a.jsonl", "".join(map(ROW.__mod__, range(10))))}
    )
    file_id = file.json()["data"]["uploaded_files"][0]["file_id"]
    found = []
    for position in range(number):
        body = {
            "job_name": f"job{position}",
            "model": "qwen3-8b",
            "training_file_ids": [file_id],
            "hyper_parameters": {"n_epochs": 3},
        }
        job_id = session.post(f"{emulator.base_url}/fine-tunes", json=body).json()["output"]["job_id"]
        given = {"model": "qwen3-8b", "trainingFileIds": [file_id], "hyperParameters": {"n_epochs": 3}, **inputs}
        outputs = {**given, "jobId": job_id, "status": "PENDING", "__inputs": sorted(given)}
        found.append(Recorded("FineTuningJob", f"job{position}", job_id, encode(given), encode(outputs)))
    return found


def test_sixty_four_slow_deletes_hold_up_nobody_and_end_at_once(start: Any, emulator: Any) -> None:
    jobs = many(emulator, 64)
    plugin = start().configure()
    emulator.configure(canceling_seconds=10_000)
    for job in jobs:
        emulator.force(job.id, "CANCELING")
    try:
        statuses = {job.status for job in emulator.jobs.values()}
        deletes = [Step(lambda job=job: plugin.delete(job)) for job in jobs]
        until(lambda: emulator.count("list") >= 2)
        began = time.monotonic()
        assert plugin.check("FineTuningJob", "other", {"model": "m", "trainingFileIds": ["f"]}).inputs
        other = many(emulator, 1)[0]
        assert plugin.refresh(other).id == other.id
        assert plugin.diff(other, decode(other.inputs).values).changes != SOME
        assert time.monotonic() - began < SOON
        time.sleep(0.5)  # for the last of them to begin
        began = time.monotonic()
        plugin.call("Cancel", empty_pb2.Empty())
        outcomes = [one.ended(SOON) for one in deletes]
        assert time.monotonic() - began < SOON
        assert {emulator.jobs[job.id].status for job in jobs} == statuses == {"CANCELING"}
    finally:
        emulator.configure(canceling_seconds=10)
    for job, outcome in zip(jobs, outcomes, strict=True):
        assert str(outcome).startswith(f"{job.id}: interrupted (Ctrl-C) before it was torn down.")
        assert "The job stays in the state; tokens used until it ends are billed." in str(outcome)
        assert "run `pulumi destroy`" in str(outcome)
        assert "it goes on from here" in str(outcome)
    assert not emulator.count("delete"), "nothing was deleted, nothing undone"
    with pytest.raises(Exception, match="interrupted"):
        plugin.create("FineTuningJob", "late", {"model": "m", "trainingFileIds": ["f"]})
    assert emulator.count("create") == 65, "nothing is bought after Ctrl-C"


def test_a_teardown_of_twenty_takes_the_time_of_one(start: Any, emulator: Any) -> None:
    jobs = many(emulator, 20)
    until(lambda: {job.status for job in emulator.jobs.values()} <= {"RUNNING", "QUEUING"})
    plugin = start().configure()
    plugin.checked("FineTuningJob", "warm", {"model": "m", "trainingFileIds": ["f"]})
    emulator.configure(canceling_seconds=80)  # 4 s
    before = sum(emulator.count().values())
    try:
        began = time.monotonic()
        for one in [Step(lambda job=job: plugin.delete(job)) for job in jobs]:
            assert one.ended(60) is None
        spent = time.monotonic() - began
    finally:
        emulator.configure(canceling_seconds=10)
    assert not emulator.jobs
    assert sum(emulator.count().values()) - before <= 52
    assert spent <= 1.25 * 4 + 1 + 2, "2 s for a busy machine"


def test_a_model_is_waited_for(plugin: Any, emulator: Any) -> None:
    inputs = job_inputs(plugin)
    under_way = Step(lambda: plugin.create("FineTunedModel", "model", inputs))
    until(lambda: len(emulator.jobs) == 1)
    (job_id,) = emulator.jobs
    until(lambda: "ft-" in plugin.said("model"))
    emulator.force(job_id, "SUCCEEDED")
    made = under_way.ended()
    assert made.id == job_id
    assert made.seen["modelId"] == made.seen["finetunedOutput"]
    assert made.seen["waitTimeout"] == "12h"
    assert not made.refresh
    assert f"{job_id} SUCCEEDED after" in plugin.said("model")
    assert plugin.diff(made, inputs).changes != SOME
    assert plugin.diff(made, {**inputs, "waitTimeout": "1h"}).changes == SOME
    assert plugin.diff(made, {**inputs, "waitTimeout": "720m"}).changes != SOME
    for settings in ({"waitTimeout": "1h"}, {"onDestroy": "cancel"}):
        # A deployment of this model is not to be planned anew: what is known of a model that is there stays known.
        planned = plugin.update(made, {**inputs, **settings}, preview=True)
        assert planned.seen == plugin.update(made, {**inputs, **settings}).seen
        assert planned.seen["modelId"] == made.seen["modelId"]
    fresh = plugin.refresh(made).seen
    assert fresh["modelId"] == made.seen["modelId"]
    assert fresh["estimatedCost"] == made.seen["estimatedCost"]
    assert fresh["estimatedTokens"]["rows"] == 10
    imported = plugin.read("FineTunedModel", "model", job_id)
    assert plugin.diff(imported, {**inputs, "trainingType": "sft"}).changes != SOME, "the service says which it was"
    plugin.next().delete(made)
    assert not emulator.jobs


def test_ctrl_c_ends_the_wait_for_a_model_and_says_what_goes_on(start: Any, emulator: Any) -> None:
    plugin = start().configure()
    inputs = job_inputs(plugin)
    under_way = Step(lambda: plugin.create("FineTunedModel", "model", inputs))
    until(lambda: "RUNNING" in plugin.said("model"))
    (job_id,) = emulator.jobs
    plugin.call("Cancel", empty_pb2.Empty())
    failure = under_way.ended(SOON)
    assert str(failure) == (
        f"{job_id}: interrupted (Ctrl-C) while waiting for its model.\n"
        "  state: last seen RUNNING.\n"
        "  done: nothing was changed: the job goes on, and its tokens are billed.\n"
        "  next: run `pulumi up` again to go on waiting for the same job; `pulumi destroy` ends it."
    )
    assert failure.partial.id == job_id, "and it is recorded"
    assert emulator.jobs[job_id].status == "RUNNING"


def half_made(plugin: Any, step: Any) -> Any:
    """The resource as the engine records it after a create or an update that has failed half way."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - what it says is looked at by the caller
        step()
    failure: Any = caught.value
    partial = failure.partial
    assert partial is not None, caught.value
    return partial, str(caught.value)


@pytest.mark.parametrize("limit", [{"timeout": 0.5}, {"waitTimeout": 0.5}])
def test_a_wait_that_is_over_loses_nothing(plugin: Any, emulator: Any, limit: dict[str, Any]) -> None:
    inputs = job_inputs(plugin, **{name: value for name, value in limit.items() if name != "timeout"})
    timeout = limit.get("timeout", 0)
    partial, said = half_made(plugin, lambda: plugin.create("FineTunedModel", "model", inputs, timeout=timeout))
    assert "has no model yet after" in said
    assert "with a longer waitTimeout (or customTimeouts.update, which comes first) if need be" in said
    assert list(partial.reasons) == [said]
    assert partial.id in emulator.jobs
    assert partial.refresh_before_update
    known = decode(partial.properties).values
    assert known["jobId"] == partial.id
    assert known["waitTimeout"] == inputs.get("waitTimeout", "12h"), "a custom timeout is none of the properties"
    given = plugin.checked("FineTunedModel", "model", inputs)
    made = Recorded("FineTunedModel", "model", partial.id, given, partial.properties)
    fresh = plugin.refresh(made)
    again = {**inputs, "waitTimeout": "1m"}
    planned = plugin.diff(fresh, inputs)
    assert planned.changes == SOME, "there is something to do although nothing has changed"
    assert not planned.replaces
    assert "goes on waiting for its model, no new run is bought" in plugin.said("model")
    emulator.force(partial.id, "SUCCEEDED")
    updated = plugin.update(fresh, again).seen
    assert updated["modelId"]
    assert updated["estimatedCost"] == known["estimatedCost"], "what was estimated before the start stays"
    assert emulator.count("create") == 1


def test_a_run_that_fails_is_recorded_and_told(plugin: Any, emulator: Any) -> None:
    inputs = job_inputs(plugin)
    emulator.plan_next_job(outcome="FAILED", running_seconds=1)
    partial, said = half_made(plugin, lambda: plugin.create("FineTunedModel", "model", inputs))
    assert "has ended without a model" in said
    assert decode(partial.properties).values["status"] == "FAILED"
    made = Recorded(
        "FineTunedModel", "model", partial.id, plugin.checked("FineTunedModel", "model", inputs), partial.properties
    )
    assert plugin.diff(made, inputs).changes == SOME
    assert "is FAILED and has no model" in plugin.said("model")
    planned = plugin.diff(made, {**inputs, "rerunOn": ["FAILED"]})
    assert list(planned.replaces) == ["rerunOn"]


@pytest.mark.parametrize(
    ("limit", "named"), [({"timeout": 1}, "customTimeouts.delete"), ({"teardownTimeout": "1s"}, "teardownTimeout")]
)
def test_a_custom_timeout_bounds_a_teardown(plugin: Any, emulator: Any, limit: dict[str, Any], named: str) -> None:
    timeout = limit.pop("timeout", 0)
    job = plugin.create("FineTuningJob", "job", job_inputs(plugin, **limit))
    emulator.configure(canceling_seconds=10_000)
    try:
        began = time.monotonic()
        with pytest.raises(Exception, match="was not torn down within 1s") as late:
            plugin.delete(job, timeout=timeout)
        assert time.monotonic() - began < SOON
        assert f"within 1s ({named})" in str(late.value)
        assert f"For more patience set {named} (" in str(late.value)
    finally:
        emulator.configure(canceling_seconds=10)


def test_a_custom_timeout_bounds_an_export(plugin: Any, emulator: Any) -> None:
    saves = {"n_epochs": 3, "save_strategy": "epoch", "save_total_limit": 10}
    job = plugin.create("FineTuningJob", "trained", job_inputs(plugin, hyperParameters=saves))
    emulator.force(job.id, "SUCCEEDED")
    listed = plugin.invoke("getCheckpoints", jobId=job.id)["checkpoints"]
    inner = next(one["checkpoint"] for one in listed if one["status"] == "PENDING")
    inputs = {"jobId": job.id, "checkpoint": inner, "modelDisplayName": "tickets"}
    for limit, timeout, named in (({}, 0.1, "customTimeouts.create"), ({"exportTimeout": "0.1s"}, 0, "exportTimeout")):
        with pytest.raises(Exception, match="was not exported within 0s") as late:
            plugin.create("ExportedCheckpoint", "exported", {**inputs, **limit}, timeout=timeout)
        assert f"within 0s ({named})" in str(late.value)
        assert f"For more patience set {named} (" in str(late.value)
    emulator.configure(export_seconds=1e6)  # a tenth of a second may be over before the first look was answered
    patient = Step(lambda: plugin.create("ExportedCheckpoint", "exported", inputs))
    until(lambda: f"{inner} of {job.id} is PENDING: exporting it" in plugin.said("exported"))
    emulator.configure(export_seconds=0)
    assert not isinstance(patient.ended(), Exception)
    assert inner not in plugin.said("trained"), "the job is named, and not what the lines are about"


def test_lines_are_shown_where_they_belong(plugin: Any, emulator: Any) -> None:
    jobs = many(emulator, 3)
    for one in [Step(lambda job=job: plugin.delete(job)) for job in jobs]:
        one.ended()
    for job in jobs:
        assert {line.split()[0] for line in plugin.said(job.name).splitlines() if "ft-" in line} == {job.id}


def test_a_lost_answer_buys_nothing_twice(plugin: Any, emulator: Any) -> None:
    inputs = job_inputs(plugin)
    emulator.add_fault(FaultRule(operation="create", kind="lost", count=1))
    job = plugin.create("FineTuningJob", "job", inputs)
    assert list(emulator.jobs) == [job.id]
    assert "adopted, no second run is bought" in plugin.said("job")


SERVED = {"modelName": "qwen3-8b", "plan": "lora"}


@pytest.fixture
def slow(emulator: Any) -> Any:
    """Nothing comes to run by itself."""
    emulator.configure(deploying_seconds=100_000)
    yield emulator
    emulator.configure(deploying_seconds=5)


def test_deployments_are_waited_for_side_by_side_and_told_apart(plugin: Any, slow: Any) -> None:
    steps = {
        name: Step(lambda name=name: plugin.create("ModelDeployment", name, {**SERVED, "suffix": name}))
        for name in ("blue", "green")
    }
    until(lambda: all("waiting until it runs" in plugin.said(name) for name in steps))
    for deployed_model in slow.deployments:
        slow.force_deployment(deployed_model, "RUNNING")
    for name, step in steps.items():
        made = step.ended()
        assert made.id.endswith(name)
        assert made.seen["status"] == "RUNNING"
        assert made.seen["waitTimeout"] == "30m"
        assert not made.refresh
        told = [line for line in plugin.said(name).splitlines() if "qwen3-8b-" in line]
        assert {line.split()[0] for line in told} == {made.id}
        assert plugin.diff(made, {**SERVED, "suffix": name}).changes != SOME
        plugin.delete(made)


@pytest.mark.parametrize("limit", [{"timeout": 0.5}, {"waitTimeout": 0.5}])
def test_a_deployment_that_does_not_run_in_time_is_recorded(plugin: Any, slow: Any, limit: dict[str, Any]) -> None:
    inputs = {**SERVED, **{name: value for name, value in limit.items() if name != "timeout"}}
    timeout = limit.get("timeout", 0)
    partial, said = half_made(plugin, lambda: plugin.create("ModelDeployment", "live", inputs, timeout=timeout))
    assert f"{partial.id} does not run yet" in said
    assert "recorded in the state" in said
    assert f"with a longer {'customTimeouts.update' if timeout else 'waitTimeout'} if need be" in said
    assert partial.refresh_before_update
    known = decode(partial.properties).values
    assert (known["deployedModel"], known["status"]) == (partial.id, "PENDING")
    assert known["waitTimeout"] == inputs.get("waitTimeout", "30m"), "a custom timeout is none of the properties"
    given = plugin.checked("ModelDeployment", "live", inputs)
    fresh = plugin.next().refresh(Recorded("ModelDeployment", "live", partial.id, given, partial.properties))
    planned = plugin.next().diff(fresh, inputs)
    assert (planned.changes, list(planned.replaces)) == (SOME, [])
    assert plugin.update(fresh, inputs, preview=True).seen["deployedModel"] == partial.id, "a preview does not wait"
    slow.force_deployment(partial.id, "RUNNING")
    done = plugin.update(fresh, {**inputs, "waitTimeout": "1m"})
    assert done.seen["status"] == "RUNNING"
    assert plugin.diff(done, {**inputs, "waitTimeout": "1m"}).changes != SOME
    assert slow.count("create_deployment") == 1
    plugin.delete(done)


def test_ctrl_c_ends_the_wait_for_a_deployment_and_leaves_it(start: Any, slow: Any) -> None:
    plugin = start().configure()
    step = Step(lambda: plugin.create("ModelDeployment", "live", SERVED))
    until(lambda: "waiting until it runs" in plugin.said("live"))
    plugin.call("Cancel", empty_pb2.Empty())
    failure = step.ended(10)
    (deployed_model,) = slow.deployments
    assert f"{deployed_model}: interrupted (Ctrl-C)" in str(failure)
    assert failure.partial.id == deployed_model
    assert slow.count("delete_deployment") == 0


def test_a_preview_does_not_plan_what_is_known_to_fail(plugin: Any, emulator: Any) -> None:
    inputs = job_inputs(plugin)
    emulator.plan_next_job(outcome="FAILED", running_seconds=1)
    partial, _ = half_made(plugin, lambda: plugin.create("FineTunedModel", "model", inputs))
    given = plugin.checked("FineTunedModel", "model", inputs)
    made = Recorded("FineTunedModel", "model", partial.id, given, partial.properties)
    with pytest.raises(Exception, match="is FAILED and has no model") as refused:
        plugin.update(made, inputs, preview=True)
    assert "pulumi up" in str(refused.value)

    emulator.plan_next_deployment(deploying_seconds=100_000)
    partial, _ = half_made(plugin, lambda: plugin.create("ModelDeployment", "live", SERVED, timeout=0.5))
    emulator.force_deployment(partial.id, "STOPPED")
    given = plugin.checked("ModelDeployment", "live", SERVED)
    fresh = plugin.next().refresh(Recorded("ModelDeployment", "live", partial.id, given, partial.properties))
    with pytest.raises(Exception, match="is STOPPED and does not come to run by itself"):
        plugin.update(fresh, SERVED, preview=True)
