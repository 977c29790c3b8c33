"""A checkpoint is exported once, whatever gets lost on the way; and what can't be undone is said."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from verbs import exported_checkpoint

from pulumi_dashscope_ft.api import Checkpoint, ServerError, UnsupportedOperationError
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.schema import UNKNOWN


class Trained:
    """A job that has succeeded and kept three checkpoints, the first two of them not published."""

    def __init__(self, world: Any) -> None:
        self.world = world
        world.emulator.configure(export_seconds=20)
        body = {
            "model": "qwen3-8b",
            "training_file_ids": ["file-1"],
            "training_type": "sft",
            "hyper_parameters": {"n_epochs": 3, "save_total_limit": 3},
        }
        self.job_id: str = world.client.fine_tunes.create(body).job_id
        world.emulator.force(self.job_id, "SUCCEEDED")
        listed = self.listed
        self.last, self.inner, self.first = (one.checkpoint for one in listed)
        assert [one.status for one in listed] == ["SUCCEEDED", "PENDING", "PENDING"]
        world.lines.clear()

    @property
    def listed(self) -> tuple[Checkpoint, ...]:
        found: tuple[Checkpoint, ...] = self.world.client.fine_tunes.checkpoints(self.job_id)
        return found

    def inputs(self, **changes: Any) -> dict[str, Any]:
        given = {"jobId": self.job_id, "checkpoint": self.inner, "modelDisplayName": "tickets", "__name": "ckpt"}
        return {name: value for name, value in {**given, **changes}.items() if value is not None}

    def create(self, **changes: Any) -> tuple[str, dict[str, Any]]:
        return exported_checkpoint.create(self.world.connection, self.inputs(**changes))

    def diff(self, outputs: dict[str, Any], **changes: Any) -> Any:
        id_ = f"{self.job_id}/{self.inner}"
        return exported_checkpoint.diff(self.world.connection, id_, outputs, self.inputs(**changes))

    def fault(self, kind: str, operation: str = "export", **more: Any) -> None:
        self.world.emulator.add_fault(FaultRule(operation=operation, kind=kind, **more))

    @property
    def asked(self) -> int:
        """How many requests for an export have reached the service."""
        return int(self.world.emulator.count("export"))


@pytest.fixture
def trained(world: Any, monkeypatch: pytest.MonkeyPatch) -> Trained:
    monkeypatch.setattr(world.clock, "time", world.emulator.clock.now)  # so that nothing has expired
    return Trained(world)


def shown(job_id: str, status: str, name: str = "checkpoint-9", **more: Any) -> Checkpoint:
    return Checkpoint.from_json({"job_id": job_id, "checkpoint": name, "status": status, **more})


@pytest.fixture
def script(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the list of checkpoints follow a script; the last status stays."""

    def play(*statuses: str, **more: Any) -> None:
        left = list(statuses)

        def checkpoints(job_id: str) -> tuple[Checkpoint, ...]:
            status = left.pop(0) if len(left) > 1 else left[0]
            name = {"model_name": "m-c9"} if status == "SUCCEEDED" else {}
            return (shown(job_id, status, trained.inner, **{**name, **more}),)

        monkeypatch.setattr(trained.world.client.fine_tunes, "checkpoints", checkpoints)

    return play


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


def test_read_is_fresh_and_plans_nothing(trained: Trained) -> None:
    id_, outputs = trained.create(exportTimeout="1h")
    fresh = exported_checkpoint.read(trained.world.connection, id_, outputs)
    assert fresh == outputs
    planned = trained.diff(fresh or {}, exportTimeout="1h")
    assert (planned.changes, planned.replaces, planned.consequence) == (False, (), None)


def test_a_model_keeps_its_id_when_the_list_leaves_it_out(trained: Trained, script: Any) -> None:
    id_, outputs = trained.create()
    script("SUCCEEDED", model_name=None)
    fresh = exported_checkpoint.read(trained.world.connection, id_, outputs)
    assert fresh is not None
    assert fresh["modelName"] == outputs["modelName"]


def test_read_by_id_alone(trained: Trained) -> None:
    id_, outputs = trained.create()
    fresh = exported_checkpoint.read(trained.world.connection, id_, {})
    assert fresh is not None
    assert {name: fresh[name] for name in ("jobId", "checkpoint", "modelName")} == {
        name: outputs[name] for name in ("jobId", "checkpoint", "modelName")
    }


def test_gone_with_its_job(trained: Trained) -> None:
    id_, outputs = trained.create()
    trained.world.emulator.remove_job(trained.job_id)
    assert exported_checkpoint.read(trained.world.connection, id_, outputs) is None
    assert "the job is gone" in trained.world.told
    assert f"the exported model {outputs['modelName']} stays in the account" in trained.world.told


def test_gone_because_it_has_expired(trained: Trained, script: Any) -> None:
    _, outputs = trained.create()
    script("SUCCEEDED")
    assert exported_checkpoint.read(trained.world.connection, f"{trained.job_id}/checkpoint-1", outputs) is None
    assert "no longer listed" in trained.world.told


@pytest.mark.parametrize("kind", ["html", "status"])
def test_a_404_of_something_else_proves_nothing(trained: Trained, kind: str) -> None:
    id_, outputs = trained.create()
    code = {} if kind == "html" else {"code": "WorkSpaceNotFound"}
    trained.fault(kind, "checkpoints", status=404, **code)
    with pytest.raises(LifecycleError, match="could not read") as caught:
        exported_checkpoint.read(trained.world.connection, id_, outputs)
    assert "stays in the state" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "replaces", "changed"),
    [
        ({}, (), False),
        ({"checkpoint": "checkpoint-1"}, ("checkpoint",), True),
        ({"jobId": UNKNOWN}, ("jobId",), True),
        ({"workspaceId": "llm-2"}, ("workspaceId",), True),
        ({"modelDisplayName": "x"}, (), True),
        ({"exportTimeout": "2h"}, (), True),
        ({"apiKeyEnv": "OTHER"}, (), True),
        ({"__name": "renamed"}, (), False),
    ],
    ids=str,
)
def test_plans(trained: Trained, changes: dict[str, Any], replaces: tuple[str, ...], changed: bool) -> None:
    _, outputs = trained.create()
    calls = trained.world.counts()
    planned = trained.diff(outputs, **changes)
    assert (planned.replaces, planned.changes, planned.delete_before_replace) == (replaces, changed, False)
    assert trained.world.counts() == calls
    if replaces:
        assert f"the exported model {outputs['modelName']} stays in the account" in planned.consequence
    elif "modelDisplayName" in changes:
        assert "keeps the name it was exported with" in planned.consequence
    else:
        assert planned.consequence is None


def test_an_update_makes_no_call(trained: Trained) -> None:
    id_, outputs = trained.create(exportTimeout="1h")
    calls = trained.world.counts()
    news = trained.inputs(modelDisplayName="renamed")
    updated = exported_checkpoint.update(trained.world.connection, id_, outputs, news)
    assert trained.world.counts() == calls
    assert updated["modelDisplayName"] == "renamed"
    assert updated["modelName"] == outputs["modelName"]
    assert "exportTimeout" not in updated
    assert not exported_checkpoint.diff(trained.world.connection, id_, updated, news).changes


@pytest.mark.parametrize(("days", "told"), [(4, None), (3.1, None), (2.9, "expires at"), (-1, "expired at")])
def test_it_says_when_it_is_about_to_expire(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, days: float, told: str | None
) -> None:
    id_, outputs = trained.create()
    # 2027-01-15T16:00:00 in UTC+8
    outputs["expireTime"] = "2027-01-15T16:00:00"
    now = 1_800_000_000.0 - days * 86_400
    monkeypatch.setattr(trained.world.clock, "time", lambda: now)
    planned = trained.diff(outputs)
    assert not planned.changes
    listed = shown(trained.job_id, "SUCCEEDED", trained.inner, model_name="m", expire_time=outputs["expireTime"])
    monkeypatch.setattr(trained.world.client.fine_tunes, "checkpoints", lambda job_id: (listed,))
    trained.world.lines.clear()
    exported_checkpoint.read(trained.world.connection, id_, outputs)
    if told is None:
        assert planned.consequence is None
        assert trained.world.lines == []
    else:
        assert f"{told} 2027-01-15T16:00:00" in planned.consequence
        assert trained.world.lines[0].startswith("warning: ")
        assert f"{told} 2027-01-15T16:00:00" in trained.world.lines[0]


@pytest.mark.parametrize("expires", [None, "", "soon", "2027-01-15"])
def test_an_expiry_that_is_none_is_no_matter(trained: Trained, expires: Any) -> None:
    _, outputs = trained.create()
    trained.diff({**outputs, "expireTime": expires})


def test_delete_says_what_stays_and_makes_no_call(trained: Trained) -> None:
    id_, outputs = trained.create()
    calls = trained.world.counts()
    trained.world.lines.clear()
    exported_checkpoint.delete(trained.world.connection, id_, outputs)
    assert trained.world.lines == [
        f"{trained.inner} of {trained.job_id}: the exported model {outputs['modelName']} stays in the account (the "
        "service has no call to delete it; delete it in the console under My models)"
    ]
    assert trained.world.counts() == calls


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"jobId": None}, "jobId"),
        ({"checkpoint": None}, "checkpoint"),
        ({"modelDisplayName": None}, "modelDisplayName"),
        ({"modelDisplayName": "  "}, "modelDisplayName"),
        ({"jobId": "ft-1/ft-2"}, "jobId"),
        ({"checkpoint": "../x"}, "checkpoint"),
        ({"exportTimeout": "soon"}, "exportTimeout"),
        ({"apiKeyEnv": "sk-0123456789"}, "apiKeyEnv"),
        ({"retries": 3}, "retries"),
        ({}, None),
        ({"jobId": UNKNOWN, "exportTimeout": 90}, None),
    ],
    ids=str,
)
def test_check(changes: dict[str, Any], field: str | None) -> None:
    given = {"jobId": "ft-1", "checkpoint": "checkpoint-2", "modelDisplayName": "m", "__name": "ckpt", **changes}
    checked = exported_checkpoint.check({}, given, RunRegistry())
    assert [violation.path[0] for violation in checked.violations] == ([field] if field else [])
    assert checked.inputs["__name"] == "ckpt"
