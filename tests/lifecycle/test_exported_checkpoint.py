"""A checkpoint is exported once, whatever gets lost on the way; and what can't be undone is said."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from trained import Trained, shown

from pulumi_dashscope_ft.api import ServerError, UnsupportedOperationError
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError


def test_an_inner_checkpoint_is_exported_and_waited_for(trained: Trained) -> None:
    id_, outputs = trained.create()
    assert id_ == f"{trained.job_id}/{trained.inner}"
    found = next(one for one in trained.listed if one.checkpoint == trained.inner)
    assert (outputs["modelName"], outputs["status"]) == (found.model_name, "SUCCEEDED")
    assert outputs["fullName"] == found.full_name
    assert (outputs["createTime"], outputs["expireTime"]) == (found.create_time, found.expire_time)
    assert found.model_display_name == "tickets"
    assert trained.asked == 1
    assert f"{trained.inner} of {trained.job_id} PROCESSING" in trained.world.told
    assert "warning" not in trained.world.told


@pytest.mark.parametrize("which", ["last", "inner"])
def test_what_is_published_already_is_taken(trained: Trained, which: str) -> None:
    trained.create()
    trained.world.lines.clear()
    name = getattr(trained, which)
    _, outputs = trained.create(checkpoint=name, modelDisplayName="another name")
    assert trained.asked == 1
    assert outputs["status"] == "SUCCEEDED"
    assert f"taken as model {outputs['modelName']}, nothing is exported anew" in trained.world.told
    was = "without a display name" if which == "last" else 'as "tickets"'
    assert f'warning: {name} of {trained.job_id} was published {was}, not as "another name"' in trained.world.told


def test_an_export_under_way_is_waited_for(trained: Trained) -> None:
    trained.world.client.fine_tunes.export(trained.job_id, trained.inner, "tickets")
    trained.create()
    assert trained.asked == 1
    assert "warning" not in trained.world.told


def test_two_resources_of_one_checkpoint_export_it_once(trained: Trained) -> None:
    found: list[Any] = []
    original = trained.world.client.fine_tunes.export

    def slow(*args: Any, **more: Any) -> bool:
        time.sleep(0.05)  # the others look meanwhile
        return bool(original(*args, **more))

    trained.world.client.fine_tunes.export = slow
    threads = [threading.Thread(target=lambda: found.append(trained.create())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({outputs["modelName"] for _, outputs in found}) == 1
    assert len(found) == 4
    assert trained.asked == 1


@pytest.mark.parametrize("kind", ["lost", "effect_then_status", "malformed", "no_output"])
def test_an_answer_that_is_lost_after_the_effect_costs_one_request(trained: Trained, kind: str) -> None:
    trained.fault(kind, count=1)
    _, outputs = trained.create()
    assert outputs["status"] == "SUCCEEDED"
    assert trained.asked == 1
    assert "is PROCESSING: not asked for twice" in trained.world.told


@pytest.mark.parametrize("kind", ["reset", "status", "html"])
def test_a_request_without_effect_is_made_again_once_the_list_has_had_time(trained: Trained, kind: str) -> None:
    trained.fault(kind, count=1)
    started = trained.world.clock.monotonic()
    trained.create()
    assert trained.asked == 2
    assert trained.world.clock.monotonic() - started >= 15 + 20
    assert trained.world.emulator.count("checkpoints") >= 5
    assert "is still PENDING" in trained.world.told


@pytest.mark.parametrize("kind", ["not_accepted", "busy"])
def test_what_was_not_accepted_is_asked_for_again(trained: Trained, kind: str) -> None:
    if kind == "busy":
        trained.fault("status", error="busy", count=2)
    else:
        trained.fault(kind, count=2)
    _, outputs = trained.create()
    assert outputs["status"] == "SUCCEEDED"
    assert trained.asked == 3


@pytest.mark.parametrize(("kind", "said"), [("not_accepted", "`false`"), ("html", "HTTP 502"), ("reset", "connection")])
def test_asking_ends(trained: Trained, kind: str, said: str) -> None:
    trained.fault(kind)
    with pytest.raises(LifecycleError, match="asked 4 times") as caught:
        trained.create()
    assert trained.asked == 4
    assert said in str(caught.value)
    assert "PENDING, as before" in str(caught.value)
    assert "`pulumi up` again" in str(caught.value)
    trained.world.emulator.clear_faults()
    assert trained.create()[1]["status"] == "SUCCEEDED"


@pytest.mark.parametrize("error", ["invalid_key", "access_denied", "missing_files", "quota", "conflict"])
def test_a_refusal_ends_it_at_once(trained: Trained, error: str) -> None:
    trained.fault("status", error=error)
    with pytest.raises(LifecycleError, match=f"could not export {trained.inner} of {trained.job_id}") as caught:
        trained.create()
    assert trained.asked == 1
    assert "nothing was exported" in str(caught.value)
    assert "`pulumi up`" in str(caught.value)


@pytest.mark.parametrize("after_effect", [True, False])
def test_a_refusal_because_of_the_state_is_looked_into(trained: Trained, after_effect: bool) -> None:
    trained.fault("status", status=400, code="UnsupportedOperation", message="x", after_effect=after_effect, count=1)
    if after_effect:  # as if somebody else had been quicker
        trained.create()
    else:
        with pytest.raises(LifecycleError, match="UnsupportedOperation"):
            trained.create()
    assert trained.asked == 1


def test_whoever_was_quicker_chose_the_name(trained: Trained) -> None:
    original = trained.world.client.fine_tunes.export

    def beaten(job_id: str, checkpoint: str, model_name: str) -> bool:
        original(job_id, checkpoint, "theirs")
        raise UnsupportedOperationError(status=400, operation="export", resource_id=job_id)

    trained.world.client.fine_tunes.export = beaten
    trained.create()
    assert f'{trained.inner} of {trained.job_id} was published as "theirs", not as "tickets"' in trained.world.told


def test_a_list_that_shows_no_names_is_no_reason_to_warn(trained: Trained, script: Any) -> None:
    script("PENDING", "PROCESSING", "SUCCEEDED")
    trained.create()
    assert "warning" not in trained.world.told


def test_a_look_that_is_refused_after_a_plain_no(trained: Trained) -> None:
    trained.fault("not_accepted", count=1)
    trained.fault("status", "checkpoints", error="access_denied", nth=2)
    with pytest.raises(LifecycleError, match="could not export") as caught:
        trained.create()
    assert not isinstance(caught.value, AmbiguousCreateError)
    assert "nothing was exported" in str(caught.value)


def test_when_nothing_can_be_seen_after_a_lost_answer_nothing_is_asked_twice(trained: Trained) -> None:
    trained.fault("lost", count=1)
    rule = FaultRule(operation="checkpoints", kind="status", error="access_denied")
    original = trained.world.client.fine_tunes.export

    def export(*args: Any, **more: Any) -> bool:
        trained.world.emulator.add_fault(rule)
        return bool(original(*args, **more))

    trained.world.client.fine_tunes.export = export
    with pytest.raises(AmbiguousCreateError, match="is not known"):
        trained.create()
    assert trained.asked == 1
    trained.world.emulator.clear_faults()
    assert trained.create()[1]["status"] == "SUCCEEDED"
    assert trained.asked == 1


@pytest.mark.parametrize("kind", ["status", "html", "reset"])
def test_a_wait_survives_what_passes(trained: Trained, kind: str) -> None:
    trained.world.client.fine_tunes.export(trained.job_id, trained.inner, "tickets")
    trained.fault(kind, "checkpoints", nth=2)
    trained.fault(kind, "checkpoints", nth=3)
    assert trained.create()[1]["status"] == "SUCCEEDED"


def test_a_wait_survives_a_service_that_is_down_for_minutes(trained: Trained, script: Any) -> None:
    script("PROCESSING")
    working = trained.world.client.fine_tunes.checkpoints
    looks = 0

    def flaky(job_id: str) -> Any:
        nonlocal looks
        looks += 1
        if looks in (2, 3, 4):
            raise ServerError(status=503, code="InternalError", operation="checkpoints", resource_id=job_id)
        if looks > 5:
            return (shown(job_id, "SUCCEEDED", trained.inner, model_name="m"),)
        return working(job_id)

    trained.world.client.fine_tunes.checkpoints = flaky
    assert trained.create()[1]["modelName"] == "m"


def test_a_refused_key_ends_a_wait(trained: Trained) -> None:
    trained.world.client.fine_tunes.export(trained.job_id, trained.inner, "tickets")
    trained.world.emulator.add_fault(FaultRule(operation="checkpoints", kind="status", error="invalid_key", nth=2))
    with pytest.raises(LifecycleError, match="could not export") as caught:
        trained.create()
    assert "check the key" in str(caught.value)


def test_an_export_that_fails(trained: Trained) -> None:
    trained.world.emulator.configure(export_outcome="FAILED")
    with pytest.raises(LifecycleError, match="has failed") as caught:
        trained.create()
    assert trained.asked == 1
    assert "asks for the export anew" in str(caught.value)
    trained.world.emulator.configure(export_outcome="SUCCEEDED")
    assert trained.create()[1]["status"] == "SUCCEEDED"
    assert trained.asked == 2


@pytest.mark.parametrize(
    ("statuses", "ends"),
    [
        (["FAILED", "FAILED", "FAILED", "PROCESSING", "SUCCEEDED"], True),  # the list is slow to show the new attempt
        (["FAILED", "PROCESSING", "FAILED"], False),
        (["FAILED"], False),
        (["PENDING", "FAILED"], False),
        (["PENDING", "PENDING", "PROCESSING", "SUCCEEDED"], True),
        (["PENDING", "REBALANCING", "SUCCEEDED"], True),
        (["REBALANCING", "SUCCEEDED"], True),
    ],
)
def test_what_the_list_shows_meanwhile(trained: Trained, script: Any, statuses: list[str], ends: bool) -> None:
    script(*statuses)
    if ends:
        assert trained.create()[1]["modelName"] == "m-c9"
    else:
        with pytest.raises(LifecycleError, match="has failed"):
            trained.create()
    assert trained.asked == (statuses[0] != "REBALANCING")


def test_a_model_without_an_id_is_waited_for(trained: Trained, script: Any) -> None:
    script("SUCCEEDED", model_name="")
    with pytest.raises(LifecycleError, match="not exported within 2m") as caught:
        trained.create(exportTimeout="2m")
    assert "no model id yet" in str(caught.value)


def test_an_unsupported_checkpoint(trained: Trained, script: Any) -> None:
    script("UNSUPPORTED")
    with pytest.raises(LifecycleError, match="can't publish this checkpoint"):
        trained.create()
    assert trained.asked == 0


@pytest.mark.parametrize("timeout", ["45s", 45, 45.0])
def test_the_time_limit(trained: Trained, timeout: Any) -> None:
    trained.world.emulator.configure(export_seconds=600)
    started = trained.world.clock.monotonic()
    with pytest.raises(LifecycleError, match=r"not exported within 45s \(exportTimeout\)") as caught:
        trained.create(exportTimeout=timeout)
    assert trained.world.clock.monotonic() - started == pytest.approx(45, abs=1)
    told = str(caught.value)
    assert "last seen PROCESSING" in told
    assert "nothing is exported twice" in told
    trained.create()
    assert trained.asked == 1


def test_the_default_limit_is_the_schemas(trained: Trained) -> None:
    trained.world.emulator.configure(export_seconds=29 * 60)
    assert trained.create()[1]["status"] == "SUCCEEDED"


def test_a_checkpoint_that_is_not_there_names_those_that_are(trained: Trained) -> None:
    with pytest.raises(LifecycleError, match="no such checkpoint") as caught:
        trained.create(checkpoint="checkpoint-7777")
    told = str(caught.value)
    assert "the job is SUCCEEDED" in told
    assert f"{trained.last} (SUCCEEDED), {trained.inner} (PENDING), {trained.first} (PENDING)" in told
    assert "15 days" in told
    assert trained.asked == 0


def test_a_checkpoint_of_a_job_that_still_runs(trained: Trained) -> None:
    body = {"model": "qwen3-8b", "training_file_ids": ["file-1"], "hyper_parameters": {"n_epochs": 3}}
    job_id = trained.world.client.fine_tunes.create(body).job_id
    trained.world.emulator.force(job_id, "RUNNING")
    with pytest.raises(LifecycleError, match="no such checkpoint") as caught:
        trained.create(jobId=job_id)
    assert "the job is RUNNING" in str(caught.value)
    assert "while the job goes on" in str(caught.value)


def test_a_job_that_is_not_there(trained: Trained) -> None:
    with pytest.raises(LifecycleError, match="there is no job ft-gone for this key"):
        trained.create(jobId="ft-gone")


def test_a_checkpoint_that_vanishes_while_it_is_exported(trained: Trained) -> None:
    trained.world.emulator.configure(export_seconds=600)
    original = trained.world.client.fine_tunes.export

    def export(*args: Any, **more: Any) -> bool:
        accepted = bool(original(*args, **more))
        trained.world.emulator.remove_job(trained.job_id)
        return accepted

    trained.world.client.fine_tunes.export = export
    with pytest.raises(LifecycleError, match="there is no job") as caught:
        trained.create()
    assert "its export was asked for" in str(caught.value)
