"""What the engine asks seldom (lists), and what it never asks: each gets an answer or a message, and none is called a
defect of ours.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

sys.path.insert(0, str(Path(__file__).parent))

from steps import job_inputs

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.plugin.wire import encode

URN = "urn:pulumi:dev::shop::dashscope-ft:index:FineTuningJob::job"
JOB = "dashscope-ft:index:FineTuningJob"


def listed(plugin: Any, kind: str, **more: Any) -> list[tuple[str, str]]:
    request = provider_pb2.ListRequest(token=f"dashscope-ft:index:{kind}", **more)
    return [(one.result.id, one.result.name) for one in plugin.stub.List(request, timeout=60)]


def refused(plugin: Any, kind: str, **more: Any) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        listed(plugin, kind, **more)
    return str(caught.value.details())


def test_what_there_is_is_listed_up_to_a_limit(plugin: Any, emulator: Any) -> None:
    inputs = job_inputs(plugin)
    jobs = [plugin.create("FineTuningJob", f"job{one}", inputs) for one in range(3)]
    emulator.force(jobs[0].id, "SUCCEEDED")
    model = plugin.refresh(jobs[0]).seen["finetunedOutput"]
    live = plugin.create("ModelDeployment", "live", {"modelName": model, "plan": "lora"})
    for kind in ("FineTuningJob", "FineTunedModel"):
        assert {id_ for id_, _ in listed(plugin, kind)} == {job.id for job in jobs}
    assert dict(listed(plugin, "FineTuningJob"))[jobs[0].id].startswith("job0-")
    assert listed(plugin, "TrainingFile") == [(inputs["trainingFileIds"][0], "train.jsonl")]
    assert [id_ for id_, _ in listed(plugin, "ModelDeployment")] == [live.id]
    assert len(listed(plugin, "FineTuningJob", limit=2)) == 2
    assert len(listed(plugin, "FineTuningJob", limit=0)) == 3


def test_a_list_that_can_t_be_given_is_refused(plugin: Any, emulator: Any) -> None:
    assert "checkpoints are listed job by job" in refused(plugin, "ExportedCheckpoint")
    assert "it has CompressedModel, ExportedCheckpoint, FineTunedModel" in refused(plugin, "Nothing")
    filtered = refused(plugin, "FineTuningJob", query=encode({"status": "RUNNING", "model": "qwen3-8b"}))
    assert filtered == "FineTuningJob can't be listed by model, status: list all, and choose among them."
    emulator.add_fault(FaultRule(operation="list", kind="status", status=401))
    assert "HTTP 401" in refused(plugin, "FineTuningJob")


@pytest.mark.parametrize("urn", ["", "x", "urn:pulumi:dev::shop", "urn:pulumi:dev::shop::::job", "::::$::"])
def test_a_malformed_name_is_told(plugin: Any, urn: str) -> None:
    for verb, request in (
        ("Check", provider_pb2.CheckRequest(urn=urn)),
        ("Diff", provider_pb2.DiffRequest(urn=urn, id="ft-1")),
        ("Create", provider_pb2.CreateRequest(urn=urn)),
        ("Read", provider_pb2.ReadRequest(urn=urn, id="ft-1")),
        ("Update", provider_pb2.UpdateRequest(urn=urn, id="ft-1")),
        ("Delete", provider_pb2.DeleteRequest(urn=urn, id="ft-1")),
    ):
        with pytest.raises(Exception, match=r"there is no resource .* in this package; it has CompressedModel"):
            plugin.call(verb, request)


@pytest.mark.parametrize("names", [7, "model", {"model": 1}, [["model"]], True])
def test_a_list_of_inputs_that_is_none_is_told_and_replaces_nothing(plugin: Any, emulator: Any, names: Any) -> None:
    made = plugin.create("FineTuningJob", "job", job_inputs(plugin))
    odd, given = encode({**made.seen, "__inputs": names}), made.inputs
    common: dict[str, Any] = {"urn": URN, "type": JOB}
    for verb, request in (
        ("Check", provider_pb2.CheckRequest(**common, news=odd)),
        ("Diff", provider_pb2.DiffRequest(**common, id=made.id, olds=odd, old_inputs=given, news=given)),
        ("Create", provider_pb2.CreateRequest(**common, properties=odd)),
        ("Read", provider_pb2.ReadRequest(**common, id=made.id, properties=odd, inputs=given)),
        ("Update", provider_pb2.UpdateRequest(**common, id=made.id, olds=odd, old_inputs=given, news=given)),
        ("Delete", provider_pb2.DeleteRequest(**common, id=made.id, properties=odd)),
    ):
        with pytest.raises(Exception, match="the property __inputs must be a list of the names of inputs"):
            plugin.call(verb, request)
    assert set(emulator.jobs) == {made.id}
