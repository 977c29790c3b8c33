"""Every resource through its whole life, over the wire, on the real executable."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.plugin.wire import UNKNOWN_TEXT, decode, encode
from pulumi_dashscope_ft.schema import UNKNOWN

ROW = '{"messages":[{"role":"user","content":"Order %d?"},{"role":"assistant","content":"On its way."}]}\n'
SOME, NONE = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
PropertyDiff = provider_pb2.PropertyDiff


def job_inputs(plugin: Any, **more: Any) -> dict[str, Any]:
    data = plugin.create("TrainingFile", "data", {"path": "train.jsonl"})
    return {"model": "qwen3-8b", "trainingFileIds": [data.id], "hyperParameters": {"n_epochs": 3}, **more}


def test_a_job_from_its_check_to_its_end(plugin: Any, emulator: Any) -> None:
    inputs = job_inputs(plugin)
    job = plugin.create("FineTuningJob", "job", inputs)
    assert job.id in emulator.jobs
    assert job.seen["jobId"] == job.id
    assert job.seen["teardown"] == "cancel, then delete"
    assert job.refresh, "a job that runs is read before the next plan"
    assert not {"__name", "__owner"} & {*job.seen, *decode(job.inputs).values}, "the engine tells these anew"
    assert plugin.diff(job, inputs).changes == NONE

    planned = plugin.diff(job, {**inputs, "model": "qwen3-14b", "hyperParameters": {"n_epochs": 4, "lora_rank": 8}})
    assert planned.changes == SOME
    assert planned.deleteBeforeReplace
    assert planned.replaces == ["hyperParameters", "model"]
    assert planned.hasDetailedDiff
    kinds = {path: one.kind for path, one in planned.detailedDiff.items()}
    assert kinds == {
        "model": PropertyDiff.UPDATE_REPLACE,
        "hyperParameters.n_epochs": PropertyDiff.UPDATE_REPLACE,
        "hyperParameters.lora_rank": PropertyDiff.ADD_REPLACE,
    }
    assert "it will be cancelled first (tokens so far are billed)" in plugin.said("job")

    kept = {**inputs, "onDestroy": "cancel"}
    planned = plugin.diff(job, kept)
    assert (planned.changes, list(planned.replaces)) == (SOME, [])
    assert {path: one.kind for path, one in planned.detailedDiff.items()} == {"onDestroy": PropertyDiff.UPDATE}
    before = emulator.count()
    assert plugin.update(job, kept, preview=True).seen["teardown"] == "cancel, keep the record"
    updated = plugin.update(job, kept)
    assert updated.seen["teardown"] == "cancel, keep the record"
    assert emulator.count() == before, "no call is made"

    plugin.next()
    plugin.delete(job)
    assert job.id not in emulator.jobs
    assert plugin.refresh(job) is None
    plugin.delete(job)


def test_the_owner_is_the_providers_id(plugin: Any, start: Any, emulator: Any) -> None:
    inputs = job_inputs(plugin)
    other_id = "22222222-0000-4000-8000-000000000000"
    providers = [plugin, start().configure(), start().configure(provider_id=other_id)]
    jobs = [one.create("FineTuningJob", "job", inputs) for one in providers]
    first, again, other = (stamp.parse(job.seen["jobName"]) for job in jobs)
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.owner == again.owner != other.owner
    assert first.digest == again.digest
    assert jobs[0].id == jobs[1].id, "left by a run that was killed: taken over, not bought again"
    assert len(emulator.jobs) == 2


def test_a_parents_type_tells_two_of_a_name_apart(plugin: Any, emulator: Any) -> None:
    inputs = plugin.checked("FineTuningJob", "job", job_inputs(plugin))
    for parents in ("shop:index:A$", "shop:index:B$", ""):
        request = provider_pb2.CreateRequest(
            urn=f"urn:pulumi:dev::shop::{parents}dashscope-ft:index:FineTuningJob::job", properties=inputs
        )
        plugin.call("Create", request)
    assert len(emulator.jobs) == 3


def test_a_preview_knows_what_can_be_known_and_calls_nobody(plugin: Any, emulator: Any) -> None:
    before = emulator.count()
    data = plugin.checked("TrainingFile", "data", {"path": "train.jsonl"})
    request = provider_pb2.CreateRequest(
        urn="urn:pulumi:dev::shop::dashscope-ft:index:TrainingFile::data", properties=data, preview=True
    )
    planned = plugin.call("Create", request)
    file = decode(planned.properties).values
    assert planned.id == ""
    assert file["fileId"] is UNKNOWN
    assert file["format"] == "chat"
    assert len(file["sha256"]) == 64

    inputs = {"model": "qwen3-8b", "trainingFileIds": [UNKNOWN], "hyperParameters": {"n_epochs": 3}}
    checked = plugin.checked("FineTuningJob", "job", inputs)
    request = provider_pb2.CreateRequest(
        urn="urn:pulumi:dev::shop::dashscope-ft:index:FineTuningJob::job", properties=checked, preview=True
    )
    planned = plugin.call("Create", request).properties
    assert planned.fields["jobId"].string_value == UNKNOWN_TEXT
    assert planned.fields["finetunedOutput"].string_value == UNKNOWN_TEXT
    assert planned.fields["trainingFileIds"].list_value.values[0].string_value == UNKNOWN_TEXT
    assert decode(planned).values["model"] == "qwen3-8b"
    assert emulator.count() == before


def test_an_unknown_input_counts_as_changed(plugin: Any) -> None:
    inputs = job_inputs(plugin)
    job = plugin.create("FineTuningJob", "job", inputs)
    planned = plugin.diff(job, {**inputs, "trainingFileIds": [UNKNOWN]})
    assert planned.replaces == ["trainingFileIds"]
    assert planned.detailedDiff["trainingFileIds"].kind == PropertyDiff.UPDATE_REPLACE


def test_the_same_seed_gives_the_same_inputs(plugin: Any) -> None:
    inputs = {"model": "qwen3-8b", "trainingFileIds": ["file-1"]}
    first, again, other = (
        plugin.check("FineTuningJob", "job", inputs, seed=seed).inputs for seed in (b"one", b"one", b"two")
    )
    assert first == again != other
    assert plugin.check("FineTuningJob", "job", inputs, olds=first, seed=b"two").inputs == first


def test_wrong_inputs_are_reported_all_at_once_by_property(plugin: Any) -> None:
    answer = plugin.check(
        "FineTuningJob",
        "job",
        {"model": "", "trainingFileIds": ["f"], "onDestroy": "drop", "hyperParameters": {"n_epochs": 0}},
    )
    found = {failure.property: failure.reason for failure in answer.failures}
    assert set(found) == {"model", "onDestroy", "hyperParameters"}
    assert "hyperParameters.n_epochs" in found["hyperParameters"]
    assert "on_destroy" not in str(answer)


def test_a_file_that_the_training_type_can_t_use_is_refused_once_it_is_known(plugin: Any) -> None:
    inputs = job_inputs(plugin, trainingType="cpt")
    (failure,) = plugin.check("FineTuningJob", "job", inputs).failures
    assert failure.property == "trainingFileIds"


DEFAULTS = {"onDestroy": "delete", "onUndeletable": "warn", "teardownTimeout": "10m"}


def test_defaults_are_filled_in_and_are_no_change(plugin: Any) -> None:
    """Generated classes (TypeScript, Go) write defaults out; a program in YAML, and an import, leave them out."""
    inputs = job_inputs(plugin, trainingType="efficient_sft")
    job = plugin.create("FineTuningJob", "job", inputs)
    filled = decode(job.inputs).values
    assert DEFAULTS.items() <= filled.items()
    assert DEFAULTS.items() <= job.seen.items()
    imported = plugin.read("FineTuningJob", "job", job.id)
    for before in (job, imported):
        for more in ({}, DEFAULTS, {"teardownTimeout": 600}):
            assert plugin.diff(before, {**inputs, **more}).changes == NONE, (before.seen, more)
        planned = plugin.diff(before, {**inputs, **DEFAULTS, "teardownTimeout": "11m"})
        assert list(planned.detailedDiff) == ["teardownTimeout"]
        assert not planned.replaces


def test_a_finished_job_shows_its_model_after_a_refresh(plugin: Any, emulator: Any) -> None:
    inputs = job_inputs(plugin)
    job = plugin.create("FineTuningJob", "job", inputs)
    emulator.force(job.id, "SUCCEEDED")
    fresh = plugin.refresh(job)
    assert fresh.seen["finetunedOutput"]
    assert decode(fresh.inputs).values == decode(job.inputs).values
    assert not fresh.refresh, "a finished job changes no more"
    assert plugin.diff(fresh, inputs).changes == NONE


@pytest.mark.parametrize("name", [None, "tickets"])
def test_an_imported_job_needs_no_change(plugin: Any, emulator: Any, name: str | None) -> None:
    inputs = job_inputs(plugin, **({"jobName": name} if name else {}), trainingType="efficient_sft")
    made = plugin.create("FineTuningJob", "job", inputs)
    imported = plugin.read("FineTuningJob", "job", made.id)
    found = {key: value for key, value in decode(imported.inputs).values.items() if not key.startswith("__")}
    assert found == inputs
    assert imported.seen["jobId"] == made.id
    assert plugin.diff(imported, found).changes == NONE
    plugin.next().delete(imported)
    assert made.id not in emulator.jobs
    assert plugin.read("FineTuningJob", "job", "ft-of-nobody") is None


@pytest.mark.parametrize("kind", ["FineTuningJob", "ModelDeployment"])
def test_a_refresh_on_the_way_to_destroy_keeps_nothing(plugin: Any, emulator: Any, kind: str) -> None:
    made = plugin.create("FineTuningJob", "it", job_inputs(plugin))
    if kind == "ModelDeployment":
        emulator.force(made.id, "SUCCEEDED")
        model = plugin.refresh(made).seen["finetunedOutput"]
        made = plugin.create(kind, "it", {"modelName": model, "plan": "lora"})
    fresh = plugin.next().refresh(made)
    request = provider_pb2.DiffRequest(
        id=made.id,
        urn=f"urn:pulumi:dev::shop::dashscope-ft:index:{kind}::it",
        olds=fresh.outputs,
        old_inputs=fresh.inputs,
        news=made.inputs,
    )
    assert plugin.call("Diff", request).changes == NONE
    plugin.delete(fresh)
    assert made.id not in {**emulator.jobs, **emulator.deployments}


def test_an_imported_file_needs_its_content_here(plugin: Any) -> None:
    made = plugin.create("TrainingFile", "data", {"path": "train.jsonl", "description": "orders"})
    imported = plugin.read("TrainingFile", "data", made.id)
    assert imported.seen["fileId"] == made.id
    assert plugin.diff(imported, {"path": "train.jsonl", "description": "orders"}).changes == NONE
    (plugin.directory / "train.jsonl").unlink()
    with pytest.raises(Exception, match="can be imported only where its content is"):
        plugin.read("TrainingFile", "data", made.id)


def test_a_file_is_replaced_when_its_content_changes(plugin: Any, emulator: Any) -> None:
    data = plugin.create("TrainingFile", "data", {"path": "train.jsonl"})
    text = (plugin.directory / "train.jsonl").read_text()
    (plugin.directory / "train.jsonl").write_text(text + text.splitlines()[0] + "\n")
    planned = plugin.diff(data, {"path": "train.jsonl"})
    assert planned.replaces == ["sha256"]
    assert planned.detailedDiff["sha256"].kind == PropertyDiff.UPDATE_REPLACE
    (plugin.directory / "copy.jsonl").write_text(text)
    planned = plugin.diff(data, {"path": "copy.jsonl"})
    assert (planned.changes, list(planned.replaces)) == (SOME, [])
    plugin.next().delete(data)
    assert not emulator.files


def test_a_file_that_is_there_is_adopted_and_nothing_is_uploaded(plugin: Any, emulator: Any) -> None:
    made = plugin.create("TrainingFile", "data", {"path": "train.jsonl"})
    before = emulator.count()
    inputs = {"path": "train.jsonl", "adoptFileId": made.id}
    adopted = plugin.next().create("TrainingFile", "kept", inputs)
    after = emulator.count()
    assert {name for name in after if after[name] != before.get(name, 0)} == {"get_file"}
    assert adopted.id == made.id
    assert f"file {made.id} (train.jsonl): adopted" in plugin.said("kept")
    assert plugin.diff(adopted, inputs).changes == NONE
    planned = plugin.diff(adopted, {"path": "train.jsonl"})
    assert (planned.changes, list(planned.replaces)) == (SOME, [])
    assert "adoptFileId" not in plugin.update(adopted, {"path": "train.jsonl"}).seen
    planned = plugin.diff(adopted, {**inputs, "adoptFileId": "976bd01a-f30b-4414-86fd-50c54486e3ef"})
    assert planned.replaces == ["adoptFileId"]
    assert planned.detailedDiff["adoptFileId"].kind == PropertyDiff.UPDATE_REPLACE
    assert not planned.deleteBeforeReplace
    (plugin.directory / "train.jsonl").write_text(ROW % 1)
    with pytest.raises(Exception, match="adoptFileId: the content of"):
        plugin.create("TrainingFile", "other", inputs)
    plugin.next().delete(adopted)
    assert not emulator.files


def test_a_deployment_and_a_checkpoint(plugin: Any, emulator: Any) -> None:
    job = plugin.create("FineTuningJob", "job", job_inputs(plugin))
    emulator.force(job.id, "SUCCEEDED")
    model = plugin.refresh(job).seen["finetunedOutput"]
    inputs = {"modelName": model, "plan": "mu", "deploySpec": "MU1", "capacity": 1}
    live = plugin.create("ModelDeployment", "live", inputs)
    assert not live.refresh
    assert live.seen["status"] == "RUNNING"
    assert live.seen["deployedModel"] == live.id
    fresh = plugin.refresh(live)
    assert not fresh.refresh
    assert plugin.diff(fresh, inputs).changes == NONE
    planned = plugin.update(fresh, {**inputs, "capacity": 2}, preview=True)
    assert planned.seen["deployedModel"] == live.id
    assert planned.seen["capacity"] == 2
    assert planned.seen["status"] is UNKNOWN
    assert plugin.update(fresh, {**inputs, "onDestroy": "retain"}, preview=True).seen["status"] == "RUNNING"
    scaled = plugin.update(fresh, {**inputs, "capacity": 2})
    assert (scaled.seen["capacity"], scaled.seen["status"]) == (2, "RUNNING")
    imported = plugin.read("ModelDeployment", "live", live.id)
    found = {key: value for key, value in decode(imported.inputs).values.items() if not key.startswith("__")}
    assert {**inputs, "capacity": 2}.items() <= found.items()
    assert plugin.diff(imported, found).changes == NONE
    plugin.next().delete(imported)
    assert not emulator.deployments

    (checkpoint, *_) = plugin.invoke("getCheckpoints", jobId=job.id)["checkpoints"]
    inputs = {"jobId": job.id, "checkpoint": checkpoint["checkpoint"], "modelDisplayName": "tickets"}
    exported = plugin.create("ExportedCheckpoint", "best", inputs, timeout=50)
    assert exported.seen["status"] == "SUCCEEDED"
    assert exported.seen["exportTimeout"] == "30m", "a custom timeout is none of the properties"
    assert plugin.diff(exported, inputs).changes == NONE
    imported = plugin.read("ExportedCheckpoint", "best", exported.id)
    assert decode(imported.inputs).values["checkpoint"] == checkpoint["checkpoint"]
    plugin.delete(exported)


def test_functions(plugin: Any, emulator: Any) -> None:
    job = plugin.create("FineTuningJob", "job", job_inputs(plugin))
    found = plugin.invoke("getJob", jobId=job.id)
    assert (found["jobId"], found["model"], found["hyperParameters"]) == (job.id, "qwen3-8b", {"n_epochs": 3})
    assert plugin.invoke("listJobs", status="SUCCEEDED") == {"jobs": []}
    emulator.force(job.id, "SUCCEEDED")
    (listed,) = plugin.invoke("listJobs", status="SUCCEEDED", model="qwen3-8b")["jobs"]
    assert listed["finetunedOutput"]
    assert plugin.invoke("getLogs", jobId=job.id, lines=1)["lines"]
    with pytest.raises(Exception, match="ft-none"):
        plugin.invoke("getJob", jobId="ft-none")
    request = provider_pb2.InvokeRequest(tok="dashscope-ft:index:getJob", args=encode({"job": 1}))
    assert {one.property for one in plugin.call("Invoke", request).failures} == {"jobId", "job"}
    with pytest.raises(Exception, match="it has getCheckpoints, getJob, getLogs, listJobs"):
        plugin.invoke("getNothing")
