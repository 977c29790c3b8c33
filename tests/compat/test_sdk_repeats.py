"""The second client repeats what got no answer, creates too: up to three times in all, each a job that costs money.

The emulator makes the twins that the service would make (API reference 8.4). What this package's own provider does
with such jobs, which differ from its own in nothing but the id, is tested in `tests/faults`: `test_answer_forms.py`,
and `Story.repeated` in the schedules. It neither adopts nor ends one by guess.
"""

from __future__ import annotations

import pytest
from sdk_clients import FirstClient, RefusedError, SdkClient
from sdk_process import Sdk, SdkError

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule

ROW = '{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}\n'


@pytest.fixture
def file_id(sdk: Sdk, client: SdkClient) -> str:
    sdk.write("train.jsonl", ROW)
    return client.upload("train.jsonl")


second = pytest.mark.parametrize("client", ["v2", "v2 async"], indirect=True)


@pytest.mark.parametrize(
    ("kind", "raised"), [("lost", "ConnectionError"), ("effect_then_status", "504")], ids=["no answer", "a 504"]
)
def test_a_create_whose_answer_is_always_lost(
    client: SdkClient, emulator: EmulatorServer, file_id: str, kind: str, raised: str
) -> None:
    emulator.add_fault(FaultRule(operation="create", kind=kind))
    with pytest.raises((SdkError, RefusedError), match=raised):
        client.start(file_id)
    times = 1 if isinstance(client, FirstClient) else 3
    assert len(emulator.jobs) == times
    bodies = [one.body for one in emulator.requests if one.operation == "create"]
    assert bodies == bodies[:1] * times  # nothing in the requests tells the copies apart


@second
def test_the_caller_hears_of_one_twin_only(client: SdkClient, emulator: EmulatorServer, file_id: str) -> None:
    emulator.add_fault(FaultRule(operation="create", kind="lost", count=1))
    known = client.start(file_id).job_id
    assert len(emulator.jobs) == 2
    assert emulator.jobs[known].status == "PENDING"
    assert client.jobs().total == 2


@second
def test_a_deployment_whose_answer_is_lost_is_reported_as_a_conflict_with_itself(
    client: SdkClient, emulator: EmulatorServer
) -> None:
    """The name is taken when the request comes again, so there are no twins; but the caller reads that it failed."""
    emulator.add_fault(FaultRule(operation="create_deployment", kind="lost", count=1))
    with pytest.raises(RefusedError, match="409 Conflict"):
        client.deploy("qwen3-14b")
    assert client.deployments().total == 1
    assert emulator.count()["create_deployment"] == 3  # a 409 is repeated as well


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_without_repetition_there_is_one_job(sdk: Sdk, emulator: EmulatorServer, kind: str) -> None:
    sdk.write("train.jsonl", ROW)
    file_id = sdk(f"{kind}.files.upload", file_path="train.jsonl").file_id
    emulator.add_fault(FaultRule(operation="create", kind="lost"))
    with pytest.raises(SdkError, match="APIConnectionError"):
        sdk.call({"max_retries": 0}, f"{kind}.fine_tunes.create", model="qwen3-14b", training_file_ids=file_id)
    assert len(emulator.jobs) == 1
